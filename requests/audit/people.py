"""Who reported is on the case, was asked whether it is solved, and is not forgotten with what they wrote."""

from .invariant import Invariant

__all__ = ["PEOPLE"]

# A line per report and per request without one: where it was reported from, and whether they were told of it.
_REPORTS = """
SELECT request.reference AS named, request.merged_into_id, report.id AS report_id, report.tenant_id,
       tenant.email, tenancy.tenant_id AS lives_there, home.complex_id AS lives_in,
       coalesce(place.complex_id, area.complex_id) AS broken_in, told.report_id IS NOT NULL AS was_told
FROM requests_servicerequest request
LEFT JOIN requests_report report ON report.service_request_id = request.id
LEFT JOIN tenants_tenant tenant ON tenant.id = report.tenant_id
LEFT JOIN dwellings_tenancy tenancy ON tenancy.id = report.tenancy_id
LEFT JOIN dwellings_dwelling home ON home.id = tenancy.dwelling_id
LEFT JOIN dwellings_dwelling place ON place.id = request.dwelling_id
LEFT JOIN dwellings_communalarea area ON area.id = request.communal_area_id
LEFT JOIN (
    SELECT DISTINCT tenant_id, split_part(occasion, '-', 2) AS report_id FROM tenants_notification
    WHERE channel IN ('email', 'letter') AND kind IN ('request_received', 'request_joined')
        AND split_part(occasion, '-', 1) IN ('received', 'joined')
) told ON told.tenant_id = report.tenant_id AND told.report_id = report.id::text
"""

# A line per report of what is ready or was closed after it was, for each time since that they were asked. Who had moved
# out by then is not asked; who did before it was closed is not waited for.
_ASKED = """
SELECT request.reference AS named, request.times_done, request.outcome, request.done_at, verdict.round, verdict.answer,
       verdict.reminded_at, survey.asked_at, request.id AS request_id,
       coalesce(report.left_at <= request.closed_at, false) AS left_before
FROM requests_servicerequest request
JOIN requests_report report ON report.service_request_id = request.id
LEFT JOIN requests_verdict verdict ON verdict.report_id = report.id AND verdict.round >= request.times_done
LEFT JOIN requests_survey survey ON survey.report_id = report.id
WHERE request.done_at IS NOT NULL AND (report.left_at IS NULL OR report.left_at > request.done_at)
"""

PEOPLE = (
    Invariant(
        "request_has_a_household",
        "Somebody reported each request, and still waits for it unless it goes on in another",
        _REPORTS,
        holds="merged_into_id IS NOT NULL OR report_id IS NOT NULL",
    ),
    Invariant(
        "reported_from_their_own_home",
        "People report by a tenancy of their own, in the complex where it is",
        _REPORTS,
        about="report_id IS NOT NULL",
        holds="lives_there = tenant_id AND lives_in = broken_in",
    ),
    Invariant(
        "told_that_it_was_received",
        "Everybody who reports is told that it arrived, unless they have no address",
        _REPORTS,
        about="report_id IS NOT NULL AND email <> ''",
        holds="was_told",
    ),
    Invariant(
        "asked_whether_it_is_solved",
        "When a request is ready everybody who reported it is asked, each time anew",
        _ASKED,
        holds="round = times_done",
    ),
    Invariant(
        "asked_for_a_mark",
        "When a request is ready everybody who reported it is asked for a mark",
        _ASKED,
        holds="asked_at >= done_at",
    ),
    Invariant(
        "not_solved_reopens",
        "What somebody said is not solved was not ready, and is only ready again when they are asked again",
        _ASKED,
        about="round IS NOT NULL",
        holds="answer <> 'not_solved'",
    ),
    Invariant(
        "solved_said_everybody",
        "What the tenants closed is solved, said every one of them",
        _ASKED,
        about="""
        outcome = 'solved' AND EXISTS (
            SELECT FROM requests_statuschange WHERE service_request_id = request_id AND move = %(confirm)s
        )
        """,
        holds="left_before OR (round = times_done AND answer = 'solved')",
    ),
    Invariant(
        "unanswered_was_reminded",
        "What was closed without an answer had reminded everybody who did not say",
        _ASKED,
        about="outcome = 'unanswered'",
        holds="left_before OR (round = times_done AND (answer = 'solved' OR reminded_at IS NOT NULL))",
    ),
    Invariant(
        "report_is_where_it_went",
        "A report is on the case to which it went last, and each time left the one it was on",
        """
        SELECT (SELECT reference FROM requests_servicerequest WHERE id = report.service_request_id) AS named,
               coalesce(move.before = move.old_id, true)
                   AND coalesce(move.after = move.new_id, report.service_request_id = move.new_id) AS holds
        FROM (
            SELECT *, lag(new_id) OVER stay AS before, lead(old_id) OVER stay AS after
            FROM requests_reportmove WINDOW stay AS (PARTITION BY report_id ORDER BY id)
        ) move
        JOIN requests_report report ON report.id = move.report_id
        """,
    ),
    Invariant(
        "mark_is_given_or_not",
        "There is a mark of 1 to 10 exactly when somebody gave one",
        """
        SELECT (
                   SELECT reference FROM requests_servicerequest request
                   JOIN requests_report report ON report.service_request_id = request.id
                   WHERE report.id = survey.report_id
               ) AS named,
               (mark IS NOT NULL) = (answered_at IS NOT NULL) AND coalesce(mark BETWEEN 1 AND 10, true) AS holds
        FROM requests_survey survey
        """,
    ),
    Invariant(
        "reply_is_to_a_message",
        "A request waits for a reply only when a tenant wrote about it, or about one that goes on in it",
        """
        SELECT request.reference AS named, EXISTS (
            WITH RECURSIVE one AS (
                SELECT request.id
                UNION SELECT old.id FROM one JOIN requests_servicerequest old ON old.merged_into_id = one.id
            )
            SELECT FROM one JOIN requests_message message ON message.service_request_id = one.id
            WHERE message.tenant_id IS NOT NULL
        ) AS holds
        FROM requests_servicerequest request WHERE tenant_waits_for_reply
        """,
    ),
    Invariant(
        "draft_ended_one_way",
        "A draft was sent, or ended in another way, or is still being written",
        """
        SELECT id::text AS named,
               (sent_as_id IS NULL OR ended = '') AND (ended <> '') = (ended_at IS NOT NULL) AS holds
        FROM requests_draft
        """,
    ),
    Invariant(
        "sent_draft_is_a_report",
        "A draft that was sent is a report of that tenant, with its photos",
        """
        SELECT draft.id::text AS named,
               EXISTS (
                   SELECT FROM requests_report report
                   LEFT JOIN requests_reportmove gone ON gone.report_id = report.id AND gone.old_id = draft.sent_as_id
                   WHERE report.tenant_id = draft.tenant_id
                       AND (report.service_request_id = draft.sent_as_id OR gone.id IS NOT NULL)
               ) AND NOT EXISTS (SELECT FROM requests_attachment photo WHERE photo.draft_id = draft.id) AS holds
        FROM requests_draft draft WHERE sent_as_id IS NOT NULL
        """,
    ),
    Invariant(
        "photo_belongs_somewhere",
        "A photo is of a draft or of a report",
        "SELECT id::text AS named, (draft_id IS NULL) <> (report_id IS NULL) AS holds FROM requests_attachment",
    ),
)
