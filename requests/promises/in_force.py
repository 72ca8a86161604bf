"""What is promised now. The calculation knows no database: whoever keeps the norms says how they are read."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime

from django.conf import settings

from .calendar import Calendar, HolidayFrom, HoursFrom
from .norms import SHIPPED, InForce, NormFrom, Norms, Promise

Read = Callable[[], InForce]

ALWAYS = date(2000, 1, 1)  # before anything that is promised here
_keeper: list[Read] = []
_held: ContextVar[list[InForce] | None] = ContextVar("norms held", default=None)


def kept_by(read: Read) -> None:
    """Let `read` say what is in force, from now on."""
    _keeper[:] = [read]


def in_force() -> InForce:
    """As it is now: a norm that changed a moment ago counts for what is promised next, in every process."""
    held = _held.get()
    if held:
        return held[0]
    (read,) = _keeper
    found = read()
    if held is not None:
        held.append(found)
    return found


@contextmanager
def looked_up_once(known: InForce | None = None) -> Iterator[None]:
    """Within this block it is read once at most, or is what is `known`: for a page, or for promises by the thousand."""
    token = _held.set([known] if known else [])
    try:
        yield
    finally:
        _held.reset(token)


def shipped() -> InForce:
    """What a new installation begins with; the settings give the first office hours and holidays."""
    return InForce(
        norms=Norms(tuple(NormFrom(ALWAYS, urgency, "", terms) for urgency, terms in SHIPPED.items())),
        calendar=Calendar(
            hours=tuple(HoursFrom(ALWAYS, weekday, settings.OFFICE_HOURS) for weekday in range(5)),
            holidays=tuple(HolidayFrom(ALWAYS, name, True) for name in settings.HOLIDAYS_WORKED),
        ),
    )


def promise(urgency: str, category: str = "", *, at: datetime) -> Promise:
    return in_force().promise(urgency, category, at=at)


def next_word_after(urgency: str, category: str = "", *, at: datetime, visit_ends: datetime | None = None) -> datetime:
    return in_force().next_word_after(urgency, category, at=at, visit_ends=visit_ends)


def add_working_days(at: datetime, days: int) -> datetime:
    return in_force().calendar.add_working_days(at, days)


def is_working_day(day: date) -> bool:
    return in_force().calendar.is_working_day(day)


def next_working_moment(at: datetime) -> datetime:
    return in_force().calendar.next_working_moment(at)
