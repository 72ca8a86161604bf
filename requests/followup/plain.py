"""Nearly all that is due for a word is plain: open, and nothing new. The database does those by the hundred.

Plain is what `words` would say a holding message about, in a mail to everybody, with nothing that moves the moment of
the next one: no visit, no new day promised, not put off, nobody who gets letters or texts or whose contract is over,
and no other mail just before it. When the next word comes then only depends on the class. What the mail says is
written when it leaves (`late`).
"""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from itertools import product
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from tenants.notifications import in_bulk, wake

from ..models import ServiceRequest
from ..models.kinds import Category
from ..promises import NoNorm, Urgency, in_force
from ..workflow import TO_DO

__all__ = ["follow_up", "statement"]

logger = logging.getLogger(__name__)

Seen = dict[str, Any]
_FROM_THE_FIRST: Seen = {"seen_at": "-infinity", "seen": 0}

LOCKED_FOR = 0.02  # seconds that a transaction should take: whoever opens one of its requests waits no longer for it
AT_A_TIME = (50, 400)  # requests in one, at least and at most

_BATCH = f"""
WITH due AS MATERIALIZED (
    SELECT id, reference, status, urgency, category, deferred_until, next_word_at
    FROM requests_servicerequest
    WHERE next_word_at <= %(at)s AND (next_word_at, id) > (%(seen_at)s::timestamptz, %(seen)s)
    ORDER BY next_word_at, id LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
), told AS MATERIALIZED (
    SELECT due.id, report.id AS report_id, report.at, report.tenant_id, tenant.email,
           {in_bulk.MAIL_ONLY} AND tenancy.period @> %(today)s AS is_plain
    FROM due
    JOIN requests_report report ON report.service_request_id = due.id
    JOIN dwellings_tenancy tenancy ON tenancy.id = report.tenancy_id
    JOIN tenants_tenant tenant ON tenant.id = report.tenant_id
), plain AS MATERIALIZED (
    SELECT due.id, reference, next.at AS next_word_at,
           'word-' || due.id || '-' || floor(extract(epoch FROM due.next_word_at))::bigint AS occasion
    FROM due
    JOIN json_to_recordset(%(moments)s) AS next (urgency text, category text, at timestamptz) USING (urgency, category)
    WHERE status = ANY(%(to_do)s) AND deferred_until IS NULL
        AND due.id NOT IN (SELECT id FROM told WHERE NOT is_plain)
        AND NOT EXISTS (
            SELECT FROM requests_visit visit WHERE visit.service_request_id = due.id AND visit.outcome = 'planned'
        )
        AND NOT EXISTS (
            SELECT FROM requests_recovery recovery WHERE recovery.service_request_id = due.id
                AND dated_at IS NULL AND settled_at IS NULL AND hear_by > %(at)s
        )
        AND NOT EXISTS ({in_bulk.TOLD_LATELY.format(about="due.reference")})
), queued AS ({
    in_bulk.queue('''
    SELECT tenant_id, email AS address, occasion, reference AS about, 'holding:' || report_id AS writes
    FROM plain JOIN told USING (id) ORDER BY id, told.at, report_id
    ''')
}), done AS (
    UPDATE requests_servicerequest request
    SET next_word_at = plain.next_word_at, words_given = words_given + 1, needs_attention = true,
        follow_up_failures = 0, version = version + 1
    FROM plain WHERE request.id = plain.id
    RETURNING 1
)
SELECT next_word_at, id, (SELECT count(*) FROM done) FROM due ORDER BY next_word_at DESC, id DESC LIMIT 1
"""


def follow_up(*, at: datetime) -> int:
    """Follow up on everything plain that is due; returns how many requests. What it leaves is for `words`.

    Rows that another worker holds are skipped, and each batch is a transaction, so this may run twice, stop half-way,
    or run on several workers at once.
    """
    if not ServiceRequest.objects.due_for_a_word(at=at).exists():
        return 0
    _, values = statement(at=at)
    fewest, most = AT_A_TIME
    count, seen, many, began = 0, _FROM_THE_FIRST, fewest, time.monotonic()
    try:
        while batch := _follow_up_some({**values, **seen, "most": many}):
            (seen, done), took = batch, time.monotonic() - began
            count += done
            many, began = min(max(int(many * LOCKED_FOR / took), fewest), most), began + took
    except Exception:  # one request that the database refuses must not hold up the rest
        logger.exception("Could not follow up by the hundred; the rest is done one by one")
    if count:
        transaction.on_commit(lambda: wake.up("notifications.deliver_due"), robust=True)
    return count


def statement(*, at: datetime) -> tuple[str, Seen]:
    """By which a batch is followed up, and the values of the first one."""
    values = {**in_bulk.values("request_holding", at=at), "moments": _moments(at=at), "most": AT_A_TIME[0]}
    return _BATCH, {**values, "to_do": sorted(TO_DO), "today": timezone.localdate(at), **_FROM_THE_FIRST}


@transaction.atomic
def _follow_up_some(values: Mapping[str, Any]) -> tuple[Seen, int] | None:
    """What is due first after what was `seen`: the last one of it, and how many were plain. None when none is left.

    Nobody was told of it yet, so it need not wait for the disk: what a crash takes away is due again. And a mail that
    was sent is kept: whoever claims it waits for the disk, to which everything goes in order.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_BATCH, values)
        found = cursor.fetchone()
    if found is None:
        return None
    seen_at, seen, done = found
    return {"seen_at": seen_at, "seen": seen}, done


def _moments(*, at: datetime) -> str:
    """When those who hear something now hear something again, for each class. One without a norm is not plain."""
    promises, moments = in_force(), []
    for urgency, category in product(Urgency.values, Category.values):
        with suppress(NoNorm):
            next_word_at = promises.next_word_after(urgency, category, at=at).isoformat()
            moments.append({"urgency": urgency, "category": category, "at": next_word_at})
    return json.dumps(moments)
