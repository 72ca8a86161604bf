"""Signed out while typing: after signing in the words are in the form again."""

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils import timezone

from tests.factories import ServiceRequestFactory, TenancyFactory
from tests.tenants.signing_in import newest_code

TYPED = "Het lekt ook ’s nachts.\nEn bij de buren."


@pytest.fixture
def case(transactional_db):
    tenancy = TenancyFactory()
    return ServiceRequestFactory(reported_by=tenancy.tenant, dwelling=tenancy.dwelling, at=timezone.now())


def send_signed_out(page, field):
    """The session was ended elsewhere while somebody typed."""
    field.fill(TYPED)
    Session.objects.all().delete()
    with page.expect_navigation():
        field.evaluate("field => field.form.submit()")


def test_a_tenant_signs_in_and_sends_the_words_that_are_there_again(page, live_server, sign_in, case, findings):
    tenant = case.reports.get().tenant
    sign_in(tenant.user)
    page.goto(live_server.url + reverse("requests:detail", args=[case.reference]))
    send_signed_out(page, page.locator("[name=body]"))
    page.evaluate("localStorage.clear()")  # what the script of the page itself kept
    refused = findings()

    page.locator("main a.btn").click()
    page.locator('input[name="login"]').fill(tenant.user.email)
    page.locator("main form button").first.click()
    page.locator('input[name="code"]').fill(newest_code())
    page.locator("main form button").first.click()
    page.wait_for_url("**/meldingen/**")

    section = page.locator("[data-typed]")
    assert page.locator("[name=body]").input_value() == TYPED
    assert "staat weer in het formulier" in section.inner_text()
    assert "Zet het in het formulier" not in section.inner_text()
    assert (refused, findings()) == ([], [])

    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("**#messages")
    assert case.messages.get().body == TYPED


@pytest.mark.ignore_template_errors  # those of the admin's templates
def test_a_colleague_finds_a_note_in_its_field(page, live_server, client, sign_in, case, planner, settings, findings):
    address = live_server.url + reverse("admin:requests_servicerequest_change", args=[case.pk])
    sign_in(planner)
    page.goto(address)
    send_signed_out(page, page.locator("[name=note-body]"))
    client.cookies[settings.SESSION_COOKIE_NAME] = session_of(page, settings)  # this browser's, with what is kept in it
    sign_in(planner)
    page.goto(address)

    assert page.locator("[name=note-body]").input_value() == TYPED
    assert page.locator("[name=note-body]").is_visible()
    assert findings() == []


def session_of(page, settings):
    return next(one["value"] for one in page.context.cookies() if one["name"] == settings.SESSION_COOKIE_NAME)
