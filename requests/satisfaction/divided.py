"""The marks per complex, and by what became of the promise: two ways to divide the same answers, in one statement."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, Sum, Value, When

from ..models import Recovery
from ..models.satisfaction import SurveyQuerySet
from .figures import Answers, Became, withheld_by_key
from .norms import DISSATISFIED_FROM

__all__ = ["answers"]

_MADE_UP_FOR = Recovery.objects.filter(service_request=OuterRef("report__service_request"))
_BECAME = Case(
    When(Exists(_MADE_UP_FOR), then=Value(Became.MADE_UP_FOR)),
    When(asked_at__lte=F("report__service_request__first_fix_by"), then=Value(Became.KEPT)),
    default=Value(Became.LATER),
    output_field=IntegerField(),
)
_SUMS = {
    "n": Count("mark"),
    "total": Sum("mark"),
    "squares": Sum(F("mark") * F("mark")),
    "low": Count("mark", filter=Q(mark__lte=DISSATISFIED_FROM)),
}


def answers(surveys: SurveyQuerySet, place: Any, *, tells_marks: bool) -> tuple[dict[int, Answers], dict[int, Answers]]:
    """Per complex, and per `Became`."""
    places: defaultdict[int, Counter[str]] = defaultdict(Counter)
    promises: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for row in surveys.answered().order_by().values(place=place, became=_BECAME).annotate(**_SUMS):
        counts = {name: number for name, number in row.items() if name in _SUMS}
        places[row["place"]].update(counts)
        promises[row["became"]].update(counts)
    return _answers(places, tells_marks=tells_marks), _answers(promises, tells_marks=tells_marks)


def _answers(sums: dict[int, Counter[str]], *, tells_marks: bool) -> dict[int, Answers]:
    unseen = withheld_by_key({key: counts["n"] for key, counts in sums.items()})
    return {
        key: Answers(**{name: counts[name] for name in _SUMS}, is_withheld=key in unseen or not tells_marks)
        for key, counts in sums.items()
    }
