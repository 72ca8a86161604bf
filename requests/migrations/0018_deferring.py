"""Requests are put off until a day, complaints are told apart from messages, and the six weeks are counted."""

from django.db import migrations, models

# From the first report; every report is written down and confirmed in writing at once.
COUNT_THE_SIX_WEEKS = """
UPDATE requests_servicerequest request SET statutory_since = first.at
FROM (SELECT service_request_id, min(at) AS at FROM requests_report GROUP BY service_request_id) first
WHERE first.service_request_id = request.id AND request.payer = 'corporation' AND request.statutory_since IS NULL
"""
REASONS = [
    ("tenant", "an answer from the tenant"),
    ("parts", "parts"),
    ("contractor", "the contractor"),
    ("quote", "a quote"),
    ("owners", "the owners' association"),
    ("weather", "better weather"),
    ("planned_work", "planned maintenance"),
    ("season", "the right season"),
]
MOVES = [
    "receive", "review", "plan", "schedule", "start", "wait", "defer", "come_back", "finish", "confirm", "confirm_call",
    "reopen", "lapse", "withdraw", "decline",
]  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("requests", "0017_figures")]

    operations = [
        migrations.RemoveConstraint("servicerequest", "request_waiting_iff_reason"),
        migrations.RemoveConstraint("statuschange", "status_change_move_known"),
        migrations.AddField(
            "message",
            "is_complaint",
            models.BooleanField(
                "complaint", default=False, db_default=False, help_text="about how we handle it, not about the defect"
            ),
        ),
        migrations.AddField(
            "report",
            "left_at",
            models.DateTimeField(
                "moved out", blank=True, null=True, help_text="found when a put off request came back; told no more"
            ),
        ),
        migrations.AddField("statuschange", "until", models.DateTimeField("put off until", blank=True, null=True)),
        *(
            migrations.AlterField(
                model,
                "waiting_reason",
                models.CharField("waiting for", blank=True, choices=REASONS, max_length=12),
            )
            for model in ("servicerequest", "statuschange")
        ),
        migrations.AddConstraint(
            "message",
            models.CheckConstraint(
                condition=models.Q(is_complaint=False) | models.Q(tenant__isnull=False),
                name="message_complaint_from_a_tenant",
            ),
        ),
        migrations.AddConstraint(
            "servicerequest",
            models.CheckConstraint(
                condition=models.Q(status="waiting", waiting_reason__in=[key for key, _ in REASONS])
                | (~models.Q(status="waiting") & models.Q(waiting_reason="")),
                name="request_waiting_iff_reason",
            ),
        ),
        migrations.AddConstraint(
            "statuschange",
            models.CheckConstraint(condition=models.Q(move__in=MOVES), name="status_change_move_known"),
        ),
        migrations.AddConstraint(
            "statuschange",
            models.CheckConstraint(
                condition=models.Q(move="defer", until__isnull=False)
                | (~models.Q(move="defer") & models.Q(until__isnull=True)),
                name="status_change_has_a_day_iff_put_off",
            ),
        ),
        migrations.RunSQL(COUNT_THE_SIX_WEEKS, migrations.RunSQL.noop),
    ]
