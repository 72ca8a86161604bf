"""Figures of a period: what counts in it, and by which clock."""

from datetime import date, timedelta

import pytest

from requests.models import Survey
from requests.satisfaction.period import Period
from requests.workflow import Outcome, Status
from tests.requests.figures_world import DAY, NOW, THIS_YEAR, figures, local, ready, still_open

from ..factories import CommunalAreaFactory, ComplexFactory, DwellingFactory, ServiceRequestFactory

pytestmark = pytest.mark.django_db


def test_nothing_at_all_gives_figures_that_say_so():
    empty = figures()

    assert empty.is_empty
    assert (empty.marks.mean, empty.marks.response, empty.promises.kept, empty.lead_time.median) == (None,) * 4


def test_the_mean_mark_has_its_count_response_and_margin():
    for mark in (8, 8, 8, 9, 10, 7, 6, 5, 3, 8):  # mean 7.2, deviation 2.044, t(9) = 2.262
        ready(local(2026, 3, 10, 12), mark=mark)
    for _ in range(15):
        ready(local(2026, 3, 10, 12))

    marks = figures(THIS_YEAR).marks

    assert (marks.asked, marks.answered, marks.response.value) == (25, 10, 0.4)
    assert marks.mean.value == pytest.approx(7.2)
    assert marks.mean.margin == pytest.approx(2.262 * 2.044 / 10**0.5, abs=0.001)


def test_a_mark_counts_in_the_period_in_which_it_was_asked_not_answered():
    request = ready(local(2026, 3, 31, 23, 30))
    Survey.objects.filter(report__service_request=request).update(mark=2, answered_at=local(2026, 4, 9, 12))

    april = Period(date(2026, 4, 1), date(2026, 4, 30))

    assert (figures().marks.counts[1], figures(april).marks.asked) == (1, 0)


def test_on_time_counts_what_became_ready_and_what_is_open_past_its_day():
    ready(local(2026, 3, 10, 12), after=4 * DAY)
    ready(local(2026, 3, 10, 12), after=10 * DAY)  # exactly on the promised moment
    ready(local(2026, 3, 20, 12), after=11 * DAY)  # too late
    still_open(local(2026, 3, 1, 12))  # promised for 11 March, still open
    still_open(local(2026, 3, 28, 12))  # promised for 7 April: not in this period

    promises = figures().promises

    assert (promises.done, promises.on_time, promises.overdue) == (3, 2, 1)
    assert promises.kept.value == 0.5


def test_against_the_moved_date_the_same_requests_are_judged_apart():
    ready(local(2026, 3, 20, 12), after=11 * DAY, moved=7 * DAY)
    ready(local(2026, 3, 20, 12), after=11 * DAY)
    still_open(local(2026, 3, 1, 12), moved=60 * DAY)

    promises = figures().promises

    assert (promises.on_time, promises.overdue, promises.kept.value) == (0, 1, 0)
    assert (promises.on_time_moved, promises.overdue_moved, promises.kept_moved.value) == (1, 0, 0.5)


def test_what_was_overdue_at_the_end_of_a_past_period_failed_in_it_although_it_is_ready_now():
    ready(local(2026, 4, 20, 12), after=30 * DAY)  # promised for 31 March, ready in April
    ready(local(2026, 4, 2, 12), after=5 * DAY)  # ready in April, in time

    assert (figures().promises.done, figures().promises.overdue) == (0, 1)


def test_a_day_that_was_moved_forward_is_broken_by_what_was_in_time_at_first():
    ready(local(2026, 4, 10, 12), after=20 * DAY, promised=30 * DAY, moved=-25 * DAY)

    promises = figures().promises

    assert (promises.overdue, promises.overdue_moved) == (0, 1)


def test_what_is_promised_for_later_today_is_not_late_yet():
    still_open(NOW - 2 * DAY, promised=2 * DAY + timedelta(hours=3))

    this_month = figures(Period(date(2026, 6, 1), date(2026, 6, 15)))

    assert (this_month.promises.overdue, this_month.open_now.total, this_month.open_now.late) == (0, 1, 0)


def test_a_promise_that_broke_before_the_period_and_is_still_broken_counts_in_the_whole_but_in_no_month():
    still_open(local(2025, 11, 1, 12))

    whole = figures()

    assert whole.promises.overdue == 1
    assert [part.promises.overdue for part in whole.parts] == [0] * len(whole.parts)


def test_what_was_closed_without_a_repair_breaks_no_promise():
    ServiceRequestFactory(
        status=Status.CLOSED, outcome=Outcome.WITHDRAWN, at=local(2026, 3, 25, 12), received_at=local(2026, 3, 1, 12)
    )

    assert (figures().promises.done, figures().promises.overdue, figures().received) == (0, 0, 1)


def test_what_waits_for_the_tenants_verdict_is_ready_and_not_open():
    ServiceRequestFactory(status=Status.DONE, at=local(2026, 3, 25, 12), received_at=local(2026, 3, 20, 12))

    assert (figures().promises.done, figures().open_now.total) == (1, 0)


def test_the_lead_time_is_in_calendar_days_of_which_nine_in_ten_took_no_longer():
    for days in (0, 1, 1, 2, 3, 4, 5, 8, 13, 30):
        ready(local(2026, 3, 20, 12), after=days * DAY)

    lead_time = figures().lead_time

    assert (lead_time.median, lead_time.p90) == (3, 13)


@pytest.mark.parametrize(
    ("received_at", "done_at", "days"),
    [
        (local(2026, 3, 28, 23, 50), local(2026, 3, 29, 0, 10), 1),  # twenty minutes, past midnight
        (local(2026, 3, 29, 0, 10), local(2026, 3, 29, 23, 50), 0),  # the day of 23 hours
        (local(2026, 3, 28, 12), local(2026, 3, 30, 12), 2),
        (local(2026, 10, 25, 0, 10), local(2026, 10, 25, 23, 50), 0),  # the day of 25 hours
        (local(2026, 10, 25, 23, 50), local(2026, 10, 26, 0, 10), 1),
        (local(2025, 12, 31, 23, 50), local(2026, 1, 1, 0, 10), 1),
    ],
)
def test_a_day_begins_at_midnight_here_also_when_the_clock_changes(received_at, done_at, days):
    ready(done_at, after=done_at - received_at)

    assert figures(Period(date(2026, 1, 1), date(2026, 12, 31)), at=local(2027, 1, 1)).lead_time.median == days


def test_reopened_requests_are_a_share_of_what_became_ready():
    ready(local(2026, 3, 10, 12), times_reopened=2)
    for _ in range(3):
        ready(local(2026, 3, 10, 12))
    still_open(local(2026, 6, 14, 12), times_reopened=1)

    march = figures()

    assert (march.promises.reopened, march.promises.reopened_share.value) == (1, 0.25)
    assert march.open_now.reopened == 1


def test_received_counts_by_receipt_and_open_is_how_it_stands_now():
    still_open(local(2026, 3, 5, 12))
    still_open(local(2026, 6, 14, 12))
    ready(local(2026, 4, 2, 12), after=5 * DAY)

    march = figures()

    assert march.received == 2
    assert (march.open_now.total, march.open_now.late) == (2, 1)


def test_a_month_ends_at_midnight_here_and_not_in_greenwich():
    for second in (local(2026, 3, 1), local(2026, 3, 31, 23, 59, 59)):
        ready(second)
    for second in (local(2026, 2, 28, 23, 59, 59), local(2026, 4, 1)):
        ready(second)

    assert figures().promises.done == 2


def test_a_request_falls_in_the_month_of_its_day_here_on_both_sides_of_new_year_and_summer_time():
    year = Period(date(2025, 12, 1), date(2026, 11, 30))
    for done_at in (
        local(2025, 12, 31, 23, 59, 59),
        local(2026, 1, 1),
        local(2026, 3, 31, 23, 30),  # in Greenwich 21:30
        local(2026, 4, 1, 0, 30),  # in Greenwich still March
        local(2026, 10, 31, 23, 59),
        local(2026, 11, 1, 0, 30),  # in Greenwich still October
    ):
        ready(done_at)

    months = figures(year, at=local(2026, 12, 1)).parts

    assert {part.slice.first.month: part.promises.done for part in months if part.promises.done} == {
        12: 1, 1: 1, 3: 1, 4: 1, 10: 1, 11: 1,
    }  # fmt: skip


def test_the_parts_add_up_to_the_whole():
    for month in (1, 2, 2, 3):
        ready(local(2026, month, 10, 12), after=3 * month * DAY, mark=month + 5)
        still_open(local(2026, month, 5, 12))

    whole = figures(Period(date(2026, 1, 1), date(2026, 3, 31)))

    for name in ("done", "on_time", "on_time_moved", "overdue", "overdue_moved", "reopened"):
        assert getattr(whole.promises, name) == sum(getattr(part.promises, name) for part in whole.parts), name
    assert whole.promises.overdue == 4
    assert whole.received == sum(part.received for part in whole.parts) == 8
    assert whole.marks.answered == sum(part.marks.answered for part in whole.parts) == 4


def test_a_complex_has_what_happened_in_its_homes_and_in_its_communal_areas():
    anchor, linden = ComplexFactory(name="Het Anker"), ComplexFactory(name="De Linden")
    for mark in (6, 7):
        ready(local(2026, 3, 10, 12), dwelling=DwellingFactory(complex=anchor), mark=mark)
    ready(local(2026, 3, 10, 12), dwelling=None, communal_area=CommunalAreaFactory(complex=anchor), mark=8)
    still_open(local(2026, 3, 1, 12), dwelling=DwellingFactory(complex=anchor))
    ready(local(2026, 3, 10, 12), dwelling=DwellingFactory(complex=linden), mark=2)

    per_complex = {each.name: each for each in figures().complexes if each.name in {"Het Anker", "De Linden"}}
    only_anchor = figures(complex_id=anchor.pk)

    assert (per_complex["Het Anker"].answers.n, per_complex["Het Anker"].answers.total) == (3, 21)
    assert (per_complex["Het Anker"].promises.done, per_complex["Het Anker"].promises.overdue) == (3, 1)
    assert (per_complex["De Linden"].answers.n, per_complex["De Linden"].promises.overdue) == (1, 0)
    assert only_anchor.marks.counts == (0, 0, 0, 0, 0, 1, 1, 1, 0, 0)
    assert (only_anchor.promises, only_anchor.complexes) == (per_complex["Het Anker"].promises, ())
    assert (only_anchor.received, only_anchor.open_now.total) == (4, 1)
