"""Marks that would follow from what another choice of the filter shows."""

from datetime import date

import pytest

from requests.satisfaction.period import Period, tells_marks
from tests.requests.figures_world import NOW, THIS_YEAR, figures, local, ready

from ..factories import DwellingFactory

pytestmark = pytest.mark.django_db


def marked(home, *, answers, month=3, mark=8):
    for _ in range(answers):
        ready(local(2026, month, 10, 12), mark=mark, dwelling=home)


def shown(figures):
    return (figures.marks.mean, figures.marks.dissatisfied, figures.marks.groups)


def test_choosing_a_complex_shows_nothing_that_is_withheld_beside_the_others():
    anchor, linden = DwellingFactory(), DwellingFactory()
    marked(anchor, answers=12)
    marked(linden, answers=3, mark=2)

    chosen = figures(THIS_YEAR, complex_id=anchor.complex_id)

    assert chosen.marks.answered == 12
    assert shown(chosen) == (None, None, ())
    assert [part.marks.mean for part in chosen.parts] == [None] * 6


def test_choosing_a_complex_that_protects_nobody_shows_what_the_table_shows():
    anchor, linden, oak = DwellingFactory(), DwellingFactory(), DwellingFactory()
    marked(anchor, answers=10)
    marked(linden, answers=3)
    marked(oak, answers=14, mark=6)

    whole, chosen = figures(THIS_YEAR), figures(THIS_YEAR, complex_id=oak.complex_id)

    (in_the_table,) = [each for each in whole.complexes if each.pk == oak.complex_id]
    assert chosen.marks.mean == in_the_table.answers.mean
    assert [part.marks.mean is not None for part in chosen.parts] == [False, False, True, False, False, False]


def test_a_month_of_a_complex_is_withheld_where_the_rest_of_that_month_is_a_handful():
    anchor, linden = DwellingFactory(), DwellingFactory()
    for month, in_linden in ((2, 10), (3, 3)):
        marked(anchor, answers=11, month=month)
        marked(linden, answers=in_linden, month=month)

    chosen = figures(THIS_YEAR, complex_id=anchor.complex_id)

    assert chosen.marks.mean is not None
    assert [part.marks.mean is not None for part in chosen.parts] == [False, True, False, False, False, False]


def test_days_of_ones_own_choice_show_no_marks_of_anything():
    home = DwellingFactory()
    marked(home, answers=12)
    a_day_less = Period(THIS_YEAR.first, date(2026, 6, 14))

    named, free = figures(THIS_YEAR), figures(a_day_less)
    of_home = figures(a_day_less, complex_id=home.complex_id)

    assert (named.marks.mean.value, named.promises.done) == (8, 12)
    assert [(shown(each), each.promises.done) for each in (free, of_home)] == [((None, None, ()), 12)] * 2
    assert {part.marks.mean for each in (free, of_home) for part in each.parts} == {None}
    assert {each.answers.mean for each in free.complexes} == {None}


@pytest.mark.parametrize(
    ("first", "last", "tells"),
    [
        (date(2026, 5, 17), NOW.date(), True),  # 30 days
        (date(2026, 5, 16), NOW.date(), False),
        (date(2026, 4, 1), NOW.date(), True),  # this quarter
        (date(2025, 6, 16), NOW.date(), True),  # 12 months
        (date(2025, 9, 1), NOW.date(), True),  # the Aedes year until now
        (date(2025, 1, 1), date(2025, 12, 31), True),
        (date(2024, 1, 1), date(2024, 12, 31), True),
        (date(2024, 9, 1), date(2025, 8, 31), True),
        (date(2025, 1, 1), date(2025, 12, 30), False),
        (date(2025, 1, 2), date(2025, 12, 31), False),
        (date(2024, 1, 1), date(2025, 12, 31), False),
        (date(2025, 2, 1), date(2026, 1, 31), False),
        (date(2026, 3, 1), date(2026, 3, 31), False),
    ],
)
def test_marks_are_told_of_named_periods_and_whole_years(first, last, tells):
    assert tells_marks(Period(first, last), today=NOW.date()) is tells
