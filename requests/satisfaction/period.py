"""Which days a dashboard is about, and how they are divided for the charts.

Days are days in the corporation's time zone; the database gets the instants at which they begin.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_SLICES = 13
DAYS_SHOWN_AS_WEEKS = 45
DAYS_OF_A_YEAR = 365
EARLIEST = date(2000, 1, 1)
YEARS_BEGIN = {(1, 1), (9, 1)}  # month and day: of the calendar, and of the Aedes benchmark


class Step(StrEnum):
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    def beginning(self, day: date) -> date:
        """The first day of the week, month, quarter or year in which `day` falls."""
        if self is Step.WEEK:
            return day - timedelta(days=day.weekday())
        if self is Step.MONTH:
            return day.replace(day=1)
        if self is Step.QUARTER:
            return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
        return date(day.year, 1, 1)

    def next(self, day: date) -> date:
        """The first day of the one after that."""
        return self.beginning(self.beginning(day) + timedelta(days=_LONGEST[self]))


# More days than the step ever has, and fewer than two of them.
_LONGEST = {Step.WEEK: 7, Step.MONTH: 32, Step.QUARTER: 93, Step.YEAR: 367}


@dataclass(frozen=True)
class Slice:
    """A part of a period: a week, a month, … cut off where the period begins or ends."""

    first: date
    end: date  # the day after the last
    step: Step

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def is_whole(self) -> bool:
        return (self.first, self.end) == (self.step.beginning(self.first), self.step.next(self.first))


@dataclass(frozen=True)
class Period:
    """From the first day up to and including the last."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1))

    @property
    def is_whole_year(self) -> bool:
        begins = (self.first.month, self.first.day) in YEARS_BEGIN
        return begins and self.last + timedelta(days=1) == self.first.replace(year=self.first.year + 1)

    @property
    def is_a_year_or_more(self) -> bool:
        return (self.last - self.first).days >= DAYS_OF_A_YEAR - 1

    @property
    def slices(self) -> tuple[Slice, ...]:
        """Weeks when short, months up to a year, and so on: never more than fit in a chart, but for years."""
        if (self.last - self.first).days < DAYS_SHOWN_AS_WEEKS:
            return self._cut(Step.WEEK)
        for step in (Step.MONTH, Step.QUARTER):
            slices = self._cut(step)
            if len(slices) <= MOST_SLICES:
                return slices
        return self._cut(Step.YEAR)

    def _cut(self, step: Step) -> tuple[Slice, ...]:
        slices = []
        first, after = self.first, self.last + timedelta(days=1)
        while first < after:
            end = min(step.next(first), after)
            slices.append(Slice(first=first, end=end, step=step))
            first = end
        return tuple(slices)


def midnight(day: date) -> datetime:
    """The instant at which `day` begins here, on either side of a change of the clock."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


@dataclass(frozen=True)
class Preset:
    name: str
    label: str | Promise
    until: Callable[[date], Period]


def _thirty_days(today: date) -> Period:
    return Period(today - timedelta(days=29), today)


def _twelve_months(today: date) -> Period:
    """Twelve full months, whatever the day: from the day after the same day a year earlier."""
    tomorrow = today + timedelta(days=1)
    leaps = (tomorrow.month, tomorrow.day) == (2, 29)
    return Period(date(tomorrow.year - 1, 3, 1) if leaps else tomorrow.replace(year=tomorrow.year - 1), today)


def _aedes_year(today: date) -> Period:
    """The measuring year of the Aedes benchmark runs from 1 September to 31 August."""
    return Period(date(today.year - (today.month < 9), 9, 1), today)


TWELVE_MONTHS = Preset("12m", _("12 months"), _twelve_months)
PRESETS = (
    Preset("30d", _("30 days"), _thirty_days),
    Preset("quarter", _("This quarter"), lambda today: Period(Step.QUARTER.beginning(today), today)),
    Preset("year", _("This year"), lambda today: Period(Step.YEAR.beginning(today), today)),
    TWELVE_MONTHS,
    Preset("aedes", _("Aedes year"), _aedes_year),
)


def tells_marks(period: Period, *, today: date) -> bool:
    """Whether marks may be shown of it: a named period or a whole year.

    Of two periods that differ by a day one could work out what a single tenant gave, so days of one's own choice
    show none. What marks there were in the months of long ago is in the chart of a whole year.
    """
    return period.is_whole_year or any(preset.until(today) == period for preset in PRESETS)
