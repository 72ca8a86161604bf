"""What was typed is not lost: no internet, a connection that breaks, and two devices that write one report."""

import re

import pytest
from django.urls import reverse

from requests.models import Draft, Message
from requests.workflow import Status
from tests.factories import DraftFactory, ServiceRequestFactory, TenancyFactory

TYPED = "Het lekt onder de gootsteen, sinds gisteren."
NO_INTERNET = "U hebt nu geen internet. Uw tekst is bewaard op dit apparaat."
NOT_SENT = "Deze tekst is nog niet verstuurd."
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('kept:')).length"


@pytest.fixture
def tenancy(transactional_db):
    return TenancyFactory()


@pytest.fixture
def draft(tenancy):
    return DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling, text="", details_given=True, reachable=False)


@pytest.fixture
def words(live_server, draft, sign_in, tenancy):
    sign_in(tenancy.tenant.user)
    return live_server.url + reverse("requests:report_words", args=[draft.pk])


def test_without_internet_the_text_stays_and_the_page_says_so(page, words, draft, findings):
    page.goto(words)
    page.get_by_label("In uw eigen woorden").fill(TYPED)
    page.context.set_offline(True)
    page.get_by_role("button", name="Versturen").click()

    note = page.locator("[data-keep-note]")
    assert NO_INTERNET in note.inner_text()
    assert note.evaluate("note => note === document.activeElement")
    assert page.get_by_label("In uw eigen woorden").input_value() == TYPED
    assert findings() == []

    page.context.set_offline(False)
    page.get_by_role("button", name="Versturen").click()
    page.wait_for_url("**/verstuurd/")
    draft.refresh_from_db()
    assert draft.text == TYPED
    assert page.evaluate(KEPT) == 0


def test_when_sending_breaks_off_the_text_is_there_again(page, words, draft):
    page.goto(words)
    page.get_by_label("In uw eigen woorden").fill(TYPED)
    page.route(
        words, lambda route: route.abort("connectionreset") if route.request.method == "POST" else route.continue_()
    )
    page.get_by_role("button", name="Versturen").click()
    page.wait_for_url(re.compile("chrome-error|uitleg"))
    page.unroute_all()

    page.goto(words)

    draft.refresh_from_db()
    assert draft.text == ""
    assert page.get_by_label("In uw eigen woorden").input_value() == TYPED
    assert NOT_SENT in page.locator("[data-keep-note]").inner_text()


def test_what_another_device_wrote_stands_and_the_text_of_this_one_is_offered(page, words, draft):
    page.goto(words)
    page.get_by_label("In uw eigen woorden").fill(TYPED)
    Draft.objects.filter(pk=draft.pk).update(text="Op de laptop verder geschreven.")

    page.goto(words)

    field = page.get_by_label("In uw eigen woorden")
    assert field.input_value() == "Op de laptop verder geschreven."
    assert TYPED in page.locator("[data-keep-note]").inner_text()
    page.get_by_role("button", name="Deze tekst gebruiken").click()
    assert field.input_value() == TYPED


def test_a_message_that_did_not_arrive_is_there_again_and_counts_once(page, live_server, sign_in, tenancy):
    case = ServiceRequestFactory(dwelling=tenancy.dwelling, reported_by=tenancy.tenant, status=Status.PLANNED)
    sign_in(tenancy.tenant.user)
    detail = live_server.url + reverse("requests:detail", args=[case.reference])
    sent = []

    def arrives_but_the_answer_does_not(route):
        if not sent:
            sent.append(route.fetch())
            route.abort("connectionreset")
        else:
            route.continue_()

    page.goto(detail)
    page.get_by_label("Uw bericht").fill("Wanneer komt u?")
    page.route("**/bericht/", arrives_but_the_answer_does_not)
    page.get_by_role("button", name="Bericht versturen").click()
    page.wait_for_url("chrome-error://chromewebdata/")
    page.goto(detail)

    assert [message.body for message in Message.objects.all()] == ["Wanneer komt u?"]
    assert page.get_by_label("Uw bericht").input_value() == ""
    assert page.evaluate(KEPT) == 0


@pytest.mark.parametrize("where", ["in the menu", "on its own page"])
def test_signing_out_leaves_nothing_of_anybody(page, live_server, words, where):
    page.goto(words)
    page.get_by_label("In uw eigen woorden").fill(TYPED)
    kept = page.evaluate(KEPT)

    if where == "on its own page":
        page.goto(live_server.url + reverse("account_logout"))
        page.locator("main").get_by_role("button", name="Uitloggen").click()
    else:
        page.get_by_role("button", name="Uitloggen").first.click()
    page.wait_for_load_state()

    assert [kept, page.evaluate(KEPT)] == [1, 0]


def test_what_is_older_than_any_draft_is_forgotten(page, live_server, words):
    page.goto(words)
    old = "JSON.stringify({text: 'x', base: '', key: 'old', at: Date.now() - 15 * 864e5})"
    page.evaluate(f"localStorage.setItem('kept:old', {old})")

    page.goto(live_server.url)

    assert page.evaluate(KEPT) == 0
