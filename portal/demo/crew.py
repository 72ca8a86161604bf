"""Who works at the synthetic corporation, and what they may do."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from django.contrib.auth.models import Group

from tenants.models import User

from .people import account
from .texts import read

CONTACT, PLANNER, LEAD, MANAGER, ADMINISTRATOR = "contact", "planner", "lead", "manager", "administrator"
GROUPS = {  # the roles that come with the software
    CONTACT: "Contact centre", PLANNER: "Planner", LEAD: "Team lead", MANAGER: "Manager",
}  # fmt: skip


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
    """Nine people; unsaved rows. Addresses outside the demo's are reserved and reach nobody."""
    return Crew(
        tuple(
            Colleague(
                account(who["email"], who["name"], is_staff=True, is_superuser=who["role"] == ADMINISTRATOR),
                who["role"],
            )
            for who in read("names")["staff"]
        )
    )


def groups(role: str) -> list[Group]:
    """What gives this role its rights; an administrator may do everything without."""
    return [Group.objects.get(name=GROUPS[role])] if role in GROUPS else []
