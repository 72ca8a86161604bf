from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests.promises import ALWAYS, Calendar, HoursFrom, Wait, clocks, shipped
from requests.workflow import MOVES, READY, TO_DO, Status, WaitingReason
from tests.factories import NOON, ServiceRequestFactory

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
CALENDAR = shipped().calendar  # 8 to 17, Monday to Friday
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Step:
    at: datetime
    new_status: str
    waiting_reason: str = ""


def local(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=AMSTERDAM)


def seen(*steps, at):
    return clocks([Step(local(when), *what) for when, *what in steps], calendar=CALENDAR, at=local(at))


def test_both_clocks_run_from_the_report_on():
    found = seen(("03-06 16:00", "received"), at="03-09 09:00")  # from Friday to Monday

    assert (found.tenants, found.ours) == (65 * HOUR, 2 * HOUR)
    assert (found.running, found.stopped, found.waits) == (True, False, ())


def test_waiting_for_the_tenant_stops_our_clock_and_never_theirs():
    found = seen(
        ("03-02 09:00", "received"),
        ("03-02 10:00", "waiting", "tenant"),
        ("03-03 10:00", "planned"),
        at="03-03 11:00",
    )

    assert (found.tenants, found.ours) == (26 * HOUR, 2 * HOUR)
    assert found.waits == (Wait(WaitingReason.TENANT, 9 * HOUR, stops=True),)
    assert not found.stopped


def test_waiting_for_anything_else_is_counted_and_stops_nothing():
    found = seen(
        ("03-02 09:00", "received"),
        ("03-02 10:00", "waiting", "parts"),
        ("03-02 12:00", "in_progress"),
        ("03-02 13:00", "waiting", "parts"),
        at="03-02 14:00",
    )

    assert found.ours == found.tenants == 5 * HOUR
    assert found.waits == (Wait(WaitingReason.PARTS, 3 * HOUR, stops=False),)


def test_our_clock_stands_still_as_long_as_the_tenant_has_to_answer():
    steps = (("03-02 09:00", "received"), ("03-02 10:00", "waiting", "tenant"))

    first, later = seen(*steps, at="03-02 11:00"), seen(*steps, at="03-20 11:00")

    assert first.ours == later.ours == HOUR
    assert first.stopped
    assert later.stopped


def test_both_clocks_end_when_it_was_ready_and_not_when_that_was_said():
    found = seen(("03-02 09:00", "received"), ("03-02 11:00", "done"), ("03-09 11:00", "closed"), at="03-30 09:00")

    assert (found.tenants, found.ours, found.running) == (2 * HOUR, 2 * HOUR, False)
    assert found.until == local("03-02 11:00")


def test_what_came_back_was_not_ready():
    found = seen(("03-02 09:00", "received"), ("03-02 11:00", "done"), ("03-02 14:00", "in_progress"), at="03-02 15:00")

    assert (found.tenants, found.ours, found.running) == (6 * HOUR, 6 * HOUR, True)


def test_both_clocks_end_when_it_is_closed_without_a_repair():
    found = seen(("03-02 09:00", "received"), ("03-02 12:00", "closed"), at="03-30 09:00")

    assert (found.tenants, found.ours, found.running) == (3 * HOUR, 3 * HOUR, False)


@pytest.mark.django_db
def test_the_history_of_a_request_is_what_the_clocks_read():
    service_request = ServiceRequestFactory(at=NOON)

    found = clocks(list(service_request.history.all()), calendar=CALENDAR, at=NOON + 2 * HOUR)

    assert (found.tenants, found.ours, found.since) == (2 * HOUR, 2 * HOUR, NOON)


ALWAYS_OPEN = Calendar(tuple(HoursFrom(ALWAYS, weekday, (time(0), time(23, 59, 59, 999999))) for weekday in range(7)))


@st.composite
def histories(draw):
    """Any walk through the table of moves, with any time between two steps."""
    steps = [Step(NOON, Status.RECEIVED)]
    for _ in range(draw(st.integers(0, 8))):
        ways = [move for move in MOVES if steps[-1].new_status in move.sources]
        if not ways:
            break
        move = draw(st.sampled_from(ways))
        reason = draw(st.sampled_from(WaitingReason.values)) if move.target == Status.WAITING else ""
        steps.append(Step(steps[-1].at + timedelta(minutes=draw(st.integers(0, 60 * 24 * 9))), move.target, reason))
    return steps


@settings(max_examples=200, deadline=None)
@given(steps=histories(), later=st.integers(0, 60 * 24 * 9))
def test_the_clocks_agree_with_adding_up_every_stretch(steps, later):
    at = steps[-1].at + timedelta(minutes=later)

    found = clocks(steps, calendar=CALENDAR, at=at)

    stretches = list(zip(steps, [*(step.at for step in steps[1:]), at], strict=True))
    ended = max((n for n, step in enumerate(steps) if step.new_status in TO_DO), default=-1)
    counted = stretches[: ended + 1]  # all before it was ready or closed for good
    assert found.tenants == sum((end - step.at for step, end in counted), timedelta())
    assert found.ours == sum(
        (CALENDAR.working_time(step.at, end) for step, end in counted if step.waiting_reason != "tenant"), timedelta()
    )
    assert found.running == (steps[-1].new_status not in READY | {Status.CLOSED})


@settings(max_examples=100, deadline=None)
@given(steps=histories(), later=st.integers(0, 60 * 24 * 9))
def test_our_clock_never_runs_faster_than_the_tenants(steps, later):
    at = steps[-1].at + timedelta(minutes=later)

    found = clocks(steps, calendar=ALWAYS_OPEN, at=at)

    assert timedelta() <= found.ours <= found.tenants
