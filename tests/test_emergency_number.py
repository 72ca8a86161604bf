"""The number to call in danger stands on every page of tenants and strangers, also on those of what went wrong.

Staff's own pages are the admin; there the page on which they take down a danger shows it.
"""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Tenancy
from requests import tokens
from requests.workflow import Status
from tests import page_world
from tests.factories import ServiceRequestFactory
from tests.pages import A_LETTER, ERROR_PAGES, NO_HTML, PAGES, URLS
from tests.size import LONG

pytestmark = pytest.mark.django_db

SHOWN = [page for page in PAGES if not page.name.startswith("admin:") and page.unread not in (NO_HTML, A_LETTER)]
OF_STAFF = {"second_factor_first.html"}
WORDS = {"body": "Het lekt nog steeds."}


@pytest.fixture
def number(settings):
    """The corporation's own; no other text of a page has it."""
    settings.EMERGENCY_PHONE, settings.EMERGENCY_PHONE_LINK = "010 123 45 67", "tel:0101234567"
    return f'<a class="phone-number" href="{settings.EMERGENCY_PHONE_LINK}">{settings.EMERGENCY_PHONE}</a>'


def has(response, number):
    """The number, and the way to what to do, where the page ends."""
    html = response.content.decode()
    end = html[html.index("<footer") : html.index("</footer>")]
    return number in end and f'href="{reverse("requests:emergency")}"' in end


def test_it_stands_on_every_page(number, settings, tmp_path):
    settings.ROOT_URLCONF, settings.DEMO, settings.ACCOUNT_RATE_LIMITS = URLS, True, False
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    cache.clear()
    world = page_world.build(1)

    without = []
    for page in SHOWN if LONG else SHOWN[::3]:
        with transaction.atomic():  # opening one changes nothing for the next
            response = world.browsers[page.who].get(page.path(world.things))
            transaction.set_rollback(True)
        if not has(response, number):
            without.append(str(page))

    assert without == []


@pytest.fixture
def case(tenant):
    home = tenant.tenancies.get().dwelling
    return ServiceRequestFactory(reported_by=tenant, dwelling=home, at=timezone.now(), status=Status.DONE)


def opened(tenant_client, case):
    """The answers of addresses that fail when they are opened."""
    asked = {"report_id": case.reports.get().pk, "round": 1, "asked_at": timezone.now() - timedelta(days=40)}
    links = [reverse("requests:answer", args=[token]) for token in (tokens.make(tokens.VERDICT, **asked), "x")]
    failing = [f"/faalt/{code}/" for code in ("400", "403", "413-files", "413-text", "429", "500", "503")]
    tenant_client.raise_request_exception = False
    return [tenant_client.get(path) for path in ("/nergens/", "/account/inactive/", *links, *failing)]


def sent_too_late(tenant_client, case):
    """The answers to a form: of a page that stood open too long, after signing out, after moving out."""
    write = reverse("requests:write", args=[case.reference])
    visitor = Client(enforce_csrf_checks=True)
    visitor.cookies = tenant_client.cookies
    yield visitor.post(write, WORDS)
    yield Client().post(write, WORDS)
    Tenancy.objects.update(period=("2020-01-01", "2021-01-01"))
    yield tenant_client.post(write, WORDS)


def test_it_stands_on_every_page_of_an_error(number, settings, tenant_client, case):
    settings.ROOT_URLCONF = "tests.browser.failing_urls"

    answers = [*opened(tenant_client, case), *sent_too_late(tenant_client, case)]

    shown = {template.name: has(answer, number) for answer in answers for template in answer.templates}
    assert {name: there for name, there in shown.items() if name in ERROR_PAGES} == dict.fromkeys(
        ERROR_PAGES - OF_STAFF, True
    )
