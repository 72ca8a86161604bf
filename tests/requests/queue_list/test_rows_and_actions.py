"""What a row of the queue says, and what is done to several at once."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import translation

from requests.admin import tabs
from requests.models import Message, ServiceRequest
from requests.workflow import Status
from tests.factories import (
    DwellingFactory,
    NotificationFactory,
    ReportFactory,
    ServiceRequestFactory,
    TenantFactory,
    moves_out,
)
from tests.requests.queue_list.listed import QUEUE, listed, page

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


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
def test_the_queue_asks_the_database_nine_questions_for_one_row_and_for_three(
    client, colleague, now, count, django_assert_num_queries
):
    client.force_login(colleague)
    for _ in range(count):
        ServiceRequestFactory(at=now, assignee=colleague, status="waiting")

    with django_assert_num_queries(9):
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


@pytest.mark.parametrize("action", ["take", "hand_out"])
def test_what_somebody_gave_away_since_the_page_was_shown_stays_so(planner_client, planner, colleague, now, action):
    taken, free = ServiceRequestFactory.create_batch(2, at=now)
    given, freed = ServiceRequestFactory.create_batch(2, at=now, assignee=colleague)
    was = whose(planner_client)
    ServiceRequest.objects.filter(pk=taken.pk).update(assignee=colleague)
    ServiceRequest.objects.filter(pk=freed.pk).update(assignee=None)

    chosen = [taken, free, given, freed]
    response = act(planner_client, action, chosen, was=was, confirmed="1", to=planner.pk)

    after = [ServiceRequest.objects.get(pk=row.pk).assignee for row in chosen]
    assert after == [colleague, planner, planner, None]
    late = f"{taken.reference} (Karim El Idrissi), {freed.reference} (nobody)"
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        f"Somebody else was first, so these did not change: {late}.",
        f"2 requests are now assigned to {planner}.",
    ]


def test_what_somebody_took_is_not_put_back_by_who_saw_it_with_another(planner_client, planner, colleague, now):
    request = ServiceRequestFactory(at=now, assignee=planner)
    was = whose(planner_client)
    ServiceRequest.objects.update(assignee=colleague)

    response = act(planner_client, "put_back", [request], was=was)

    assert ServiceRequest.objects.get().assignee == colleague
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        f"Somebody else was first, so these did not change: {request.reference} (Karim El Idrissi)."
    ]


def test_who_is_asked_to_whom_still_knows_whose_they_were(planner_client, now):
    request = ServiceRequestFactory(at=now)
    was = whose(planner_client)

    asked = act(planner_client, "hand_out", [request], was=was).content.decode()

    assert re.findall(r'name="was" value="([^"]+)"', asked) == was == [f"{request.pk}:"]


@pytest.mark.parametrize("action", ["take", "put_back"])
def test_when_nothing_changed_it_says_why(planner_client, planner, now, action):
    closed = ServiceRequestFactory(at=now, status=Status.CLOSED)
    done_so = ServiceRequestFactory(at=now, assignee=planner if action == "take" else None)

    response = act(planner_client, action, [closed, done_so])

    name = planner if action == "take" else "nobody"
    assert [str(message) for message in get_messages(response.wsgi_request)] == [
        f"Nothing changed: these requests are closed, or were assigned to {name} already."
    ]


def test_who_moved_out_is_not_counted_among_the_households(planner_client, now):
    request = ServiceRequestFactory(at=now)
    ReportFactory(service_request=request)
    moves_out(ReportFactory(service_request=request), on=now.date())

    (row,) = page(planner_client).context["cl"].rows

    assert [flag.text for flag in row.flags] == ["2 households"]


def whose(client):
    """What the list remembers of whose each request was."""
    return re.findall(r'name="was" value="([^"]+)"', page(client).content.decode())


def test_the_list_remembers_whose_each_request_was(planner_client, colleague, now):
    free = ServiceRequestFactory(at=now)
    given = ServiceRequestFactory(at=now, assignee=colleague)

    assert set(whose(planner_client)) == {f"{free.pk}:", f"{given.pk}:{colleague.pk}"}


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
