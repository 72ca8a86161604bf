"""What the corporation promises from now on, and when its office is open. No promise that was made moves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from tenants.models import User

from .. import norms
from ..models import ClosingDay, HolidayRule, Norm, OpeningHours
from ..models.norms import Rule
from ..promises import NeverOpen, Terms, shipped

__all__ = [
    "DayIsOver", "NeverOpen", "close_on", "first_norms", "set_holiday", "set_norm", "set_opening_hours", "take_back",
]  # fmt: skip

R = TypeVar("R", bound=Rule)


class DayIsOver(Exception):
    """Nothing changes about days that are over: what was promised on them was promised by these norms."""


@transaction.atomic
def set_norm(
    urgency: str, terms: Terms | None, *, category: str = "", valid_from: date, by: User, at: datetime
) -> Norm:
    """From that day on this is promised; without terms the category goes with the others. Raises DayIsOver."""
    numbers = {name: getattr(terms, name, None) for name in ("answer", "fix", "fix_hours", "word")}
    return _put(Norm, {"urgency": urgency, "category": category, "valid_from": valid_from}, numbers, by=by, at=at)


@transaction.atomic
def set_opening_hours(
    weekdays: Sequence[int], hours: tuple[time, time] | None, *, valid_from: date, by: User, at: datetime
) -> list[OpeningHours]:
    """The same hours for each of these days; none: closed. Raises DayIsOver, and NeverOpen when no day is left."""
    opens, closes = hours or (None, None)
    rows = [
        _put(
            OpeningHours,
            {"weekday": weekday, "valid_from": valid_from},
            {"opens": opens, "closes": closes},
            by=by,
            at=at,
        )
        for weekday in weekdays
    ]
    norms.read()  # raises NeverOpen, and then nothing changed
    return rows


@transaction.atomic
def set_holiday(holiday: str, *, worked: bool, valid_from: date, by: User, at: datetime) -> HolidayRule:
    """Raises DayIsOver."""
    return _put(HolidayRule, {"holiday": holiday, "valid_from": valid_from}, {"worked": worked}, by=by, at=at)


@transaction.atomic
def close_on(day: date, name: str, *, by: User, at: datetime) -> ClosingDay:
    """Raises DayIsOver."""
    return _put(ClosingDay, {"day": day}, {"name": name}, by=by, at=at)


@transaction.atomic
def take_back(rule: Rule, *, by: User, at: datetime) -> bool:
    """Undo what does not count since an earlier day. False when somebody did. Raises DayIsOver and NeverOpen."""
    _one_at_a_time()
    _check_day(getattr(rule, rule.begins), at=at)
    done = type(rule).objects.standing().filter(pk=rule.pk).update(taken_back_at=at, taken_back_by=by)
    norms.read()  # raises NeverOpen
    return bool(done)


@transaction.atomic
def first_norms(*, at: datetime) -> None:
    """What ships with the product, and the office hours of the settings, where nobody set anything."""
    if Norm.objects.exists():
        return
    first = shipped()
    Norm.objects.bulk_create(
        Norm(made_at=at, urgency=row.urgency, category=row.category, valid_from=row.valid_from, **vars(row.terms))
        for row in first.norms.rows
    )
    OpeningHours.objects.bulk_create(
        OpeningHours(made_at=at, weekday=row.weekday, opens=opens, closes=closes, valid_from=row.valid_from)
        for row in first.calendar.hours
        for opens, closes in [row.hours or (None, None)]
    )
    HolidayRule.objects.bulk_create(
        HolidayRule(made_at=at, holiday=row.holiday, worked=row.worked, valid_from=row.valid_from)
        for row in first.calendar.holidays
    )


def _put(model: type[R], what: dict[str, Any], values: dict[str, Any], *, by: User, at: datetime) -> R:
    """What was set for the same day before is taken back, so that a mistake of this morning can be mended."""
    _one_at_a_time()
    _check_day(what[model.begins], at=at)
    model.objects.standing().filter(**what).update(taken_back_at=at, taken_back_by=by)
    row: R = model.objects.create(**what, **values, made_at=at, made_by=by)
    return row


def _check_day(begins: date, *, at: datetime) -> None:
    if begins < timezone.localdate(at):
        raise DayIsOver


def _one_at_a_time() -> None:
    """Two managers who change something at once would each look at a calendar without the other's change."""
    list(Norm.objects.select_for_update().order_by("pk").values_list("pk", flat=True))
