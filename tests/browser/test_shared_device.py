"""A device that more people use: what one of them wrote does not stay on it, once they signed out."""

import pytest
from django.urls import reverse

from tests.factories import DraftFactory, TenancyFactory

TYPED = "Het lekt in de slaapkamer."
KEPT = """async (url) => {
    try {
        return await (await fetch(url, {cache: "only-if-cached", mode: "same-origin"})).text()
    } catch {
        return "nothing is kept"
    }
}"""


@pytest.fixture
def shown(page, live_server, transactional_db, sign_in):
    """Where the words that somebody wrote were shown to them."""
    tenancy = TenancyFactory()
    draft = DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling, text=TYPED, reachable=False)
    address = live_server.url + reverse("requests:report_words", args=[draft.pk])
    sign_in(tenancy.tenant.user)
    for _ in range(2):  # what is kept is kept for the cookies that came with the question: now with all of them
        page.goto(address)
    assert TYPED in page.content()
    return address


def sign_out(page, live_server):
    """And leave behind what the browser still has, for whoever knows how to look for it."""
    cookies = page.context.cookies()
    page.goto(live_server.url + reverse("account_logout"))
    page.locator("main").get_by_role("button", name="Uitloggen").click()
    page.wait_for_url(live_server.url + "/")
    page.context.clear_cookies()
    page.context.add_cookies(cookies)


def test_who_signed_out_leaves_no_words_behind(page, live_server, shown):
    sign_out(page, live_server)

    assert TYPED not in page.evaluate(KEPT, shown)


def test_without_what_is_sent_on_signing_out_they_would_be_there(page, live_server, shown, monkeypatch):
    monkeypatch.setattr("portal.middleware.FORGET", "")
    sign_out(page, live_server)

    assert TYPED in page.evaluate(KEPT, shown)


def test_going_back_after_signing_out_shows_the_page_to_sign_in(page, live_server, shown):
    sign_out(page, live_server)
    page.go_back()
    page.go_back()

    assert ("/account/login/" in page.url, TYPED in page.content()) == (True, False)


def test_after_signing_out_the_next_can_sign_in_at_once(page, live_server, shown):
    sign_out(page, live_server)

    page.goto(f"{live_server.url}/account/login/")
    page.locator('input[name="login"]').fill("niemand@example.org")
    page.locator("main form button").first.click()

    page.wait_for_url("**/confirm/")
