"""The calculation itself: working days, holidays, hours by the clock. No database is asked."""

from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import holidays
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from requests.promises import (
    ALWAYS,
    Calendar,
    DayOff,
    HolidayFrom,
    HoursFrom,
    InForce,
    NeverOpen,
    NoNorm,
    NormFrom,
    Norms,
    Terms,
    promised,
    shipped,
)
from tests.size import FULL, LONG

CASES = 100_000 if FULL else 10_000 if LONG else 150  # of each property
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
SHIPPED = shipped()
CALENDAR = SHIPPED.calendar
OFFICE = (time(8), time(17))


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=AMSTERDAM)


def calendar_with(*more, holidays=(), closing_days=(), weekdays=range(5)):
    hours = tuple(HoursFrom(ALWAYS, weekday, OFFICE) for weekday in weekdays)
    return Calendar((*hours, *more), tuple(holidays), tuple(closing_days))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 3, 2), True),
        (date(2026, 3, 1), False),  # a Sunday
        (date(2026, 4, 3), True),  # Good Friday: an ordinary working day at most corporations
        (date(2026, 4, 6), False),  # Easter Monday
        (date(2026, 4, 27), False),  # King's Day
        (date(2025, 4, 26), False),  # and on Saturday when the 27th is a Sunday
        (date(2026, 5, 5), True),  # Liberation Day is off each fifth year
        (date(2025, 5, 5), False),
        (date(2030, 5, 5), False),
        (date(2026, 5, 14), False),  # Ascension Day
        (date(2026, 12, 25), False),
        (date(2028, 2, 29), True),
    ],
)
def test_working_days_of_the_netherlands(day, works):
    assert CALENDAR.is_working_day(day) is works


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
        ("2026-03-09 12:00", 0, "2026-03-09 17:00"),
    ],
)
def test_working_days_end_at_closing_time(reported, days, due):
    assert CALENDAR.add_working_days(local(reported), days) == local(due)


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
    assert CALENDAR.next_working_moment(local(at)) == local(moment)


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
    made = SHIPPED.promise(urgency, at=local("2026-03-02 09:00"))

    assert (made.answer_by, made.fix_by) == (local(answer_by), local(fix_by))
    assert made.next_word_at == made.answer_by


@pytest.mark.parametrize(
    ("reported", "due"),
    [
        ("2026-03-28 12:00", "2026-03-29 13:00"),  # the night has one hour less
        ("2026-10-24 12:00", "2026-10-25 11:00"),  # and one more
    ],
)
def test_a_day_of_24_hours_takes_24_hours_also_when_the_clocks_are_set(reported, due):
    made = promised(Terms(answer=1, fix_hours=24, word=1), CALENDAR, at=local(reported))

    assert made.fix_by == local(due)


def test_new_opening_hours_count_from_their_day_on():
    short = HoursFrom(date(2027, 1, 1), 4, (time(8), time(12, 30)))
    calendar = calendar_with(short, HoursFrom(date(2027, 2, 1), 4, None))

    assert [
        calendar.hours_on(day) for day in (date(2026, 12, 18), date(2027, 1, 8), date(2027, 2, 5), date(2027, 2, 8))
    ] == [OFFICE, (time(8), time(12, 30)), None, OFFICE]
    assert calendar.add_working_days(local("2026-12-31 12:00"), 5) == local("2027-01-08 12:30")


def test_a_rule_about_a_holiday_counts_from_its_day_on():
    rules = [HolidayFrom(ALWAYS, "Goede vrijdag", True), HolidayFrom(date(2027, 1, 1), "Goede vrijdag", False)]
    calendar = calendar_with(holidays=rules)

    assert [calendar.is_working_day(day) for day in (date(2026, 4, 3), date(2027, 3, 26))] == [True, False]


def test_two_holidays_on_one_day_are_off_until_both_are_worked():
    both = date(2005, 5, 5)  # Liberation Day and Ascension Day
    one, other = (HolidayFrom(ALWAYS, name, True) for name in ("Bevrijdingsdag", "Hemelvaartsdag"))

    assert calendar_with().off_for(both) == ("Bevrijdingsdag", "Hemelvaartsdag")
    assert not calendar_with(holidays=[one]).is_working_day(both)
    assert calendar_with(holidays=[one, other]).is_working_day(both)


def test_the_days_off_of_a_year_have_names():
    calendar = calendar_with(closing_days=[DayOff(date(2026, 12, 24), "Personeelsdag")])

    assert calendar.days_off(2026)[-3:] == [
        DayOff(date(2026, 12, 24), "Personeelsdag"),
        DayOff(date(2026, 12, 25), "Eerste kerstdag"),
        DayOff(date(2026, 12, 26), "Tweede kerstdag"),
    ]


def test_a_calendar_that_never_opens_cannot_be_made():
    closed = [HoursFrom(date(2027, 1, 1), weekday, None) for weekday in range(5)]

    with pytest.raises(NeverOpen):
        calendar_with(*closed)
    with pytest.raises(NeverOpen):
        Calendar(())


def test_a_year_of_closing_days_is_not_waited_out():
    closed = [DayOff(date(2027, 1, 1) + timedelta(days=n), "Verbouwing") for n in range(500)]

    with pytest.raises(NeverOpen):
        calendar_with(closing_days=closed).add_working_days(local("2026-12-31 12:00"), 1)


def test_the_newest_norm_that_counts_is_used_and_a_category_goes_by_its_own():
    first, later, own = Terms(1, 1, fix=5), Terms(2, 1, fix=6), Terms(1, 1, fix=3)
    norms = Norms(
        (
            NormFrom(date(2027, 1, 1), "U", "", later),
            NormFrom(ALWAYS, "U", "", first),
            NormFrom(date(2026, 6, 1), "U", "heating", own),
            NormFrom(date(2027, 6, 1), "U", "heating", None),
        )
    )

    days = (date(2026, 5, 31), date(2026, 6, 1), date(2027, 1, 1), date(2027, 6, 1))
    assert [norms.of("U", "heating", on=day) for day in days] == [first, own, own, later]
    assert [norms.of("U", "damp", on=day) for day in days] == [first, first, later, later]
    with pytest.raises(NoNorm):
        norms.of("N", "", on=days[0])
    with pytest.raises(NoNorm):
        norms.of("U", "", on=date(1999, 12, 31))


def test_a_repair_is_promised_in_days_or_in_hours():
    with pytest.raises(ValueError, match="in working days or in hours"):
        Terms(answer=1, word=1)
    with pytest.raises(ValueError, match="in working days or in hours"):
        Terms(answer=1, word=1, fix=1, fix_hours=1)


# --- the same, slowly and obviously

FIRST, LAST = date(2024, 1, 1), date(2031, 12, 31)
QUARTER = timedelta(minutes=15)  # every office of these opens and closes on a quarter of an hour
PUBLIC = {year: holidays.country_holidays("NL", years=year, language="nl") for year in range(2022, 2034)}
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2031, 12, 31), timezones=st.just(UTC))
NIGHTS = [  # and the days on which this goes wrong, if it does
    datetime(2026, 3, 28, 23, 30, tzinfo=UTC),  # in the night that summer time begins
    datetime(2026, 10, 24, 23, 30, tzinfo=UTC),  # and in the one that it ends
    datetime(2027, 12, 31, 23, 30, tzinfo=UTC),  # already next year in Amsterdam
    datetime(2028, 2, 28, 23, 30, tzinfo=UTC),  # 29 February there
    datetime(2025, 5, 2, 20, tzinfo=UTC),  # Liberation Day that is public
    datetime(2026, 5, 4, 20, tzinfo=UTC),  # and one that is not
    datetime(2026, 12, 24, 12, tzinfo=UTC),
]


def on_those_nights(*numbers):
    """For each of them, and each of these numbers of days."""

    def also(test):
        for at in NIGHTS:
            for days in numbers:
                test = example(at=at, days=days, calendar=calendar_with())(test)
        return test

    return also


CLOCKS = (None, OFFICE, (time(8), time(12, 30)), (time(1, 30), time(23, 45)))
SOMETIMES_WORKED = ("Goede vrijdag", "Koningsdag", "Bevrijdingsdag", "Hemelvaartsdag")


def calendar_of(number):
    """Any week with an open day, changed once, with other holidays and closing days."""
    rng = Random(number)
    week = [HoursFrom(ALWAYS, weekday, rng.choice(CLOCKS)) for weekday in range(7)]
    turn = any_day(rng)
    changed = [HoursFrom(turn, weekday, rng.choice(CLOCKS)) for weekday in rng.sample(range(7), rng.randrange(8))]
    always = HoursFrom(ALWAYS, 2, OFFICE)  # on Wednesdays there is always somebody
    worked = rng.sample(SOMETIMES_WORKED, rng.randrange(5))
    closing = {any_day(rng) for _ in range(rng.randrange(41))}
    return Calendar(
        hours=(*(row for row in (*week, *changed) if row.weekday != 2), always),
        holidays=tuple(HolidayFrom(ALWAYS, name, True) for name in worked),
        closing_days=tuple(DayOff(day, "Dicht") for day in sorted(closing)),
    )


def any_day(rng):
    return FIRST + timedelta(days=rng.randrange((LAST - FIRST).days + 1))


def calendars():
    """Drawn by number: to draw each of its parts takes longer than all that is tried with it."""
    return st.integers(0, 2**32).map(calendar_of)


def slow_hours(calendar, day):
    """When it is open, by reading every rule there is."""
    if day in {off.day for off in calendar.closing_days}:
        return None
    names = PUBLIC[day.year].get_list(day) if day in PUBLIC[day.year] else []
    if set(names) - {rule.holiday for rule in calendar.holidays if rule.worked}:
        return None
    found = None
    for rule in sorted(calendar.hours, key=lambda rule: rule.valid_from):
        if rule.weekday == day.weekday() and rule.valid_from <= day:
            found = rule.hours
    return found


def slow_working_days(calendar, at, days):
    """List the working days from this one on, and take the n-th."""
    today = at.astimezone(AMSTERDAM).date()
    later = [today + timedelta(days=n) for n in range(0 if days == 0 else 1, 150)]
    working = [day for day in later if slow_hours(calendar, day)]
    day = working[max(days - 1, 0)]
    return datetime.combine(day, slow_hours(calendar, day)[1], tzinfo=AMSTERDAM)


@settings(max_examples=CASES, deadline=None)
@given(at=INSTANTS, days=st.integers(0, 15), calendar=calendars())
@on_those_nights(0, 1, 3)
def test_working_days_agree_with_counting_them_one_by_one(at, days, calendar):
    due = calendar.add_working_days(at, days)

    assert due == slow_working_days(calendar, at, days)


@settings(max_examples=CASES // 2, deadline=None)
@given(at=INSTANTS, hours=st.integers(-300, 24 * 120), calendar=calendars())
@example(at=datetime(2026, 3, 28, 22, 59, tzinfo=UTC), hours=1, calendar=calendar_with(weekdays=range(7)))  # tomorrow
@example(at=datetime(2026, 10, 24, 21, 59, tzinfo=UTC), hours=1, calendar=calendar_with(weekdays=range(7)))
@example(at=datetime(2026, 3, 2, 8, tzinfo=UTC), hours=9, calendar=calendar_with())  # the same day
def test_the_working_days_between_are_those_after_the_first_day_one_by_one(at, hours, calendar):
    end = at + timedelta(hours=hours)

    today, last = (moment.astimezone(AMSTERDAM).date() for moment in (at, end))
    days = [today + timedelta(days=n) for n in range(1, 130)]
    counted = [day for day in days if day <= last and slow_hours(calendar, day)]
    assert calendar.working_days_between(at, end) == len(counted)


@settings(max_examples=CASES // 2, deadline=None)
@given(at=INSTANTS, days=st.integers(1, 15), calendar=calendars())
def test_so_many_working_days_later_lie_so_many_working_days_between(at, days, calendar):
    assert calendar.working_days_between(at, calendar.add_working_days(at, days)) == days


@settings(max_examples=CASES, deadline=None)
@given(at=INSTANTS, days=st.integers(1, 15), calendar=calendars())
@on_those_nights(1, 3)
def test_the_opening_so_many_working_days_before_agrees_with_listing_them(at, days, calendar):
    today = at.astimezone(AMSTERDAM).date()
    before = [today - timedelta(days=n) for n in range(1, 300)]
    day = [day for day in before if slow_hours(calendar, day)][days - 1]

    assert calendar.opens_before(at, days) == datetime.combine(day, slow_hours(calendar, day)[0], tzinfo=AMSTERDAM)


@settings(max_examples=CASES, deadline=None)
@given(after=st.dates(FIRST, date(2031, 10, 1)), days=st.integers(1, 60), calendar=calendars())
def test_the_last_working_day_of_some_days_agrees_with_listing_them(after, days, calendar):
    listed = [day for n in range(1, days + 1) if slow_hours(calendar, day := after + timedelta(days=n))]
    latest = after + timedelta(days=days)

    assert calendar.working_day_by(latest, after=after) == max(listed, default=latest)


@settings(max_examples=CASES // 2, deadline=None)
@given(at=INSTANTS, calendar=calendars())
def test_the_next_working_moment_is_the_first_quarter_that_is_open(at, calendar):
    at = on_a_quarter(at)

    moment = at
    while True:
        wall = moment.astimezone(AMSTERDAM)
        hours = slow_hours(calendar, wall.date())
        if hours and hours[0] <= wall.time() < hours[1]:
            break
        moment += QUARTER

    assert calendar.next_working_moment(at) == moment


@settings(max_examples=CASES // 3, deadline=None)
@given(at=INSTANTS, quarters=st.integers(0, 4 * 24 * 12), calendar=calendars())
@example(at=datetime(2026, 3, 28, 12, tzinfo=UTC), quarters=200, calendar=calendar_with(weekdays=range(7)))
@example(at=datetime(2026, 10, 24, 12, tzinfo=UTC), quarters=200, calendar=calendar_with(weekdays=range(7)))
def test_working_time_is_the_quarters_that_are_open_counted_one_by_one(at, quarters, calendar):
    at = on_a_quarter(at)
    end = at + QUARTER * quarters

    counted = timedelta()
    moment = at
    while moment < end:
        wall = moment.astimezone(AMSTERDAM)
        hours = slow_hours(calendar, wall.date())
        counted += QUARTER if hours and hours[0] <= wall.time() < hours[1] else timedelta()
        moment += QUARTER

    assert calendar.working_time(at, end) == counted


@settings(max_examples=CASES // 3, deadline=None)
@given(at=INSTANTS, quarters=st.integers(1, 4 * 24), calendar=calendars())
@example(at=datetime(2026, 3, 27, 16, tzinfo=UTC), quarters=30, calendar=calendar_with(weekdays=range(7)))
@example(at=datetime(2026, 10, 23, 16, tzinfo=UTC), quarters=30, calendar=calendar_with(weekdays=range(7)))
def test_after_so_much_working_time_the_office_was_open_for_that_long_and_not_before(at, quarters, calendar):
    end = calendar.add_working_time(at, QUARTER * quarters)

    assert calendar.working_time(at, end) == QUARTER * quarters
    assert calendar.working_time(at, end - timedelta(seconds=1)) < QUARTER * quarters


def on_a_quarter(at):
    return at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)


TERMS = st.builds(Terms, answer=st.integers(1, 20), word=st.integers(1, 10), fix=st.integers(1, 40)) | st.builds(
    Terms, answer=st.integers(1, 20), word=st.integers(1, 10), fix_hours=st.integers(1, 168)
)


@settings(max_examples=CASES, deadline=None)
@given(at=INSTANTS, terms=TERMS, calendar=calendars())
def test_a_promise_lies_ahead_and_is_answered_before_it_is_fixed(at, terms, calendar):
    norms = InForce(Norms((NormFrom(ALWAYS, "N", "", terms),)), calendar)

    made = norms.promise("N", "water", at=at)

    assert at < made.next_word_at == made.answer_by <= made.fix_by
    assert norms.next_word_after("N", at=at) == slow_working_days(calendar, at, terms.word)
    if terms.fix_hours:
        assert made.fix_by - at == timedelta(hours=terms.fix_hours)
