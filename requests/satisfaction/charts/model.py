"""What a chart shows: points, an axis and a norm. No SVG here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import ceil, floor, log10

MOST_STEPS = 5


class Tone(StrEnum):
    """What a column or row says beyond its height; the words beside it say the same."""

    PLAIN = "plain"
    BAD = "bad"
    MIDDLE = "middle"
    GOOD = "good"


@dataclass(frozen=True)
class Point:
    """One column, dot or row, and its line in the table.

    `value` is None when there is nothing to show (nobody, or too few to stay anonymous): a gap
    in the chart. `text` is the value in words, `cells` follow the label in the table, `short` is
    the label under the axis.
    """

    label: str
    value: float | None
    text: str
    cells: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    second: float | None = None
    tone: Tone = Tone.PLAIN
    note: str = ""
    short: str = ""

    @property
    def tip(self) -> str:
        return f"{self.label}: {self.text}"

    @property
    def heights(self) -> list[float]:
        return [height for height in (self.value, self.second, self.high) if height is not None]


@dataclass(frozen=True)
class Norm:
    """A line to compare with: named in the legend, its value written at the axis."""

    value: float
    label: str


@dataclass(frozen=True)
class Chart:
    """What is drawn. `write` turns a value of the axis into text, `headers` head the table's columns.

    Without a `ceiling` the axis ends above the highest value. `least_step` keeps an axis of
    people from counting halves. A long list of rows draws the first `most_rows`; the table has all,
    but for `left_out` more. `why_empty` is said instead of a chart without a single value.
    """

    title: str
    points: Sequence[Point]
    headers: tuple[str, ...]
    write: Callable[[float], str]
    norm: Norm | None = None
    floor: float = 0
    ceiling: float | None = None
    least_step: float = 0
    most_rows: int | None = None
    left_out: int = 0
    why_empty: str = ""
    first_key: str = ""
    second_key: str = ""

    @property
    def is_empty(self) -> bool:
        return all(point.value is None for point in self.points)

    @cached_property
    def top(self) -> float:
        if self.ceiling is not None:
            return self.ceiling
        highest = max(self._heights(), default=0)
        step = _step(highest - self.floor, self.least_step)
        return self.floor + step * max(ceil((highest - self.floor) / step), 1)

    @property
    def ticks(self) -> list[float]:
        step = _step(self.top - self.floor, self.least_step)
        return [self.floor + step * index for index in range(round((self.top - self.floor) / step) + 1)]

    def at(self, value: float) -> float:
        """Where `value` lies on the axis: 0 at the floor, 1 at the top."""
        return min(max((value - self.floor) / (self.top - self.floor), 0), 1)

    def _heights(self) -> Iterator[float]:
        for point in self.points:
            yield from point.heights
        if self.norm is not None:
            yield self.norm.value


def _step(span: float, least: float) -> float:
    """The smallest round step that needs at most MOST_STEPS steps for `span`."""
    if span <= 0:
        return max(least, 1)
    magnitude = 10 ** floor(log10(span / MOST_STEPS))
    fitting = (
        factor * magnitude for factor in (1, 2, 2.5, 5, 10) if factor * magnitude * MOST_STEPS >= span * (1 - 1e-9)
    )
    return max(next(fitting), least)
