"""What should have left by now, and since when: for whoever watches the engine, and for the audit.

A retry moves `due_at` into the future, so a mail server that refuses for hours would show nothing that is due; but the
pauses between tries are known, so the number of tries says when the first one was. What waits while later messages
leave has trouble of its own (a mailbox that is full), which staff see when it is given up.
"""

from datetime import datetime, timedelta
from typing import Any

from . import delivery
from .models import LEASE

__all__ = ["LATE_AFTER", "moments", "oldest", "waits_since"]

LATE_AFTER = timedelta(minutes=2)  # a dead worker's message leaves within one


def waits_since(row: str = "waits") -> str:
    """SQL for the moment since which a row that is due should have left, at the latest: its first try, or `due_at`."""
    failures = f"({row}.attempts - CASE {row}.state WHEN 'sending' THEN 1 ELSE 0 END)"
    first = delivery.FIRST_RETRY_AFTER.total_seconds()
    growing = delivery.DOUBLED + 1  # pauses that are each twice as long as the one before; then they stay as they are
    pauses = f"(2 ^ least({failures}, {growing}) - 1 + {2**delivery.DOUBLED} * greatest({failures} - {growing}, 0))"
    lease = f"CASE {row}.state WHEN 'sending' THEN {LEASE.total_seconds()} ELSE 0 END"
    return f"({row}.due_at - make_interval(secs => {first} * {pauses} + {lease}))"


# Since when the oldest one waits. What was tried is due an hour from now at most; of what left since, the newest is
# found from the end of the table.
_OLDEST = """
WITH tried AS MATERIALIZED (
    SELECT id, channel, {since} AS since FROM tenants_notification waits
    WHERE due_at <= %(tried_again)s AND attempts > 0 AND goes_with_id IS NULL AND {since} < %(late)s
), left_last AS (
    SELECT channel, (
        SELECT id FROM tenants_notification sent
        WHERE sent.id > min(tried.id) AND sent.channel = tried.channel AND sent.state = 'sent'
        ORDER BY id DESC LIMIT 1
    ) AS id FROM tried GROUP BY channel
), untried AS (
    SELECT due_at FROM tenants_notification
    WHERE due_at < %(late)s AND attempts = 0 AND goes_with_id IS NULL
    ORDER BY due_at, id LIMIT 1
)
SELECT least(
    (SELECT due_at FROM untried),
    (SELECT min(since) FROM tried JOIN left_last USING (channel) WHERE tried.id > coalesce(left_last.id, 0))
)
"""


def oldest() -> str:
    """SQL for a line with the moment since which the oldest message waits, or NULL."""
    return _OLDEST.format(since=waits_since())


def moments(*, at: datetime) -> dict[str, Any]:
    """What `oldest` asks."""
    return {"late": at - LATE_AFTER, "tried_again": at + delivery.retry_after(delivery.ATTEMPTS)}
