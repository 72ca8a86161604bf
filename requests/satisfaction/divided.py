"""The marks divided in two ways: per complex, and by what became of the promise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When

from ..models import Recovery
from ..models.satisfaction import SurveyQuerySet
from .figures import Answers, Became, withheld_by_key
from .norms import DISSATISFIED_FROM

__all__ = ["NOBODY", "AtPlace", "at_each", "by_promise"]

_MADE_UP_FOR = Recovery.objects.filter(service_request=OuterRef("report__service_request"))
_BECAME = Case(
    When(Exists(_MADE_UP_FOR), then=Value(Became.MADE_UP_FOR)),
    When(asked_at__lte=F("report__service_request__first_fix_by"), then=Value(Became.KEPT)),
    default=Value(Became.LATER),
    output_field=IntegerField(),
)
_SUMS = {
    "n": Count("mark"),
    "total": Sum("mark", default=0),
    "squares": Sum(F("mark") * F("mark"), default=0),
    "low": Count("mark", filter=Q(mark__lte=DISSATISFIED_FROM)),
}


@dataclass(frozen=True)
class AtPlace:
    """How many were asked, and what those who answered gave."""

    asked: int
    answers: Answers


NOBODY = AtPlace(asked=0, answers=Answers(n=0, total=0, squares=0))


def at_each(surveys: SurveyQuerySet, place: Any, *, tells_marks: bool) -> dict[int, AtPlace]:
    """By `place`."""
    sums = _summed(surveys, place)
    answers = _answers(sums, tells_marks=tells_marks)
    return {key: AtPlace(asked=row["asked"], answers=answers[key]) for key, row in sums.items()}


def by_promise(surveys: SurveyQuerySet, *, tells_marks: bool) -> dict[int, Answers]:
    """By `Became`."""
    return _answers(_summed(surveys.answered(), _BECAME), tells_marks=tells_marks)


def _summed(surveys: SurveyQuerySet, key: Any) -> dict[int, dict[str, int]]:
    rows: list[dict[str, Any]] = [
        dict(row) for row in surveys.order_by().values(key=key).annotate(asked=Count("*"), **_SUMS)
    ]
    return {row.pop("key"): row for row in rows}


def _answers(sums: dict[int, dict[str, int]], *, tells_marks: bool) -> dict[int, Answers]:
    unseen = withheld_by_key({key: row["n"] for key, row in sums.items()})
    return {
        key: Answers(**{name: row[name] for name in _SUMS}, is_withheld=key in unseen or not tells_marks)
        for key, row in sums.items()
    }
