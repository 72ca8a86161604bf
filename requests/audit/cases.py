"""A request agrees with itself, with its history, and with the requests it was split off from or merged into."""

from .invariant import Invariant

__all__ = ["CASES"]

_REFERENCE = "(SELECT reference FROM requests_servicerequest WHERE id = {}.service_request_id) AS named"

CASES = (
    Invariant(
        "open_has_a_next_word",
        "A request is open exactly when it is known when its tenants hear something",
        """
        SELECT reference AS named, (status = ANY(%(open)s)) = (next_word_at IS NOT NULL) AS holds
        FROM requests_servicerequest
        """,
    ),
    Invariant(
        "next_word_is_not_overdue",
        "Nobody waits longer than a quarter of an hour for the word that is due",
        """
        SELECT reference AS named, next_word_at >= %(too_late)s AS holds
        FROM requests_servicerequest WHERE next_word_at IS NOT NULL
        """,
    ),
    Invariant(
        "waiting_has_a_reason",
        "A request waits exactly when it says for what",
        """
        SELECT reference AS named, (status = 'waiting') = (waiting_reason <> '') AS holds
        FROM requests_servicerequest
        """,
    ),
    Invariant(
        "closed_has_an_outcome",
        "A request is closed exactly when it says how it ended, and when",
        """
        SELECT reference AS named,
               (status = ANY(%(final)s)) = (outcome <> '') AND (outcome <> '') = (closed_at IS NOT NULL) AS holds
        FROM requests_servicerequest
        """,
    ),
    Invariant(
        "ready_has_its_moment",
        "It is known when a request was ready exactly when it is, or was closed after it was",
        """
        SELECT reference AS named,
               (done_at IS NOT NULL) = (status = ANY(%(ready)s) OR outcome = ANY(%(after_done)s)) AS holds
        FROM requests_servicerequest
        """,
    ),
    Invariant(
        "in_one_place",
        "A request is in a dwelling or in a communal area",
        """
        SELECT reference AS named, (dwelling_id IS NULL) <> (communal_area_id IS NULL) AS holds
        FROM requests_servicerequest
        """,
    ),
    Invariant(
        "history_ends_where_the_request_is",
        "The last line of its history is the status of the request, with its reason and its outcome",
        """
        SELECT reference AS named,
               step.new_status = status AND step.waiting_reason = request.waiting_reason
                   AND step.outcome = request.outcome AS holds
        FROM requests_servicerequest request
        LEFT JOIN (
            SELECT DISTINCT ON (service_request_id) service_request_id, new_status, waiting_reason, outcome
            FROM requests_statuschange ORDER BY service_request_id, id DESC
        ) step ON step.service_request_id = request.id
        """,
        alone=True,
    ),
    Invariant(
        "history_is_unbroken",
        "A history begins with the receipt, and each line begins where the one before it ended",
        f"""
        SELECT {_REFERENCE.format("step")}, old_status = before AND (move = %(receipt)s) = (before = '') AS holds
        FROM (
            SELECT service_request_id, move, old_status,
                   lag(new_status, 1, '') OVER (PARTITION BY service_request_id ORDER BY id) AS before
            FROM requests_statuschange
        ) step
        """,
    ),
    Invariant(
        "history_follows_the_table_of_moves",
        "Each line of a history is a receipt or a row of the table of moves, made by who may",
        f"""
        SELECT {_REFERENCE.format("step")},
               legal.move IS NOT NULL AND (step.new_status = 'waiting') = (step.waiting_reason <> '') AS holds
        FROM requests_statuschange step
        LEFT JOIN unnest(
            %(legal_move)s::text[], %(legal_actor)s::text[], %(legal_old)s::text[], %(legal_new)s::text[],
            %(legal_outcome)s::text[]
        ) AS legal (move, actor, old_status, new_status, outcome)
            ON (legal.move, legal.actor, legal.old_status, legal.new_status, legal.outcome)
             = (step.move, step.actor, step.old_status, step.new_status, step.outcome)
        """,
    ),
    Invariant(
        "counts_follow_history",
        "How often it was ready and reopened, and when it was ready, closed and answered, is what its history says",
        """
        SELECT reference AS named,
               times_reopened = step.reopened
                   AND (times_done = step.finished OR (times_done > step.finished AND (
                       split_from_id IS NOT NULL OR id IN (SELECT new_id FROM requests_reportmove))))
                   AND (request.done_at IS NULL OR request.done_at = step.done_at)
                   AND request.closed_at IS NOT DISTINCT FROM step.closed_at
                   AND (answered_at IS NOT NULL OR NOT step.by_staff) AS holds
        FROM requests_servicerequest request
        LEFT JOIN (
            SELECT service_request_id,
                   count(*) FILTER (WHERE move = %(reopen)s) AS reopened,
                   count(*) FILTER (WHERE new_status = ANY(%(ready)s)) AS finished,
                   max(at) FILTER (WHERE new_status = ANY(%(ready)s)) AS done_at,
                   max(at) FILTER (WHERE new_status = ANY(%(final)s)) AS closed_at,
                   bool_or(actor = 'staff' AND move <> %(receipt)s) AS by_staff
            FROM requests_statuschange GROUP BY service_request_id
        ) step ON step.service_request_id = request.id
        """,
        alone=True,
    ),
    Invariant(
        "promise_moved_with_a_row",
        "From the first promised day to the present one leads an unbroken row of moves, each with a reason",
        """
        SELECT reference AS named,
               CASE WHEN move.service_request_id IS NULL THEN fix_by = first_fix_by
                    ELSE move.unbroken AND move.first = first_fix_by AND move.last = fix_by END AS holds
        FROM requests_servicerequest request
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
        """,
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
