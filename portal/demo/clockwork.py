"""When people of the corporation do things: office hours, windows of visits."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from random import Random

from django.utils import timezone

from requests.promises import is_working_day, next_working_moment

Window = tuple[datetime, datetime]

SLOTS = ((8, 10), (10, 12), (13, 15), (15, 17))
RUSH_HOURS = (8, 20)  # within 24 hours also means in the evening and in the weekend


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """That time by the clock on the wall."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def working_days_before(at: datetime, days: int, hour: int, minute: int = 0) -> datetime:
    """That time by the clock, on the `days`-th working day before the day of `at`."""
    day = timezone.localtime(at).date()
    while days > 0:
        day -= timedelta(days=1)
        days -= is_working_day(day)
    return local(day, hour, minute)


def hours(mean: float, rng: Random) -> timedelta:
    """Some time, `mean` hours on average; mostly less, sometimes much more."""
    return timedelta(hours=rng.expovariate(1 / mean))


def minutes(least: int, most: int, rng: Random) -> timedelta:
    return timedelta(minutes=rng.randint(least, most))


def at_the_office(at: datetime, rng: Random) -> datetime:
    """`at`, or some time in the first two hours after the next opening."""
    opened = next_working_moment(at)
    return at if opened == at else opened + minutes(2, 110, rng)


def by_day(at: datetime) -> datetime:
    """`at`, or seven hours later when everybody sleeps."""
    return at if timezone.localtime(at).hour >= 7 else at + timedelta(hours=7)


def window_near(target: datetime, *, after: datetime, until: datetime | None) -> Window:
    """The ordinary window that ends nearest to `target`, starts after `after` and ends by `until` if one does."""
    day = max(timezone.localtime(target).date() - timedelta(days=4), timezone.localtime(after).date())
    windows: list[Window] = []
    while len(windows) < 4 or day <= timezone.localtime(target).date() + timedelta(days=1):
        if is_working_day(day):
            windows += [window for window in _slots(day) if window[0] > after]
        day += timedelta(days=1)
    in_time = [window for window in windows if until is not None and window[1] <= until]
    return min(in_time or windows, key=lambda window: abs(window[1] - target))


@cache
def _slots(day: date) -> list[Window]:
    return [(local(day, start), local(day, end)) for start, end in SLOTS]


def window_soon(target: datetime, *, after: datetime, until: datetime | None) -> Window:
    """A window of two hours for what cannot wait for office hours, by `until` if that can be; not at night."""
    latest = target if until is None else min(target, until - timedelta(minutes=30))
    start = max(latest - timedelta(hours=2), after)
    start = start.replace(minute=0, second=0) + timedelta(minutes=30 * (1 + start.minute // 30))
    clock = timezone.localtime(start)
    if clock.hour >= RUSH_HOURS[1]:
        start = local(clock.date() + timedelta(days=1), RUSH_HOURS[0])
    elif clock.hour < RUSH_HOURS[0]:
        start = local(clock.date(), RUSH_HOURS[0])
    return start, start + timedelta(hours=2)
