from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from requests.promises import add_working_days, is_working_day, next_working_moment, promise

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 1), False),  # a Sunday
        (date(2026, 4, 3), True),  # Good Friday: an ordinary working day at most corporations
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 27), False),  # King's Day
        (date(2026, 5, 5), True),  # Liberation Day is off each fifth year
        (date(2025, 5, 5), False),
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 12, 25), False),
        (date(2028, 2, 29), True),
    ],
)
def test_working_days_of_the_netherlands(day, works):
    assert is_working_day(day) is works


@pytest.mark.parametrize(
    ("reported", "days", "due"),
    [
        ("2026-03-02 09:00", 1, "2026-03-03 17:00"),
        ("2026-03-06 22:00", 3, "2026-03-11 17:00"),  # Friday evening
        ("2026-03-27 12:00", 1, "2026-03-30 17:00"),  # over the night summer time begins
        ("2026-10-23 12:00", 1, "2026-10-26 17:00"),  # over the night it ends
        ("2026-12-24 12:00", 1, "2026-12-28 17:00"),  # Christmas, then a weekend
        ("2026-12-31 23:59", 1, "2027-01-04 17:00"),  # New Year, then a weekend
        ("2028-02-28 12:00", 1, "2028-02-29 17:00"),
        ("2026-03-07 12:00", 0, "2026-03-09 17:00"),
    ],
)
def test_working_days_end_at_closing_time(reported, days, due):
    assert add_working_days(local(reported), days) == local(due)


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        ("2026-03-02 10:00", "2026-03-02 10:00"),
        ("2026-03-02 07:00", "2026-03-02 08:00"),
        ("2026-03-02 17:00", "2026-03-03 08:00"),
        ("2026-03-06 18:00", "2026-03-09 08:00"),
        ("2026-04-27 10:00", "2026-04-28 08:00"),
    ],
)
def test_the_next_working_moment(at, moment):
    assert next_working_moment(local(at)) == local(moment)


@pytest.mark.parametrize(
    ("urgency", "answer_by", "fix_by"),
    [
        ("A", "2026-03-02 13:00", "2026-03-02 13:00"),
        ("S", "2026-03-03 09:00", "2026-03-03 09:00"),
        ("U", "2026-03-03 17:00", "2026-03-09 17:00"),
        ("N", "2026-03-04 17:00", "2026-03-16 17:00"),
        ("P", "2026-03-09 17:00", "2026-03-30 17:00"),
    ],
)
def test_what_is_promised_per_urgency(urgency, answer_by, fix_by):
    promised = promise(urgency, at=local("2026-03-02 09:00"))

    assert (promised.answer_by, promised.fix_by) == (local(answer_by), local(fix_by))
    assert promised.next_word_at == promised.answer_by


INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 31), timezones=st.just(ZoneInfo("UTC")))


@settings(max_examples=300, deadline=None)
@given(INSTANTS, st.integers(0, 40))
def test_working_days_agree_with_counting_them_one_by_one(at, days):
    due = add_working_days(at, days)

    assert due == _slowly(at, days)
    assert due.astimezone(AMSTERDAM).strftime("%H:%M") == "17:00"


def _slowly(at, days):
    """Obvious and slow: list the working days after this one, and take the n-th."""
    off = {
        day
        for year in range(2024, 2034)
        for day, name in holidays.country_holidays("NL", years=year, language="nl").items()
        if name != "Goede vrijdag"
    }
    start = at.astimezone(AMSTERDAM).date()
    calendar = [start + timedelta(days=n) for n in range(days * 3 + 30)]
    working = [day for day in calendar if day.isoweekday() <= 5 and day not in off]
    later = [day for day in working if day > start]
    day = later[days - 1] if days else working[0]
    return datetime(day.year, day.month, day.day, 17, tzinfo=AMSTERDAM)
