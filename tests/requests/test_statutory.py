"""The six weeks that the law gives a landlord."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwellings.models import Tenancy
from requests import services
from requests.intake.payer import Payer
from requests.models import Alarm
from requests.promises import DayOff, shipped, statutory
from tests.factories import NOON, DraftFactory, ReportFactory, ServiceRequestFactory, StaffFactory

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CALENDAR = shipped().calendar


def local(*moment):
    return datetime(*moment, tzinfo=AMSTERDAM)


def test_staff_know_it_from_the_beginning_of_day_28_of_day_40_and_of_the_day_after_the_last():
    assert statutory.moments(local(2026, 6, 1, 23, 59), CALENDAR) == [
        ("day_28", local(2026, 6, 29)),
        ("day_40", local(2026, 7, 10)),  # a Friday: day 40 is on Saturday
        ("six_weeks", local(2026, 7, 14)),
    ]


def test_a_warning_on_a_day_off_comes_on_the_last_working_day_before_it():
    around_easter = statutory.moments(local(2026, 2, 25, 12), CALENDAR)
    closed = replace(CALENDAR, closing_days=tuple(DayOff(date(2026, 12, day), "dicht") for day in range(24, 32)))

    assert around_easter[1] == ("day_40", local(2026, 4, 3))  # the day itself is Easter Monday; Good Friday is worked
    assert statutory.moments(local(2026, 11, 17, 12), CALENDAR)[1] == ("day_40", local(2026, 12, 24))
    assert statutory.moments(local(2026, 11, 17, 12), closed)[1] == ("day_40", local(2026, 12, 23))


def test_an_office_that_is_closed_all_the_time_changes_no_day():
    closed = replace(CALENDAR, closing_days=tuple(DayOff(date(2026, 3, 1) + n * DAY, "dicht") for n in range(60)))

    assert statutory.moments(local(2026, 3, 2, 12), closed)[0] == ("day_28", local(2026, 3, 30))


@pytest.mark.parametrize("since", [local(2026, 3, 2, 12), local(2026, 10, 12, 12)])  # the clocks are set on the way
def test_tenants_hear_of_it_at_nine_o_clock_whatever_was_done_to_the_clocks(since):
    told_at = statutory.told_at(since)

    assert told_at == statutory.over_at(since) + 9 * HOUR
    assert told_at.astimezone(AMSTERDAM).hour == 9


def test_the_last_day_counts_until_midnight():
    since = local(2026, 3, 2, 12)

    assert statutory.ends_on(since) == date(2026, 4, 13)
    assert not statutory.is_over(since, at=local(2026, 4, 13, 23, 59))
    assert statutory.is_over(since, at=local(2026, 4, 14))


@given(st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(AMSTERDAM)))
def test_the_landlord_has_at_least_six_whole_weeks_and_less_than_a_day_more(since):
    days = (statutory.over_at(since).astimezone(AMSTERDAM).date() - since.date()).days

    assert days == 43
    moments = [at for _, at in statutory.moments(since, CALENDAR)]
    assert moments == sorted(moments)


def test_its_moments_are_called_as_the_alarms_that_they_raise():
    assert {mark.value for mark in statutory.Mark} < set(Alarm.Kind.values)


def test_it_holds_for_what_the_corporation_has_to_repair_and_for_nothing_else():
    assert [payer for payer in Payer.values if statutory.counts(payer)] == [Payer.CORPORATION]


# --- from when it counts ----------------------------------------------------------------------------------------------


def submitted(**draft):
    draft = DraftFactory(**draft)
    return services.submit(draft.pk, tenant=draft.tenant, at=NOON)


@pytest.mark.django_db
def test_it_counts_from_the_report_where_the_corporation_repairs():
    ours, theirs = submitted(), submitted(own_property=True, payer_answer="disagree", objection="Van u.")

    assert (ours.payer, ours.statutory_since) == ("corporation", NOON)
    assert (theirs.payer, theirs.statutory_since) == ("tenant", None)


@pytest.mark.django_db
def test_it_counts_from_the_first_report_when_we_turn_out_to_pay():
    theirs = submitted(own_property=True, payer_answer="disagree", objection="Van u.")

    services.decide_objection(
        theirs.objection.pk, upheld=True, answer="Klopt.", by=StaffFactory(), at=local(2026, 3, 9, 12)
    )

    theirs.refresh_from_db()
    assert theirs.statutory_since == NOON


@pytest.mark.django_db
def test_a_report_that_goes_its_own_way_takes_its_own_day_along():
    case = ServiceRequestFactory(at=NOON)
    later = ReportFactory(service_request=case, at=local(2026, 3, 5, 12))
    Tenancy.objects.filter(pk=later.tenancy_id).update(dwelling=case.dwelling, role="co_tenant")

    new = services.split_off(later, StaffFactory(), local(2026, 3, 6, 12))

    case.refresh_from_db()
    new.refresh_from_db()
    assert (case.statutory_since, new.statutory_since) == (NOON, local(2026, 3, 5, 12))
