"""Groups of answers that are too small to show, and figures against counting row by row."""

from collections import Counter, defaultdict
from datetime import date

import pytest

from portal.demo import bulk
from requests.models import Report, ServiceRequest
from requests.satisfaction import reporting
from requests.satisfaction.figures import LeadTime, Marks, withheld
from requests.satisfaction.period import PRESETS, Period, Step, midnight
from requests.satisfaction.reporting import Scope
from requests.workflow import OUTCOMES_AFTER_DONE, TO_DO
from tests.requests.figures_world import (
    AMSTERDAM,
    DAY,
    NOW,
    THIS_YEAR,
    TWELVE_MONTHS,
    figures,
    local,
    ready,
    still_open,
)

from ..factories import DwellingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(("answers", "is_shown"), [(9, False), (10, True)])
def test_a_mean_exists_from_ten_answers_on(answers, is_shown):
    home = DwellingFactory()
    for _ in range(answers):
        ready(local(2026, 3, 10, 12), mark=8, dwelling=home)

    year = figures(THIS_YEAR)

    (complex_,) = [each for each in year.complexes if each.answers.n]
    assert (year.marks.mean is not None, complex_.answers.mean is not None) == (is_shown, is_shown)
    assert (year.marks.dissatisfied is not None, year.marks.groups != ()) == (is_shown, is_shown)


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

    year = figures(THIS_YEAR)

    assert year.marks.mean is not None
    assert [each.answers.mean for each in year.complexes if each.answers.n] == [None, None]


@pytest.mark.parametrize("count", [1, 3])
def test_the_database_is_asked_the_same_number_of_questions_however_much_there_is(count, django_assert_num_queries):
    for month in range(1, count + 1):
        ready(local(2026, month, 10, 12), mark=8)
        still_open(local(2026, month, 10, 12))
    names = reporting.complexes()

    with django_assert_num_queries(7):
        reporting.figures(Scope(period=THIS_YEAR, at=NOW), names=names)
    with django_assert_num_queries(8):  # a year or more: by what became of the promise, too
        reporting.figures(Scope(period=TWELVE_MONTHS, at=NOW), names=names)
    with django_assert_num_queries(9):  # what the chosen complex could betray of the others
        reporting.figures(Scope(period=THIS_YEAR, at=NOW, complex_id=names[0][0]), names=names)


@pytest.mark.parametrize("count", [9, 10])
def test_a_mark_counts_for_where_lives_who_gave_it(count):
    """Also when the case it is about is elsewhere: reports of two complexes can be joined."""
    anchor, linden = DwellingFactory(), DwellingFactory()
    elsewhere = ready(local(2026, 3, 10, 12), dwelling=linden)
    for _ in range(count):
        Report.objects.filter(service_request=ready(local(2026, 3, 10, 12), mark=8, dwelling=anchor)).update(
            service_request=elsewhere
        )

    beside = {each.pk: each for each in figures(THIS_YEAR).complexes}

    assert [(beside[home.complex_id].answers.n, beside[home.complex_id].asked) for home in (anchor, linden)] == [
        (count, count),
        (0, 1),
    ]
    chosen = [figures(THIS_YEAR, complex_id=home.complex_id).marks for home in (anchor, linden)]
    assert [(marks.answered, marks.asked) for marks in chosen] == [(count, count), (0, 1)]
    assert [marks.mean is not None for marks in chosen] == [count == 10, False]


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
    assert sum(each.asked for each in counted.complexes) == counted.marks.asked


def took_of(requests):
    days = sorted((local_day(one.done_at) - local_day(one.received_at)).days for one in requests)
    place = [-(-len(days) * tenths // 10) - 1 for tenths in (5, 9)]
    return LeadTime(*(days[index] for index in place)) if days else LeadTime(None, None)


def local_day(moment):
    return moment.astimezone(AMSTERDAM).date()


@pytest.mark.parametrize("long_ago", [False, True])
def test_the_lead_times_of_each_part_and_complex_are_those_of_their_own_requests(long_ago):
    bulk.fill(requests=400, at=NOW)
    if long_ago:
        ServiceRequest.objects.update(received_at=local(2023, 3, 25, 23, 30))

    counted = figures(TWELVE_MONTHS)

    done = list(ServiceRequest.objects.filter(done_at__gte=TWELVE_MONTHS.start, done_at__lt=TWELVE_MONTHS.end))
    at_complex = defaultdict(list)
    for one in done:
        at_complex[(one.dwelling or one.communal_area).complex_id].append(one)
    in_part = [
        [one for one in done if part.slice.first <= local_day(one.done_at) <= part.slice.last] for part in counted.parts
    ]
    assert counted.lead_time == took_of(done)
    assert [part.lead_time for part in counted.parts] == [took_of(requests) for requests in in_part]
    assert {each.pk: each.lead_time for each in counted.complexes} == {
        each.pk: took_of(at_complex[each.pk]) for each in counted.complexes
    }


def test_bulk_rows_are_requests_as_the_corporation_would_have_them():
    bulk.fill(requests=2000, at=NOW)

    year = figures(TWELVE_MONTHS)

    assert year.marks.mean.value == pytest.approx(7.7, abs=0.4)
    assert year.marks.response.value == pytest.approx(0.22, abs=0.03)
    assert year.promises.kept.value == pytest.approx(0.9, abs=0.03)
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
