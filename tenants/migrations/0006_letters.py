"""What people get by post, and what leaves as one mail."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("tenants", "0005_signs_of_life")]

    operations = [
        migrations.AddField(
            model_name="tenant",
            name="wants_letters",
            field=models.BooleanField(
                db_default=False, default=False, help_text="by post, and no e-mails", verbose_name="wants letters"
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="part",
            field=models.JSONField(
                blank=True,
                help_text="empty: it leaves alone",
                null=True,
                verbose_name="its part of a mail that says several things",
            ),
        ),
        migrations.AddField(
            model_name="notification",
            name="goes_with",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="takes_along",
                to="tenants.notification",
                verbose_name="in the mail of",
            ),
        ),
        migrations.AlterField(
            model_name="notification",
            name="channel",
            field=models.CharField(
                choices=[("email", "e-mail"), ("text", "text message"), ("letter", "letter")],
                max_length=10,
                verbose_name="channel",
            ),
        ),
        migrations.RemoveConstraint(model_name="notification", name="notification_channel_known"),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                name="notification_channel_known", condition=Q(channel__in=["email", "text", "letter"])
            ),
        ),
        migrations.RemoveConstraint(model_name="notification", name="notification_due_until_settled"),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                name="notification_due_until_settled",
                condition=Q(~Q(channel="letter"), state__in=["queued", "sending"], due_at__isnull=False)
                | Q(state__in=["sent", "failed"], due_at__isnull=True)
                | Q(channel="letter", state="queued", due_at__isnull=True),
            ),
        ),
        migrations.AddConstraint(
            model_name="notification",
            constraint=models.CheckConstraint(
                name="notification_goes_with_another",
                condition=Q(goes_with__isnull=True) | (~Q(goes_with=F("id")) & Q(channel="email", part__isnull=False)),
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["goes_with"], name="notification_goes_with", condition=Q(goes_with__isnull=False)
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(
                fields=["queued_at", "id"],
                name="notification_to_print",
                condition=Q(channel="letter", state="queued"),
            ),
        ),
        migrations.AddIndex(
            model_name="notification",
            index=models.Index(fields=["sent_at", "id"], name="notification_printed", condition=Q(channel="letter")),
        ),
        migrations.CreateModel(
            name="Letter",
            fields=[],
            options={
                "verbose_name": "letter",
                "verbose_name_plural": "letters",
                "proxy": True,
                "default_permissions": (),
                "indexes": [],
                "constraints": [],
            },
            bases=("tenants.notification",),
        ),
    ]
