"""How a promise stands: what staff must know of it now, and when that may be different. Pure calculation."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from ..workflow import TO_DO, Status
from .calendar import Calendar
from .statutory import moments

__all__ = ["Danger", "Facts", "Standing", "VisitFacts", "standing"]

HOUR = timedelta(hours=1)  # what became of a visit is often written down a little later
FREE_DAYS = 2  # working days before the promised day; by then a visit is planned
BADLY = 3  # times the first term
FOR_EVER = datetime.max.replace(tzinfo=UTC) - timedelta(days=2)


class Danger(StrEnum):
    AT_RISK = "at_risk"
    BROKEN = "broken"
    BADLY_BROKEN = "badly_broken"
    VISIT_MISSED = "visit_missed"
    DAY_28 = "day_28"
    DAY_40 = "day_40"
    SIX_WEEKS_OVER = "six_weeks"


@dataclass(frozen=True)
class VisitFacts:
    """The visit that is planned, or at which somebody is working."""

    pk: int
    ends_at: datetime

    @property
    def should_be_known_at(self) -> datetime:
        return self.ends_at + HOUR


@dataclass(frozen=True, kw_only=True)
class Facts:
    """`counts_from` is when the day that counts now was promised, or when what was put off until then comes back.

    `missed` is the visit of which staff said that nobody came, as an alarm calls it, while there is no new day.
    """

    status: str
    received_at: datetime
    first_fix_by: datetime
    counts_from: datetime
    fix_by: datetime
    visit: VisitFacts | None = None
    statutory_since: datetime | None = None
    deferred_until: datetime | None = None
    missed: str = ""

    @property
    def visit_in_time(self) -> VisitFacts | None:
        """One after the promised day, as a case may have that takes another one over, keeps no promise."""
        return self.visit if self.visit and self.visit.ends_at <= self.fix_by else None


@dataclass(frozen=True)
class Standing:
    """`true`: each danger with what it is of. `changes_at`: None when nothing changes by itself any more.

    `may_be_ready`: a visit in time is over, and what became of it may still be written down. Who broke a promise
    knows it at once; who waits for the repair only hears of it when this is over.
    """

    true: frozenset[tuple[str, str]]
    changes_at: datetime | None
    may_be_ready: bool = False


@dataclass(frozen=True)
class _Span:
    """A danger is true from `begins` until just before `ends`."""

    danger: Danger
    of: str
    begins: datetime
    ends: datetime = FOR_EVER


def standing(facts: Facts, *, calendar: Calendar, at: datetime) -> Standing:
    """How it stands at `at`, if nobody does anything before the moment at which it changes."""
    if facts.status not in TO_DO:
        return Standing(frozenset(), None)
    spans = [span for span in _spans(facts, calendar) if span.begins < span.ends]
    turns = [turn for span in spans for turn in (span.begins, span.ends)]
    if visit := facts.visit_in_time:
        turns += [visit.ends_at, visit.should_be_known_at]
    true = frozenset((span.danger.value, span.of) for span in spans if span.begins <= at < span.ends)
    changes_at = min((turn for turn in turns if at < turn < FOR_EVER), default=None)
    return Standing(true, changes_at, bool(visit and visit.ends_at <= at < visit.should_be_known_at))


def _spans(facts: Facts, calendar: Calendar) -> Iterator[_Span]:
    yield from _of_the_promise(facts, calendar)
    if facts.missed:
        yield _Span(Danger.VISIT_MISSED, facts.missed, facts.received_at)
    if facts.visit and facts.status == Status.SCHEDULED:
        yield _Span(Danger.VISIT_MISSED, f"visit-{facts.visit.pk}", facts.visit.should_be_known_at)
    if facts.statutory_since:
        yield from _of_the_six_weeks(facts, facts.statutory_since, calendar)


def _of_the_promise(facts: Facts, calendar: Calendar) -> Iterator[_Span]:
    """In danger, broken, badly broken: one after the other, never two at once."""
    of, over = f"promise-{int(facts.fix_by.timestamp())}", facts.fix_by
    received_at = facts.received_at.astimezone(UTC)  # so that hours are hours, also when the clocks are set
    badly = max(over, received_at + BADLY * (facts.first_fix_by - received_at))
    yield _Span(Danger.AT_RISK, of, _in_danger_from(facts, calendar), over)
    yield _Span(Danger.BROKEN, of, over, badly)
    yield _Span(Danger.BADLY_BROKEN, of, badly)


def _in_danger_from(facts: Facts, calendar: Calendar) -> datetime:
    """The last quarter of the time, or two working days before: whichever comes first, after half of the time.

    A visit in time keeps it out of danger until that is over; work that has begun, until the last quarter.
    """
    counts_from, fix_by = facts.counts_from.astimezone(UTC), facts.fix_by.astimezone(UTC)
    term = fix_by - counts_from
    last_quarter = fix_by - term / 4
    if facts.status == Status.IN_PROGRESS:
        return last_quarter
    early = min(last_quarter, calendar.opens_before(fix_by, FREE_DAYS))
    begins = max(early, counts_from + term / 2)
    if visit := facts.visit_in_time:
        begins = max(begins, visit.should_be_known_at)
    return max(begins, facts.deferred_until) if facts.deferred_until else begins


def _of_the_six_weeks(facts: Facts, since: datetime, calendar: Calendar) -> Iterator[_Span]:
    """Each until the next; a visit within the six weeks keeps the warnings away until that is over."""
    turns = [(Danger(kind), at) for kind, at in moments(since, calendar)]
    visit = facts.visit if facts.visit and facts.visit.ends_at <= turns[-1][1] else None
    for number, (danger, at) in enumerate(turns):
        ends = turns[number + 1][1] if number + 1 < len(turns) else FOR_EVER
        warns = visit is not None and danger != Danger.SIX_WEEKS_OVER
        yield _Span(danger, "six-weeks", max(at, visit.should_be_known_at) if visit and warns else at, ends)
