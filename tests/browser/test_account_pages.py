"""Pages of the account as they are before there is a second factor, after a mistake, and in every size and scheme."""

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache

PAGES = [
    "/account/2fa/",
    "/account/2fa/webauthn/",
    "/account/2fa/webauthn/add/",
    "/account/2fa/totp/activate/",
    "/account/sessions/",
    "/account/logout/",
]


@pytest.fixture(autouse=True)
def _fresh_limits():
    cache.clear()


@pytest.fixture
def assert_reads_well(page, live_server, assert_accessible):
    def check(path):
        page.goto(live_server.url + path)
        assert page.url == live_server.url + path
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert (path, page.viewport_size["width"], wide) == (path, page.viewport_size["width"], 0)
        assert_accessible()

    return check


def test_pages_of_an_account_without_a_second_factor_read_well(assert_reads_well, sign_in, tenant):
    sign_in(tenant.user)

    for path in PAGES:
        assert_reads_well(path)

    assert not Authenticator.objects.exists()


def test_the_page_for_the_code_reads_well_also_after_a_mistake(page, live_server, assert_accessible, tenant):
    page.goto(f"{live_server.url}/account/login/")
    page.get_by_label("E-mailadres").fill(tenant.user.email)
    page.get_by_role("button", name="Stuur mij een code").click()
    page.wait_for_url("**/confirm/")
    assert_accessible()

    page.get_by_label("Code").fill("12")
    page.get_by_role("button", name="Inloggen").click()

    page.get_by_text("Deze code klopt niet.").first.wait_for()
    assert_accessible()


def test_signing_in_reads_well_in_every_size_and_scheme(page, assert_reads_well):
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            assert_reads_well("/account/login/")
