"""What cannot wait stands above all else in the queue: found without reading every open request."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0013_objection_of_a_report")]

    operations = [
        migrations.AddIndex(
            model_name="servicerequest",
            index=models.Index(
                condition=models.Q(
                    ("status__in", ["in_progress", "in_review", "planned", "received", "scheduled", "waiting"]),
                    ("urgency__in", ("A", "S")),
                ),
                fields=["urgency", "-needs_attention", "due_at", "id"],
                name="request_acute",
            ),
        ),
    ]
