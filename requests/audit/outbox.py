"""What should be told is told once, to the right people, and it leaves."""

from tenants.notifications import lateness

from .invariant import Invariant

__all__ = ["OUTBOX"]

# A line per message, with the report of whom it was sent to about what it is about.
_MESSAGES = f"""
SELECT notification.occasion AS named, notification.about, notification.tenant_id, notification.state,
       notification.attempts, notification.sent_at, notification.due_at, notification.channel, notification.secret,
       notification.writes, octet_length(notification.body) AS length,
       {lateness.waits_since("notification")} AS waits_since,
       notification.id > coalesce(CASE notification.channel
           WHEN 'email' THEN (SELECT max(id) FROM tenants_notification WHERE state = 'sent' AND channel = 'email')
           ELSE (SELECT max(id) FROM tenants_notification WHERE state = 'sent' AND channel = 'text')
       END, 0) AS nothing_left_since,
       notification.goes_with_id, first.id AS first_id,
       first.tenant_id = notification.tenant_id AND first.about = notification.about
           AND first.goes_with_id IS NULL AND first.state = notification.state
           AND first.sent_at IS NOT DISTINCT FROM notification.sent_at AS same_mail,
       request.id AS request_id, report.id AS report_id
FROM tenants_notification notification
LEFT JOIN tenants_notification first ON first.id = notification.goes_with_id
LEFT JOIN requests_servicerequest request ON request.reference = notification.about
LEFT JOIN requests_report report
    ON report.service_request_id = request.id AND report.tenant_id = notification.tenant_id
"""

OUTBOX = (
    Invariant(
        "told_once",
        "Nobody is told of the same occasion twice over the same channel",
        """
        SELECT occasion AS named, count(*) = 1 AS holds
        FROM tenants_notification GROUP BY occasion, tenant_id, channel
        """,
    ),
    Invariant(
        "told_who_reported",
        "Whoever is told about a request reports it, or did",
        _MESSAGES,
        about="about <> ''",
        holds="""
        report_id IS NOT NULL OR EXISTS (
            SELECT FROM requests_reportmove gone JOIN requests_report moved ON moved.id = gone.report_id
            WHERE gone.old_id = request_id AND moved.tenant_id = looked_at.tenant_id
        )
        """,
    ),
    Invariant(
        "sent_has_its_moment",
        "A message is sent exactly when it is known when, and is looked at again until it is settled",
        _MESSAGES,
        holds="""
        (state = 'sent') = (sent_at IS NOT NULL)
            AND (state IN ('queued', 'sending') AND channel <> 'letter') = (due_at IS NOT NULL)
        """,
    ),
    Invariant(
        "sent_has_words",
        "What was sent says something, and what does not say anything yet is still to be written",
        _MESSAGES,
        about="NOT secret",
        holds="(length > 0) = (writes = '') AND (state <> 'sent' OR length > 0)",
    ),
    Invariant(
        "one_mail_has_one_fate",
        "What leaves as one mail is for one person about one request, and is sent or not as a whole",
        _MESSAGES,
        about="goes_with_id IS NOT NULL",
        holds="same_mail",
    ),
    Invariant(
        "nothing_is_stuck",
        "No message that may leave is left lying for a quarter of an hour, unless it alone is refused",
        _MESSAGES,
        about="due_at IS NOT NULL",
        holds="due_at >= %(too_late)s AND (attempts = 0 OR waits_since >= %(too_late)s OR NOT nothing_left_since)",
    ),
)
