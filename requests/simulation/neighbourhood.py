"""Who lives there, and what can break."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from random import Random

from django.contrib.auth.models import Group
from django.db.backends.postgresql.psycopg_any import DateRange

from dwellings.models import CommunalArea, Complex, Dwelling, Tenancy
from tenants.models import Tenant, User

from ..front_door import catalogues
from ..intake import payer
from ..intake.catalogue import Problem

HOMES_PER_COMPLEX = 25
WITHOUT_ADDRESS, WANTS_LETTERS = 0.08, 0.06
LIVED_THERE_SINCE = date(2015, 1, 1)


@dataclass(frozen=True)
class Neighbourhood:
    tenancies: list[Tenancy]
    areas: dict[int, CommunalArea]  # the lift of each complex
    staff: User
    at_home: list[Problem]
    lift: Problem

    def neighbours(self, tenancy: Tenancy) -> list[Tenancy]:
        complex_id = tenancy.dwelling.complex_id
        return [other for other in self.tenancies if other.dwelling.complex_id == complex_id and other is not tenancy]

    def change_hands(self, tenancy: Tenancy, *, on: date, rng: Random) -> None:
        """The contract ends, and somebody else lives there from that day on."""
        tenancy.period = DateRange(tenancy.period.lower, on)
        tenancy.save(update_fields=["period"])
        tenant = _tenant(Tenant.objects.count(), rng)
        self.tenancies[self.tenancies.index(tenancy)] = Tenancy.objects.create(
            tenant=tenant, dwelling=tenancy.dwelling, period=DateRange(on, None)
        )


def move_in(dwellings: int, rng: Random) -> Neighbourhood:
    tenancies = [_household(number, rng) for number in range(dwellings)]
    complexes = {tenancy.dwelling.complex_id: tenancy.dwelling.complex for tenancy in tenancies}
    areas = {
        pk: CommunalArea.objects.create(complex=one, name="Lift", location_code="LIF") for pk, one in complexes.items()
    }
    leaves = [leaf for leaf in catalogues.current().leaves.values() if not leaf.phone_only]
    return Neighbourhood(
        tenancies=tenancies,
        areas=areas,
        staff=_planner(),
        at_home=[leaf for leaf in leaves if not leaf.communal and payer.decide(leaf).free],
        lift=next(leaf for leaf in leaves if leaf.shared == "automatic" and leaf.location_code == "LIF"),
    )


def _planner() -> User:
    """Everything comes to one person, also what nobody has."""
    planner = User.objects.create_user("planner@example.org", is_staff=True, first_name="Planner")
    planner.groups.add(*Group.objects.filter(name__in=["Team lead", "Manager"]))
    return planner


def _household(number: int, rng: Random) -> Tenancy:
    complex_, _made = Complex.objects.get_or_create(name=f"Complex {number // HOMES_PER_COMPLEX}", city="Lindedorp")
    dwelling = Dwelling.objects.create(
        complex=complex_,
        reference=f"W{number:05}",
        street="Beukenhof",
        house_number=str(number + 1),
        postcode="1234 AB",
        city="Lindedorp",
    )
    return Tenancy.objects.create(
        tenant=_tenant(number, rng), dwelling=dwelling, period=DateRange(LIVED_THERE_SINCE, None)
    )


def _tenant(number: int, rng: Random) -> Tenant:
    """With an account, or without an address: those get letters, and so does who wants them."""
    user = None
    if rng.random() > WITHOUT_ADDRESS:
        user = User.objects.create_user(f"huurder{number}@example.org")
    return Tenant.objects.create(
        name=f"Huurder {number}",
        user=user,
        email=user.email if user else "",
        wants_letters=user is not None and rng.random() < WANTS_LETTERS,
    )
