"""The terms that run beside a promise: the six weeks of the law, and the day to which something is put off."""

from .invariant import Invariant

__all__ = ["TERMS"]

TERMS = (
    Invariant(
        "six_weeks_count_from_the_first_report",
        "The six weeks of the law count from the first report, exactly where the corporation has to repair it",
        """
        SELECT reference AS named,
               CASE WHEN payer = 'corporation' THEN statutory_since = first.at ELSE statutory_since IS NULL END AS holds
        FROM requests_servicerequest request
        JOIN (
            SELECT service_request_id, min(at) AS at FROM requests_report GROUP BY service_request_id
        ) first ON first.service_request_id = request.id
        WHERE merged_into_id IS NULL
        """,
    ),
    Invariant(
        "put_off_comes_back",
        "What is put off waits, and is looked at again on its day at the latest",
        """
        SELECT reference AS named,
               status = 'waiting' AND (next_word_at <= deferred_until OR follow_up_failures > 0) AS holds
        FROM requests_servicerequest WHERE deferred_until IS NOT NULL
        """,
    ),
)
