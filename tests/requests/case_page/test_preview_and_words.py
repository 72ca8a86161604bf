"""What the tenant will get, who was first, and messages."""

import re
from datetime import timedelta

import pytest
from django.contrib.messages import get_messages
from django.utils import translation

from requests import services
from requests.admin.due import moment_of
from requests.models import Message, ServiceRequest
from requests.workflow import REVIEW, WITHDRAW, Actor, Outcome, Status, move_named
from tenants.models import Notification
from tests.factories import ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory, moves_out
from tests.requests.case_page.page import IN_ENGLISH, STAFF_MOVES, address, look, make, said

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- what the tenant will get ---------------------------------------------------------------------


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_the_preview_is_what_the_tenant_gets(planner_client, now, move):
    request = ServiceRequestFactory(at=now - timedelta(hours=1), status=sorted(move.sources)[0])
    data = said(request, move)

    preview = planner_client.post(address("preview", request, move.name), data, headers=IN_ENGLISH).context["preview"]
    make(planner_client, request, move)

    mails = [(mail.subject, mail.body) for mail in Notification.objects.filter(about=request.reference)]
    shown = [(preview.text.subject, preview.text.body)] if preview.text else []
    assert shown == [(subject, re.sub(r"http\S+", "(a link for the tenant)", body)) for subject, body in mails]


def test_a_preview_holds_no_link_to_answer_in_the_tenants_name(planner_client, now):
    request = ServiceRequestFactory(at=now, status="in_progress")

    html = look(planner_client, request, move="finish").content.decode()

    assert "(a link for the tenant)" in html
    assert "/antwoord/" not in html


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_a_preview_changes_nothing(planner_client, now, move):
    request = ServiceRequestFactory(at=now, status=sorted(move.sources)[0])
    before = ServiceRequest.objects.values().get(pk=request.pk)

    planner_client.post(address("preview", request, move.name), said(request, move))

    assert ServiceRequest.objects.values().get(pk=request.pk) == before
    assert Notification.objects.count() == 0


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_the_form_of_a_move_opens_with_a_preview(planner_client, now, move):
    request = ServiceRequestFactory(at=now, status=sorted(move.sources)[0])

    page = look(planner_client, request, move=move.name)

    preview = page.context["preview"]
    says = (
        "message" if preview.text else "",
        "missing" if preview.missing else "",
        "silent" if preview.why_not else "",
    )
    expected = {"review": "silent", "plan": "message", "finish": "message", "start": "silent"}
    assert "".join(says) == expected.get(move.name, "missing")


def test_a_preview_says_when_nobody_gets_anything_and_what_stays_due(planner_client, now):
    request = ServiceRequestFactory(at=now, next_word_at=now + timedelta(days=3))
    silent, spoken = said(request, REVIEW, note=""), said(request, REVIEW, note="Wij bellen u.")

    pages = [
        planner_client.post(address("preview", request, "review"), data, headers=IN_ENGLISH).content.decode()
        for data in (silent, spoken)
    ]

    with translation.override("en"):
        due = moment_of(request.next_word_at)
    assert f"The tenant gets no message of this step, and still hears from us by {due}. That stays due." in pages[0]
    assert "Wij bellen u." in pages[1]


def test_a_preview_without_a_day_asks_for_one(planner_client, service_request):
    schedule = move_named("schedule")
    data = said(service_request, schedule, day="")

    page = planner_client.post(address("preview", service_request, "schedule"), data, headers=IN_ENGLISH)

    assert "Choose a day." in page.content.decode()


def test_a_tenant_whom_no_mail_reaches_is_named(planner_client, now):
    tenant = TenantFactory(name="Wim Jansen", user=None, email="")
    request = ServiceRequestFactory(at=now, reported_by=tenant)

    html = look(planner_client, request).content.decode()

    assert "Wim Jansen gets letters. Is it urgent? Phone as well." in html


# --- somebody was first ---------------------------------------------------------------------------


def test_a_stale_form_keeps_the_text_says_why_and_changes_nothing(planner_client, planner, service_request, now):
    stale = said(service_request, move_named("wait"), note="De leverancier heeft ze vrijdag.")
    services.make_move(service_request.pk, REVIEW, actor=Actor.STAFF, by=planner, at=now)

    response = planner_client.post(address("move", service_request, "wait"), stale, headers=IN_ENGLISH)

    assert response.status_code == 409
    assert "Somebody changed this request while you were busy" in response.content.decode()
    assert "De leverancier heeft ze vrijdag." in response.content.decode()
    assert ServiceRequest.objects.get(pk=service_request.pk).status == Status.IN_REVIEW


def test_a_form_that_was_shown_again_after_a_conflict_can_be_sent(planner_client, planner, service_request, now):
    stale = said(service_request, move_named("wait"))
    services.make_move(service_request.pk, REVIEW, actor=Actor.STAFF, by=planner, at=now)
    url = address("move", service_request, "wait")

    again = planner_client.post(url, stale).context["move_form"]
    planner_client.post(url, {**stale, "seen": again["seen"].value()})

    assert ServiceRequest.objects.get(pk=service_request.pk).status == Status.WAITING


def test_a_move_that_is_not_allowed_any_more_keeps_the_text(planner_client, service_request, now):
    stale = said(service_request, move_named("wait"), note="De leverancier heeft ze vrijdag.")
    services.make_move(service_request.pk, WITHDRAW, actor=Actor.TENANT, by=None, at=now)

    response = planner_client.post(address("move", service_request, "wait"), stale, headers=IN_ENGLISH)

    assert response.status_code == 409
    assert "“Wait for something” is not possible any more" in response.content.decode()
    assert response.context["kept_text"] == "De leverancier heeft ze vrijdag."
    assert ServiceRequest.objects.get(pk=service_request.pk).outcome == Outcome.WITHDRAWN


def test_a_message_from_a_stale_page_is_not_sent_and_kept(planner_client, service_request, now):
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Het is al opgelost.", at=now)
    data = {"message-seen": service_request.version, "message-body": "Wij komen morgen."}

    response = planner_client.post(address("message", service_request), data, headers=IN_ENGLISH)

    assert response.status_code == 409
    assert response.context["message_form"]["body"].value() == "Wij komen morgen."
    assert response.context["message_form"]["seen"].value() == str(service_request.version + 1)
    assert Message.objects.filter(by__isnull=False).count() == 0


# --- words ----------------------------------------------------------------------------------------


def test_a_message_goes_to_everybody_who_reported(planner_client, planner, service_request):
    ReportFactory(service_request=service_request)
    data = {"message-seen": service_request.version, "message-body": "Wij komen morgen."}

    response = planner_client.post(address("message", service_request), data)

    assert response.status_code == 302
    assert [(message.body, message.internal, message.by) for message in Message.objects.all()] == [
        ("Wij komen morgen.", False, planner)
    ]
    assert Notification.objects.filter(kind="request_message").count() == 2


def test_who_moved_out_is_not_counted_among_the_readers(planner_client, service_request, now):
    ReportFactory.create_batch(2, service_request=service_request)
    moves_out(ReportFactory(service_request=service_request), on=now.date())

    assert "3 households read this." in look(planner_client, service_request).content.decode()


def test_nobody_is_written_to_where_everybody_moved_out_and_the_words_are_kept(planner_client, service_request, now):
    moves_out(*service_request.reports.all(), on=now.date())
    data = {"message-seen": service_request.version, "message-body": "Wij komen morgen."}

    shown = look(planner_client, service_request).content.decode()
    response = planner_client.post(address("message", service_request), data, headers=IN_ENGLISH)

    html = response.content.decode()
    assert [text in shown for text in ("Message to the tenant", "Send to the tenant")] == [False, False]
    assert (response.status_code, Message.objects.count()) == (409, 0)
    assert response.context["message_form"]["body"].value() == "Wij komen morgen."
    assert "Everybody who reported this has moved out, so nobody would read your message." in html
    assert "Send to the tenant" not in html


def test_a_note_tells_the_tenant_nothing(planner_client, planner, service_request):
    planner_client.post(address("note", service_request), {"note-body": "Eerst bellen."})

    assert [(message.body, message.internal) for message in Message.objects.all()] == [("Eerst bellen.", True)]
    assert Notification.objects.count() == 0


@pytest.mark.parametrize(
    ("name", "form", "data"),
    [
        ("message", "message_form", {"message-seen": 1, "message-body": "  "}),
        ("message", "message_form", {"message-seen": 1, "message-body": "x" * 2001}),
        ("note", "note_form", {"note-body": ""}),
        ("note", "note_form", {"note-body": "x" * 2001}),
    ],
)
def test_no_words_or_too_many_are_refused_beside_the_field(planner_client, service_request, name, form, data):
    response = planner_client.post(address(name, service_request), data)

    assert list(response.context[form].errors) == ["body"]
    assert Message.objects.count() == 0


def test_a_request_is_assigned_from_its_page(planner_client, planner, service_request):
    colleague = StaffFactory()
    url = address("assign", service_request)

    steps = []
    for data in ({"me": "1"}, {"to": colleague.pk}, {"to": ""}):
        planner_client.post(url, data)
        steps.append(ServiceRequest.objects.get(pk=service_request.pk).assignee)

    assert steps == [planner, colleague, None]


def test_assigning_to_who_has_it_already_says_so(planner_client, planner, now):
    request = ServiceRequestFactory(at=now, assignee=planner)

    response = planner_client.post(address("assign", request), {"me": "1"}, headers=IN_ENGLISH)

    assert told(response) == [f"Nothing changed: it was assigned to {planner} already."]
