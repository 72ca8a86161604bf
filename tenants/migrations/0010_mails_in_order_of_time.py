"""What was said about a request lately is found without reading all that was ever said about it."""

from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce


class Migration(migrations.Migration):
    dependencies = [("tenants", "0009_undelivered_is_seen")]

    operations = [
        migrations.RemoveIndex(model_name="notification", name="notification_about"),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                F("about"), Coalesce("sent_at", "queued_at"), name="notification_about", condition=~Q(about="")
            ),
        ),
    ]
