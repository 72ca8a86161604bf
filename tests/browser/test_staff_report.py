"""A report taken down with a tenant on the line: by keyboard, on two pages, in every look."""

import pytest
from django.urls import reverse

from requests.front_door import catalogues
from requests.models import Report
from tests.factories import TenancyFactory
from tests.size import LONG

pytestmark = pytest.mark.ignore_template_errors  # those of Unfold's templates
NEW = "admin:requests_servicerequest_new"
MOST_KEYS = 90  # besides the tenant's own words; somebody who types slowly takes half a minute


class Keyboard:
    """Counts what is pressed."""

    def __init__(self, page):
        self.page, self.pressed = page, 0

    def type(self, text):
        self.page.keyboard.type(text)
        self.pressed += len(text)

    def press(self, key, times=1):
        for _ in range(times):
            self.page.keyboard.press(key)
        self.pressed += times

    def tab_to(self, selector):
        for _ in range(30):
            if self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
            self.press("Tab")
        pytest.fail(f"Tab does not lead to {selector}")


@pytest.fixture
def tenancy(db):
    return TenancyFactory(
        tenant__user=None, tenant__email="", tenant__name="Aleida van den Bosch", tenant__phone="06-12345678"
    )


@pytest.fixture
def at_a_desk(page, sign_in, planner):
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(planner)
    return page


def test_a_report_is_taken_down_with_the_keyboard_alone_on_two_pages(at_a_desk, live_server, tenancy, axe):
    page, keys, seen = at_a_desk, Keyboard(at_a_desk), []
    page.on("framenavigated", lambda frame: seen.append(frame.url))

    page.goto(live_server.url + reverse(NEW))
    page.wait_for_selector("#q:focus")
    keys.type("bosch")
    keys.press("Enter")
    page.wait_for_selector("#find:focus")
    assert axe() == []
    keys.type("deur klemt")
    keys.press("Enter")
    page.wait_for_selector("[name=problem]:focus")
    page.wait_for_load_state()  # its scripts hear the keys from then on
    keys.press("Space")
    page.wait_for_selector("#aloud-title")
    assert axe() == []
    words = "De binnendeur klemt sinds gisteren."
    keys.tab_to("#id_text")
    page.keyboard.type(words)
    answer_what_is_asked(page, keys)
    keys.tab_to("[name=save]")
    keys.press("Enter")
    page.wait_for_selector("#said-title")

    report = Report.objects.select_related("service_request").get()
    assert (report.text, report.tenancy, report.source) == (words, tenancy, "phone")
    assert f"Uw meldingsnummer is {report.service_request.reference}." in page.inner_text(".q-said")
    assert axe() == []
    forms = {url.partition("?")[0] for url in seen if "/new/" in url}
    assert forms == {live_server.url + reverse(NEW)}
    assert keys.pressed <= MOST_KEYS


def answer_what_is_asked(page, keys):
    """What the tenant says to the costs, if anything is asked about money."""
    if page.locator("[name=costs]").count():
        keys.tab_to("[name=costs]")
        keys.press("Space")
        page.wait_for_selector("[name=costs]:checked")


def test_choosing_another_problem_keeps_the_words_and_the_place_of_the_keyboard(at_a_desk, live_server, tenancy):
    page = at_a_desk
    page.goto(f"{live_server.url}{reverse(NEW)}?tenancy={tenancy.pk}")
    page.fill("#id_text", "Het is stuk.")
    page.select_option("#place", "kitchen")
    page.click("text=Toon")
    page.locator("[name=problem]").first.focus()
    page.wait_for_load_state()  # its scripts hear the keys from then on

    titles = []
    for key in ("Space", "ArrowDown"):
        with page.expect_response(lambda response: response.request.method == "POST"):
            page.keyboard.press(key)
        page.wait_for_function(
            "title => document.querySelector('#chosen-title')?.innerText !== title", arg="".join(titles[-1:])
        )
        titles.append(page.inner_text("#chosen-title"))

    assert len(set(titles)) == 2
    assert page.input_value("#id_text") == "Het is stuk."
    assert page.evaluate("document.activeElement.name") == "problem"


@pytest.mark.parametrize("scheme", ["light", "dark"] if LONG else ["dark"])
@pytest.mark.parametrize("width", [360, 1280] if LONG else [360])
def test_a_danger_reads_well_everywhere(page, live_server, sign_in, planner, findings, tenancy, scheme, width):
    acute = next(one for one in catalogues.current().leaves.values() if one.phone_only and not one.communal)
    sign_in(planner)
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{live_server.url}{reverse(NEW)}?tenancy={tenancy.pk}")

    page.select_option("#place", acute.place.key)
    page.click("text=Toon")
    page.check(f"#problem-{acute.key}")
    page.wait_for_selector(".q-acute")

    assert findings() == []


def test_without_htmx_the_same_pages_do(at_a_desk, live_server, tenancy):
    """What Unfold draws needs scripts; what is asked here does not."""
    page = at_a_desk
    page.route("**/htmx*.js", lambda route: route.abort())

    page.goto(f"{live_server.url}{reverse(NEW)}?q=bosch")
    page.fill("#find", "binnendeur klemt")
    page.click("text=Toon")
    page.locator("[name=problem]").first.check()
    page.click("text=Toon")
    page.fill("#id_text", "De deur klemt.")
    if page.locator("[name=costs]").count():
        page.locator("[name=costs]").first.check()
    page.click("[name=save]")

    page.wait_for_selector("#said-title")
    assert Report.objects.get().text == "De deur klemt."
