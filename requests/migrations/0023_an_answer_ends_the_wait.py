"""A message of the tenant ends the wait for it; what was answered before is not waited for any more either."""

from django.db import migrations, models

MOVES = [
    "receive", "review", "plan", "schedule", "start", "wait", "answer", "defer", "come_back", "finish", "confirm",
    "confirm_call", "reopen", "lapse", "withdraw", "decline",
]  # fmt: skip
# From the first message after our question on.
END_WHAT_WAS_ANSWERED = """
WITH waits AS (
    SELECT request.id, request.reference, (
        SELECT max(step.at) FROM requests_statuschange step WHERE step.service_request_id = request.id
    ) AS asked_at
    FROM requests_servicerequest request
    WHERE request.waiting_reason = 'tenant' AND request.tenant_waits_for_reply
), answered AS (
    SELECT DISTINCT ON (waits.id) waits.id, message.at, tenant.user_id
    FROM waits
    JOIN requests_message message ON message.service_request_id = waits.id AND message.at > waits.asked_at
    JOIN tenants_tenant tenant ON tenant.id = message.tenant_id
    ORDER BY waits.id, message.at
), written AS (
    INSERT INTO requests_statuschange
        (service_request_id, move, old_status, new_status, waiting_reason, outcome, actor, by_id, at, note)
    SELECT id, 'answer', 'waiting', 'in_review', '', '', 'tenant', user_id, at, '' FROM answered
    RETURNING service_request_id
)
UPDATE requests_servicerequest SET status = 'in_review', waiting_reason = '', watch_at = now(), version = version + 1
WHERE id IN (SELECT service_request_id FROM written)
"""


class Migration(migrations.Migration):
    dependencies = [("requests", "0022_photos_once")]

    operations = [
        migrations.AlterField(
            "report",
            "left_at",
            models.DateTimeField(
                "moved out", blank=True, null=True, help_text="found when there was something to tell"
            ),
        ),
        migrations.RemoveConstraint("statuschange", "status_change_move_known"),
        migrations.AddConstraint(
            "statuschange",
            models.CheckConstraint(condition=models.Q(move__in=MOVES), name="status_change_move_known"),
        ),
        migrations.RunSQL(END_WHAT_WAS_ANSWERED, migrations.RunSQL.noop),
    ]
