from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from dwellings.models import Outage
from requests.front_door.known import COMPLEX, HOME, STACK, known_to
from requests.intake import catalogue, outages
from requests.models import ServiceRequest
from requests.workflow import Status
from tests.factories import (
    NOON,
    CommunalAreaFactory,
    ComplexFactory,
    DwellingFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
)

pytestmark = pytest.mark.django_db

AT = NOON + timedelta(hours=2)


def problem(shared=None, **wanted):
    """The first leaf of the shipped catalogue that is like this."""
    leaves = catalogue.shipped().leaves.values()
    return next(
        leaf
        for leaf in leaves
        if (shared is None or leaf.shared == shared)
        and not leaf.phone_only
        and all(getattr(leaf, name) == value for name, value in wanted.items())
    )


LIFT = problem("automatic", element_code="LIF")
IN_STACK = problem("stack")
IN_COMPLEX = problem("complex", communal=True)
TAP = catalogue.shipped().get("kitchen_tap_drips")


def case_of(leaf, **place):
    codes = {name: getattr(leaf, name) for name in ("location_code", "element_code", "defect_code", "category")}
    return ServiceRequestFactory(problem=leaf.key, thing=leaf.thing.key, shared=leaf.shared, **codes, **place)


def flats(**fields):
    return DwellingFactory(complex=ComplexFactory(kind="lift"), stack="A-1", **fields)


def found(dwelling, leaf, **area):
    return [case.service_request for case in known_to(dwelling, leaf, at=AT, **area).cases]


def test_what_the_household_reported_in_its_own_home_is_known():
    tenancy = TenancyFactory()
    case = case_of(TAP, dwelling=tenancy.dwelling, reported_by=tenancy.tenant)

    known = known_to(tenancy.dwelling, TAP, at=AT)

    assert [(one.service_request, one.where, one.since, one.joined, one.mine) for one in known.cases] == [
        (case, HOME, NOON, 1, True)
    ]


def test_what_they_reported_stays_theirs_with_another_contract():
    tenancy = TenancyFactory(period=DateRange(date(2020, 1, 1), AT.date()))
    case_of(TAP, dwelling=tenancy.dwelling, reported_by=tenancy.tenant)
    TenancyFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling, period=DateRange(AT.date(), None))

    known = known_to(tenancy.dwelling, TAP, at=AT)

    assert [one.mine for one in known.cases] == [True]


def test_a_co_tenant_finds_what_their_housemate_reported():
    tenancy = TenancyFactory()
    TenancyFactory(dwelling=tenancy.dwelling, role="co_tenant")
    case = case_of(TAP, dwelling=tenancy.dwelling, reported_by=tenancy.tenant)

    assert found(tenancy.dwelling, TAP) == [case]


def test_what_the_tenant_before_reported_is_known_but_not_theirs():
    before = TenancyFactory(period=DateRange(date(2010, 1, 1), date(2026, 3, 1)))
    case_of(TAP, dwelling=before.dwelling, reported_by=before.tenant)

    known = known_to(before.dwelling, TAP, at=AT)

    assert [one.mine for one in known.cases] == [False]


def test_what_is_in_one_home_only_is_not_known_next_door():
    home = flats()
    case_of(TAP, dwelling=DwellingFactory(complex=home.complex, stack="A-1"))

    assert found(home, TAP) == []


def test_a_leak_in_the_stack_is_offered_above_and_below_and_not_elsewhere():
    home = flats()
    above = case_of(IN_STACK, dwelling=DwellingFactory(complex=home.complex, stack="A-1"))
    case_of(IN_STACK, dwelling=DwellingFactory(complex=home.complex, stack="A-2"))
    case_of(IN_STACK, dwelling=DwellingFactory(complex=home.complex, stack=""))
    case_of(IN_STACK, dwelling=flats())

    known = known_to(home, IN_STACK, at=AT)

    assert [(one.service_request, one.where, one.mine) for one in known.cases] == [(above, STACK, False)]


def test_homes_without_a_stack_do_not_share_one():
    home = DwellingFactory(stack="")
    case_of(IN_STACK, dwelling=DwellingFactory(complex=home.complex, stack=""))

    assert found(home, IN_STACK) == []


def test_what_the_building_shares_is_offered_in_the_same_complex_only():
    home = flats()
    case = case_of(IN_COMPLEX, dwelling=None, communal_area=CommunalAreaFactory(complex=home.complex))
    case_of(IN_COMPLEX, dwelling=None, communal_area=CommunalAreaFactory())

    known = known_to(home, IN_COMPLEX, at=AT)

    assert [(one.service_request, one.where) for one in known.cases] == [(case, COMPLEX)]


def test_another_area_of_the_complex_is_another_problem():
    home = flats()
    here = CommunalAreaFactory(complex=home.complex, name="Lift A")
    there = CommunalAreaFactory(complex=home.complex, name="Lift B")
    case_of(LIFT, dwelling=None, communal_area=there)

    assert not known_to(home, LIFT, area=here, at=AT)


def test_a_broken_lift_joins_by_itself():
    home = flats()
    lift = CommunalAreaFactory(complex=home.complex)
    case = case_of(LIFT, dwelling=None, communal_area=lift)
    noise = next(leaf for leaf in catalogue.shipped().problems(LIFT.place, LIFT.thing) if leaf.shared == "complex")
    offered = case_of(noise, dwelling=None, communal_area=lift)

    known = known_to(home, LIFT, area=lift, at=AT)

    assert (known.automatic, [one.service_request for one in known.cases]) == (case, [offered])


def test_the_oldest_of_two_is_joined():
    home = flats()
    lift = CommunalAreaFactory(complex=home.complex)
    newer = case_of(LIFT, dwelling=None, communal_area=lift, at=NOON)
    oldest = case_of(LIFT, dwelling=None, communal_area=lift, at=NOON - timedelta(days=1))

    known = known_to(home, LIFT, area=lift, at=AT)

    assert (known.automatic, [one.service_request for one in known.cases]) == (oldest, [newer])


@pytest.mark.parametrize("status", [Status.DONE, Status.CLOSED])
def test_what_is_ready_is_not_shown(status):
    tenancy = TenancyFactory()
    case_of(TAP, dwelling=tenancy.dwelling, status=status)

    assert found(tenancy.dwelling, TAP) == []


def test_two_reports_of_something_else_need_not_be_the_same():
    home = DwellingFactory()
    other = catalogue.shipped().get("kitchen_other")
    case_of(other, dwelling=home)

    assert found(home, other) == []


def test_the_same_thing_with_another_defect_is_offered_in_the_same_room():
    home = DwellingFactory()
    leak = next(one for one in catalogue.shipped().problems("kitchen", TAP.thing) if one.key != TAP.key)
    case = case_of(leak, dwelling=home)

    assert found(home, TAP) == [case]


def test_outages_of_the_complex_that_explain_it_are_known():
    home = flats()
    lift = outage(home.complex, what="lift")
    outage(home.complex, what="heating")
    outage(home.complex, what="lift", ended_at=NOON)
    outage(ComplexFactory(), what="lift")
    announced = outage(home.complex, what="lift", starts_at=AT + timedelta(days=2), until=AT + timedelta(days=3))

    assert known_to(home, LIFT, at=AT).outages == [lift, announced]


def test_an_outage_of_another_stack_does_not_explain_it():
    home = flats()
    water = next(leaf for leaf in catalogue.shipped().leaves.values() if outages.explains_problem("hot_water", leaf))
    mine = outage(home.complex, what="hot_water", stack="A-1")
    outage(home.complex, what="hot_water", stack="A-2")

    assert known_to(home, water, at=AT).outages == [mine]


def outage(complex, **fields):
    given = {"starts_at": NOON, "until": NOON + timedelta(days=1), "made_at": NOON, "made_by": StaffFactory()} | fields
    return Outage.objects.create(complex=complex, **given)


@pytest.mark.parametrize(
    ("what", "problem_key", "explains"),
    [
        ("lift", LIFT.key, True),
        ("lift", "kitchen_tap_drips", False),
        ("heating", "radiator_leaks", False),
        ("other", LIFT.key, False),
    ],
)
def test_an_outage_explains_what_it_can_cause(what, problem_key, explains):
    assert outages.explains_problem(what, catalogue.shipped().get(problem_key)) == explains


def test_every_kind_of_outage_but_something_else_explains_a_problem_of_the_shipped_catalogue():
    explained = {
        what
        for what in Outage.What
        for leaf in catalogue.shipped().leaves.values()
        if not leaf.phone_only and outages.explains_problem(what, leaf)
    }

    assert set(Outage.What) - explained == {Outage.What.OTHER}


@pytest.mark.parametrize("count", [1, 3])
def test_it_asks_the_database_two_questions(count, django_assert_num_queries):
    home = flats()
    lift = CommunalAreaFactory(complex=home.complex)
    for _ in range(count):
        case = case_of(LIFT, dwelling=None, communal_area=lift)
        ReportFactory(service_request=case)
        outage(home.complex, what="lift")

    with django_assert_num_queries(2):
        known = known_to(home, LIFT, area=lift, at=AT)

    assert len(known.cases) == count - 1


def test_forty_households_are_counted_once_each():
    home = flats()
    case = case_of(LIFT, dwelling=None, communal_area=CommunalAreaFactory(complex=home.complex))
    for _ in range(39):
        ReportFactory(service_request=case)
    housemate = TenancyFactory(tenant=TenantFactory(), dwelling=case.reports.first().tenancy.dwelling, role="co_tenant")
    ReportFactory(service_request=case, tenant=housemate.tenant)

    noise = next(leaf for leaf in catalogue.shipped().problems(LIFT.place, LIFT.thing) if leaf.shared == "complex")

    assert [one.joined for one in known_to(home, noise, at=AT).cases] == [40]
    assert ServiceRequest.objects.count() == 1
