"""The list of the queue, as a planner in the office sees it now."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone, translation

from requests.admin import tabs
from requests.admin.filters import FILTERS
from requests.models import Message, ServiceRequest
from requests.workflow import Status
from tests.factories import (
    CommunalAreaFactory,
    ComplexFactory,
    DwellingFactory,
    NotificationFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenantFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
QUEUE = "admin:requests_servicerequest_changelist"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def colleague(db):
    """Staff who may work in the queue and nothing else."""
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    wanted = ["view_servicerequest", "change_servicerequest"]
    colleague.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague


def listed(client, **query):
    response = client.get(reverse(QUEUE), query)
    assert response.status_code == 200
    return [row.service_request for row in response.context["cl"].rows]


def page(client, **query):
    with translation.override("en"):
        return client.get(reverse(QUEUE), query, headers={"accept-language": "en"})


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
    ServiceRequestFactory(at=now - timedelta(days=9), answered_at=now, next_word_at=now - timedelta(days=2, hours=1))

    html = page(planner_client).content.decode()

    assert ("2 days late" in html, "News for the tenant" in html) == (True, True)


def test_every_tab_shows_what_its_name_says(planner_client, planner, now):
    mine = ServiceRequestFactory(at=now, assignee=planner, fix_by=now + timedelta(days=8))
    nobodys = ServiceRequestFactory(at=now, fix_by=now + timedelta(days=9))
    broken = ServiceRequestFactory(at=now, status="planned", assignee=StaffFactory(), fix_by=now - timedelta(hours=1))
    waiting = ServiceRequestFactory(at=now, status="waiting", assignee=StaffFactory(), fix_by=now + timedelta(days=10))
    done = ServiceRequestFactory(at=now, status="done", tenant_waits_for_reply=True)
    closed = ServiceRequestFactory(at=now + timedelta(days=1), status="closed", tenant_waits_for_reply=True)

    shown = {tab.key: listed(planner_client, tab=tab.key) for tab in tabs.TABS}

    assert shown == {
        "todo": [broken, *sorted([mine, nobodys, waiting], key=lambda row: row.next_word_at)],
        "mine": [mine],
        "unassigned": [nobodys],
        "risk": [broken],
        "messages": [done, closed],
        "waiting": [waiting],
        "done": [done],
        "closed": [closed],
    }


def test_a_promise_is_at_risk_until_the_end_of_the_next_working_day(planner_client, now):
    almost = ServiceRequestFactory(at=now, fix_by=tabs.add_working_days(now, 1) - timedelta(minutes=1))
    ServiceRequestFactory(at=now, fix_by=tabs.add_working_days(now, 1) + timedelta(minutes=1))

    assert listed(planner_client, tab="risk") == [almost]


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


def test_a_row_says_what_must_not_be_overlooked(planner_client, now):
    loud = ServiceRequestFactory(
        at=now, status="in_progress", tenant_waits_for_reply=True, needs_attention=True, times_reopened=2
    )
    ReportFactory(service_request=loud)
    NotificationFactory(about=loud.reference, state="failed", due_at=None)
    ServiceRequestFactory(at=now)

    rows = {row.service_request: row for row in page(planner_client).context["cl"].rows}

    assert [flag.text for flag in rows.pop(loud).flags] == [
        "The tenant wrote",
        "2 × reopened",
        "Message not delivered",
        "2 households",
    ]
    assert [row.flags for row in rows.values()] == [[]]


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_asks_the_database_ten_questions_for_one_row_and_for_three(
    client, colleague, now, count, django_assert_num_queries
):
    client.force_login(colleague)
    for _ in range(count):
        ServiceRequestFactory(at=now, assignee=colleague, status="waiting")

    with django_assert_num_queries(10):
        client.get(reverse(QUEUE))


def test_counting_stops_at_the_cap(planner_client, now, monkeypatch):
    monkeypatch.setattr(tabs, "CAP", 2)
    ServiceRequestFactory.create_batch(4, at=now)

    response = page(planner_client)

    assert response.context["cl"].result_count == 3
    assert "more than 2 requests" in response.content.decode()
    assert next(iter(response.context["cl"].tab_links()))["count"] == "2+"


def test_pages_end_at_the_cap_and_then_ask_to_narrow(planner_client, now, monkeypatch):
    monkeypatch.setattr(tabs, "CAP", 2)
    monkeypatch.setattr("requests.admin.listing.PER_PAGE", 1)
    ServiceRequestFactory.create_batch(4, at=now)

    first, last, beyond = (page(planner_client, p=number).context["cl"] for number in (1, 2, 10_000))

    assert (first.pages, first.has_too_many, first.next_page()) == (2, False, "?p=2")
    assert (last.has_too_many, last.next_page(), last.previous_page()) == (True, None, "?p=1")
    assert beyond.page_num == 2


def test_a_thousand_is_written_as_people_here_write_it():
    with translation.override("nl"):
        assert tabs.in_words(1001) == "1.000+"
        assert tabs.in_words(1000) == "1000"


def act(client, action, requests, **more):
    data = {"action": action, "_selected_action": [row.pk for row in requests], **more}
    return client.post(reverse(QUEUE), data, headers={"accept-language": "en"})


def test_several_requests_are_taken_at_once_and_each_notes_it(planner_client, planner, now):
    chosen = ServiceRequestFactory.create_batch(2, at=now)
    other = ServiceRequestFactory(at=now)

    act(planner_client, "take", chosen)

    assert set(ServiceRequest.objects.filter(assignee=planner)) == set(chosen)
    assert [(note.by, note.internal) for note in Message.objects.order_by("pk")] == [(planner, True)] * 2
    assert ServiceRequest.objects.get(pk=other.pk).assignee is None


def test_what_a_colleague_took_since_the_page_was_shown_stays_theirs(planner_client, planner, colleague, now):
    taken, free = ServiceRequestFactory.create_batch(2, at=now)
    given = ServiceRequestFactory(at=now, assignee=colleague)
    ServiceRequest.objects.filter(pk=taken.pk).update(assignee=colleague)

    response = act(planner_client, "take", [taken, free, given], unassigned=[taken.pk, free.pk])

    assert [ServiceRequest.objects.get(pk=row.pk).assignee for row in (taken, free, given)] == [
        colleague,
        planner,
        planner,
    ]
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        f"Somebody else was first, so these did not change: {taken.reference} (Karim El Idrissi).",
        f"2 requests are now assigned to {planner}.",
    ]


def test_the_list_remembers_which_requests_it_showed_as_nobodys(planner_client, colleague, now):
    free = ServiceRequestFactory(at=now)
    ServiceRequestFactory(at=now, assignee=colleague)

    html = page(planner_client).content.decode()

    assert re.findall(r'name="unassigned" value="(\d+)"', html) == [str(free.pk)]


def test_handing_out_asks_to_whom_first_and_changes_nothing(planner_client, now):
    chosen = ServiceRequestFactory.create_batch(2, at=now)

    response = act(planner_client, "hand_out", chosen)

    assert list(response.context["chosen"]) == chosen
    assert ServiceRequest.objects.unassigned().count() == 2


def test_handing_out_gives_the_requests_to_the_colleague(planner_client, colleague, now):
    chosen = ServiceRequestFactory.create_batch(2, at=now)

    act(planner_client, "hand_out", chosen, confirmed="1", to=colleague.pk)

    assert set(ServiceRequest.objects.filter(assignee=colleague)) == set(chosen)


@pytest.mark.parametrize("to", ["", "999999"])
def test_handing_out_to_nobody_known_asks_again(planner_client, now, to):
    chosen = [ServiceRequestFactory(at=now)]

    response = act(planner_client, "hand_out", chosen, confirmed="1", to=to)

    assert list(response.context["form"].errors) == ["to"]


def test_a_request_can_be_put_back(planner_client, planner, now):
    mine = ServiceRequestFactory(at=now, assignee=planner)

    act(planner_client, "put_back", [mine])

    assert ServiceRequest.objects.get(pk=mine.pk).assignee is None


def test_ticking_everything_never_means_more_than_what_was_ticked(planner_client, now):
    ticked, unticked = ServiceRequestFactory.create_batch(2, at=now)

    act(planner_client, "take", [ticked], select_across="1")

    assert list(ServiceRequest.objects.unassigned()) == [unticked]


def test_who_may_only_look_is_offered_no_action(client, colleague, now):
    colleague.user_permissions.set(Permission.objects.filter(codename="view_servicerequest"))
    client.force_login(colleague)
    request = ServiceRequestFactory(at=now)

    act(client, "take", [request])

    assert listed(client) == [request]
    assert ServiceRequest.objects.get(pk=request.pk).assignee is None


@pytest.mark.parametrize("name", ["admin:requests_servicerequest_add"])
def test_nothing_is_added_here(planner_client, name):
    assert planner_client.get(reverse(name)).status_code == 403


def test_nothing_is_deleted_here(planner_client, now):
    request = ServiceRequestFactory(at=now)

    response = planner_client.post(reverse("admin:requests_servicerequest_delete", args=[request.pk]), {"post": "yes"})

    assert (response.status_code, ServiceRequest.objects.count()) == (403, 1)


def test_a_tenant_does_not_see_the_queue(tenant_client, now):
    ServiceRequestFactory(at=now, subject="Geheim")

    response = tenant_client.get(reverse(QUEUE))

    assert response.status_code == 302
    assert "login" in response.url


def test_staff_without_the_right_do_not_see_the_queue(client, colleague, now):
    colleague.user_permissions.clear()
    client.force_login(colleague)

    assert client.get(reverse(QUEUE)).status_code == 403


@pytest.mark.parametrize("status", Status.values)
def test_every_status_has_a_row(planner_client, now, status):
    request = ServiceRequestFactory(at=now, status=status)

    assert listed(planner_client, q=request.reference) == [request]


def test_the_queue_shows_hostile_text_as_text(planner_client, now):
    hostile = "<script>alert(1)</script>"
    home = DwellingFactory(street=f'{hostile}"onmouseover="x')
    ServiceRequestFactory(
        at=now, dwelling=home, problem="gone", subject=hostile, reported_by=TenantFactory(name=hostile)
    )

    html = page(planner_client, q=hostile).content.decode()

    assert "<script>alert" not in html
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4
