"""The list of the queue, as a planner in the office sees it now: tabs, filters, search."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests import followup
from requests.admin import tabs
from requests.admin.filters import FILTERS
from tests.factories import (
    CommunalAreaFactory,
    ComplexFactory,
    DwellingFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenantFactory,
)
from tests.requests.queue_list.listed import QUEUE, listed, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


def test_what_went_wrong_before_stands_above_what_is_due(planner_client, now):
    due = ServiceRequestFactory(at=now - timedelta(days=30))
    silent = ServiceRequestFactory(at=now, needs_attention=True)

    assert listed(planner_client) == [silent, due]


def test_what_is_due_first_stands_first(planner_client, now):
    later, late, soon = (
        ServiceRequestFactory(at=now, answered_at=now, next_word_at=now + days)
        for days in (timedelta(days=3), timedelta(days=-2), timedelta(hours=3))
    )

    assert listed(planner_client) == [late, soon, later]


def test_a_late_row_says_so_in_words(planner_client, now):
    ServiceRequestFactory(at=now - timedelta(days=9), answered_at=now, next_word_at=now - timedelta(days=2))

    html = page(planner_client).content.decode()

    assert ("2 days late" in html, "News for the tenant" in html) == (True, True)


def test_every_tab_shows_what_its_name_says(planner_client, planner, now):
    mine = ServiceRequestFactory(at=now, assignee=planner, fix_by=now + timedelta(days=8))
    nobodys = ServiceRequestFactory(at=now, fix_by=now + timedelta(days=9))
    broken = ServiceRequestFactory(at=now, status="planned", assignee=StaffFactory(), fix_by=now - timedelta(hours=1))
    waiting = ServiceRequestFactory(at=now, status="waiting", assignee=StaffFactory(), fix_by=now + timedelta(days=10))
    done = ServiceRequestFactory(at=now, status="done", tenant_waits_for_reply=True)
    closed = ServiceRequestFactory(at=now + timedelta(days=1), status="closed", tenant_waits_for_reply=True)

    followup.watch(at=now)

    shown = {tab.key: listed(planner_client, tab=tab.key) for tab in tabs.TABS}

    assert shown == {
        "todo": [broken, *sorted([mine, nobodys, waiting], key=lambda row: row.next_word_at)],
        "mine": [mine],
        "unassigned": [nobodys],
        "broken": [broken],
        "danger": [],
        "messages": [done, closed],
        "waiting": [waiting],
        "done": [done],
        "closed": [closed],
    }


def test_every_tab_counts_its_requests_whatever_is_open(planner_client, now):
    ServiceRequestFactory.create_batch(2, at=now)
    ServiceRequestFactory(at=now, status="closed")

    links = page(planner_client, tab="closed", q="").context["cl"].tab_links()

    counts = {link["url"]: link["count"] for link in links}
    assert (counts["?tab=todo"], counts["?tab=closed"], counts["?tab=mine"]) == ("2", "1", "0")


def test_an_unknown_tab_is_the_first(planner_client, now):
    to_do = ServiceRequestFactory(at=now)

    assert listed(planner_client, tab="nonsense") == [to_do]


def test_what_was_closed_last_stands_first_among_the_closed(planner_client, now):
    first, last = (ServiceRequestFactory(at=now - timedelta(days=days), status="closed") for days in (9, 2))

    assert listed(planner_client, tab="closed") == [last, first]


@pytest.mark.parametrize(
    ("narrowing", "fits", "fits_not"),
    [
        ({"status": "waiting"}, {"status": "waiting"}, {"status": "planned"}),
        ({"urgency": "S"}, {"urgency": "S"}, {"urgency": "N"}),
        ({"category": "damp"}, {"category": "damp"}, {"category": "water"}),
        ({"channel": "phone"}, {"source": "phone"}, {"source": "portal"}),
    ],
)
def test_a_filter_narrows_the_list(planner_client, now, narrowing, fits, fits_not):
    wanted = ServiceRequestFactory(at=now, **fits)
    ServiceRequestFactory(at=now, **fits_not)

    assert listed(planner_client, **narrowing) == [wanted]


def test_filters_narrow_each_other(planner_client, now):
    both = ServiceRequestFactory(at=now, urgency="S", category="damp")
    ServiceRequestFactory(at=now, urgency="S")
    ServiceRequestFactory(at=now, category="damp")

    assert listed(planner_client, urgency="S", category="damp") == [both]


def test_the_complex_filter_finds_homes_and_communal_areas(planner_client, now):
    complex = ComplexFactory()
    in_a_home = ServiceRequestFactory(at=now, dwelling=DwellingFactory(complex=complex))
    in_the_lift = ServiceRequestFactory(at=now, dwelling=None, communal_area=CommunalAreaFactory(complex=complex))
    ServiceRequestFactory(at=now)

    assert listed(planner_client, complex=complex.pk) == [in_a_home, in_the_lift]


def test_the_assignee_filter_knows_me_nobody_and_colleagues(planner_client, planner, colleague, now):
    mine = ServiceRequestFactory(at=now, assignee=planner)
    theirs = ServiceRequestFactory(at=now, assignee=colleague)
    nobodys = ServiceRequestFactory(at=now)

    shown = [listed(planner_client, assignee=value) for value in ("me", colleague.pk, "nobody")]

    assert shown == [[mine], [theirs], [nobodys]]


def test_complexes_and_colleagues_are_offered_by_name(planner_client, planner, colleague):
    complexes = [ComplexFactory(name=name) for name in ("Zonnehof", "Aan de Linge")]
    first = StaffFactory(first_name="Anouk", last_name="Zwart")
    gone = StaffFactory(first_name="Aad", is_active=False)

    filters = page(planner_client).context["cl"].filter_specs
    offered = {one.parameter_name: [value for value, label in one.lookup_choices] for one in filters}

    assert offered["complex"] == [str(one.pk) for one in reversed(complexes)]
    assert offered["assignee"][:2] == ["me", "nobody"]
    people = [value for value in offered["assignee"] if value in {str(first.pk), str(colleague.pk), str(gone.pk)}]
    assert people == [str(first.pk), str(colleague.pk)]


@pytest.mark.parametrize("parameter", [one.parameter_name for one in FILTERS])
def test_a_filter_with_a_value_that_is_not_offered_is_passed_over(planner_client, now, parameter):
    to_do = ServiceRequestFactory(at=now)

    assert listed(planner_client, **{parameter: "'; nonsense"}) == [to_do]


def test_a_chosen_filter_can_be_taken_away_and_keeps_the_tab(planner_client, now):
    ServiceRequestFactory(at=now, urgency="S")

    changelist = page(planner_client, tab="unassigned", urgency="S").context["cl"]

    assert [one["without"] for one in changelist.chosen_filters()] == ["?tab=unassigned"]


@pytest.mark.parametrize(
    "term",
    [
        "2026-004123",
        "2026-4123",
        "fatima",
        "Bouzid",
        "lindelaan 12a",
        "Lindelaan  12A",
        "lindelaan",
        "3581 KN",
        "3581kn",
        "3581KN 12a",
        "3581",
        "0612345678",
        "06-12345678",
        "06 1234 56 78",
        "+31 6 12345678",
    ],
)
def test_search_finds_a_request_as_people_say_it(planner_client, now, term):
    home = DwellingFactory(street="Lindelaan", house_number="12A", postcode="3581 KN")
    tenant = TenantFactory(name="Fatima Bouzid", phone="06-1234 5678")
    wanted = ServiceRequestFactory(at=now, reference="2026-004123", dwelling=home, reported_by=tenant)
    other = TenantFactory(phone="06 1234 5679")
    elsewhere = DwellingFactory(street="Beukenhof", house_number="12", postcode="3582 KN")
    ServiceRequestFactory(at=now, dwelling=elsewhere, reported_by=other)

    assert listed(planner_client, q=term) == [wanted]


def test_search_finds_a_communal_area_by_its_complex(planner_client, now):
    area = CommunalAreaFactory(complex=ComplexFactory(name="Molenzicht"))
    wanted = ServiceRequestFactory(at=now, dwelling=None, communal_area=area)
    ServiceRequestFactory(at=now)

    assert listed(planner_client, q="molenzicht") == [wanted]


def test_search_looks_beyond_the_tab_and_shows_open_requests_first(planner_client, now):
    tenant = TenantFactory(name="Fatima Bouzid")
    closed = ServiceRequestFactory(at=now - timedelta(days=40), status="closed", reported_by=tenant)
    to_do = ServiceRequestFactory(at=now, reported_by=tenant)

    assert listed(planner_client, q="Bouzid", tab="waiting") == [to_do, closed]


def test_search_finds_what_a_second_household_reported(planner_client, now):
    shared = ServiceRequestFactory(at=now)
    ReportFactory(service_request=shared, tenant=TenantFactory(name="Ewa Kowalska"))

    assert listed(planner_client, q="Kowalska") == [shared]


def test_search_without_a_result_says_where_it_looked(planner_client, now):
    ServiceRequestFactory(at=now)

    html = page(planner_client, q="zonnebloem").content.decode()

    assert "We searched all requests, also closed ones." in html


@pytest.mark.parametrize("term", ["%", "_", "\\", "' OR 1=1 --", "2026-" + "9" * 8])
def test_odd_search_terms_find_nothing_and_break_nothing(planner_client, now, term):
    ServiceRequestFactory(at=now)

    response = planner_client.get(reverse(QUEUE), {"q": term})

    assert (response.status_code, len(response.context["cl"].rows)) == (200, 0)
