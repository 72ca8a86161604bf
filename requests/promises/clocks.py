"""The two clocks of a request: the corporation's, which stops while the tenant has to answer, and the tenant's.

Both begin when it is reported and end when it is ready, or closed without a repair. What was said to be ready and
came back was not: both clocks ran on.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from ..workflow import READY, TO_DO, Status, WaitingReason
from .calendar import Calendar

STOPS_OUR_CLOCK = frozenset({WaitingReason.TENANT})


class Step(Protocol):
    """What the history of a request has on each line."""

    @property
    def at(self) -> datetime: ...

    @property
    def new_status(self) -> str: ...

    @property
    def waiting_reason(self) -> str: ...


@dataclass(frozen=True)
class Wait:
    """Waiting for one thing, all times together, in working time; `stops`: our clock stood still."""

    reason: WaitingReason
    took: timedelta
    stops: bool


@dataclass(frozen=True)
class Clocks:
    """`tenants` never stops; `ours` is working time without what waited for the tenant."""

    tenants: timedelta
    ours: timedelta
    waits: tuple[Wait, ...]
    since: datetime
    until: datetime
    running: bool  # it is not ready yet
    stopped: bool  # and ours stands still now


def clocks(steps: Sequence[Step], *, calendar: Calendar, at: datetime) -> Clocks:
    """`steps`: the history in order of time, from the receipt on."""
    since, last = steps[0].at, steps[-1]
    running = last.new_status in TO_DO
    until = at if running else _ended_at(steps)
    took = {reason: timedelta() for reason in WaitingReason}
    for reason, start, end in _waits(steps, until):
        took[reason] += calendar.working_time(start, end)
    stood_still = sum((took[reason] for reason in STOPS_OUR_CLOCK), timedelta())
    return Clocks(
        tenants=until - since,
        ours=calendar.working_time(since, until) - stood_still,
        waits=tuple(Wait(reason, time, reason in STOPS_OUR_CLOCK) for reason, time in took.items() if time),
        since=since,
        until=until,
        running=running,
        stopped=running and last.waiting_reason in STOPS_OUR_CLOCK,
    )


def in_days(took: timedelta, *, calendar: Calendar, on: date) -> int:
    """Working time as working days, as long as they usually are on that day; half a day counts as one."""
    hours = [
        datetime.combine(on, closes) - datetime.combine(on, opens)
        for opens, closes in filter(None, calendar.week_on(on))
    ]
    return int(took / (sum(hours, timedelta()) / len(hours)) + 0.5)


def _ended_at(steps: Sequence[Step]) -> datetime:
    """When it was ready for the last time, if that is how it ended; otherwise when it was closed."""
    ended = steps[-1]
    before = steps[-2] if len(steps) > 1 else ended
    return before.at if ended.new_status == Status.CLOSED and before.new_status in READY else ended.at


def _waits(steps: Sequence[Step], until: datetime) -> Iterator[tuple[WaitingReason, datetime, datetime]]:
    ends = [step.at for step in steps[1:]] + [until]
    for step, end in zip(steps, ends, strict=True):
        if step.new_status == Status.WAITING:
            yield WaitingReason(step.waiting_reason), step.at, min(end, until)
