"""Counts for the dashboard. Reads only; the database counts, and the number of statements is fixed.

Every request counts by the day something happened: received, ready, asked for a mark. The figures
describe how the corporation works, not only the tenants who were asked, so their margins know no
finite population: a complex where all ten tenants answered is not thereby certain.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from dwellings.models import CommunalArea, Complex, Dwelling

from ..models import ServiceRequest, Survey, Visit
from ..models.satisfaction import SurveyQuerySet
from ..models.service_request import ServiceRequestQuerySet
from ..workflow import TO_DO
from . import divided, lead_times
from .figures import (
    Answers,
    ComplexFigures,
    Figures,
    Marks,
    OpenNow,
    Part,
    Promises,
    Visits,
    withheld_by_key,
)
from .lead_times import NOTHING, Counted
from .period import Period, midnight, tells_marks

OVERDUE = {"overdue": "first_fix_by", "overdue_moved": "fix_by"}
NOTHING_YET = dict.fromkeys((*lead_times.COUNTS, *OVERDUE), 0)
OPEN_NOW = ("total", "late", "reopened")
BEFORE = -1  # the index of what lies before the first part of a period
WHOLE = -2  # the whole period, among the indexes of its parts

PLACE = Coalesce("dwelling__complex", "communal_area__complex")
# The complex that a mark counts for: where lives who gave it, also when their report was joined with one elsewhere.
LIVES_AT = F("report__tenancy__dwelling__complex")
# By either promise; the words of the index `request_ready_late`.
LATE = Q(done_at__gt=F("first_fix_by")) | Q(done_at__gt=F("fix_by"))


@dataclass(frozen=True)
class Scope:
    """What the figures are about: a period, seen at an instant, and one complex or all (None)."""

    period: Period
    at: datetime
    complex_id: int | None = None

    @cached_property
    def places(self) -> tuple[list[int], list[int]]:
        """The keys of the complex's dwellings and communal areas: as lists, both find an index."""
        return tuple(  # type: ignore[return-value]  # of two models, so two
            list(model.objects.filter(complex=self.complex_id).order_by().values_list("pk", flat=True))
            for model in (Dwelling, CommunalArea)
        )

    @cached_property
    def tells_marks(self) -> bool:
        return tells_marks(self.period, today=timezone.localdate(self.at))

    @property
    def end(self) -> datetime:
        """Where the period ends, or now, where that is sooner."""
        return min(self.period.end, self.at)


def complexes() -> list[tuple[int, str]]:
    """Every complex by name: what there is to choose from."""
    return list(Complex.objects.order_by("name").values_list("pk", "name"))


def figures(scope: Scope, *, names: Sequence[tuple[int, str]]) -> Figures:
    """All figures. With one complex chosen there is nothing to compare: `complexes` stays empty."""
    overdue = _overdue_per_slice(scope)
    unseen = _unseen(scope)
    place = None if scope.complex_id else PLACE
    ready = lead_times.count(_ready(scope), scope.period, piece=_slice_of(scope, "done_at"), place=place)
    parts = _parts(scope, ready.pieces, overdue, unseen)
    to_do = _to_do_per_complex(scope)
    complexes, by_promise = ((), {}) if scope.complex_id else _per_complex(scope, names, ready.places, to_do)
    return Figures(
        marks=Marks(
            counts=tuple(sum(column) for column in zip(*(part.marks.counts for part in parts), strict=True)),
            asked=sum(part.marks.asked for part in parts),
            is_withheld=WHOLE in unseen,
        ),
        promises=_added([part.promises for part in parts], overdue.get(BEFORE, {})),
        lead_time=ready.whole.lead_time,
        received=sum(part.received for part in parts),
        open_now=OpenNow(**{name: sum(row[name] for row in to_do.values()) for name in OPEN_NOW}),
        parts=parts,
        complexes=complexes,
        visits=_visits(scope),
        by_promise=by_promise,
    )


def _parts(
    scope: Scope, ready: dict[int, Counted], overdue: dict[int, dict[str, int]], unseen: frozenset[int]
) -> tuple[Part, ...]:
    received = _received_per_slice(scope)
    marks = _marks_per_slice(scope, unseen)
    return tuple(
        Part(
            slice=piece,
            received=received.get(index, 0),
            marks=marks.get(index, Marks(counts=(0,) * 10, asked=0)),
            promises=Promises(**(NOTHING_YET | ready.get(index, NOTHING).counts | overdue.get(index, {}))),
            lead_time=ready.get(index, NOTHING).lead_time,
        )
        for index, piece in enumerate(scope.period.slices)
    )


def _added(parts: Sequence[Promises], before: dict[str, int]) -> Promises:
    """The sum of the parts, and what was overdue before the first of them and is so still."""
    total = {name: sum(getattr(part, name) for part in parts) + before.get(name, 0) for name in NOTHING_YET}
    return Promises(**total)


def _requests(scope: Scope) -> ServiceRequestQuerySet:
    return ServiceRequest.objects.filter(_within(scope)).order_by()


def _surveys(scope: Scope) -> SurveyQuerySet:
    asked = Survey.objects.asked_between(scope.period.start, scope.period.end)
    if scope.complex_id is not None:
        asked = asked.filter(report__tenancy__dwelling__in=scope.places[0])
    return asked.order_by()


def _within(scope: Scope, path: str = "") -> Q:
    if scope.complex_id is None:
        return Q()
    homes, areas = scope.places
    return Q(**{f"{path}dwelling__in": homes}) | Q(**{f"{path}communal_area__in": areas})


def _ready(scope: Scope) -> ServiceRequestQuerySet:
    return _requests(scope).filter(done_at__gte=scope.period.start, done_at__lt=scope.period.end)


def _slice_of(scope: Scope, field: str) -> Func:
    """The index of the part of the period in which `field` falls; BEFORE when it is earlier.

    The boundaries are instants computed here, once: converting every row to local time is slower.
    """
    starts = [midnight(piece.first) for piece in scope.period.slices]
    bucket = Func(
        F(field),
        Value(starts, output_field=ArrayField(DateTimeField())),
        function="WIDTH_BUCKET",
        output_field=IntegerField(),
    )
    return bucket - 1  # type: ignore[return-value]  # a combined expression


def _received_per_slice(scope: Scope) -> dict[int, int]:
    received = _requests(scope).filter(received_at__gte=scope.period.start, received_at__lt=scope.period.end)
    counted = received.values(piece=_slice_of(scope, "received_at")).annotate(n=Count("*"))
    return {row["piece"]: row["n"] for row in counted}


def _unseen(scope: Scope) -> frozenset[int]:
    """The parts (or the WHOLE) of which marks are not shown, to protect what lies outside of the scope.

    A chosen complex shows no more of itself than it does beside the others.
    """
    everything = frozenset({WHOLE, *range(len(scope.period.slices))})
    if not scope.tells_marks:
        return everything
    if scope.complex_id is None:
        return frozenset()
    answers = _answers_per_slice_and_complex(replace(scope, complex_id=None))
    unseen = frozenset(piece for piece, places in answers.items() if scope.complex_id in withheld_by_key(places))
    return everything if WHOLE in unseen else unseen


def _answers_per_slice_and_complex(scope: Scope) -> dict[int, Counter[int]]:
    """How many answers each complex has in each part of the period, and in the WHOLE."""
    piece = _slice_of(scope, "asked_at")
    answers: defaultdict[int, Counter[int]] = defaultdict(Counter)
    for row in _surveys(scope).answered().values(place=LIVES_AT, piece=piece).annotate(n=Count("*")):
        answers[row["piece"]][row["place"]] += row["n"]
        answers[WHOLE][row["place"]] += row["n"]
    return answers


def _marks_per_slice(scope: Scope, outside: frozenset[int]) -> dict[int, Marks]:
    counted = _surveys(scope).values("mark", piece=_slice_of(scope, "asked_at")).annotate(n=Count("*"))
    given: defaultdict[int, dict[int | None, int]] = defaultdict(dict)
    for row in counted:
        given[row["piece"]][row["mark"]] = row["n"]
    counts = {piece: tuple(by_mark.get(mark, 0) for mark in range(1, 11)) for piece, by_mark in given.items()}
    unseen = outside | withheld_by_key({piece: sum(each) for piece, each in counts.items()})
    return {
        piece: Marks(counts=counts[piece], asked=sum(by_mark.values()), is_withheld=piece in unseen)
        for piece, by_mark in given.items()
    }


def _keyed(rows: Iterable[Any], key: str) -> dict[int, dict[str, int]]:
    """Rows of counts by one of their columns, which is taken out."""
    counts = [dict(row) for row in rows]
    return {row.pop(key): row for row in counts}


def _to_do(scope: Scope) -> ServiceRequestQuerySet:
    """What is to do now, or was to do at the end of the period and late: a few, found by indexes.

    What was closed without a repair (withdrawn, declined, …) broke no promise.
    """
    return _requests(scope).filter(Q(status__in=TO_DO) | (Q(done_at__gte=scope.end) & LATE))


def _past(promise: str, scope: Scope) -> Q:
    return Q(**{f"{promise}__lt": scope.end})


def _overdue_per_slice(scope: Scope) -> dict[int, dict[str, int]]:
    """By the part in which the promised day fell; BEFORE, when that was before the period."""
    pieces = {f"{name}_in": _slice_of(scope, promise) for name, promise in OVERDUE.items()}
    past = {f"{name}_is": _past(promise, scope) for name, promise in OVERDUE.items()}
    overdue: defaultdict[int, Counter[str]] = defaultdict(Counter)
    late = _to_do(scope).filter(_past("first_fix_by", scope) | _past("fix_by", scope))
    rows: Iterable[Any] = late.values(**pieces, **past).annotate(n=Count("pk"))
    for row in rows:
        for name in OVERDUE:
            overdue[row[f"{name}_in"]][name] += row["n"] * row[f"{name}_is"]
    return {piece: dict(counts) for piece, counts in overdue.items()}


def _visits(scope: Scope) -> Visits:
    told = Visit.objects.filter(settled_at__gte=scope.period.start, settled_at__lt=scope.period.end)
    here = told.filter(_within(scope, "service_request__"), outcome__in=(*Visit.CAME, Visit.Outcome.MISSED))
    missed = Q(outcome=Visit.Outcome.MISSED)
    return Visits(**here.aggregate(came=Count("outcome", filter=~missed), missed=Count("outcome", filter=missed)))


def _to_do_per_complex(scope: Scope) -> dict[int, dict[str, int]]:
    """Per complex what is open now, and what was overdue at the end of the period: the same few rows."""
    now = {
        "total": Q(status__in=TO_DO),
        "late": Q(status__in=TO_DO, first_fix_by__lt=scope.at),
        "reopened": Q(status__in=TO_DO, times_reopened__gt=0),
    }
    then = {name: _past(promise, scope) for name, promise in OVERDUE.items()}
    counts = {name: Count("pk", filter=which) for name, which in (now | then).items()}
    return _by_complex(_to_do(scope), counts)


def _per_complex(
    scope: Scope, names: Sequence[tuple[int, str]], ready: dict[int, Counted], to_do: dict[int, dict[str, int]]
) -> tuple[tuple[ComplexFigures, ...], dict[int, Answers]]:
    """Beside each other, and the same answers by what became of the promise.

    The second way only of everything, and of a year or more. Of one complex its neighbour's would follow from the
    rest, and of two shorter periods that differ by a day so would the mark of one tenant.
    """
    surveys = _surveys(scope)
    by_place = divided.at_each(surveys, LIVES_AT, tells_marks=scope.tells_marks)
    by_promise = divided.by_promise(surveys, tells_marks=scope.tells_marks) if scope.period.is_a_year_or_more else {}
    complexes = (
        ComplexFigures(
            pk=pk,
            name=name,
            asked=by_place.get(pk, divided.NOBODY).asked,
            answers=by_place.get(pk, divided.NOBODY).answers,
            promises=Promises(**(NOTHING_YET | ready.get(pk, NOTHING).counts | _only_overdue(to_do.get(pk, {})))),
            lead_time=ready.get(pk, NOTHING).lead_time,
        )
        for pk, name in names
    )
    return tuple(complexes), by_promise


def _only_overdue(row: dict[str, int]) -> dict[str, int]:
    return {name: row[name] for name in OVERDUE if name in row}


def _by_complex(service_requests: ServiceRequestQuerySet, counts: dict[str, Count]) -> dict[int, dict[str, int]]:
    return _keyed(service_requests.values(place=PLACE).annotate(**counts), "place")
