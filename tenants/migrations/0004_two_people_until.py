"""That two people come ends on a day, and may be known before the tenant said anything."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tenants", "0003_access_and_attachments")]

    operations = [
        migrations.RemoveConstraint(model_name="accesspreferences", name="access_preferences_expire"),
        migrations.RemoveField(model_name="accesspreferences", name="two_people"),
        migrations.AddField(
            model_name="accesspreferences",
            name="two_people_until",
            field=models.DateField(blank=True, null=True, verbose_name="come with two, until"),
        ),
        migrations.AlterField(
            model_name="accesspreferences",
            name="saved_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="saved"),
        ),
        migrations.AlterField(
            model_name="accesspreferences",
            name="expires_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="expires"),
        ),
        migrations.AddConstraint(
            model_name="accesspreferences",
            constraint=models.CheckConstraint(
                name="access_preferences_expire",
                condition=models.Q(saved_at__isnull=True, expires_at__isnull=True)
                | models.Q(saved_at__isnull=False, expires_at__isnull=False, expires_at__gt=models.F("saved_at")),
            ),
        ),
    ]
