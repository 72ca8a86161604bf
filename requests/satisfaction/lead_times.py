"""What became ready, counted once: in the whole period, in each part of it and in each complex, and how long it took.

Days are counted, and not each repair put in order: there are many repairs, and few numbers of days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import (
    BooleanField,
    Case,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    IntegerField,
    Q,
    Value,
    When,
)
from django.db.models.functions import TruncDate

from ..models.service_request import ServiceRequestQuerySet
from .figures import LeadTime
from .period import Period, midnight

__all__ = ["COUNTS", "NOTHING", "Counted", "Ready", "count"]

NO_TIME = LeadTime(median=None, p90=None)
MEDIAN, P90 = 0.5, 0.9
_WHETHER = {
    "on_time": Q(done_at__lte=F("first_fix_by")),
    "on_time_moved": Q(done_at__lte=F("fix_by")),
    "reopened": Q(times_reopened__gt=0),
}
COUNTS = ("done", *_WHETHER)
LONG = timedelta(days=400)  # few repairs take longer


@dataclass(frozen=True)
class Counted:
    counts: dict[str, int]
    lead_time: LeadTime


NOTHING = Counted({}, NO_TIME)


@dataclass(frozen=True)
class Ready:
    whole: Counted
    pieces: dict[int, Counted]
    places: dict[int, Counted]


def count(ready: ServiceRequestQuerySet, period: Period, *, piece: Any, place: Any) -> Ready:
    """`ready` is of this period. `place`: None when there are no complexes to compare.

    A number of days is the smallest that so many of them do not exceed, as in `percentile_disc`, of which the
    database would have to sort all requests.
    """
    whether = {name: ExpressionWrapper(which, output_field=BooleanField()) for name, which in _WHETHER.items()}
    keys = {"piece": piece} if place is None else {"piece": piece, "place": place}
    try:
        sql, parameters = ready.order_by().values(**keys, took=_took(period), **whether).query.sql_with_params()
    except EmptyResultSet:  # a complex without homes
        return Ready(whole=NOTHING, pieces={}, places={})
    with connection.cursor() as cursor:
        cursor.execute(_statement(sql, list(keys)), parameters)
        rows = cursor.fetchall()
    found: dict[str, dict[int, Counted]] = {"": {}, "piece": {}, "place": {}}
    for of, key, median, p90, *counts in rows:
        counted = Counted(dict(zip(COUNTS, counts, strict=True)), LeadTime(median=median, p90=p90))
        found[of][key] = counted
    return Ready(whole=found[""].get(0, NOTHING), pieces=found["piece"], places=found["place"])


def _took(period: Period) -> Case:
    """Calendar days here. Between which midnights an instant lies is found faster than what day it is in Amsterdam."""
    midnights = _midnights(period.first - LONG, period.last)
    found = Value(list(midnights), output_field=ArrayField(DateTimeField()))

    def day(field: str) -> Func:
        return Func(F(field), found, function="WIDTH_BUCKET", output_field=IntegerField())

    between: dict[str, Any] = {"template": "(%(expressions)s)", "arg_joiner": " - ", "output_field": IntegerField()}
    return Case(
        When(received_at__gte=midnights[0], then=Func(day("done_at"), day("received_at"), **between)),
        default=Func(TruncDate("done_at"), TruncDate("received_at"), **between),
    )


@lru_cache(maxsize=16)
def _midnights(first: date, last: date) -> tuple[datetime, ...]:
    return tuple(midnight(first + timedelta(days=n)) for n in range((last - first).days + 1))


def _statement(sql: str, keys: list[str]) -> str:
    sets = ", ".join(["(took)", *(f"({key}, took)" for key in keys)])
    of = " ".join(f"WHEN GROUPING({key}) = 0 THEN '{key}'" for key in keys)
    counts = ", ".join(["count(*) AS done", *(f"count(*) FILTER (WHERE {name}) AS {name}" for name in _WHETHER)])
    sums = ", ".join(f"sum({name})::bigint" for name in COUNTS)
    return f"""
        SELECT of, key, min(took) FILTER (WHERE seen >= ceil({MEDIAN} * n)),
            min(took) FILTER (WHERE seen >= ceil({P90} * n)), {sums}
        FROM (
            SELECT counted.*, sum(done) OVER (PARTITION BY of, key) AS n,
                sum(done) OVER (PARTITION BY of, key ORDER BY took) AS seen
            FROM (
                SELECT CASE {of} ELSE '' END AS of, coalesce({", ".join(keys)}, 0) AS key, took, {counts}
                FROM ({sql}) ready
                GROUP BY GROUPING SETS ({sets})
            ) counted
        ) ranked
        GROUP BY of, key
    """
