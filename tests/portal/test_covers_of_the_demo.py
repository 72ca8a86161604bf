"""Stacks, service covers and outages of the synthetic corporation."""

from collections import Counter
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import transaction

from dwellings.models import Dwelling, Outage, ServiceCover
from portal.demo.places import places
from requests.models import Repeat, ServiceRequest
from tenants.models import Tenant

from .test_synthetic_corporation import AT, HOMES


def test_flats_stand_above_each_other_and_houses_do_not():
    for place in places(1200):
        stacks = Counter(home.stack for home in place.homes)
        floors = {(home.stack, home.floor) for home in place.homes}
        if place.complex.kind == "houses":
            assert set(stacks) == {""}
        else:
            assert "" not in stacks
            assert len(floors) == len(place.homes)  # one home of a stack per floor
            assert max(stacks.values()) <= place.storeys


@pytest.fixture(scope="module")
def made(django_db_setup, django_db_blocker):
    """Made once, for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", f"--dwellings={HOMES}", "--at=2026-03-03T10:20", verbosity=0)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def seeded(made, db):
    """What a test does to it is forgotten."""


@pytest.mark.long
def test_about_the_given_shares_are_covered(seeded):
    rented = Dwelling.objects.filter(kind="home", tenancies__role="primary", tenancies__period__contains=AT.date())
    covers = Counter(ServiceCover.objects.current(on=AT.date()).values_list("kind", flat=True))

    shares = {kind: count / rented.count() for kind, count in covers.items()}
    expected = {"plan": 0.6, "glass": 0.4, "drain": 0.5}
    assert shares == {kind: pytest.approx(share, abs=0.12) for kind, share in expected.items()}


def test_the_tenant_of_the_demo_has_the_plan_and_reads_of_a_lift(seeded):
    tenant = Tenant.objects.get(user__email="huurder@demo.example")
    covers = ServiceCover.objects.filter(tenancy__tenant=tenant).values_list("kind", flat=True)

    assert sorted(covers) == ["drain", "plan"]
    assert [outage.what for outage in Outage.objects.of(tenant, on=AT.date()).current(at=AT)] == ["lift"]


def test_one_thing_is_out_and_one_is_announced(seeded):
    assert [outage.what for outage in Outage.objects.current(at=AT)] == ["lift"]
    announced = Outage.objects.get(planned=True)
    assert announced.starts_at > AT + timedelta(days=1)


def test_one_request_is_a_repeat_of_what_was_mended_in_the_same_home(seeded):
    again = ServiceRequest.objects.get(repeat_of__isnull=False)

    assert (again.repeat_why, again.dwelling, again.problem) == (
        Repeat.SAME_HOME,
        again.repeat_of.dwelling,
        again.repeat_of.problem,
    )
    assert again.repeat_of.done_at is not None


def test_a_lift_was_reported_by_several_households(seeded):
    assert max(one.reports.count() for one in ServiceRequest.objects.to_do()) >= 4
