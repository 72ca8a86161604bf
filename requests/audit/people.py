"""Who reported is on the case, was asked whether it is solved, and is not forgotten with what they wrote."""

from .invariant import Invariant

__all__ = ["PEOPLE"]

PEOPLE = (
    Invariant(
        "request_has_a_household",
        "Somebody reported each request, and still waits for it unless it goes on in another",
        """
        SELECT reference AS named, merged_into_id IS NOT NULL OR report.service_request_id IS NOT NULL AS holds
        FROM requests_servicerequest request
        LEFT JOIN (SELECT DISTINCT service_request_id FROM requests_report) report
            ON report.service_request_id = request.id
        """,
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
        "reported_from_their_own_home",
        "People report by a tenancy of their own, in the complex where it is",
        """
        SELECT request.reference AS named,
               tenancy.tenant_id = report.tenant_id
                   AND home.complex_id = coalesce(place.complex_id, area.complex_id) AS holds
        FROM requests_report report
        JOIN requests_servicerequest request ON request.id = report.service_request_id
        JOIN dwellings_tenancy tenancy ON tenancy.id = report.tenancy_id
        JOIN dwellings_dwelling home ON home.id = tenancy.dwelling_id
        LEFT JOIN dwellings_dwelling place ON place.id = request.dwelling_id
        LEFT JOIN dwellings_communalarea area ON area.id = request.communal_area_id
        """,
    ),
    Invariant(
        "asked_whether_it_is_solved",
        "When a request is ready everybody who reported it is asked, each time anew",
        """
        SELECT reference AS named, verdict.round = request.times_done AS holds
        FROM requests_servicerequest request
        JOIN requests_report report ON report.service_request_id = request.id
        LEFT JOIN requests_verdict verdict ON verdict.report_id = report.id AND verdict.round >= request.times_done
        WHERE request.done_at IS NOT NULL
        """,
    ),
    Invariant(
        "asked_for_a_mark",
        "When a request is ready everybody who reported it is asked for a mark",
        """
        SELECT reference AS named, survey.asked_at >= request.done_at AS holds
        FROM requests_servicerequest request
        JOIN requests_report report ON report.service_request_id = request.id
        LEFT JOIN requests_survey survey ON survey.report_id = report.id
        WHERE request.done_at IS NOT NULL
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
        "not_solved_reopens",
        "What somebody said is not solved was not ready, and is only ready again when they are asked again",
        """
        SELECT request.reference AS named, verdict.round < request.times_done OR request.done_at IS NULL AS holds
        FROM requests_verdict verdict
        JOIN requests_report report ON report.id = verdict.report_id
        JOIN requests_servicerequest request ON request.id = report.service_request_id
        WHERE verdict.answer = 'not_solved'
        """,
    ),
    Invariant(
        "solved_said_everybody",
        "What the tenants closed is solved, said every one of them",
        """
        SELECT request.reference AS named, verdict.answer = 'solved' AS holds
        FROM requests_statuschange step
        JOIN requests_servicerequest request ON request.id = step.service_request_id
        JOIN requests_report report ON report.service_request_id = request.id
        LEFT JOIN requests_verdict verdict ON verdict.report_id = report.id AND verdict.round = request.times_done
        WHERE step.move = %(confirm)s
        """,
    ),
    Invariant(
        "unanswered_was_reminded",
        "What was closed without an answer had reminded everybody who did not say",
        """
        SELECT request.reference AS named, verdict.answer = 'solved' OR verdict.reminded_at IS NOT NULL AS holds
        FROM requests_servicerequest request
        JOIN requests_report report ON report.service_request_id = request.id
        LEFT JOIN requests_verdict verdict ON verdict.report_id = report.id AND verdict.round = request.times_done
        WHERE request.outcome = 'unanswered'
        """,
    ),
    Invariant(
        "message_waits_for_a_reply",
        "What a tenant wrote last is in the queue until somebody answers it or moves the request",
        """
        SELECT request.reference AS named, request.tenant_waits_for_reply AS holds
        FROM (
            SELECT DISTINCT ON (service_request_id) service_request_id, tenant_id, at
            FROM requests_message ORDER BY service_request_id, id DESC
        ) last
        JOIN requests_servicerequest request ON request.id = last.service_request_id
        WHERE last.tenant_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM requests_statuschange step WHERE step.service_request_id = request.id AND step.at >= last.at
        )
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
