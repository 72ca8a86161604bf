"""Who may report for somebody, and who is on the line."""

from datetime import date, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Outage, Tenancy
from requests.admin.taking_down import callers
from requests.models import Report
from requests.workflow import Status
from tenants.models import AccessPreferences
from tests.access_world import browser_of
from tests.factories import (
    ServiceRequestFactory,
    TenancyFactory,
)
from tests.requests.staff_report.calls import IN_ENGLISH, NEW, address, colleague, save

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [("Contact centre", 200), ("Planner", 200), ("Manager", 403)])
def test_the_roles_that_take_down_reports(role, status):
    assert browser_of(colleague(role)).get(reverse(NEW)).status_code == status


def test_a_manager_cannot_save_a_report(tenancy):
    saved = save(browser_of(colleague("Manager")), tenancy)

    assert saved.status_code == 403
    assert Report.objects.count() == 0


@pytest.mark.parametrize(("role", "is_there"), [("Contact centre", True), ("Manager", False)])
def test_the_queue_has_the_button_for_whoever_may(role, is_there):
    queue = browser_of(colleague(role)).get(reverse("admin:requests_servicerequest_changelist"))

    assert (f'href="{reverse(NEW)}"' in queue.content.decode()) == is_there


# --- who it is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "bosch",
        "ALEIDA VAN DEN",
        "Beukenhof 12a",
        "1234 AB 12a",
        "1234ab 12A",
        "+31 6 12345678",
        "06 1234 5678",
        "W99",
        "2026-123",
        "2026-000123",
        "aleida@example",
    ],
)
def test_a_tenant_is_found_as_people_say_it_on_the_phone(words):
    today = timezone.localdate()
    tenancy = TenancyFactory(
        tenant__name="Aleida van den Bosch",
        tenant__phone="06-12345678",
        tenant__email="aleida@example.org",
        dwelling__house_number="12A",
        dwelling__reference="W99",
    )
    ServiceRequestFactory(reference="2026-000123", dwelling=tenancy.dwelling, reported_by=tenancy.tenant)
    TenancyFactory(tenant__name="Iemand Anders", dwelling__postcode="9999 ZZ", dwelling__street="Eikenlaan")

    assert callers.find(words, on=today) == [tenancy]


@pytest.mark.parametrize(
    "words",
    ["", " ", "%", "_", "😀" * 300, "' OR 1=1 --", "مرحبا", "a" * 10_000, "0" * 400, "2026-99999999", "(((("],
)
def test_any_text_can_be_searched_for(desk, tenancy, words):
    page = desk.get(reverse(NEW), {"q": words})

    assert page.status_code == 200
    assert list(page.context["found"]) == []


def test_one_tenant_found_is_the_one(desk, tenancy):
    response = desk.get(reverse(NEW), {"q": "bosch"})

    assert (response.status_code, response.headers["Location"]) == (302, address(tenancy))


def test_too_many_tenants_are_not_all_shown(desk):
    TenancyFactory.create_batch(callers.AT_MOST + 1, tenant__name="De Vries")

    page = desk.get(reverse(NEW), {"q": "vries"}, headers=IN_ENGLISH)

    assert len(page.context["found"]) == callers.AT_MOST
    assert "Search more precisely" in page.content.decode()


def test_who_has_left_is_not_found_and_cannot_be_chosen(desk, tenancy):
    Tenancy.objects.filter(pk=tenancy.pk).update(period=DateRange(date(2020, 1, 1), timezone.localdate()))

    search = desk.get(reverse(NEW), {"q": "bosch"})
    chosen = desk.get(address(tenancy), headers=IN_ENGLISH)
    saved = save(desk, tenancy)

    assert list(search.context["found"]) == []
    assert (chosen.status_code, chosen.headers["Location"]) == (302, reverse(NEW))
    assert "does not rent" in told(chosen)[0]
    assert (saved.status_code, Report.objects.count()) == (302, 0)


@pytest.mark.parametrize("key", ["0", "999999", "x", "-1", "9" * 40])
def test_a_tenancy_that_is_not_there_is_404(desk, key):
    assert desk.get(reverse(NEW), {"tenancy": key}).status_code == 404


def test_the_page_says_what_is_known_of_the_home(desk, tenancy, now):
    mine = ServiceRequestFactory(dwelling=tenancy.dwelling, at=now - timedelta(days=1))
    ServiceRequestFactory(dwelling=tenancy.dwelling, at=now, status=Status.CLOSED, title_en="Done long ago")
    ServiceRequestFactory(at=now, title_en="Of somebody else")
    outage = Outage(what="water", complex=tenancy.dwelling.complex, words="Een lek in de straat.")
    outage.starts_at, outage.until, outage.made_at = now, now + timedelta(hours=3), now
    outage.save()
    AccessPreferences.objects.create(
        tenant=tenancy.tenant, call_first=True, saved_at=now, expires_at=now + timedelta(days=9)
    )

    page = desk.get(address(tenancy), headers=IN_ENGLISH)

    text = page.content.decode()
    assert page.context["call"].open_here == [mine]
    assert [one for one, _ in page.context["call"].outages_here] == [outage]
    shown = ["Een lek in de straat.", "Phone before you come", "No e-mail: the confirmation is a letter", "06-12345678"]
    assert [words for words in shown if words not in text] == []
    assert "Done long ago" not in text
    assert "Of somebody else" not in text
