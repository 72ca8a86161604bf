"""When a promise is in danger, broken and badly broken: as a calculation."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests.models import Alarm
from requests.promises import Danger, Facts, VisitFacts, shipped, standing
from requests.workflow import Status

from ..factories import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALENDAR = shipped().calendar
FIX_BY = shipped().promise("N", at=NOON).fix_by  # Monday 16 March, 17:00
OVER = datetime(2026, 4, 14, tzinfo=ZoneInfo("Europe/Amsterdam"))  # the six weeks of what was reported at NOON
PROMISE = f"promise-{int(FIX_BY.timestamp())}"


def facts(**different):
    usual = {
        "status": Status.PLANNED,
        "received_at": NOON,
        "first_fix_by": FIX_BY,
        "counts_from": NOON,
        "fix_by": FIX_BY,
    }
    return Facts(**usual | different)


def true_at(moment, **different):
    return sorted(standing(facts(**different), calendar=CALENDAR, at=moment).true)


def test_every_danger_is_a_kind_of_alarm():
    assert {danger.value for danger in Danger} == set(Alarm.Kind.values)


def test_a_promise_is_in_danger_when_its_last_quarter_begins_and_no_visit_is_planned():
    fix_by = shipped().promise("P", at=NOON).fix_by.astimezone(UTC)
    last_quarter = fix_by - (fix_by - NOON.astimezone(UTC)) / 4  # the clocks are set in between
    asked = {"first_fix_by": fix_by, "fix_by": fix_by}

    assert true_at(last_quarter - HOUR, **asked) == []
    assert [danger for danger, of in true_at(last_quarter, **asked)] == ["at_risk"]


def test_or_two_working_days_before_it_when_that_is_sooner():
    begins = NOON.replace(day=12, hour=8)  # Thursday morning; the last quarter begins on Friday

    assert true_at(begins - HOUR) == []
    assert true_at(begins) == [("at_risk", PROMISE)]
    assert true_at(FIX_BY - HOUR) == [("at_risk", PROMISE)]


def test_a_promise_of_a_day_is_not_in_danger_before_half_of_it_is_over():
    fix_by = NOON + DAY
    asked = {"first_fix_by": fix_by, "fix_by": fix_by}

    assert true_at(NOON + 11 * HOUR, **asked) == []
    assert [danger for danger, of in true_at(NOON + 12 * HOUR, **asked)] == ["at_risk"]


def test_a_visit_in_time_keeps_it_out_of_danger():
    visit = VisitFacts(7, FIX_BY - 2 * HOUR)

    assert true_at(FIX_BY - 3 * HOUR, status=Status.SCHEDULED, visit=visit) == []


def test_work_that_has_begun_is_in_danger_in_the_last_quarter_only():
    fix_by = shipped().promise("U", at=NOON).fix_by
    last_quarter = fix_by - (fix_by - NOON) / 4
    asked = {"first_fix_by": fix_by, "fix_by": fix_by, "status": Status.IN_PROGRESS}

    assert true_at(last_quarter - HOUR, **asked) == []
    assert [danger for danger, of in true_at(last_quarter, **asked)] == ["at_risk"]


def test_it_is_broken_at_the_promised_moment_and_in_danger_no_more():
    assert true_at(FIX_BY) == [("broken", PROMISE)]


def test_it_is_badly_broken_after_three_times_the_first_term():
    badly = NOON.astimezone(UTC) + 3 * (FIX_BY - NOON)

    assert true_at(badly - HOUR) == [("broken", PROMISE)]
    assert true_at(badly) == [("badly_broken", PROMISE)]


def test_a_promise_that_was_moved_is_measured_from_its_first_term():
    moved = NOON + 4 * (FIX_BY - NOON)

    assert [danger for danger, of in true_at(moved, fix_by=moved, counts_from=FIX_BY)] == ["badly_broken"]


def test_a_visit_of_which_nobody_said_anything_is_missed_an_hour_after_it():
    visit = VisitFacts(7, NOON + 5 * HOUR)

    assert true_at(NOON + 6 * HOUR - timedelta(seconds=1), status=Status.SCHEDULED, visit=visit) == []
    assert true_at(NOON + 6 * HOUR, status=Status.SCHEDULED, visit=visit) == [("visit_missed", "visit-7")]


def test_somebody_who_is_at_work_has_not_missed_the_visit():
    assert true_at(NOON + 6 * HOUR, status=Status.IN_PROGRESS, visit=VisitFacts(7, NOON + 5 * HOUR)) == []


def test_the_hour_after_a_visit_keeps_no_promise_unbroken():
    visit = {"status": Status.SCHEDULED, "visit": VisitFacts(7, FIX_BY - HOUR / 2)}

    assert true_at(FIX_BY - HOUR / 4, **visit) == []
    assert true_at(FIX_BY, **visit) == [("broken", PROMISE)]
    assert true_at(FIX_BY + HOUR / 2, **visit) == [("broken", PROMISE), ("visit_missed", "visit-7")]


@pytest.mark.parametrize("status", [Status.SCHEDULED, Status.IN_PROGRESS])
def test_for_that_hour_it_may_be_ready_and_nobody_wrote_it_down(status):
    asked = facts(status=status, visit=VisitFacts(7, FIX_BY))
    before, begins, ends = FIX_BY - timedelta(seconds=1), FIX_BY, FIX_BY + HOUR

    how = [standing(asked, calendar=CALENDAR, at=at) for at in (before, begins, ends)]

    assert [one.may_be_ready for one in how] == [False, True, False]
    assert [one.changes_at for one in how[:2]] == [begins, ends]


def test_a_visit_after_the_promised_day_keeps_no_promise():
    visit = {"status": Status.SCHEDULED, "visit": VisitFacts(7, FIX_BY + 20 * DAY)}

    assert true_at(FIX_BY - HOUR, **visit) == [("at_risk", PROMISE)]
    assert true_at(FIX_BY, **visit) == [("broken", PROMISE)]


def test_of_the_six_weeks_only_the_last_warning_stands():
    since = {"statutory_since": NOON, "first_fix_by": NOON + 200 * DAY, "fix_by": NOON + 200 * DAY}

    assert true_at(NOON.replace(day=29, hour=23), **since) == []
    assert true_at(NOON.replace(day=30, hour=0), **since) == [("day_28", "six-weeks")]
    assert true_at(NOON + 41 * DAY, **since) == [("day_40", "six-weeks")]
    assert true_at(NOON + 300 * DAY, **since)[-1] == ("six_weeks", "six-weeks")


def test_a_visit_within_the_six_weeks_keeps_the_warnings_away():
    since = {"statutory_since": NOON, "first_fix_by": NOON + 200 * DAY, "fix_by": NOON + 200 * DAY}
    visit = VisitFacts(7, NOON + 35 * DAY)

    assert true_at(NOON + 30 * DAY, status=Status.SCHEDULED, visit=visit, **since) == []


@pytest.mark.parametrize(("ends", "known"), [(OVER - HOUR, []), (OVER + HOUR, [("day_28", "six-weeks")])])
def test_one_that_ends_after_them_does_not(ends, known):
    since = {"statutory_since": NOON, "first_fix_by": NOON + 200 * DAY, "fix_by": NOON + 200 * DAY}

    assert true_at(NOON + 30 * DAY, status=Status.SCHEDULED, visit=VisitFacts(7, ends), **since) == known


@pytest.mark.parametrize("status", [Status.DONE, Status.CLOSED])
def test_nothing_is_true_of_what_is_ready(status):
    assert standing(facts(status=status), calendar=CALENDAR, at=FIX_BY + DAY).changes_at is None
    assert true_at(FIX_BY + DAY, status=status) == []


@given(
    hours=st.integers(-1000, 3000),
    status=st.sampled_from([Status.RECEIVED, Status.SCHEDULED, Status.IN_PROGRESS, Status.WAITING]),
    ends=st.none() | st.integers(1, 900),
    since=st.none() | st.just(NOON),
)
def test_nothing_changes_before_the_moment_at_which_it_says_so(hours, status, ends, since):
    asked = facts(
        status=status,
        visit=None if ends is None else VisitFacts(1, NOON + ends * HOUR),
        statutory_since=since,
    )
    at = NOON + hours * HOUR
    now = standing(asked, calendar=CALENDAR, at=at)
    until = now.changes_at or at + 400 * DAY
    a_moment = timedelta(microseconds=1)

    for moment in (at + (until - at) / 3, until - a_moment):
        assert standing(asked, calendar=CALENDAR, at=max(at, moment)).true == now.true
    assert now.changes_at is None or standing(asked, calendar=CALENDAR, at=until).changes_at != until


def test_the_opening_so_many_working_days_before_passes_over_days_off():
    tuesday_after_easter = datetime(2026, 4, 7, 17, tzinfo=ZoneInfo("Europe/Amsterdam"))

    assert CALENDAR.opens_before(tuesday_after_easter, 2) == datetime(
        2026, 4, 2, 8, tzinfo=ZoneInfo("Europe/Amsterdam")
    )


@given(days=st.integers(1, 30), ago=st.integers(0, 800))
def test_from_that_opening_it_is_so_many_working_days_until_the_moment(days, ago):
    at = NOON - ago * DAY
    opens = CALENDAR.opens_before(at, days)
    last = CALENDAR.add_working_days(opens, days)

    worked = [opens + n * DAY for n in range((at.date() - opens.date()).days)]
    assert sum(CALENDAR.is_working_day(day.date()) for day in worked) == days
    assert last.date() >= at.date()
