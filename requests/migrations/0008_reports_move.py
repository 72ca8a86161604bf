"""A report may go on with another case, and several drafts may have joined one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

APPENDED = """
CREATE TRIGGER history_is_appended BEFORE UPDATE OR DELETE ON requests_reportmove
    FOR EACH ROW EXECUTE FUNCTION requests_history_is_appended();
"""
BACK = "DROP TRIGGER history_is_appended ON requests_reportmove;"


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0007_search_words"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="draft",
            name="sent_as",
            field=models.ForeignKey(
                blank=True,
                help_text="the request it became, or was added to",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="drafts",
                to="requests.servicerequest",
            ),
        ),
        migrations.CreateModel(
            name="ReportMove",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="at")),
                (
                    "by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
                (
                    "new",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports_taken_over",
                        to="requests.servicerequest",
                        verbose_name="to",
                    ),
                ),
                (
                    "old",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reports_left",
                        to="requests.servicerequest",
                        verbose_name="from",
                    ),
                ),
                (
                    "report",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="moves",
                        to="requests.report",
                        verbose_name="report",
                    ),
                ),
            ],
            options={
                "verbose_name": "moved report",
                "verbose_name_plural": "moved reports",
                "ordering": ["at", "pk"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("old", models.F("new")), _negated=True), name="report_move_moves"
                    )
                ],
            },
        ),
        migrations.RunSQL(APPENDED, BACK),
    ]
