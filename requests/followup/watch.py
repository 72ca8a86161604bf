"""Staff hear of a promise that is in danger, in time to keep it: `ServiceRequest.watch_at`.

What is true of a request, and when that may change, is calculated from it anew each time (`promises.standing`). So a
look that never happened, or happened twice, changes nothing about what is known in the end.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import Coalesce, JSONObject

from ..models import Alarm, PromiseMove, Recovery, ServiceRequest, Visit
from ..promises import Facts, Standing, VisitFacts, in_force, looked_up_once, standing
from ..services.recovery import facts_of, settle
from . import policy, recovery, six_weeks
from .alarms import raise_alarm

logger = logging.getLogger(__name__)

__all__ = ["look_at", "watch"]

AT_A_TIME = 1000
NOTHING_CHANGES = timedelta(days=7)  # by itself; looked at again all the same
TRY_AGAIN_AFTER = timedelta(hours=1)


def watch(*, at: datetime) -> int:
    """Look at every promise that is due for it; returns how many requests.

    Nearly all are as they should be: those are put off by the hundred. The others are looked at one by one.
    """
    count = 0
    while rows := _due(at=at):
        with looked_up_once():
            found = [(row, _standing_of(row, at=at)) for row in rows]
        quiet = [(row, how) for row, how in found if _is_quiet(row, how)]
        loud = [row["pk"] for row, how in found if not _is_quiet(row, how)]
        looked_at = _put_off(quiet, at=at) + sum(look_at(pk, at=at) for pk in loud)
        if not looked_at:
            break  # other workers have them
        count += looked_at
    return count


def look_at(pk: int, *, at: datetime) -> bool:
    """Raise and settle what must be, if it is due and nobody else has it. One request is one transaction."""
    with transaction.atomic():
        due = ServiceRequest.objects.due_for_a_look(at=at).filter(pk=pk)
        service_request = due.select_for_update(of=("self",), skip_locked=True).first()
        if service_request is None:
            return False
        try:
            with transaction.atomic():
                _look(service_request, at=at)
        except Exception:  # one request that cannot be looked at must not hold up the rest
            logger.exception("Could not look at the promise of request %s", service_request.reference)
            ServiceRequest.objects.filter(pk=pk).update(watch_at=at + TRY_AGAIN_AFTER, needs_attention=True)
        return True


def _look(service_request: ServiceRequest, *, at: datetime) -> None:
    settle(service_request, at=at)
    how = standing(facts_of(service_request), calendar=in_force().calendar, at=at)
    for kind, of in sorted(how.true):
        raise_alarm(service_request, kind, of, at=at)
    broken = [(kind, of) for kind, of in sorted(how.true, reverse=True) if policy.is_made_up_for(kind)]
    if broken and not how.may_be_ready:
        recovery.begin(service_request, *broken[0], at=at)  # a missed visit says more than a broken promise
    is_over = any(kind == Alarm.Kind.SIX_WEEKS_OVER for kind, of in how.true)
    next_household = six_weeks.tell(service_request, at=at) if is_over else None
    service_request.watch_at = min(filter(None, (_next_look(how, at=at), next_household)))
    service_request.save(update_fields=["watch_at"])


def _next_look(how: Standing, *, at: datetime) -> datetime:
    return min(how.changes_at or at + NOTHING_CHANGES, at + NOTHING_CHANGES)


# --- many at once -----------------------------------------------------------------------------------------------------


def _due(*, at: datetime) -> list[dict[str, Any]]:
    here = {"service_request": OuterRef("pk")}
    visit = Visit.objects.planned().filter(**here)
    moved = PromiseMove.objects.filter(**here).count_from()
    alarms = Alarm.objects.standing().filter(**here)
    due = ServiceRequest.objects.due_for_a_look(at=at).annotate(
        counts_from=Coalesce(Subquery(moved[:1]), "received_at"),
        visit_pk=Subquery(visit.values("pk")[:1]),
        visit_ends=Subquery(visit.values("window__endswith")[:1]),
        alarms_standing=ArraySubquery(alarms.values(one=JSONObject(kind="kind", of="of"))),
        recovers=Exists(Recovery.objects.without_a_day().filter(**here)),
    )
    return list(due.order_by("watch_at", "pk").values(*_READ)[:AT_A_TIME])


_READ = (
    "pk", "watch_at", "status", "received_at", "first_fix_by", "counts_from", "fix_by", "statutory_since",
    "deferred_until", "visit_pk", "visit_ends", "alarms_standing", "recovers",
)  # fmt: skip
_OF_THE_PROMISE = (
    "status",
    "received_at",
    "first_fix_by",
    "counts_from",
    "fix_by",
    "statutory_since",
    "deferred_until",
)


def _standing_of(row: dict[str, Any], *, at: datetime) -> Standing:
    visit = VisitFacts(row["visit_pk"], row["visit_ends"]) if row["visit_pk"] else None
    facts = Facts(visit=visit, **{name: row[name] for name in _OF_THE_PROMISE})
    return standing(facts, calendar=in_force().calendar, at=at)


def _is_quiet(row: dict[str, Any], how: Standing) -> bool:
    """Staff know all that is true and nothing that is not, and no tenant may have to hear of it."""
    if row["recovers"] or any(policy.row(kind).mail for kind, of in how.true):
        return False
    return how.true == {(one["kind"], one["of"]) for one in row["alarms_standing"]}


def _put_off(quiet: Iterable[tuple[dict[str, Any], Standing]], *, at: datetime) -> int:
    """One statement; what somebody changed since it was read stays due."""
    rows = [(row["pk"], row["watch_at"], _next_look(how, at=at)) for row, how in quiet]
    if not rows:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE requests_servicerequest request SET watch_at = look.next
            FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS look (id, seen, next)
            WHERE request.id = look.id AND request.watch_at = look.seen
            """,
            [list(column) for column in zip(*rows, strict=True)],
        )
        return cursor.rowcount
