"""A report that staff took down: once per form, and confirmed by letter where no message reaches the tenant."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("requests", "0009_emergencies")]

    operations = [
        migrations.AddField(
            model_name="report",
            name="key",
            field=models.UUIDField(
                blank=True, help_text="the same form counts once", null=True, verbose_name="form key"
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="needs_letter",
            field=models.BooleanField(
                default=False,
                help_text="staff print it: no message reaches this tenant",
                verbose_name="confirmed by letter",
            ),
        ),
        migrations.AddField(
            model_name="report",
            name="letter_printed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="letter printed"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.UniqueConstraint(fields=("key",), name="report_form_counts_once"),
        ),
        migrations.AddConstraint(
            model_name="report",
            constraint=models.CheckConstraint(
                condition=models.Q(("letter_printed_at__isnull", True), ("needs_letter", True), _connector="OR"),
                name="report_letter_printed_only_if_needed",
            ),
        ),
    ]
