"""Reads what the corporation promises now. `promises` calculates with it and is told here where it is kept."""

import json
from datetime import date, time
from functools import lru_cache
from typing import Any

from django.db import connection

from .models import ClosingDay, HolidayRule, Norm, OpeningHours
from .models.norms import Rule
from .promises import Calendar, DayOff, HolidayFrom, HoursFrom, InForce, NormFrom, Norms, Terms

__all__ = ["read"]

_READ: dict[type[Rule], tuple[str, ...]] = {
    Norm: ("urgency", "category", "valid_from", "answer", "fix", "fix_hours", "word"),
    OpeningHours: ("weekday", "opens", "closes", "valid_from"),
    HolidayRule: ("holiday", "worked", "valid_from"),
    ClosingDay: ("day", "name"),
}
# Asked for every promise: the ORM takes ten times as long to write this as PostgreSQL to answer it.
_SQL = " UNION ALL ".join(
    f"SELECT '{model.__name__}', json_build_array({', '.join(names)})::text FROM {model._meta.db_table}"
    " WHERE taken_back_at IS NULL"
    for model, names in _READ.items()
)


def read() -> InForce:
    """One statement for everything, so that nothing that was just changed is missed; understood once per state."""
    with connection.cursor() as cursor:
        cursor.execute(_SQL)
        return _understood(frozenset(cursor.fetchall()))


@lru_cache(maxsize=8)
def _understood(rows: frozenset[tuple[str, str]]) -> InForce:
    of: dict[str, list[dict[str, Any]]] = {model.__name__: [] for model in _READ}
    columns = {model.__name__: names for model, names in _READ.items()}
    for kind, row in rows:
        of[kind].append(dict(zip(columns[kind], json.loads(row), strict=True)))
    return InForce(
        norms=Norms(tuple(_norm(**row) for row in of["Norm"])),
        calendar=Calendar(
            hours=tuple(_hours(**row) for row in of["OpeningHours"]),
            holidays=tuple(_holiday(**row) for row in of["HolidayRule"]),
            closing_days=tuple(DayOff(date.fromisoformat(row["day"]), row["name"]) for row in of["ClosingDay"]),
        ),
    )


def _norm(urgency: str, category: str, valid_from: str, **terms: Any) -> NormFrom:
    numbers = Terms(**terms) if terms["answer"] is not None else None
    return NormFrom(date.fromisoformat(valid_from), urgency, category, numbers)


def _hours(weekday: int, opens: str | None, closes: str | None, valid_from: str) -> HoursFrom:
    hours = (time.fromisoformat(opens), time.fromisoformat(closes)) if opens and closes else None
    return HoursFrom(date.fromisoformat(valid_from), weekday, hours)


def _holiday(holiday: str, worked: bool, valid_from: str) -> HolidayFrom:
    return HolidayFrom(date.fromisoformat(valid_from), holiday, worked)
