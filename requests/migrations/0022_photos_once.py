"""A file that is sent twice with a draft is one photo. Of those that are kept already it is not known what was sent."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0021_visits_by_outcome")]

    operations = [
        migrations.AddField(
            "attachment", "upload_sha256", models.CharField(blank=True, db_default="", default="", max_length=64)
        ),
        migrations.AddConstraint(
            "attachment",
            models.UniqueConstraint(
                condition=~models.Q(upload_sha256=""), fields=("draft", "upload_sha256"), name="photo_of_a_draft_once"
            ),
        ),
    ]
