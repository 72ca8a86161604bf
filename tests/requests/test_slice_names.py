"""What a part of a period is called, above all where it is cut off."""

from datetime import date

import pytest
from django.utils.translation import override

from requests.satisfaction import wording
from requests.satisfaction.period import TWELVE_MONTHS, Period


def names(*period, of=wording.slice_name, language="nl"):
    with override(language):
        return [of(piece) for piece in Period(*period).slices]


def test_the_first_and_last_month_of_twelve_say_which_days_they_have():
    period = TWELVE_MONTHS.until(date(2026, 11, 24))

    told = names(period.first, period.last)
    short = names(period.first, period.last, of=wording.slice_label)

    assert (len(told), told[0], told[1], told[-1]) == (
        13, "25–30 november 2025", "december 2025", "1–24 november 2026",
    )  # fmt: skip
    assert (short[0], short[1], short[-1]) == ("25–30 nov", "dec", "1–24 nov")


def test_the_first_and_last_week_say_which_days_they_have():
    period = (date(2026, 10, 31), date(2026, 11, 10))

    assert names(*period) == [
        "week 44, 2026 (31 oktober–1 november)",
        "week 45, 2026",
        "week 46, 2026 (9–10 november)",
    ]
    assert names(*period, of=wording.slice_label) == ["31 okt–1 nov", "wk 45", "9–10 nov"]


@pytest.mark.parametrize(
    ("period", "whole", "short"),
    [
        (
            (date(2024, 2, 29), date(2026, 6, 30)),
            ["K1 2024 (29 februari–31 maart)", "K2 2024"],
            ["deel van K1 2024", "K2 2024"],
        ),
        (
            (date(2020, 12, 31), date(2026, 6, 30)),
            ["2020 (31 december)", "2021"],
            ["deel van 2020", "2021"],
        ),
    ],
)
def test_a_quarter_or_year_that_is_cut_off_says_so(period, whole, short):
    assert names(*period)[:2] == whole
    assert names(*period, of=wording.slice_label)[:2] == short


def test_a_part_of_a_single_day_is_called_by_that_day():
    told = names(date(2026, 1, 31), date(2026, 4, 30))

    assert told == ["31 januari 2026", "februari 2026", "maart 2026", "april 2026"]


def test_in_english_the_days_stand_before_the_month_too():
    assert names(date(2026, 1, 30), date(2026, 4, 30), language="en")[0] == "30–31 January 2026"
