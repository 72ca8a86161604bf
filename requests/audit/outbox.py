"""What should be told is told: once, to the right people, and it leaves."""

from .invariant import Invariant

__all__ = ["OUTBOX"]

OUTBOX = (
    Invariant(
        "told_that_it_was_received",
        "Everybody who reports is told that it arrived, unless they have no address",
        """
        SELECT (SELECT reference FROM requests_servicerequest WHERE id = report.service_request_id) AS named,
               told.occasion IS NOT NULL AS holds
        FROM requests_report report
        JOIN tenants_tenant tenant ON tenant.id = report.tenant_id AND tenant.email <> ''
        LEFT JOIN (
            SELECT tenant_id, occasion FROM tenants_notification
            WHERE channel = 'email' AND kind IN ('request_received', 'request_joined')
        ) told ON told.tenant_id = report.tenant_id
            AND told.occasion IN ('received-' || report.id, 'joined-' || report.id)
        WHERE NOT report.needs_letter
        """,
    ),
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
        """
        SELECT notification.occasion AS named, report.id IS NOT NULL OR EXISTS (
            SELECT FROM requests_reportmove gone JOIN requests_report moved ON moved.id = gone.report_id
            WHERE gone.old_id = request.id AND moved.tenant_id = notification.tenant_id
        ) AS holds
        FROM tenants_notification notification
        LEFT JOIN requests_servicerequest request ON request.reference = notification.about
        LEFT JOIN requests_report report
            ON report.service_request_id = request.id AND report.tenant_id = notification.tenant_id
        WHERE notification.about <> ''
        """,
    ),
    Invariant(
        "sent_has_its_moment",
        "A message is sent exactly when it is known when, and is looked at again until it is settled",
        """
        SELECT occasion AS named,
               (state = 'sent') = (sent_at IS NOT NULL)
                   AND (state IN ('queued', 'sending')) = (due_at IS NOT NULL) AS holds
        FROM tenants_notification
        """,
    ),
    Invariant(
        "nothing_is_stuck",
        "No message that may leave is left lying for a quarter of an hour",
        "SELECT occasion AS named, due_at >= %(too_late)s AS holds FROM tenants_notification WHERE due_at IS NOT NULL",
    ),
)
