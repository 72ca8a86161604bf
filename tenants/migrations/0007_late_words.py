"""Messages whose words are written when they leave, and what is due found in its order."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("tenants", "0006_letters")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="writes",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                help_text="what is written when it is sent: kind:key",
                max_length=60,
                verbose_name="to write",
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                name="notification_has_words_or_writes_them",
                condition=Q(~Q(body=""), writes="")
                | Q(secret=True, writes="")
                | Q(~Q(writes="") & ~Q(state="sent"), subject="", body="", html="", secret=False, channel="email"),
            ),
        ),
        migrations.RemoveIndex(model_name="notification", name="notification_due"),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["due_at", "id"], name="notification_due", condition=Q(due_at__isnull=False)),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["due_at", "id"], name="notification_code_due", condition=Q(secret=True, due_at__isnull=False)
            ),
        ),
    ]
