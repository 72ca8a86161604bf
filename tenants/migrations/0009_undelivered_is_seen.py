"""Staff who looked have seen what was not delivered."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tenants", "0008_attempts_are_counted")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="seen_at",
            field=models.DateTimeField(
                blank=True, help_text="that it was not delivered", null=True, verbose_name="seen by staff"
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                name="notification_seen_is_not_delivered", condition=Q(seen_at__isnull=True) | Q(state="failed")
            ),
        ),
    ]
