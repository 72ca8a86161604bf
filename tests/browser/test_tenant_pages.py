"""Every page for tenants and managers reads well for everybody: on a phone in the light, on a desk in the dark."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.urls import reverse
from django.utils import timezone

from requests import services, tokens
from requests.intake import catalogue
from requests.models import Ended, Message, Visit
from requests.workflow import Status
from tests.factories import CommunalAreaFactory, DraftFactory, ServiceRequestFactory, TenancyFactory, TenantFactory
from tests.size import LONG as IN_EVERY_LOOK

DESK = {"width": 1280, "height": 800}
EVERY_DAY = {"desk, dark": {"viewport": DESK, "color_scheme": "dark"}}
LOOKS = EVERY_DAY | {
    "phone": {"viewport": {"width": 360, "height": 740}, "color_scheme": "light"},
    "phone at 200 %": {"viewport": {"width": 180, "height": 370}, "color_scheme": "light"},
}
LONG = "Burgemeester-van-Spaarndammer-Wilgenrooslaan"


@pytest.fixture(params=LOOKS if IN_EVERY_LOOK else EVERY_DAY)
def browser_context_args(browser_context_args, request):
    return {**browser_context_args, **LOOKS[request.param]}


@pytest.fixture
def renter(db):
    """Somebody with two homes, a long street name and a building with a lift."""
    tenancy = TenancyFactory(tenant=TenantFactory(name="Wilhelmina van der Wijngaarden-Oosterhuis"))
    tenancy.dwelling.street = LONG
    tenancy.dwelling.save(update_fields=["street"])
    TenancyFactory(tenant=tenancy.tenant, dwelling__kind="storage")
    CommunalAreaFactory(complex=tenancy.dwelling.complex)
    return tenancy.tenant


@pytest.fixture
def look(page, live_server, assert_accessible):
    """Open an address and judge it."""

    def at(address, *, status=200):
        response = page.goto(f"{live_server.url}{address}")

        assert (address, response.status) == (address, status)
        if page.viewport_size == DESK:  # in test_every_page axe reads them on the phone
            assert_accessible()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{address} is too wide"

    return at


@pytest.mark.long
def test_reporting(look, sign_in, renter):
    draft = DraftFactory(tenant=renter, dwelling=renter.tenancies.first().dwelling)
    sign_in(renter.user)

    look("/")
    look(reverse("requests:report"))
    for step in ("home", "place", "thing", "problem", "words", "check"):
        look(reverse(f"requests:report_{step}", args=[draft.pk]))
    look(reverse("requests:report_search", args=[draft.pk]) + "?q=kraan")
    look(reverse("requests:report_search", args=[draft.pk]) + "?q=qqq")
    acute = next(problem for problem in catalogue.shipped().leaves.values() if problem.phone_only)
    DraftFactory._meta.model.objects.update(place=acute.place.key)
    look(reverse("requests:report_call", args=[draft.pk, acute.key]))


@pytest.mark.long
def test_what_a_report_asks_and_offers(look, sign_in, renter):
    home = renter.tenancies.first().dwelling
    tap = {"tenant": renter, "dwelling": home, "thing": "tap", "problem": "kitchen_tap_drips"}
    draft = DraftFactory(**tap, details_given=True, text="")
    ServiceRequestFactory(dwelling=home, at=timezone.now())
    ServiceRequestFactory(dwelling=home, reported_by=renter, at=timezone.now())
    sign_in(renter.user)

    for step in ("details", "known", "help", "costs"):
        look(reverse(f"requests:report_{step}", args=[draft.pk]))
    for how in Ended.values:
        ended = DraftFactory(**tap, ended=how, ended_at=timezone.now())
        look(reverse("requests:report_ended", args=[ended.pk]))


def test_reporting_with_mistakes(page, live_server, look, sign_in, renter, assert_accessible):
    draft = DraftFactory(tenant=renter, dwelling=renter.tenancies.first().dwelling, text="")
    sign_in(renter.user)
    look(reverse("requests:report_words", args=[draft.pk]))

    page.locator("main form .btn:not(.btn--quiet)").last.click()
    page.wait_for_load_state()

    assert page.locator('[aria-invalid="true"]').count() == 1
    assert_accessible()


@pytest.mark.long
def test_a_request_in_every_status(look, sign_in, renter):
    home = renter.tenancies.first().dwelling
    every = [
        ServiceRequestFactory(status=status, reported_by=renter, dwelling=home, at=timezone.now()) for status in Status
    ]
    for service_request in every:
        Message.objects.create(
            service_request=service_request, tenant=renter, body="Wanneer komt u? " * 20, at=timezone.now()
        )
        if service_request.status == Status.SCHEDULED:
            window = DateTimeTZRange(timezone.now() + timedelta(days=1), timezone.now() + timedelta(days=1, hours=2))
            Visit.objects.create(service_request=service_request, window=window, craftsman="Carla")
    sign_in(renter.user)

    for service_request in every:
        look(reverse("requests:detail", args=[service_request.reference]))


@pytest.mark.long
def test_lists_and_questions(look, sign_in, renter):
    asked = ServiceRequestFactory(status=Status.DONE, reported_by=renter, at=timezone.now())
    closed = ServiceRequestFactory(status=Status.CLOSED, reported_by=renter, at=timezone.now())
    fresh = ServiceRequestFactory(reported_by=renter, at=timezone.now())
    sign_in(renter.user)

    look("/")
    look(reverse("requests:mine"))
    look(reverse("requests:sent", args=[fresh.reference]))
    look(reverse("requests:withdraw", args=[fresh.reference]))
    look(reverse("requests:verdict_here", args=[asked.reference]))
    look(reverse("requests:mark_here", args=[closed.reference]))


def test_nothing_yet(look, sign_in, renter):
    sign_in(renter.user)

    look("/")
    look(reverse("requests:mine"))
    look("/nergens/", status=404)


@pytest.mark.long
def test_answers_by_the_link_of_a_mail(look, renter):
    ready, closed = (
        ServiceRequestFactory(status=status, reported_by=renter, at=timezone.now())
        for status in (Status.DONE, Status.CLOSED)
    )
    now, long_ago = timezone.now(), timezone.now() - timedelta(days=40)

    look(reverse("requests:answer", args=[link(tokens.VERDICT, ready, asked_at=now)]))
    look(reverse("requests:mark", args=[link(tokens.MARK, closed, asked_at=now)]))
    look(reverse("requests:answer", args=[link(tokens.VERDICT, ready, asked_at=long_ago)]), status=410)
    look(reverse("requests:answer", args=["not-a-link"]), status=404)
    look(reverse("requests:mark", args=[link(tokens.MARK, closed, asked_at=long_ago)]), status=410)

    services.answer_verdict(ready.reports.get().pk, round=1, answer="solved", by=None, at=timezone.now())
    services.give_mark(closed.reports.get().pk, mark=8, at=timezone.now())
    look(reverse("requests:answer", args=[link(tokens.VERDICT, ready, asked_at=now)]))
    look(reverse("requests:mark", args=[link(tokens.MARK, closed, asked_at=now)]))


def link(purpose, service_request, *, asked_at):
    return tokens.make(purpose, report_id=service_request.reports.get().pk, round=1, asked_at=asked_at)


def test_every_part_that_pages_are_made_of(look, db, settings):
    settings.ROOT_URLCONF, settings.DEMO = "tests.portal.demo_urls", True

    look("/stijl/")
    look("/demo/berichten/")


def test_the_welcome_page(look, db):
    look("/")


def test_the_dashboard(look, sign_in, planner):
    planner.user_permissions.add(Permission.objects.get(codename="view_dashboard"))
    for number in range(12):
        service_request = ServiceRequestFactory(status=Status.DONE, at=timezone.now() - timedelta(days=number))
        survey = service_request.reports.get().survey
        survey.mark, survey.answered_at = 3 + number % 8, timezone.now()
        survey.save(update_fields=["mark", "answered_at"])
    sign_in(planner)

    look(reverse("requests:dashboard"))
