"""When a craftsman could come: what the form proposes, and what is wrong with what somebody chose."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from ..promises import in_force, next_working_moment

Window = tuple[datetime, datetime]

SHORTEST = timedelta(hours=1)
USUAL = timedelta(hours=4)
LONGEST = timedelta(hours=12)


def first_window(*, at: datetime, fix_by: datetime) -> Window:
    """The next working morning, or sooner when only that is within the promise; the morning when nothing is."""
    morning = _start_of_day(next_working_moment(at + timedelta(days=1)))
    usual = (morning, morning + USUAL)
    for start, end in (usual, _later_today(at)):
        end = min(end, _whole_quarter_before(fix_by))
        if end - start >= SHORTEST:
            return start, end
    return usual


def wrong_with(window: Window, *, at: datetime) -> Iterable[tuple[str, str]]:
    """Fields with what cannot be: a visit that is over, ends before it starts, or lasts too long."""
    start, end = window
    if end <= start:
        yield "end", _("The visit must end after it starts. Choose a later time.")
    elif timezone.localdate(end) < timezone.localdate(at):
        yield "day", _("This day is over. Choose today or a later day.")
    elif end <= at:
        yield "end", _("This time is over. Choose a later time.")
    elif end - start > LONGEST:
        yield "end", _("This is longer than 12 hours. The tenant has to stay at home: choose a shorter time.")


def _later_today(at: datetime) -> Window:
    """From the next whole hour until the office closes, if that is still to come."""
    soonest = timezone.localtime(next_working_moment(at))
    start = soonest.replace(minute=0, second=0, microsecond=0)
    if start < soonest:
        start += timedelta(hours=1)
    _, closing_time = _hours_on(soonest.date())
    closes = timezone.make_aware(datetime.combine(soonest.date(), closing_time))
    return start, min(start + USUAL, closes)


def _start_of_day(moment: datetime) -> datetime:
    day = timezone.localdate(moment)
    opens, _ = _hours_on(day)
    return timezone.make_aware(datetime.combine(day, opens))


def _hours_on(day: date) -> tuple[time, time]:
    """Of a working day."""
    hours = in_force().calendar.hours_on(day)
    assert hours is not None
    return hours


def _whole_quarter_before(moment: datetime) -> datetime:
    local = timezone.localtime(moment)
    return local.replace(minute=local.minute - local.minute % 15, second=0, microsecond=0)
