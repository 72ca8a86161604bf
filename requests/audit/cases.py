"""A request agrees with itself, with its history, and with the requests it was split off from or merged into."""

from .invariant import Invariant

__all__ = ["CASES"]

# A line per request: itself, what its history adds up to, how its promise moved, and who wrote last.
_REQUESTS = """
SELECT reference AS named, request.*,
       step.unbroken, step.legal, step.last_status, step.last_reason, step.last_outcome, step.reopened, step.finished,
       step.ready_at, step.ended_at, step.by_staff, step.last_at,
       move.service_request_id IS NOT NULL AS promise_moved, move.unbroken AS moves_unbroken, move.first, move.last,
       said.tenant_id AS wrote_last, said.at AS written_at
FROM requests_servicerequest request
LEFT JOIN (
    SELECT service_request_id,
           bool_and(old_status = before AND (move = %(receipt)s) = (before = '')) AS unbroken,
           bool_and(
               move || '/' || actor || '/' || old_status || '/' || new_status || '/' || outcome || '/'
                   || (waiting_reason <> '') = ANY(%(legal_steps)s)
           ) AS legal,
           max(new_status) FILTER (WHERE is_last) AS last_status,
           max(waiting_reason) FILTER (WHERE is_last) AS last_reason,
           max(outcome) FILTER (WHERE is_last) AS last_outcome,
           count(*) FILTER (WHERE move = %(reopen)s) AS reopened,
           count(*) FILTER (WHERE new_status = ANY(%(ready)s)) AS finished,
           max(at) FILTER (WHERE new_status = ANY(%(ready)s)) AS ready_at,
           max(at) FILTER (WHERE new_status = ANY(%(final)s)) AS ended_at,
           bool_or(actor = 'staff' AND move <> %(receipt)s AND move <> ALL(%(may_be_silent)s)) AS by_staff,
           max(at) FILTER (WHERE move <> %(answer)s) AS last_at
    FROM (
        SELECT service_request_id, move, old_status, new_status, waiting_reason, outcome, actor, at,
               lag(new_status, 1, '') OVER history AS before, lead(id) OVER history IS NULL AS is_last
        FROM requests_statuschange WINDOW history AS (PARTITION BY service_request_id ORDER BY id)
    ) line
    GROUP BY service_request_id
) step ON step.service_request_id = request.id
LEFT JOIN (
    SELECT service_request_id,
           bool_and(reason <> '' AND coalesce(before = old_fix_by, true)) AS unbroken,
           (array_agg(old_fix_by ORDER BY id))[1] AS first,
           (array_agg(new_fix_by ORDER BY id DESC))[1] AS last
    FROM (
        SELECT *, lag(new_fix_by) OVER (PARTITION BY service_request_id ORDER BY id) AS before
        FROM requests_promisemove
    ) one
    GROUP BY service_request_id
) move ON move.service_request_id = request.id
LEFT JOIN (
    SELECT DISTINCT ON (service_request_id) service_request_id, tenant_id, at
    FROM requests_message ORDER BY service_request_id, id DESC
) said ON said.service_request_id = request.id
"""

CASES = (
    Invariant(
        "open_has_a_next_word",
        "A request is open exactly when it is known when its tenants hear something",
        _REQUESTS,
        holds="(status = ANY(%(open)s)) = (next_word_at IS NOT NULL)",
    ),
    Invariant(
        "next_word_is_not_overdue",
        "Nobody waits longer than a quarter of an hour for the word that is due",
        _REQUESTS,
        about="next_word_at IS NOT NULL",
        holds="next_word_at >= %(too_late)s",
    ),
    Invariant(
        "waiting_has_a_reason",
        "A request waits exactly when it says for what",
        _REQUESTS,
        holds="(status = 'waiting') = (waiting_reason <> '')",
    ),
    Invariant(
        "closed_has_an_outcome",
        "A request is closed exactly when it says how it ended, and when",
        _REQUESTS,
        holds="(status = ANY(%(final)s)) = (outcome <> '') AND (outcome <> '') = (closed_at IS NOT NULL)",
    ),
    Invariant(
        "ready_has_its_moment",
        "It is known when a request was ready exactly when it is, or was closed after it was",
        _REQUESTS,
        holds="(done_at IS NOT NULL) = (status = ANY(%(ready)s) OR outcome = ANY(%(after_done)s))",
    ),
    Invariant(
        "in_one_place",
        "A request is in a dwelling or in a communal area",
        _REQUESTS,
        holds="(dwelling_id IS NULL) <> (communal_area_id IS NULL)",
    ),
    Invariant(
        "history_ends_where_the_request_is",
        "The last line of its history is the status of the request, with its reason and its outcome",
        _REQUESTS,
        holds="last_status = status AND last_reason = waiting_reason AND last_outcome = outcome",
    ),
    Invariant(
        "history_is_unbroken",
        "A history begins with the receipt, and each line begins where the one before it ended",
        _REQUESTS,
        holds="unbroken",
    ),
    Invariant(
        "history_follows_the_table_of_moves",
        "Each line of a history is a receipt or a row of the table of moves, made by who may",
        _REQUESTS,
        holds="legal",
    ),
    Invariant(
        "counts_follow_history",
        "How often it was ready and reopened, and when it was ready, closed and answered, is what its history says",
        _REQUESTS,
        holds="""
        times_reopened = reopened
            AND (times_done = finished OR (times_done > finished AND (
                split_from_id IS NOT NULL OR id IN (SELECT new_id FROM requests_reportmove))))
            AND (done_at IS NULL OR done_at = ready_at)
            AND closed_at IS NOT DISTINCT FROM ended_at
            AND (answered_at IS NOT NULL OR NOT by_staff)
        """,
    ),
    Invariant(
        "promise_moved_with_a_row",
        "From the first promised day to the present one leads an unbroken row of moves, each with a reason",
        _REQUESTS,
        holds="""
        CASE WHEN promise_moved THEN moves_unbroken AND first = first_fix_by AND last = fix_by
             ELSE fix_by = first_fix_by END
        """,
    ),
    Invariant(
        "message_waits_for_a_reply",
        "What a tenant wrote last is in the queue until somebody answers it or moves the request",
        _REQUESTS,
        about="wrote_last IS NOT NULL",
        holds="tenant_waits_for_reply OR last_at >= written_at",
    ),
    Invariant(
        "visit_is_of_work_to_come",
        "A planned visit belongs to a request that counts on it",
        """
        SELECT reference AS named, status = ANY(%(with_a_visit)s) AS holds
        FROM requests_visit visit JOIN requests_servicerequest request ON request.id = visit.service_request_id
        WHERE visit.outcome = 'planned'
        """,
    ),
    Invariant(
        "scheduled_has_a_visit",
        "Where a visit is planned there is one; a visit that we missed stays until another one is planned",
        """
        SELECT reference AS named, EXISTS (
            SELECT FROM requests_visit visit
            WHERE visit.service_request_id = request.id AND visit.outcome IN ('planned', 'missed')
        ) AS holds
        FROM requests_servicerequest request WHERE status = 'scheduled'
        """,
    ),
    Invariant(
        "merged_goes_on_elsewhere",
        "A merged request is closed as a duplicate of one that was still open, where all its households are",
        """
        SELECT old.reference AS named,
               old.outcome = 'duplicate' AND new.id <> old.id AND new.merged_into_id IS DISTINCT FROM old.id
                   AND coalesce(new.closed_at >= old.closed_at, new.closed_at IS NULL)
                   AND NOT EXISTS (
                       SELECT FROM requests_report behind
                       WHERE behind.service_request_id = old.id AND NOT EXISTS (
                           SELECT FROM requests_report there
                           LEFT JOIN requests_reportmove gone ON gone.report_id = there.id AND gone.old_id = new.id
                           WHERE there.tenant_id = behind.tenant_id
                               AND (there.service_request_id = new.id OR gone.id IS NOT NULL)
                       )
                   ) AS holds
        FROM requests_servicerequest old JOIN requests_servicerequest new ON new.id = old.merged_into_id
        WHERE old.merged_into_id IS NOT NULL
        """,
    ),
    Invariant(
        "split_off_took_a_report",
        "A request that was split off began with a report of the one it came from",
        """
        SELECT reference AS named, EXISTS (
            SELECT FROM requests_reportmove move WHERE move.new_id = request.id AND move.old_id = request.split_from_id
        ) AS holds
        FROM requests_servicerequest request WHERE split_from_id IS NOT NULL
        """,
    ),
)
