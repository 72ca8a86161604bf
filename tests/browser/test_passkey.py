"""Passkeys, with a virtual authenticator in Chromium: `localhost` is a secure origin there."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from playwright.sync_api import expect

from tenants.models import Notification
from tests.factories import StaffFactory


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def authenticator(page):
    """A telephone that recognises its owner."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {})
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def make_passkey(page, live_server):
    page.goto(f"{live_server.url}/account/2fa/webauthn/add/")
    page.get_by_label("Naam").fill("Mijn telefoon")
    page.get_by_role("button", name="Passkey maken").click()
    page.wait_for_url("**/recovery-codes/")


def test_a_tenant_makes_a_passkey_and_signs_in_with_it(page, live_server, sign_in, authenticator, tenant):
    sign_in(tenant.user)
    make_passkey(page, live_server)
    page.get_by_role("button", name="Uitloggen").click()

    page.goto(f"{live_server.url}/account/login/")
    page.get_by_role("button", name="Inloggen met een passkey").click()

    expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()
    assert [key.wrap().name for key in Authenticator.objects.filter(type="webauthn")] == ["Mijn telefoon"]


def test_staff_begin_with_a_passkey_and_then_reach_the_queue(page, live_server, sign_in, authenticator, db):
    staff = StaffFactory(is_superuser=True)
    sign_in(staff)
    page.goto(f"{live_server.url}/admin/")
    expect(page).to_have_url(re.compile("/account/2fa/$"))

    make_passkey(page, live_server)
    page.get_by_role("link", name="Ik heb ze bewaard").click()

    expect(page).to_have_url(re.compile("/admin/requests/servicerequest/$"))


def test_a_code_alone_is_not_enough_for_who_has_a_passkey(page, live_server, sign_in, authenticator, tenant):
    sign_in(tenant.user)
    make_passkey(page, live_server)
    page.get_by_role("button", name="Uitloggen").click()
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("E-mailadres").fill(tenant.user.email)
    page.get_by_role("button", name="Stuur mij een code").click()
    page.get_by_label("Code").fill(Notification.objects.get(kind="account_login_code").subject.split()[0])
    page.get_by_role("button", name="Inloggen").click()
    expect(page.get_by_role("heading", name="Nog één controle")).to_be_visible()

    page.get_by_role("button", name="Passkey gebruiken").click()

    expect(page.get_by_role("button", name="Uitloggen")).to_be_visible()


def test_a_passkey_that_does_not_work_is_explained(page, live_server):
    page.route("**/2fa/webauthn/login/", lambda route: route.abort())
    page.goto(f"{live_server.url}/account/login/")
    expect(page.get_by_role("alert")).to_be_hidden()

    page.get_by_role("button", name="Inloggen met een passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("Het lukte niet met een passkey.")


def test_without_javascript_the_page_offers_the_code_only(browser, browser_context_args, live_server):
    page = browser.new_context(**browser_context_args, java_script_enabled=False).new_page()

    page.goto(f"{live_server.url}/account/login/")

    expect(page.get_by_role("button", name="Stuur mij een code")).to_be_visible()
    expect(page.get_by_role("button", name="Inloggen met een passkey")).to_be_hidden()
    page.context.close()
