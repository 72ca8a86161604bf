"""axe reads every page that says that something went wrong, on a telephone."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test.signals import template_rendered
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Tenancy
from requests import tokens
from requests.workflow import Status
from tests.factories import ServiceRequestFactory, moves_out
from tests.pages import ERROR_PAGES

WORDS = "Het lekt nog steeds."


@pytest.fixture(autouse=True)
def _addresses_that_fail(settings):
    settings.ROOT_URLCONF = "tests.browser.failing_urls"


@pytest.fixture
def rendered():
    """The names of the templates that the server used."""
    names = []

    def note(sender, template, **kwargs):
        names.append(template.name)

    template_rendered.connect(note)
    yield names
    template_rendered.disconnect(note)


@pytest.fixture
def service_request(tenant):
    tenancy = tenant.tenancies.get()
    return ServiceRequestFactory(reported_by=tenant, dwelling=tenancy.dwelling, at=timezone.now())


@pytest.fixture
def ways(tenant):
    """An address for each page that comes of opening one."""
    long_ago = timezone.now() - timedelta(days=40)
    report = ServiceRequestFactory(status=Status.DONE, reported_by=tenant).reports.get()
    gone = ServiceRequestFactory(status=Status.DONE).reports.get()
    moves_out(gone, on=timezone.localdate())
    over = tokens.make(tokens.VERDICT, report_id=report.pk, round=1, asked_at=long_ago)
    left = tokens.make(tokens.VERDICT, report_id=gone.pk, round=1, asked_at=timezone.now())
    return {
        "404.html": ["/nergens/"],
        "413.html": ["/faalt/413-files/", "/faalt/413-text/"],
        "account/account_inactive.html": ["/account/inactive/"],
        "requests/link_over.html": [reverse("requests:answer", args=[each]) for each in (over, left)],
        "requests/link_wrong.html": [reverse("requests:answer", args=["x"])],
        **{f"{code}.html": [f"/faalt/{code}/"] for code in (400, 403, 429, 500, 503)},
    }


def forget_the_form(page):
    page.context.clear_cookies(name="csrftoken")


def sign_out(page):
    page.context.clear_cookies(name="sessionid")


def move_out(page):
    Tenancy.objects.update(period=("2020-01-01", "2021-01-01"))


def take_the_second_factor(page):
    Authenticator.objects.all().delete()


# What happens between typing and sending; the words must be there still.
SENT = {
    "403_csrf.html": forget_the_form,
    "signed_out.html": sign_out,
    "form_gone.html": move_out,
    "second_factor_first.html": take_the_second_factor,
}


def test_every_page_of_an_error_is_read_here(ways):
    assert set(ways) | set(SENT) == ERROR_PAGES


def test_what_went_wrong_reads_well(page, live_server, ways, rendered, findings):
    found = {}
    for template, addresses in ways.items():
        for address in addresses:
            rendered.clear()
            page.goto(live_server.url + address)
            found[address] = [*([] if template in rendered else [f"not {template}"]), *findings()]

    assert {address: wrong for address, wrong in found.items() if wrong} == {}


@pytest.mark.ignore_template_errors  # those of the admin's templates
@pytest.mark.parametrize("template", SENT)
def test_what_was_typed_reads_well_when_it_could_not_be_sent(
    request, page, live_server, sign_in, tenant, service_request, rendered, findings, template
):
    by_staff = template == "second_factor_first.html"
    sign_in(request.getfixturevalue("planner") if by_staff else tenant.user)
    case = reverse("admin:requests_servicerequest_change", args=[service_request.pk])
    page.goto(live_server.url + (case if by_staff else reverse("requests:detail", args=[service_request.reference])))
    field = page.locator("[name=note-body]" if by_staff else "[name=body]")
    field.fill(WORDS)

    SENT[template](page)
    with page.expect_navigation():
        field.evaluate("field => field.form.submit()")

    assert template in rendered
    assert page.get_by_role("textbox").input_value() == WORDS
    assert findings() == []
