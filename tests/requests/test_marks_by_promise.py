"""What a broken promise does to the mark, the visits that we missed, and what these may not betray."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from requests.models import Recovery, Visit
from requests.satisfaction import tables
from requests.satisfaction.figures import Became, counted_out
from tests.requests.figures_world import DAY, MARCH, THIS_YEAR, TWELVE_MONTHS, figures, local, ready
from tests.requests.test_key_figures import answers_of
from tests.requests.test_key_figures import figures as made

from ..factories import DwellingFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english():
    with override("en"):
        yield


DONE = local(2026, 3, 10, 12)


def made_up_for(request, *, why=Recovery.Why.BROKEN):
    begun_at = request.done_at - DAY
    Recovery.objects.create(
        service_request=request,
        why=why,
        of="visit-1",
        promised=begun_at,
        begun_at=begun_at,
        hear_by=begun_at + DAY / 2,
        settled_at=request.done_at,
    )


def give_marks(**how):
    """Ten of each: in time, later without an apology, in time after a missed visit."""
    for _ in range(10):
        ready(DONE, mark=9, **how)
        ready(DONE, mark=7, after=12 * DAY, moved=5 * DAY, **how)
        made_up_for(ready(DONE, mark=6, **how), why=Recovery.Why.VISIT_MISSED)


def means(given):
    return {became: answers.mean and answers.mean.value for became, answers in given.by_promise.items()}


def test_marks_are_told_by_what_became_of_the_promise():
    give_marks()

    assert means(figures(TWELVE_MONTHS)) == {Became.KEPT: 9, Became.LATER: 7, Became.MADE_UP_FOR: 6}


def test_what_was_ready_in_time_after_a_missed_visit_is_not_kept_without_a_word():
    made_up_for(ready(DONE, mark=6), why=Recovery.Why.VISIT_MISSED)

    assert [answers.n for answers in figures(TWELVE_MONTHS).by_promise.values()] == [1]
    assert Became.MADE_UP_FOR in figures(TWELVE_MONTHS).by_promise


def test_a_handful_of_broken_promises_does_not_follow_from_the_rest():
    for _ in range(12):
        ready(DONE, mark=8)
    for _ in range(20):
        ready(DONE, mark=8, after=12 * DAY)
    made_up_for(ready(DONE, mark=2))

    given = figures(TWELVE_MONTHS)

    assert given.marks.mean is not None
    assert means(given) == {Became.KEPT: None, Became.LATER: 8, Became.MADE_UP_FOR: None}


def test_of_one_complex_and_of_less_than_a_year_they_are_not_divided():
    home = DwellingFactory()
    give_marks(dwelling=home)

    assert figures(TWELVE_MONTHS, complex_id=home.complex_id).by_promise == {}
    assert figures(THIS_YEAR).by_promise == {}
    assert figures(MARCH).by_promise == {}


def test_the_table_has_the_mark_its_margin_and_how_many_gave_it():
    given = made(by_promise={Became.KEPT: answers_of([8] * 6 + [9] * 6), Became.MADE_UP_FOR: answers_of([2, 3])})

    body = tables.by_promise(given).body

    assert "<td>8.5 ± 0.3</td><td>12</td>" in body
    assert body.count("<td>–</td><td>fewer than 5</td>") == 1
    assert tables.by_promise(made()) is None


# --- visits -----------------------------------------------------------------------------------------------------------


def visited(request, outcome, *, at=DONE):
    window = (at - timedelta(hours=2), at)
    Visit.objects.create(
        service_request=request, window=window, craftsman="Carla", outcome=outcome, settled_at=at + DAY / 24
    )


def test_the_visits_that_we_missed_are_counted_beside_those_that_took_place():
    home = DwellingFactory()
    ours, other = ready(DONE, dwelling=home), ready(DONE)
    for outcome in ("missed", "not_finished", "done", "no_access", "moved", "cancelled"):
        visited(ours, outcome)
    visited(other, "missed")
    visited(other, "missed", at=DONE + 60 * DAY)

    everywhere, here = figures(MARCH).visits, figures(MARCH, complex_id=home.complex_id).visits

    assert (everywhere.missed, everywhere.came) == (2, 3)
    assert (here.missed, here.came, here.missed_share.value) == (1, 3, 0.25)


# --- five or lower ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "whole", "said"),
    [
        ([6, 7], 13, {0, 1}),
        ([6, 7, 3], 16, {1}),  # the 3 would be what is left
        ([6, 7, 3, 4], 20, {0, 1}),
        ([6, 7, None], 13, {1}),  # nobody in a part whose marks are not shown
        ([6, 7, None], 30, {0, 1}),
        ([1, 2], 3, set()),
        ([], 0, set()),
    ],
)
def test_how_many_gave_a_five_or_lower_does_not_follow_from_the_whole_minus_the_rest(low, whole, said):
    assert counted_out(low, whole) == said


def test_the_tables_have_all_figures_of_each_month_and_complex():
    home = DwellingFactory()
    for mark in (3, 4, 5, 5, 5, 8, 8, 8, 8, 8):
        ready(DONE, mark=mark, dwelling=home, after=11 * DAY)
    for _ in range(10):
        ready(DONE, dwelling=home, times_reopened=1)

    month, at_complex = tables.in_full(figures(THIS_YEAR))

    of_both = "<td>50%</td><td>20</td><td>50%</td><td>4</td><td>11</td><td>50%</td>"
    for table in (month, at_complex):
        assert f"<td>6.2 ± 1.4</td><td>10</td><td>50%</td>{of_both}" in table.body


def test_the_months_of_one_complex_do_not_say_how_many_gave_a_five_or_lower():
    home = DwellingFactory()
    for _ in range(12):
        ready(DONE, mark=4, dwelling=home)

    (month,) = tables.in_full(figures(THIS_YEAR, complex_id=home.complex_id))

    assert "<td>4.0 ± 0.0</td><td>12</td><td>100%</td><td>–</td>" in month.body


def test_a_handful_in_a_month_is_told_as_at_most():
    for _ in range(12):
        ready(DONE, mark=8)

    month, _at_complex = tables.in_full(figures(THIS_YEAR))

    assert "<td>at most 33%</td>" in month.body
