"""Who rents from the synthetic corporation. Names belong to nobody, e-mail addresses are reserved ones."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from django.db.backends.postgresql.psycopg_any import DateRange

from dwellings.models import Dwelling, Tenancy
from tenants.models import Language, Tenant, User

from . import chances, marks
from .places import Place
from .texts import read

NO_PASSWORD = "!" + "x" * 40  # never matches; a fixed text, so that the same seed gives the same rows
IN_ENGLISH = 0.08
CO_TENANT = 0.35
WANTS_TEXTS = 0.3
LET_BESIDE = 0.7
VACANT_DAYS = (20, 75)
REMEMBERED = timedelta(days=6 * 365)  # tenancies that ended before that are not in the books any more
SENIOR_COMPLEX = "De Roerdomp"


@dataclass(frozen=True)
class Household:
    """The people of one tenancy, the first one rents; `strictness` shifts every mark they give."""

    dwelling: Dwelling
    tenancies: tuple[Tenancy, ...]
    strictness: float

    @property
    def since(self) -> date:
        return self.tenancies[0].period.lower

    @property
    def until(self) -> date | None:
        """The day after the last; None as long as they live there."""
        return self.tenancies[0].period.upper

    def lives_there(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


class People:
    """Makes tenants one after another; no two have the same e-mail address."""

    def __init__(self, rng: Random, *, today: date) -> None:
        self._rng, self._today, self._count = rng, today, 0

    def households(self, place: Place, *, taken: Collection[Dwelling]) -> list[Household]:
        """Everybody who rents or rented in this complex, as far as the books go back; not in what is `taken`."""
        homes = [dwelling for dwelling in place.homes if dwelling.reference not in _references(taken)]
        return [household for dwelling in homes for household in self._of(dwelling, place)]

    def beside(self, place: Place, households: list[Household], *, taken: Collection[Dwelling]) -> list[Tenancy]:
        """Parking places and storage rooms that people of the complex rent beside their home."""
        neighbours = [household for household in households if household.until is None]
        units = [unit for unit in place.dwellings if unit.kind != Dwelling.Kind.HOME]
        free = [unit for unit in units if unit.reference not in _references(taken)]
        let = [unit for unit in free if self._rng.random() < LET_BESIDE]
        return [self._beside(unit, self._rng.choice(neighbours)) for unit in let if neighbours]

    def _beside(self, unit: Dwelling, household: Household) -> Tenancy:
        since = household.since + timedelta(days=self._rng.randrange((self._today - household.since).days + 1))
        return Tenancy(tenant=household.tenancies[0].tenant, dwelling=unit, period=DateRange(since, None))

    def _of(self, dwelling: Dwelling, place: Place) -> list[Household]:
        """One dwelling's tenancies, the latest first: backwards, each ends before the next begins."""
        built = date(place.complex.built_in or 1950, 3, 1)
        until, households = self._free_since(), []
        while until is None or until > max(built, self._today - REMEMBERED):
            last_day = until or self._today
            age = self._age(senior=place.complex.name == SENIOR_COMPLEX)
            since = max(built, last_day - timedelta(days=self._stay(age)))
            households.append(self._household(dwelling, since, until, born=last_day.year - age))
            until = since - timedelta(days=self._rng.randint(*VACANT_DAYS))
        return households

    def _free_since(self) -> date | None:
        """None: let today. Otherwise the day since when the home is empty, waiting for its next tenant."""
        vacant = chances.TURNOVER_PER_YEAR * sum(VACANT_DAYS) / 2 / 365
        return self._today - timedelta(days=self._rng.randint(1, 40)) if self._rng.random() < vacant else None

    def _age(self, *, senior: bool) -> int:
        groups = {(19, 29): 12, (30, 44): 27, (45, 64): 33, (65, 94): 28}
        return self._rng.randint(*((66, 93) if senior else chances.pick(groups, self._rng)))

    def _stay(self, age: int) -> int:
        """Days in this home so far: on average 14 years, and nobody rents before they are 18."""
        days = self._rng.expovariate(1 / (chances.MEAN_STAY_YEARS * 365)) + 30
        return round(min(days, (age - 18) * 365))

    def _household(self, dwelling: Dwelling, since: date, until: date | None, *, born: int) -> Household:
        period = DateRange(since, until)
        first = self.tenant(born)
        tenancies = [Tenancy(tenant=first, dwelling=dwelling, role=Tenancy.Role.PRIMARY, period=period)]
        if self._rng.random() < CO_TENANT:
            partner = self.tenant(born + self._rng.randint(-6, 4), surname=first.name.split(" ", 1)[1])
            partner.language = first.language
            tenancies.append(Tenancy(tenant=partner, dwelling=dwelling, role=Tenancy.Role.CO_TENANT, period=period))
        return Household(dwelling, tuple(tenancies), marks.resident_effect(self._rng))

    def tenant(self, born: int, *, surname: str = "") -> Tenant:
        """Somebody born in this year; 85 % with an account, the others only phone or write."""
        self._count += 1
        has_account = self._rng.random() < chances.WITH_ACCOUNT
        name = self._name(surname)
        email = f"{_plain(name)}.{self._count}@huurder.example" if has_account else ""
        phone = f"06-5555{self._count % 10_000:04d}" if has_account or self._rng.random() < 0.9 else ""
        return Tenant(
            user=account(email, name) if has_account else None,
            name=name,
            email=email,
            phone=phone,
            language=Language.ENGLISH if self._rng.random() < IN_ENGLISH else Language.DUTCH,
            wants_texts=bool(phone) and self._rng.random() < WANTS_TEXTS,
            birth_year=born,
        )

    def _name(self, surname: str) -> str:
        names = read("names")
        if not surname and self._rng.random() < 0.003:
            return self._rng.choice(names["long_names"])
        return f"{self._rng.choice(names['first_names'])} {surname or self._rng.choice(names['surnames'])}"


def account(email: str, name: str, **fields: object) -> User:
    """Somebody who signs in with a code by e-mail; unsaved."""
    first, _, last = name.partition(" ")
    return User(email=email, first_name=first, last_name=last, password=NO_PASSWORD, **fields)


def _references(dwellings: Collection[Dwelling]) -> set[str]:
    return {dwelling.reference for dwelling in dwellings}


def _plain(name: str) -> str:
    """The name as it may stand in an e-mail address."""
    letters = unicodedata.normalize("NFKD", name.lower().replace("ı", "i")).encode("ascii", "ignore").decode()
    return ".".join("".join(c for c in word if c.isalnum()) for word in letters.split())
