"""Letters are messages of the outbox: a report keeps nothing about them. And whose six weeks were over before hears it."""

from django.db import migrations

# At the next look, which is soon: what was over before the mail about it existed.
LOOK_AGAIN = """
UPDATE requests_servicerequest SET watch_at = now()
WHERE watch_at > now() AND status NOT IN ('done', 'closed') AND statutory_since < now() - interval '42 days'
"""


class Migration(migrations.Migration):
    dependencies = [("requests", "0018_deferring")]

    operations = [
        migrations.RemoveConstraint("report", "report_letter_printed_only_if_needed"),
        migrations.RemoveField("report", "needs_letter"),
        migrations.RemoveField("report", "letter_printed_at"),
        migrations.RunSQL(LOOK_AGAIN, migrations.RunSQL.noop),
    ]
