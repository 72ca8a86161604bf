"""Who works at the synthetic corporation, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from django.contrib.auth.models import Permission

from tenants.models import User

from .people import account
from .texts import read

CONTACT, PLANNER, MANAGER, ADMINISTRATOR = "contact", "planner", "manager", "administrator"
MAY_SEE = ("complex", "dwelling", "communalarea", "tenancy", "tenant", "servicerequest", "notification")


@dataclass(frozen=True)
class Colleague:
    user: User
    role: str


@dataclass(frozen=True)
class Crew:
    colleagues: tuple[Colleague, ...]

    def who(self, role: str) -> list[User]:
        return [colleague.user for colleague in self.colleagues if colleague.role == role]

    def contact(self, rng: Random) -> User:
        """Somebody of the contact centre, who writes down what people tell by telephone."""
        return rng.choice(self.who(CONTACT))

    def planner(self, rng: Random) -> User:
        return rng.choice(self.who(PLANNER))


def crew() -> Crew:
    """Eight people; unsaved rows. Addresses outside the demo's are reserved and reach nobody."""
    return Crew(
        tuple(
            Colleague(
                account(who["email"], who["name"], is_staff=True, is_superuser=who["role"] == ADMINISTRATOR),
                who["role"],
            )
            for who in read("names")["staff"]
        )
    )


def permissions(role: str) -> list[Permission]:
    """What this role may do beside what staff may do anyway; an administrator may do everything without."""
    wanted = {f"view_{model}" for model in MAY_SEE}
    if role in (CONTACT, PLANNER):
        wanted.add("change_servicerequest")
    if role == MANAGER:
        wanted.add("view_dashboard")
    known = Permission.objects.filter(content_type__app_label__in=["tenants", "dwellings", "requests"])
    return list(known.filter(codename__in=wanted))
