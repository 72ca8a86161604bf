from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from portal.demo import bulk
from requests.models import ServiceRequest, Survey
from requests.satisfaction import reporting
from requests.satisfaction.figures import Marks, withheld
from requests.satisfaction.period import PRESETS, Period, Step, midnight
from requests.satisfaction.reporting import Scope
from requests.workflow import OUTCOMES_AFTER_DONE, TO_DO, Outcome, Status

from ..factories import CommunalAreaFactory, ComplexFactory, DwellingFactory, ServiceRequestFactory

pytestmark = pytest.mark.django_db

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))
NOW = datetime(2026, 6, 15, 12, tzinfo=AMSTERDAM)
DAY = timedelta(days=1)


def local(*when):
    return datetime(*when, tzinfo=AMSTERDAM)


def ready(done_at, *, after=4 * DAY, promised=10 * DAY, moved=timedelta(), mark=None, **fields):
    """A request that became ready, and the mark that was given for it."""
    received_at = done_at - after
    first_fix_by = received_at + promised
    request = ServiceRequestFactory(
        status=Status.CLOSED,
        at=done_at,
        received_at=received_at,
        first_fix_by=first_fix_by,
        fix_by=first_fix_by + moved,
        **fields,
    )
    if mark is not None:
        Survey.objects.filter(report__service_request=request).update(mark=mark, answered_at=done_at + DAY)
    return request


def still_open(received_at, *, promised=10 * DAY, moved=timedelta(), **fields):
    return ServiceRequestFactory(
        status=Status.PLANNED,
        at=received_at,
        first_fix_by=received_at + promised,
        fix_by=received_at + promised + moved,
        **fields,
    )


def figures(period=MARCH, *, at=NOW, complex_id=None):
    return reporting.figures(Scope(period=period, at=at, complex_id=complex_id), names=reporting.complexes())


def test_nothing_at_all_gives_figures_that_say_so():
    empty = figures()

    assert empty.is_empty
    assert (empty.marks.mean, empty.marks.response, empty.promises.kept, empty.lead_time.median) == (None,) * 4


def test_the_mean_mark_has_its_count_response_and_margin():
    for mark in (8, 8, 8, 9, 10, 7, 6, 5, 3, 8):  # mean 7.2, deviation 2.044, t(9) = 2.262
        ready(local(2026, 3, 10, 12), mark=mark)
    for _ in range(15):
        ready(local(2026, 3, 10, 12))

    marks = figures().marks

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


@pytest.mark.parametrize(("answers", "is_shown"), [(9, False), (10, True)])
def test_a_mean_exists_from_ten_answers_on(answers, is_shown):
    home = DwellingFactory()
    for _ in range(answers):
        ready(local(2026, 3, 10, 12), mark=8, dwelling=home)

    march = figures()

    (complex_,) = [each for each in march.complexes if each.answers.n]
    assert (march.marks.mean is not None, complex_.answers.mean is not None) == (is_shown, is_shown)
    assert (march.marks.dissatisfied is not None, march.marks.groups != ()) == (is_shown, is_shown)


def test_fewer_than_five_answers_have_no_response_rate():
    assert Marks(counts=(0, 0, 0, 0, 0, 0, 0, 4, 0, 0), asked=20).response is None


@pytest.mark.parametrize("low", range(5))
def test_a_handful_of_dissatisfied_tenants_is_never_counted_out(low):
    marks = Marks(counts=(low, 0, 0, 0, 0, 0, 0, 20 - low, 0, 0), asked=40)

    assert marks.dissatisfied_are_few
    assert (marks.dissatisfied.count, marks.dissatisfied.low) == (4, 0)
    assert marks.dissatisfied == Marks(counts=(0, 4, 0, 0, 0, 0, 0, 16, 0, 0), asked=40).dissatisfied


def test_marks_that_few_people_gave_are_told_together_with_their_neighbours():
    marks = Marks(counts=(1, 0, 2, 0, 1, 3, 7, 30, 6, 2), asked=100)

    groups = [(group.first, group.last, group.share.count) for group in marks.groups]

    assert groups == [(1, 6, 7), (7, 7, 7), (8, 8, 30), (9, 10, 8)]


@pytest.mark.parametrize(
    "counts",
    [
        (0,) * 9 + (10,),
        (10,) + (0,) * 9,
        (1,) * 10,
        (4, 4, 4, 4, 4, 4, 4, 4, 4, 4),
        (5,) * 10,
        (0, 9, 0, 1, 0, 0, 0, 0, 0, 0),
    ],
)
def test_every_group_of_marks_is_large_enough_and_together_they_are_everybody(counts):
    groups = Marks(counts=counts, asked=100).groups

    assert min(group.share.count for group in groups) >= 5
    assert sum(group.share.count for group in groups) == sum(counts)
    assert [group.first for group in groups] == [1, *(group.last + 1 for group in groups[:-1])]
    assert groups[-1].last == 10


@pytest.mark.parametrize(
    ("answers", "unseen"),
    [
        ([20, 30], set()),
        ([20, 30, 0], set()),
        ([20, 30, 4], {0, 2}),  # four people: what is missing from the whole would be theirs alone
        ([20, 30, 1, 3], {0, 2, 3}),
        ([20, 30, 5], {2}),
        ([20, 30, 2, 9], {2, 3}),
        ([3], {0}),
        ([], set()),
    ],
)
def test_marks_of_a_few_do_not_follow_from_the_whole_minus_the_rest(answers, unseen):
    assert withheld(answers) == unseen


def test_a_complex_is_withheld_when_the_only_other_one_has_a_handful_of_answers():
    anchor, linden = DwellingFactory(), DwellingFactory()
    for _ in range(12):
        ready(local(2026, 3, 10, 12), mark=8, dwelling=anchor)
    for _ in range(3):
        ready(local(2026, 3, 10, 12), mark=2, dwelling=linden)

    march = figures()

    assert march.marks.mean is not None
    assert [each.answers.mean for each in march.complexes if each.answers.n] == [None, None]


@pytest.mark.parametrize("count", [1, 3])
def test_the_database_is_asked_the_same_number_of_questions_however_much_there_is(count, django_assert_num_queries):
    for month in range(1, count + 1):
        ready(local(2026, month, 10, 12), mark=8)
        still_open(local(2026, month, 10, 12))
    year = Period(date(2026, 1, 1), date(2026, 6, 15))
    names = reporting.complexes()

    with django_assert_num_queries(8):
        reporting.figures(Scope(period=year, at=NOW), names=names)
    with django_assert_num_queries(8):
        reporting.figures(Scope(period=year, at=NOW, complex_id=names[0][0]), names=names)


def recount(period, at):
    """The same figures the slow way: every row, one by one, in Python."""
    start, end = period.start, min(period.end, at)
    counted = Counter()
    took = []
    for request in ServiceRequest.objects.all():
        counted["received"] += start <= request.received_at < period.end
        if request.done_at and start <= request.done_at < period.end:
            counted["done"] += 1
            counted["on_time"] += request.done_at <= request.first_fix_by
            counted["on_time_moved"] += request.done_at <= request.fix_by
            counted["reopened"] += request.times_reopened > 0
            took.append(
                (request.done_at.astimezone(AMSTERDAM).date() - request.received_at.astimezone(AMSTERDAM).date()).days
            )
        if request.status in TO_DO or (request.done_at and request.done_at >= end):
            counted["overdue"] += request.first_fix_by < end
            counted["overdue_moved"] += request.fix_by < end
    return counted, sorted(took)


@pytest.mark.parametrize(
    "period",
    [
        Period(date(2024, 6, 1), date(2026, 6, 15)),
        Period(date(2025, 3, 29), date(2025, 3, 30)),
        Period(date(2025, 10, 1), date(2026, 3, 31)),
        Period(date(2026, 6, 1), date(2026, 6, 15)),
    ],
    ids=str,
)
def test_the_database_counts_what_counting_row_by_row_gives(period):
    bulk.fill(requests=700, at=NOW)

    counted = figures(period)

    expected, took = recount(period, NOW)
    promises = counted.promises
    assert {
        "received": counted.received,
        **{name: getattr(promises, name) for name in ("done", "on_time", "on_time_moved", "reopened")},
        "overdue": promises.overdue,
        "overdue_moved": promises.overdue_moved,
    } == {name: expected[name] for name in expected}
    assert counted.lead_time.median == (took[(len(took) + 1) // 2 - 1] if took else None)
    assert sum(each.promises.done for each in counted.complexes) == promises.done
    assert sum(each.promises.overdue for each in counted.complexes) == promises.overdue
    assert sum(each.answers.n for each in counted.complexes) == counted.marks.answered


def test_bulk_rows_are_requests_as_the_corporation_would_have_them():
    bulk.fill(requests=2000, at=NOW)

    two_years = figures(Period(date(2024, 6, 1), date(2026, 6, 15)))

    assert two_years.marks.mean.value == pytest.approx(7.7, abs=0.4)
    assert two_years.marks.response.value == pytest.approx(0.22, abs=0.03)
    assert two_years.promises.kept.value == pytest.approx(0.9, abs=0.03)
    assert {
        request.outcome in OUTCOMES_AFTER_DONE for request in ServiceRequest.objects.exclude(done_at=None).closed()
    } == {True}


@pytest.mark.parametrize(
    ("name", "today", "first"),
    [
        ("30d", date(2026, 3, 30), date(2026, 3, 1)),
        ("quarter", date(2026, 1, 1), date(2026, 1, 1)),
        ("quarter", date(2026, 12, 31), date(2026, 10, 1)),
        ("year", date(2026, 1, 1), date(2026, 1, 1)),
        ("12m", date(2026, 12, 31), date(2026, 1, 1)),
        ("12m", date(2026, 1, 31), date(2025, 2, 1)),
        ("12m", date(2026, 11, 23), date(2025, 11, 24)),
        ("12m", date(2028, 2, 28), date(2027, 3, 1)),
        ("12m", date(2028, 2, 29), date(2027, 3, 1)),
        ("aedes", date(2026, 8, 31), date(2025, 9, 1)),
        ("aedes", date(2026, 9, 1), date(2026, 9, 1)),
    ],
)
def test_a_named_period_runs_up_to_and_including_today(name, today, first):
    (preset,) = (preset for preset in PRESETS if preset.name == name)

    assert preset.until(today) == Period(first, today)


@pytest.mark.parametrize(
    ("period", "step", "count"),
    [
        (Period(date(2026, 3, 1), date(2026, 3, 1)), Step.WEEK, 1),
        (Period(date(2026, 3, 2), date(2026, 4, 12)), Step.WEEK, 6),
        (Period(date(2026, 1, 1), date(2026, 12, 31)), Step.MONTH, 12),
        (Period(date(2025, 12, 15), date(2026, 12, 14)), Step.MONTH, 13),
        (Period(date(2024, 1, 1), date(2026, 12, 31)), Step.QUARTER, 12),
        (Period(date(2000, 1, 1), date(2026, 12, 31)), Step.YEAR, 27),
    ],
)
def test_a_period_is_cut_into_parts_that_fit_and_touch(period, step, count):
    pieces = period.slices

    assert ({piece.step for piece in pieces}, len(pieces)) == ({step}, count)
    assert (pieces[0].first, pieces[-1].end) == (period.first, period.last + DAY)
    assert [piece.end for piece in pieces[:-1]] == [piece.first for piece in pieces[1:]]


def test_a_day_lasts_as_long_as_it_does_here():
    def hours(day):
        return (midnight(day + DAY).timestamp() - midnight(day).timestamp()) / 3600

    assert [hours(day) for day in (date(2026, 3, 28), date(2026, 3, 29), date(2026, 10, 25))] == [24, 23, 25]
