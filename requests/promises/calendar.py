"""The corporation's working days and hours. Days are Dutch calendar days; instants are aware.

A calendar is a value: whoever wants another one makes another one. Everything that counts days counts here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import islice

from django.utils import timezone

from .public_holidays import holidays_of

Hours = tuple[time, time]
DAY = timedelta(days=1)
LONGEST_CLOSED = 366  # days in a row; a calendar that is closed longer never opens


class NeverOpen(ValueError):
    """With this calendar no working day would come, so nothing could be promised."""


@dataclass(frozen=True)
class HoursFrom:
    """When the office is open on this day of the week, from this day on; None: it is closed."""

    valid_from: date
    weekday: int  # Monday is 0
    hours: Hours | None


@dataclass(frozen=True)
class HolidayFrom:
    """Whether people work on this public holiday, from this day on; on one that nobody names they do not."""

    valid_from: date
    holiday: str
    worked: bool


@dataclass(frozen=True)
class DayOff:
    day: date
    name: str


@dataclass(frozen=True)
class Calendar:
    """Raises NeverOpen when it would be closed for ever."""

    hours: tuple[HoursFrom, ...]
    holidays: tuple[HolidayFrom, ...] = ()
    closing_days: tuple[DayOff, ...] = ()

    def __post_init__(self) -> None:
        turns = {row.valid_from for row in self.hours}
        if not turns or not all(any(self.week_on(day)) for day in turns):
            raise NeverOpen

    def hours_on(self, day: date) -> Hours | None:
        """When the office is open; None on a day off."""
        if day not in self._worked_out:
            self._worked_out[day] = None if self.off_for(day) else self._usual_hours(day.weekday(), day)
        return self._worked_out[day]

    def is_working_day(self, day: date) -> bool:
        return self.hours_on(day) is not None

    def add_working_days(self, at: datetime, days: int) -> datetime:
        """The end of office hours on the `days`-th working day after the day of `at`.

        Something reported on Friday evening with three working days is due on Wednesday at closing time.
        With none it is due today, or on the next working day when today is not one.
        """
        today = timezone.localtime(at).date()
        open_days = self._open_days(today + DAY if days else today)
        day, (_, closes) = next(islice(open_days, max(days - 1, 0), None))
        return _local(day, closes)

    def working_days_between(self, start: datetime, end: datetime) -> int:
        """The working days after the day of `start`, up to and with the day of `end`; none when that is no later."""
        first, last = (timezone.localtime(moment).date() for moment in (start, end))
        return sum(self.is_working_day(first + DAY * n) for n in range(1, (last - first).days + 1))

    def opens_before(self, at: datetime, days: int) -> datetime:
        """When the office opens on the `days`-th working day before the day of `at`."""
        day, left = timezone.localtime(at).date(), days
        for _ in range(days * LONGEST_CLOSED):
            day -= DAY
            if hours := self.hours_on(day):
                left -= 1
                if not left:
                    return _local(day, hours[0])
        raise NeverOpen

    def working_day_by(self, latest: date, *, after: date) -> date:
        """The last working day later than `after` and no later than `latest`; `latest` itself when there is none."""
        days = (latest - DAY * n for n in range((latest - after).days))
        return next((day for day in days if self.is_working_day(day)), latest)

    def next_working_moment(self, at: datetime) -> datetime:
        """`at` itself during office hours, otherwise the next opening."""
        local = timezone.localtime(at)
        for day, (opens, closes) in self._open_days(local.date()):
            if day > local.date() or local.time() < opens:
                return _local(day, opens)
            if local.time() < closes:
                return at
        raise NeverOpen

    def add_working_time(self, at: datetime, span: timedelta) -> datetime:
        """When the office has been open for `span` since `at`."""
        begins, left = at.astimezone(UTC), span
        for day, hours in self._open_days(timezone.localdate(at)):
            opens, closes = (_local(day, clock).astimezone(UTC) for clock in hours)
            opens = max(opens, begins)
            if left <= closes - opens:
                return timezone.localtime(opens + left)
            left -= max(closes - opens, timedelta())
        raise NeverOpen

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How long the office was open between two instants."""
        first, last = (timezone.localtime(moment).date() for moment in (start, end))
        days = (first + DAY * n for n in range((last - first).days + 1))
        return sum((self._open_between(day, start, end) for day in days), timedelta())

    def off_for(self, day: date) -> tuple[str, ...]:
        """The names of why this day is off, other than by its day of the week."""
        closed = self._closed.get(day)
        listed = (name for name in holidays_of(day.year).get(day, ()) if not self.is_worked(name, on=day))
        return (*listed, closed) if closed else tuple(listed)

    def is_worked(self, holiday: str, *, on: date) -> bool:
        rules = [row for row in self.holidays if row.holiday == holiday and row.valid_from <= on]
        return max(rules, key=lambda row: row.valid_from).worked if rules else False

    def days_off(self, year: int) -> list[DayOff]:
        """Holidays and closing days, in order; also those that fall on a day that is closed anyway."""
        days = sorted({*holidays_of(year), *(day for day in self._closed if day.year == year)})
        return [DayOff(day, name) for day in days for name in self.off_for(day)]

    def week_on(self, day: date) -> list[Hours | None]:
        """The usual hours from Monday to Sunday, as they are on this day."""
        return [self._usual_hours(weekday, day) for weekday in range(7)]

    def _usual_hours(self, weekday: int, on: date) -> Hours | None:
        return next((row.hours for row in self._by_weekday[weekday] if row.valid_from <= on), None)

    def _open_days(self, first: date) -> Iterator[tuple[date, Hours]]:
        day, closed = first, 0
        while closed < LONGEST_CLOSED:
            hours = self.hours_on(day)
            closed = 0 if hours else closed + 1
            if hours:
                yield day, hours
            day += DAY
        raise NeverOpen

    def _open_between(self, day: date, start: datetime, end: datetime) -> timedelta:
        hours = self.hours_on(day)
        if hours is None:
            return timedelta()
        # In UTC, as two times on one clock on the wall may be an hour more or less apart than they look.
        opens, closes = (_local(day, clock).astimezone(UTC) for clock in hours)
        return max(min(closes, end) - max(opens, start), timedelta())

    @cached_property
    def _worked_out(self) -> dict[date, Hours | None]:
        """The days that were asked for before; a promise asks for dozens."""
        return {}

    @cached_property
    def _by_weekday(self) -> list[list[HoursFrom]]:
        """The newest first."""
        newest = sorted(self.hours, key=lambda row: row.valid_from, reverse=True)
        return [[row for row in newest if row.weekday == weekday] for weekday in range(7)]

    @cached_property
    def _closed(self) -> dict[date, str]:
        return {off.day: off.name for off in self.closing_days}


def _local(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
