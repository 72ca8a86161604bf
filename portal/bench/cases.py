"""What is measured. A case gets the world ready and returns the one step that is timed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import cycle

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Dwelling
from portal.demo.views import EMAIL_OF_ROLE
from requests import followup
from requests.front_door import catalogues, search
from requests.models import Draft, ServiceRequest
from tenants.models import Tenant, User

from . import large_catalogue
from .measuring import WARM_UP, Browser, Step


@dataclass(frozen=True)
class World:
    """A web server with the synthetic corporation behind it."""

    port: int
    at: datetime
    browsers: list[Browser] = field(default_factory=list)

    @cached_property
    def tenant(self) -> Tenant:
        """Who reported most of those who can sign in."""
        reporters = Tenant.objects.filter(user__isnull=False, tenancies__period__contains=self.at.date())
        return reporters.annotate(reported=Count("reports", distinct=True)).order_by("-reported", "pk")[0]

    @cached_property
    def service_request(self) -> ServiceRequest:
        """The one of that tenant with the longest history."""
        own = ServiceRequest.objects.of(self.tenant, on=self.at.date())
        return own.annotate(changes=Count("history", distinct=True)).order_by("-changes", "pk")[0]

    @property
    def size(self) -> str:
        return f"{Dwelling.objects.count():,} dwellings, {ServiceRequest.objects.count():,} requests"

    def browser(self, user: User | None = None) -> Browser:
        self.browsers.append(Browser(self.port, user))
        return self.browsers[-1]

    def close(self) -> None:
        for browser in self.browsers:
            browser.connection.close()

    def staff(self, role: str) -> Browser:
        return self.browser(User.objects.get(email=EMAIL_OF_ROLE[role]))


@dataclass(frozen=True)
class Case:
    name: str
    times: int
    goal: str
    prepare: Callable[[World], Step]


CASES: list[Case] = []
EMPTY = "empty page"  # what the others are compared with; measured first


def case(name: str, *, times: int = 200, goal: str = "") -> Callable[[Callable[[World], Step]], None]:
    """Add a case: `goal` is what it should cost, in words, printed beside what it does cost."""

    def add(prepare: Callable[[World], Step]) -> None:
        CASES.append(Case(name, times, goal, prepare))

    return add


@case(EMPTY, times=500)
def _(world: World) -> Step:
    browser = world.browser()
    return lambda: browser.get(reverse("empty"))


@case("tenant: home", goal="15 ms")
def _(world: World) -> Step:
    browser = world.browser(world.tenant.user)
    return lambda: browser.get(reverse("home"))


@case("tenant: one request", goal="20 ms")
def _(world: World) -> Step:
    browser = world.browser(world.tenant.user)
    page = reverse("requests:detail", args=[world.service_request.reference])
    return lambda: browser.get(page)


@case("tenant: send a report", goal="10 ms")
def _(world: World, times: int = 200) -> Step:
    tenant, browser = world.tenant, world.browser(world.tenant.user)
    home = Dwelling.objects.of(tenant, on=world.at.date())[0]
    drafts = Draft.objects.bulk_create(
        Draft(
            tenant=tenant,
            catalogue_id=catalogues.current_version(),
            dwelling=home,
            place="kitchen",
            thing="other",
            problem="kitchen_other",
            details_given=True,
            known_seen=True,
            text="De lade klemt.",
            started_at=world.at,
            touched_at=world.at,
        )
        for _ in range(times + WARM_UP)
    )
    return lambda: browser.post(reverse("requests:report_check", args=[drafts.pop().pk]))


@case("tenant: search 2,000 problems", goal="30 ms (p95)")
def _(world: World) -> Step:
    version, words = large_catalogue.version(world.at), cycle(large_catalogue.ASKED)
    return lambda: _assert_found(search.find(next(words), version=version, language="nl"))


@case("staff: queue, first page", goal="75 × empty, 25 ms")
def _(world: World) -> Step:
    browser = world.staff("planner")
    return lambda: browser.get(reverse("admin:requests_servicerequest_changelist"))


@case("staff: one request", goal="20 ms")
def _(world: World) -> Step:
    browser = world.staff("planner")
    page = reverse("admin:requests_servicerequest_change", args=[world.service_request.pk])
    return lambda: browser.get(page)


@case("manager: dashboard", times=50, goal="40 ms")
def _(world: World) -> Step:
    browser = world.staff("manager")
    return lambda: browser.get(reverse("requests:dashboard"))


@case("worker: nothing to follow up", times=500, goal="2 ms")
def _(world: World) -> Step:
    long_ago = timezone.make_aware(datetime(2000, 1, 1))  # noqa: DTZ001 -- made aware
    return lambda: _assert_nothing(followup.follow_up(at=long_ago))


def _assert_found(found: list[str]) -> None:
    assert found


def _assert_nothing(found: object) -> None:
    assert not found
