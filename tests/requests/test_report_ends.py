"""From any tree and with any answers, a report ends in an answer: somebody who only presses buttons gets there."""

from html.parser import HTMLParser

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests.intake import catalogue, checks
from requests.models import CatalogueVersion, Draft
from tests.factories import CommunalAreaFactory, TenancyFactory
from tests.requests import small_catalogue
from tests.requests.tenant_pages import page
from tests.size import times

pytestmark = pytest.mark.django_db

MOST_PAGES = 14
ENDS = ("/verstuurd/", "/klaar/", "/nood/", "/bellen/")  # sent, nothing to send, or whom to call
SEVERAL = settings(
    max_examples=times(50, short=2),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Forms(HTMLParser):
    """What can be filled in and pressed on a page: for each form that is sent, its fields and its buttons."""

    def __init__(self, html):
        super().__init__()
        self.forms = []
        self.inside = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        said = dict(attributes)
        if tag == "form":
            self.inside = said.get("method") == "post" and "/i18n/" not in said.get("action", "")
            if self.inside:
                self.forms.append({"action": said.get("action", ""), "choices": {}, "words": [], "buttons": []})
        elif self.inside and tag == "input" and said.get("type") == "radio":
            self.forms[-1]["choices"].setdefault(said["name"], []).append(said["value"])
        elif self.inside and tag in ("input", "textarea") and said.get("type", "text") == "text":
            self.forms[-1]["words"].append(said["name"])
        elif self.inside and tag == "button":
            self.forms[-1]["buttons"].append((said.get("name"), said.get("value")))

    def handle_endtag(self, tag):
        self.inside = self.inside and tag != "form"


def main_of(response):
    return response.content.decode().partition("<main")[2].partition("</main>")[0]


def press_something(client, url, data):
    """Fill a form of the page with anything it offers and press any of its buttons; returns where that leads."""
    forms = Forms(main_of(client.get(url))).forms
    ways = [(form, button) for form in forms for button in form["buttons"] if button[0] != "remove"]
    assert ways, f"nothing to press on {url}"
    form, (name, value) = data.draw(st.sampled_from(ways))
    answers = {field: data.draw(st.sampled_from(values)) for field, values in form["choices"].items()}
    answers |= dict.fromkeys(form["words"], "Het is stuk.") | ({name: value} if name else {})
    response = client.post(form["action"] or url, answers)
    return response.url if response.status_code == 302 else url


def walk(client, data):
    url, pages = client.post(page("report")).url, []
    while not any(end in url for end in ENDS):
        pages.append(url)
        assert len(pages) <= MOST_PAGES, pages
        url = press_something(client, url, data)
    assert client.get(url).status_code == 200
    return pages


@pytest.fixture
def renter(db):
    """A browser of somebody whose building has a lift, a stairwell and two bin rooms."""
    tenancy = TenancyFactory(dwelling__stack="A-1")
    for name, code in (("Lift", "LIF"), ("Trappenhuis", "POR"), ("Container 1", "CON"), ("Container 2", "CON")):
        CommunalAreaFactory(complex=tenancy.dwelling.complex, name=name, location_code=code)
    client = Client()
    client.force_login(tenancy.tenant.user)
    return client


@SEVERAL
@given(data=st.data())
def test_the_shipped_tree_ends_with_whatever_is_pressed(renter, data):
    walk(renter, data)


LEAVES = catalogue.shipped().leaves


@SEVERAL
@given(data=st.data(), key=st.sampled_from(sorted(LEAVES)))
def test_every_leaf_that_is_found_in_own_words_ends(renter, data, key):
    renter.post(page("report"))
    draft = Draft.objects.filter(ended="", sent_as=None).latest("touched_at")
    url = renter.post(page("report_search", draft.pk), {"problem": key}).url
    pages = 0

    while not any(end in url for end in ENDS):
        pages += 1
        assert pages <= MOST_PAGES
        url = press_something(renter, url, data)

    assert renter.get(url).status_code == 200


problems = st.fixed_dictionaries(
    {},
    optional={
        "paid_by": st.sampled_from(catalogue.PAID_BY),
        "urgency": st.sampled_from(catalogue.URGENCIES),
        "cover": st.sampled_from(catalogue.COVERS),
        "price": st.sampled_from(["", "0", "45"]),
        "causes": st.sampled_from(["", "BEW", "BEW STO SLT"]),
        "questions": st.sampled_from(["", "much", "which", "much which code"]),
        "guide": st.sampled_from(["", "Z06"]),
        "shared": st.sampled_from(catalogue.SHARED),
    },
)
things = st.sampled_from([thing for thing in small_catalogue.THINGS if thing != "other"])
branches = st.lists(st.tuples(things, problems), max_size=9)


@st.composite
def trees(draw):
    """Any number of leaves of any kind at any place; "something else" last, as the checks want."""
    places = draw(st.lists(st.sampled_from(sorted(small_catalogue.CODES)), min_size=1, unique=True))
    grown = {}
    for place in [row[0] for row in small_catalogue.PLACES if row[0] in {"kitchen", *places}]:
        leaves = [(f"{place}_{n}", thing, "N", "corporation", leaf) for n, (thing, leaf) in enumerate(draw(branches))]
        grown[place] = [*leaves, (f"{place}_other", "other", "N", "corporation", {})]
    return grown


@SEVERAL
@given(data=st.data(), tree=trees())
def test_any_valid_tree_ends_with_whatever_is_pressed(renter, data, tree):
    assert checks.faults(small_catalogue.sheets(tree)) == []
    CatalogueVersion.objects.filter(status="draft").delete()
    small_catalogue.publish(tree)

    for _ in range(3):
        walk(renter, data)
