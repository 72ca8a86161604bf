"""The corporation's working days. Days are Dutch calendar days; instants are aware."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache

import holidays
from django.conf import settings
from django.utils import timezone


@lru_cache(maxsize=32)
def _days_off(year: int) -> frozenset[date]:
    """Public holidays of the year on which the corporation is closed."""
    listed = holidays.country_holidays("NL", years=year, language="nl")
    return frozenset(day for day, name in listed.items() if name not in settings.HOLIDAYS_WORKED)


def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _days_off(day.year)


def add_working_days(at: datetime, days: int) -> datetime:
    """The end of office hours on the `days`-th working day after the day of `at`.

    Something reported on Friday evening with three working days is due on Wednesday at closing time.
    """
    day = timezone.localtime(at).date()
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day)
    while not is_working_day(day):
        day += timedelta(days=1)
    return _local(day, settings.OFFICE_HOURS[1])


def next_working_moment(at: datetime) -> datetime:
    """`at` itself during office hours, otherwise the next opening."""
    opens, closes = settings.OFFICE_HOURS
    local = timezone.localtime(at)
    day = local.date()
    if is_working_day(day) and opens <= local.time() < closes:
        return at
    if local.time() >= opens:
        day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return _local(day, opens)


def _local(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
