"""The figures of a dashboard, counted by the database and not yet written or drawn.

Marks are anonymous: below ENOUGH answers no figure about them exists here, and a group of fewer
than LEAST_CELL answers is never told apart, so no page can show one by accident.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from functools import cached_property

from . import statistics
from .norms import DISSATISFIED_FROM
from .period import Slice
from .statistics import Mean, Share

ENOUGH = 10
LEAST_CELL = 5
# How many answers at the overall mean are added before complexes are put in order, so that a
# few chance answers put nobody at the top or the bottom (empirical Bayes with a fixed weight).
PSEUDO_ANSWERS = 15


def withheld(answers: Sequence[int]) -> frozenset[int]:
    """Which parts of a whole (by index) may not show their marks, given how many answers each has.

    Those with too few. And when these together are a handful, whose marks would follow from the
    whole minus the rest: the smallest of the rest as well.
    """
    small = {index for index, number in enumerate(answers) if 0 < number < ENOUGH}
    others = [index for index, number in enumerate(answers) if number >= ENOUGH]
    if others and 0 < sum(answers[index] for index in small) < LEAST_CELL:
        small.add(min(others, key=lambda index: answers[index]))
    return frozenset(small)


def withheld_by_key(answers: Mapping[int, int]) -> frozenset[int]:
    """The same, by key instead of by index."""
    keys = list(answers)
    return frozenset(keys[index] for index in withheld(list(answers.values())))


def counted_out(low: Sequence[int | None], whole: int) -> frozenset[int]:
    """Which parts of a whole (by index) may say how many gave a 5 or lower; None: its marks are not shown.

    Those with LEAST_CELL of them or more. And when what is left of the whole would be a handful, which follows from
    the rest, not the smallest of these.
    """
    enough = {index: number for index, number in enumerate(low) if number is not None and number >= LEAST_CELL}
    if enough and len(enough) < len(low) and whole - sum(enough.values()) < LEAST_CELL:
        enough.pop(min(enough, key=lambda index: enough[index]))
    return frozenset(enough)


def dissatisfied_of(low: int, n: int) -> Share | None:
    """Who gave a 5 or lower. Of fewer than LEAST_CELL only the most it can be: from nobody up to that."""
    if low < LEAST_CELL:
        most = statistics.share(count=LEAST_CELL - 1, n=n)
        return most and replace(most, low=0.0)
    return statistics.share(count=low, n=n)


def response_of(answered: int, asked: int) -> Share | None:
    """Of a handful of answers it is chance."""
    return statistics.share(count=answered, n=asked) if answered >= LEAST_CELL else None


@dataclass(frozen=True)
class Group:
    """Neighbouring marks taken together until nobody can be recognised: `first` to `last`."""

    first: int
    last: int
    share: Share


@dataclass(frozen=True)
class Marks:
    """How often each mark from 1 to 10 was given (`counts`), and of how many people it was asked.

    `is_withheld`: not shown although there are enough, to protect a part that has too few.
    """

    counts: tuple[int, ...]
    asked: int
    is_withheld: bool = False

    @cached_property
    def answered(self) -> int:
        return sum(self.counts)

    @property
    def is_enough(self) -> bool:
        return self.answered >= ENOUGH and not self.is_withheld

    @property
    def protects_others(self) -> bool:
        """Not shown, although there are enough."""
        return self.answered >= ENOUGH and self.is_withheld

    @property
    def response(self) -> Share | None:
        return response_of(self.answered, self.asked)

    @cached_property
    def mean(self) -> Mean | None:
        if not self.is_enough:
            return None
        marks = tuple(enumerate(self.counts, start=1))
        return statistics.mean(
            n=self.answered,
            total=sum(mark * count for mark, count in marks),
            squares=sum(mark * mark * count for mark, count in marks),
        )

    @cached_property
    def dissatisfied(self) -> Share | None:
        return dissatisfied_of(self.low, self.answered) if self.is_enough else None

    @property
    def dissatisfied_are_few(self) -> bool:
        """Too few of them to say how many."""
        return self.low < LEAST_CELL

    @property
    def low(self) -> int:
        return sum(self.counts[:DISSATISFIED_FROM])

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The distribution, neighbours joined until each group has LEAST_CELL answers or more."""
        if not self.is_enough:
            return ()
        ranges: list[tuple[int, int, int]] = []
        first, seen = 1, 0
        for mark, count in enumerate(self.counts, start=1):
            seen += count
            if seen >= LEAST_CELL:
                ranges.append((first, mark, seen))
                first, seen = mark + 1, 0
        if first <= len(self.counts):  # the rest is too few: the last group takes it along
            begin, _end, count = ranges.pop()
            ranges.append((begin, len(self.counts), count + seen))
        shares = ((begin, end, statistics.share(count=count, n=self.answered)) for begin, end, count in ranges)
        return tuple(Group(begin, end, share) for begin, end, share in shares if share is not None)


@dataclass(frozen=True)
class Promises:
    """Requests that became ready (`done`), and those still open past their day (`overdue`: failed).

    Each twice: by the first promised day, and by the day after it was moved.
    """

    done: int
    on_time: int
    on_time_moved: int
    overdue: int
    overdue_moved: int
    reopened: int

    @cached_property
    def kept(self) -> Share | None:
        return statistics.share(count=self.on_time, n=self.done + self.overdue)

    @cached_property
    def kept_moved(self) -> Share | None:
        return statistics.share(count=self.on_time_moved, n=self.done + self.overdue_moved)

    @property
    def reopened_share(self) -> Share | None:
        return statistics.share(count=self.reopened, n=self.done)


@dataclass(frozen=True)
class LeadTime:
    """Calendar days from received to ready: half were ready within `median`, 9 of 10 within `p90`."""

    median: int | None
    p90: int | None


@dataclass(frozen=True)
class OpenNow:
    """What is open at this moment, whatever the period."""

    total: int
    late: int
    reopened: int


@dataclass(frozen=True)
class Part:
    """The figures of one week, month, quarter or year."""

    slice: Slice
    received: int
    marks: Marks
    promises: Promises
    lead_time: LeadTime


@dataclass(frozen=True)
class Answers:
    """The marks of one complex, or of one way in which a promise ended: sums only, they need no distribution.

    `low` is how many gave a 5 or lower.
    """

    n: int
    total: int
    squares: int
    low: int = 0
    is_withheld: bool = False

    @cached_property
    def mean(self) -> Mean | None:
        if self.n < ENOUGH or self.is_withheld:
            return None
        return statistics.mean(n=self.n, total=self.total, squares=self.squares)

    def towards(self, overall: float) -> float:
        """The mean, drawn towards the overall mean as far as there are few answers."""
        return (self.total + PSEUDO_ANSWERS * overall) / (self.n + PSEUDO_ANSWERS)


@dataclass(frozen=True)
class ComplexFigures:
    pk: int
    name: str
    asked: int
    answers: Answers
    promises: Promises
    lead_time: LeadTime

    @property
    def response(self) -> Share | None:
        return response_of(self.answers.n, self.asked)

    @cached_property
    def kept(self) -> Share | None:
        """Chance rules below ENOUGH requests."""
        return self.promises.kept if self.promises.done + self.promises.overdue >= ENOUGH else None


class Became(IntEnum):
    """What became of the promise, for the tenant who was asked for a mark."""

    KEPT = 0  # ready by the day that was promised first, and no visit missed
    LATER = 1  # after it; the day was moved in time, or we waited for the tenant
    MADE_UP_FOR = 2  # the promise was broken or a visit missed: we said sorry


@dataclass(frozen=True)
class Visits:
    """Those of which somebody said in the period what became of them: the craftsman came, or nobody did."""

    came: int
    missed: int

    @cached_property
    def missed_share(self) -> Share | None:
        return statistics.share(count=self.missed, n=self.came + self.missed)


@dataclass(frozen=True)
class Figures:
    """Everything a dashboard says about one period and one choice of complexes."""

    marks: Marks
    promises: Promises
    lead_time: LeadTime
    received: int
    open_now: OpenNow
    parts: tuple[Part, ...]
    complexes: tuple[ComplexFigures, ...]
    visits: Visits
    by_promise: dict[int, Answers]  # by `Became`; empty with one complex chosen

    @cached_property
    def compared_by_mark(self) -> int:
        """How many complexes have a mean: the more there are, the lower the lowest is by chance."""
        return sum(complex_.answers.mean is not None for complex_ in self.complexes)

    @cached_property
    def compared_by_promises(self) -> int:
        return sum(complex_.kept is not None for complex_ in self.complexes)

    @property
    def is_empty(self) -> bool:
        return not (
            self.received or self.promises.done or self.promises.overdue or self.marks.asked or self.open_now.total
        )
