"""Build the whole synthetic corporation in an empty database."""

from __future__ import annotations

from base64 import b32encode
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from itertools import count
from random import Random
from secrets import token_bytes
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone, translation

from dwellings.models import CommunalArea, Complex, Dwelling, Outage, ServiceCover, Tenancy
from requests.models import (
    Attachment,
    Message,
    Objection,
    PromiseMove,
    Repeat,
    Report,
    SelfHelp,
    ServiceRequest,
    StatusChange,
    Survey,
    Verdict,
    Visit,
)
from requests.promises import looked_up_once, shipped
from requests.workflow import Status
from tenants.models import Tenant, User

from . import amends, covers, crew, demo_tenant, objections, post, self_help, stories
from .case import Case
from .people import Household, People
from .places import places
from .requests_history import History
from .rows import insert
from .stage import Stage

Rows = tuple[type[models.Model], Sequence[Any]]
Progress = Callable[[str, int, int], None]  # what is being made, how much of it is ready, of how much


class NotEmpty(Exception):
    """There are dwellings already: nothing was changed."""


def build(*, dwellings: int, seed: int, at: datetime, progress: Progress) -> None:
    """Fill the database as it would stand at `at`. The same numbers give the same rows, but for the secrets of the
    second factors. Raises NotEmpty, and ValueError for a corporation that is too small.
    """
    if Dwelling.objects.exists():
        raise NotEmpty
    write(imagine(dwellings=dwellings, seed=seed, at=at, progress=progress))


def imagine(*, dwellings: int, seed: int, at: datetime, progress: Progress) -> Corporation:
    """The whole of it in memory: no database is asked. Raises ValueError for a corporation that is too small."""
    with _of_here():
        return Corporation(dwellings, seed, at, progress)


def write(corporation: Corporation) -> None:
    """All or nothing. Raises NotEmpty."""
    with transaction.atomic(), _of_here():
        if Dwelling.objects.exists():
            raise NotEmpty
        corporation.write()
        amends.make_up(at=corporation.at)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")  # the first pages should not wait for autovacuum


@contextmanager
def _of_here() -> Iterator[None]:
    """Words are Dutch, clocks are ours; said once, as that is looked up a hundred thousand times."""
    with translation.override("nl"), timezone.override(timezone.get_default_timezone()):
        yield


class Corporation:
    """All rows in memory, in the order in which they are written."""

    def __init__(self, dwellings: int, seed: int, at: datetime, progress: Progress) -> None:
        self._seed, self.at, self._progress = seed, at, progress
        self._today = timezone.localtime(at).date()
        self.crew = crew.crew()
        self.places = places(dwellings)
        self.demo = demo_tenant.move_in(self.places, today=self._today)
        self.households, self.beside = self._let()
        let = (t for each in self.households.values() for one in each for t in one.tenancies)
        self.covers = covers.of_the_demo(self.demo.home) + covers.covers(let, self._chance("covers"))
        with looked_up_once(shipped()):  # in memory: no database is asked what is promised
            self.stage = Stage(self.crew, at, self._chance("stories"), self.places, self.households)
            self.going_on = demo_tenant.going_on(self.demo, self.stage)
            self.today = stories.tell(self.stage)
            self.past = demo_tenant.in_the_past(self.demo, self.stage)
            answered = objections.answered(self.stage)
            self.cases = self._numbered(
                [*self.going_on, *self.today, *self.stage.earlier, *self.past, *answered, *self._history()]
            )
        self.self_help = self_help.guided(self.cases, self.households, self._chance("self-help"))

    def write(self) -> None:
        self._insert([*self._people_and_places(), *_requests(self.cases), (SelfHelp, self.self_help)])
        for case in filter(lambda case: case.repeats, self.cases):
            case.row.repeat_of = case.repeats.row  # type: ignore[union-attr]  # set where it repeats one
            case.row.repeat_why = Repeat.SAME_HOME
            case.row.save(update_fields=["repeat_of", "repeat_why"])
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval('requests_reference', %s)", [len(self.cases)])
        undelivered = [case for case in self.today if case.row.problem == stories.UNDELIVERED]
        told = {id(case): case for case in (*self.going_on, *self.today)}
        told |= {id(case): case for case in self.cases if case.row.status == Status.DONE}  # who is asked, was asked
        with looked_up_once(shipped()):
            post.write(
                self.cases,
                stories=list(told.values()),
                leaving=self.going_on,
                undelivered=undelivered,
                at=self.at,
            )
        for name, content in self.stage.files.items():
            default_storage.delete(name)  # what an earlier build left behind
            default_storage.save(name, ContentFile(content))

    def _chance(self, about: str) -> Random:
        """A stream of its own for each subject: more of one thing does not change another."""
        return Random(f"{self._seed}/{about}")

    def _let(self) -> tuple[dict[str, list[Household]], list[Tenancy]]:
        """Everybody who rents, by complex, and what is rented beside a home."""
        people = People(self._chance("people"), today=self._today)
        taken = [self.demo.home.dwelling, self.demo.parking.dwelling]
        households, beside = {}, []
        for place in self.places:
            households[place.complex.name] = people.households(place, taken=taken)
            beside += people.beside(place, households[place.complex.name], taken=taken)
        return households, beside

    def _history(self) -> list[Case]:
        kinds: dict[int, list[str]] = defaultdict(list)
        for cover in self.covers:
            kinds[id(cover.tenancy)].append(cover.kind)
        history = History(self.crew, self.at, self._chance("history"), kinds)
        let = sum(len({each.dwelling.reference for each in homes}) for homes in self.households.values())
        made, cases = count(1), list[Case]()
        for place in self.places:
            cases += history.cases(
                place,
                self.households[place.complex.name],
                tick=lambda: self._progress("two years of requests", next(made), let),
            )
        return cases

    def _numbered(self, cases: list[Case]) -> list[Case]:
        """In order of receipt, with references as the sequence would have given them."""
        cases.sort(key=lambda case: case.row.received_at)
        for number, case in enumerate(cases, 1):
            case.row.reference = f"{timezone.localtime(case.row.received_at).year}-{number:06d}"
        return cases

    def _people_and_places(self) -> list[Rows]:
        tenancies = [self.demo.home, self.demo.parking, *self.beside]
        tenancies += [t for each in self.households.values() for one in each for t in one.tenancies]
        tenants = list({id(tenancy.tenant): tenancy.tenant for tenancy in tenancies}.values())
        return [
            *self._accounts([tenant.user for tenant in tenants if tenant.user]),
            (Complex, [place.complex for place in self.places]),
            (Dwelling, [dwelling for place in self.places for dwelling in place.dwellings]),
            (CommunalArea, [area for place in self.places for area in place.communal_areas]),
            (Tenant, tenants),
            (Tenancy, tenancies),
            (ServiceCover, self.covers),
            (Outage, covers.outages(self.places, self.crew, at=self.at)),
        ]

    def _accounts(self, of_tenants: list[User]) -> list[Rows]:
        """Staff get their rights and a second factor, whose secret is drawn anew: nobody can know it."""
        staff = self.crew.colleagues
        users = [*(colleague.user for colleague in staff), *of_tenants]
        for user in users:
            user.date_joined = self.at
        secrets = [get_adapter().encrypt(b32encode(token_bytes(20)).decode()) for _ in staff]
        return [
            (User, users),
            (EmailAddress, [EmailAddress(user=u, email=u.email, verified=True, primary=True) for u in users]),
            (
                Authenticator,
                [
                    Authenticator(
                        user=c.user, type=Authenticator.Type.TOTP, data={"secret": secret}, created_at=self.at
                    )
                    for c, secret in zip(staff, secrets, strict=True)
                ],
            ),
            (
                User.groups.through,
                [
                    User.groups.through(user=colleague.user, group=group)
                    for colleague in staff
                    for group in crew.groups(colleague.role)
                ],
            ),
        ]

    def _insert(self, tables: list[Rows]) -> None:
        total, written = sum(len(rows) for _, rows in tables), 0
        for model, rows in tables:
            insert(model, rows)
            written += len(rows)
            self._progress("rows", written, total)


def _requests(cases: list[Case]) -> list[Rows]:
    return [
        (ServiceRequest, [case.row for case in cases]),
        (Report, [row for case in cases for row in case.reports]),
        (StatusChange, [row for case in cases for row in case.history]),
        (PromiseMove, [row for case in cases for row in case.promise_moves]),
        (Message, [row for case in cases for row in case.messages]),
        (Visit, [row for case in cases for row in case.visits]),
        (Verdict, [row for case in cases for row in case.verdicts]),
        (Survey, [row for case in cases for row in case.surveys]),
        (Attachment, [row for case in cases for row in case.photos]),
        (Objection, [row for case in cases for row in case.objections]),
    ]
