"""Two clicks, two tabs, two colleagues: what staff do counts once, and nobody is passed over without a word."""

import re
import uuid
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from requests import services
from requests.models import Message, ServiceRequest, Visit
from requests.workflow import REVIEW, Actor, Status
from tenants.models import Notification
from tests.factories import NotificationFactory, ServiceRequestFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
IN_ENGLISH = {"accept-language": "en"}
DONE_ALREADY = "This was done already."


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def service_request(now):
    return ServiceRequestFactory(at=now - timedelta(hours=1))


@pytest.fixture
def colleague(db):
    return StaffFactory(first_name="Karim", last_name="El Idrissi")


def address(name, service_request, *more):
    return reverse(f"admin:requests_servicerequest_{name}", args=[service_request.pk, *more])


def page(client, service_request):
    return client.get(address("change", service_request), headers=IN_ENGLISH)


def post(client, name, service_request, data, *more):
    return client.post(address(name, service_request, *more), data, headers=IN_ENGLISH)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


def form_of(response, form):
    """What the browser would send: the hidden fields of the page."""
    bound = response.context[form]
    return {field.html_name: field.value() for field in bound.hidden_fields()}


# --- words ----------------------------------------------------------------------------------------


def test_a_message_that_is_sent_twice_reaches_the_tenant_once(planner_client, service_request):
    data = form_of(page(planner_client, service_request), "message_form") | {"message-body": "Wij komen morgen."}

    answers = [post(planner_client, "message", service_request, data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert Message.objects.count() == 1
    assert Notification.objects.filter(kind="request_message").count() == 1


def test_a_note_that_is_sent_twice_is_kept_once(planner_client, service_request):
    data = form_of(page(planner_client, service_request), "note_form") | {"note-body": "Eerst bellen."}

    answers = [post(planner_client, "note", service_request, data) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [302, 302]
    assert [message.body for message in Message.objects.all()] == ["Eerst bellen."]


def test_the_same_words_from_two_pages_are_two_notes(planner_client, service_request):
    for _ in range(2):
        data = form_of(page(planner_client, service_request), "note_form") | {"note-body": "Niet thuis."}
        post(planner_client, "note", service_request, data)

    assert Message.objects.count() == 2


def test_a_message_that_was_refused_can_be_sent_with_the_same_key(planner_client, planner, service_request, now):
    data = form_of(page(planner_client, service_request), "message_form") | {"message-body": "Wij komen morgen."}
    services.make_move(service_request.pk, REVIEW, actor=Actor.STAFF, by=planner, at=now)

    refused = post(planner_client, "message", service_request, data)
    again = form_of(refused, "message_form") | {"message-body": "Wij komen morgen."}
    sent = post(planner_client, "message", service_request, again)

    assert (refused.status_code, sent.status_code) == (409, 302)
    assert str(Message.objects.get().key) == str(data["message-key"]) == str(again["message-key"])


@pytest.mark.parametrize("write", [services.write_to_tenants, services.note])
def test_a_form_key_counts_once_and_gives_back_what_was_written(planner, service_request, now, write):
    key = uuid.uuid4()

    first, again = (write(service_request.pk, by=planner, body="Morgen.", at=now, key=key) for _ in range(2))

    assert first == again == Message.objects.get()


@pytest.mark.parametrize("write", [services.write_to_tenants, services.note])
def test_a_form_key_that_was_used_elsewhere_keeps_nobody_from_writing(planner, colleague, service_request, now, write):
    other, key = ServiceRequestFactory(at=now), uuid.uuid4()
    tenant = service_request.reports.get().tenant
    services.note(other.pk, by=planner, body="Morgen.", at=now, key=key)

    services.write_to_staff(service_request.pk, tenant=tenant, body="Morgen.", at=now, key=key)
    write(service_request.pk, by=colleague, body="Morgen.", at=now, key=key)
    write(service_request.pk, by=planner, body="Morgen.", at=now, key=key)

    assert [message.key for message in Message.objects.order_by("pk")] == [key, None, None, None]


def test_other_words_with_the_same_form_key_are_not_dropped(planner, service_request, now):
    key = uuid.uuid4()

    for body in ("Morgen.", "Overmorgen."):
        services.note(service_request.pk, by=planner, body=body, at=now, key=key)

    assert [message.body for message in Message.objects.order_by("pk")] == ["Morgen.", "Overmorgen."]


@pytest.mark.parametrize("key", ["1", "x" * 40, "", "\0"])
@pytest.mark.parametrize(("name", "form"), [("message", "message_form"), ("note", "note_form")])
def test_words_count_whatever_is_sent_as_the_form_key(planner_client, service_request, name, form, key):
    data = form_of(page(planner_client, service_request), form) | {f"{name}-body": "Morgen.", f"{name}-key": key}

    response = post(planner_client, name, service_request, data)

    assert response.status_code == 302
    assert [(message.body, message.key) for message in Message.objects.all()] == [("Morgen.", None)]


def test_every_page_of_the_admin_sends_a_form_once(planner_client, service_request):
    html = page(planner_client, service_request).content.decode()

    assert len(re.findall(r'<script src="[^"]*js/once[^"]*\.js"', html)) == 1


# --- moves ----------------------------------------------------------------------------------------


def schedule(service_request, **more):
    day = timezone.localdate() + timedelta(days=3)
    data = {"seen": service_request.version, "day": day.isoformat(), "start": "08:00", "end": "12:00"}
    return data | {"craftsman": "Ali Demir", "note": "Wij komen."} | more


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("review", {"note": ""}),
        ("wait", {"waiting_reason": "parts", "note": "Vrijdag."}),
        ("decline", {"outcome": "declined", "note": "Dit is van u."}),
    ],
)
def test_a_move_that_is_sent_twice_is_made_once(planner_client, service_request, name, data):
    data = {"seen": service_request.version, **data}

    first, again = (post(planner_client, "move", service_request, data, name) for _ in range(2))

    assert (first.status_code, again.status_code, told(again)[-1]) == (302, 302, DONE_ALREADY)
    assert service_request.history.filter(move=name).count() == 1


def test_a_visit_that_is_planned_twice_by_two_clicks_is_one_visit(planner_client, service_request):
    data = schedule(service_request)

    first, again = (post(planner_client, "move", service_request, data, "schedule") for _ in range(2))

    assert (first.status_code, again.status_code, told(again)[-1]) == (302, 302, DONE_ALREADY)
    assert Visit.objects.count() == 1


@pytest.mark.parametrize("more", [{"note": "Toch anders."}, {"start": "09:00"}, {"craftsman": "Bo Smit"}])
def test_what_was_filled_in_differently_the_second_time_is_not_dropped(planner_client, service_request, more):
    post(planner_client, "move", service_request, schedule(service_request), "schedule")

    again = post(planner_client, "move", service_request, schedule(service_request, **more), "schedule")

    assert again.status_code == 409


def test_the_same_move_by_a_colleague_is_a_conflict(planner_client, colleague, service_request, now):
    services.make_move(service_request.pk, REVIEW, actor=Actor.STAFF, by=colleague, at=now)

    response = post(planner_client, "move", service_request, {"seen": service_request.version}, "review")

    assert response.status_code == 409


@pytest.mark.parametrize(("ago", "status"), [(59, 302), (62, 409)])
def test_a_move_was_done_already_for_one_minute(planner_client, planner, service_request, now, ago, status):
    at = now - timedelta(seconds=ago - 1)
    services.make_move(service_request.pk, REVIEW, actor=Actor.STAFF, by=planner, at=at)

    response = post(planner_client, "move", service_request, {"seen": service_request.version}, "review")

    assert response.status_code == status


def test_a_move_after_which_something_else_happened_is_a_conflict(planner_client, planner, service_request, now):
    services.make_move(service_request.pk, REVIEW, actor=Actor.STAFF, by=planner, at=now)
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Het is al opgelost.", at=now)

    response = post(planner_client, "move", service_request, {"seen": service_request.version}, "review")

    assert response.status_code == 409


# --- who looks after it ---------------------------------------------------------------------------


def shown_button(client, service_request):
    """What "Assign to me" sends from the page as it is now."""
    html = page(client, service_request).content.decode()
    return {"me": "1", "was": re.search(r'name="was" value="([^"]+)"', html)[1]}


def test_who_presses_assign_to_me_second_hears_who_was_first(planner_client, planner, colleague, service_request, now):
    data = shown_button(planner_client, service_request)
    services.assign([service_request.pk], to=colleague, by=colleague, at=now)

    response = post(planner_client, "assign", service_request, data)

    assert ServiceRequest.objects.get(pk=service_request.pk).assignee == colleague
    assert told(response) == [
        "Somebody else was first: this request is assigned to Karim El Idrissi now. Nothing changed."
    ]


def test_what_the_page_showed_as_a_colleagues_can_be_taken_over(planner_client, planner, colleague, now):
    service_request = ServiceRequestFactory(at=now, assignee=colleague)

    post(planner_client, "assign", service_request, shown_button(planner_client, service_request))

    assert ServiceRequest.objects.get(pk=service_request.pk).assignee == planner


def test_two_presses_of_assign_to_me_say_that_it_is_mine(planner_client, planner, service_request):
    data = shown_button(planner_client, service_request)

    responses = [post(planner_client, "assign", service_request, data) for _ in range(2)]

    assert told(responses[1])[-1] == f"Nothing changed: it was assigned to {planner} already."
    assert Message.objects.count() == 1


def test_what_was_closed_meanwhile_is_not_assigned_and_says_so(planner_client, service_request):
    data = shown_button(planner_client, service_request)
    ServiceRequest.objects.update(status=Status.CLOSED, outcome="declined", closed_at=timezone.now(), next_word_at=None)

    response = post(planner_client, "assign", service_request, data)

    assert ServiceRequest.objects.get().assignee is None
    assert told(response) == ["This request is closed: nobody looks after it any more. Nothing changed."]


@pytest.mark.parametrize("to_nobody", [False, True])
def test_a_choice_made_over_an_older_choice_of_a_colleague_is_not_carried_out(
    planner_client, planner, colleague, now, to_nobody
):
    third = StaffFactory()
    service_request = ServiceRequestFactory(at=now, assignee=third)
    data = {**shown_button(planner_client, service_request), "to": "" if to_nobody else planner.pk}
    del data["me"]
    services.assign([service_request.pk], to=colleague, by=colleague, at=now)

    response = post(planner_client, "assign", service_request, data)

    assert ServiceRequest.objects.get(pk=service_request.pk).assignee == colleague
    assert told(response) == [
        "Somebody else was first: this request is assigned to Karim El Idrissi now. Nothing changed."
    ]


def test_what_nobody_assigned_meanwhile_is_assigned_although_it_changed(planner_client, planner, service_request, now):
    data = shown_button(planner_client, service_request)
    services.write_to_tenants(service_request.pk, by=planner, body="Wij komen.", at=now)

    post(planner_client, "assign", service_request, data)

    assert ServiceRequest.objects.get(pk=service_request.pk).assignee == planner


@pytest.mark.parametrize("was", ["", "1", "x:1", "1:x", ":1", "9" * 40 + ":"])
def test_a_page_that_does_not_say_whose_it_was_is_believed(planner_client, planner, service_request, was):
    post(planner_client, "assign", service_request, {"me": "1", "was": was})

    assert ServiceRequest.objects.get(pk=service_request.pk).assignee == planner


@pytest.mark.parametrize("seen", [None, {}])
def test_assigning_to_nobody_leaves_alone_what_is_nobodys(planner, service_request, now, seen):
    count = services.assign([service_request.pk], to=None, by=planner, at=now, seen=seen)

    assert (count, Message.objects.count()) == (0, 0)


# --- no reply needed ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status.values)
def test_a_message_that_needs_no_reply_is_settled_whatever_the_status(planner_client, planner, now, status):
    service_request = ServiceRequestFactory(at=now, status=status, tenant_waits_for_reply=True)

    shown = page(planner_client, service_request).content.decode()
    response = post(planner_client, "settle", service_request, {"seen": service_request.version})

    after = ServiceRequest.objects.get(pk=service_request.pk)
    assert (address("settle", service_request) in shown, response.status_code) == (True, 302)
    assert (after.tenant_waits_for_reply, after.version, after.status) == (False, service_request.version + 1, status)
    assert [(note.body, note.by, note.internal) for note in Message.objects.all()] == [
        ("No reply needed", planner, True)
    ]
    assert Notification.objects.count() == 0


def test_the_button_is_not_there_when_nobody_waits(planner_client, service_request):
    assert address("settle", service_request) not in page(planner_client, service_request).content.decode()


def test_a_message_that_nobody_read_yet_is_not_settled(planner_client, service_request, now):
    service_request.tenant_waits_for_reply = True
    service_request.save(update_fields=["tenant_waits_for_reply"])
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Nu lekt het ook beneden.", at=now)

    response = post(planner_client, "settle", service_request, {"seen": service_request.version})

    assert ServiceRequest.objects.get(pk=service_request.pk).tenant_waits_for_reply
    assert told(response) == [
        "Somebody changed this request while you were busy. Read what is new first. Nothing was done."
    ]


def test_settling_twice_makes_one_note(planner_client, now):
    service_request = ServiceRequestFactory(at=now, tenant_waits_for_reply=True)

    responses = [post(planner_client, "settle", service_request, {"seen": service_request.version}) for _ in range(2)]

    assert told(responses[1])[-1] == DONE_ALREADY
    assert Message.objects.count() == 1


# --- what did not arrive --------------------------------------------------------------------------


def failed(about, **more):
    return NotificationFactory(about=about, state="failed", due_at=None, error="550 no such user", **more)


def test_a_message_that_did_not_arrive_is_sent_again(planner_client, service_request):
    notification = failed(service_request.reference)

    shown = page(planner_client, service_request).content.decode()
    responses = [post(planner_client, "again", service_request, {}, notification.pk) for _ in range(2)]

    after = Notification.objects.get(pk=notification.pk)
    assert address("again", service_request, notification.pk) in shown
    assert (after.state, after.due_at is not None, after.attempts) == ("queued", True, 0)
    assert told(responses[1]) == ["1 message is sent again.", DONE_ALREADY]


def test_a_message_that_arrived_has_no_button(planner_client, service_request):
    notification = NotificationFactory(about=service_request.reference)

    assert (
        address("again", service_request, notification.pk) not in page(planner_client, service_request).content.decode()
    )


def test_a_message_about_another_request_is_not_found(planner_client, service_request):
    notification = failed("2026-999999")

    response = post(planner_client, "again", service_request, {}, notification.pk)

    assert (response.status_code, Notification.objects.get(pk=notification.pk).state) == (404, "failed")
