"""What the page of one request tells, of whom, and how much it asks."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from requests import services
from requests.admin.case import promises
from requests.admin.wording import window_in_words
from requests.models import Attachment, Message, ServiceRequest, Survey, Visit
from requests.services import Said
from requests.workflow import REOPEN, REVIEW, Actor, move_named
from tests.factories import NotificationFactory, ReportFactory, ServiceRequestFactory, TenantFactory
from tests.requests.case_page.page import address, look, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


MORE = {"move": ["review"], "preview": ["review"], "again": [1]}  # what else is in an address


# --- what the page tells --------------------------------------------------------------------------


def test_the_page_tells_everything_that_happened_the_newest_first(planner_client, planner, now):
    tenant = TenantFactory(name="Fatima Bouzid")
    request = ServiceRequestFactory(at=now - timedelta(days=6), reported_by=tenant)
    report = request.reports.get()

    def ago(hours):
        return now - timedelta(hours=hours)

    def move(name, hours, **words):
        services.make_move(
            request.pk, move_named(name), actor=Actor.STAFF, by=planner, at=ago(hours), said=Said(**words)
        )

    move("review", 100)
    services.note(request.pk, by=planner, body="Eerst bellen.", at=ago(99))
    late = (now + timedelta(days=30), now + timedelta(days=30, hours=2))
    move("schedule", 90, window=late, craftsman="Ali Demir", note="De kraan is nergens te koop.")
    move("finish", 80, note="Nieuwe kraan.")
    services.answer_verdict(report.pk, round=1, answer="not_solved", words="Hij lekt.", by=tenant.user, at=ago(70))
    services.write_to_staff(request.pk, tenant=tenant, body="Komt er nog iemand?", at=ago(60))
    services.write_to_tenants(request.pk, by=planner, body="Ja, morgen.", at=ago(50))

    entries = look(planner_client, request).context["entries"]

    with translation.override("en"):
        visit = window_in_words(Visit.objects.get().window, day_format="l j F")
    assert [(entry.kind, entry.title, entry.who, entry.text) for entry in entries if entry.kind != "promise"] == [
        ("staff", "Message to the tenant", str(planner), "Ja, morgen."),
        ("tenant", "Message from the tenant", "Fatima Bouzid", "Komt er nog iemand?"),
        ("step", "Opened again: not solved", "Fatima Bouzid", ""),
        ("verdict", "Is it solved?", "Fatima Bouzid", "Hij lekt."),
        ("step", "Reported as ready", str(planner), "Nieuwe kraan."),
        ("step", f"Visit arranged: {visit}, Ali Demir", str(planner), "De kraan is nergens te koop."),
        ("note", "Note, only for colleagues", str(planner), "Eerst bellen."),
        ("step", "Taken up", str(planner), ""),
        ("step", "Reported", "Fatima Bouzid", ""),
    ]
    assert [entry.text for entry in entries if entry.kind == "promise"] == ["De kraan is nergens te koop."]
    assert [len(entry.deliveries) for entry in entries] == [1, 0, 1, 0, 1, 1, 0, 0, 0, 0]


def test_a_mail_that_did_not_arrive_stands_out(planner_client, service_request):
    NotificationFactory(
        about=service_request.reference,
        address="weg@example.org",
        state="failed",
        due_at=None,
        error="550 no such user",
    )

    html = look(planner_client, service_request).content.decode()

    assert "did not reach weg@example.org and is not tried again. Call the tenant." in html
    assert "550 no such user" in html


def test_what_was_told_on_no_step_has_a_line_of_its_own(planner_client, service_request):
    NotificationFactory(about=service_request.reference, occasion="word-1-2", subject="Wij hebben uw melding nog")
    NotificationFactory(about="2026-999999", occasion="word-3-4", subject="Van iemand anders")

    entries = look(planner_client, service_request).context["entries"]

    assert [entry.title for entry in entries if entry.kind == "delivery"] == ["Wij hebben uw melding nog"]


@pytest.mark.parametrize("status", ["done", "closed"])
def test_a_mark_is_not_shown_to_those_who_did_the_work(planner_client, now, status):
    request = ServiceRequestFactory(at=now, status=status)
    Survey.objects.update(mark=3, reason="De monteur was onbeleefd.", answered_at=now)

    html = look(planner_client, request).content.decode()

    assert "onbeleefd" not in html
    assert "De kraan druppelt al drie dagen." in html


def test_the_promises_say_what_was_kept_and_what_was_not(now):
    request = ServiceRequestFactory(
        at=now - timedelta(days=40), status="done", answered_at=now - timedelta(days=40), done_at=now
    )

    assert [promised.tone for promised in promises(request, at=now)] == ["kept", "broken"]


def test_a_promise_that_was_moved_still_shows_the_first(now):
    request = ServiceRequestFactory(at=now, fix_by=now + timedelta(days=90))

    moments = [promised.moment for promised in promises(request, at=now)]

    assert date_format(timezone.localtime(request.first_fix_by), "D j N H:i") in moments
    assert len(moments) == 4


def test_photos_are_shown_before_their_thumbnails_are_made(planner_client, service_request, now):
    report = service_request.reports.get()
    photo = Attachment.objects.create(
        report=report, image="photos/a.jpg", width=9, height=9, bytes=9, sha256="0" * 64, at=now
    )
    small = Attachment.objects.create(
        report=report,
        image="photos/b.jpg",
        thumbnail="photos/c.jpg",
        width=9,
        height=9,
        bytes=9,
        sha256="1" * 64,
        at=now,
    )

    html = look(planner_client, service_request).content.decode()

    assert f'<img src="{reverse("requests:photo", args=[photo.pk])}"' in html
    assert f'<img src="{reverse("requests:thumbnail", args=[small.pk])}"' in html


HOSTILE = '<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7|add:7 }}"\'><b x-init="alert(3)">'


def test_hostile_text_is_shown_as_text_wherever_it_comes_from(planner_client, planner, now):
    tenant = TenantFactory(name=HOSTILE[:120], phone='"><script>')
    request = ServiceRequestFactory(at=now, problem="gone", subject=HOSTILE[:120], reported_by=tenant)
    request.reports.update(text=HOSTILE)
    services.write_to_staff(request.pk, tenant=tenant, body=HOSTILE, at=now)
    services.note(request.pk, by=planner, body=HOSTILE, at=now)
    services.make_move(request.pk, REVIEW, actor=Actor.STAFF, by=planner, at=now, said=Said(note=HOSTILE))
    NotificationFactory(
        about=request.reference, subject=HOSTILE[:150], state="failed", due_at=None, error=HOSTILE[:150]
    )

    html = look(planner_client, request, move="wait").content.decode()

    assert [evil for evil in ("<script>alert", "<img src=x", "<b x-init", '"><script>') if evil in html] == []
    assert "{{ 7|add:7 }}" in html
    assert html.count("&lt;script&gt;alert(1)") >= 9


# --- how much it asks, and of whom ----------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_fourteen_questions_for_one_of_everything_and_for_three(
    client, colleague, now, count, django_assert_num_queries
):
    client.force_login(colleague)
    request = ServiceRequestFactory(at=now - timedelta(days=2), status="done", assignee=colleague)
    for _ in range(count):
        report = ReportFactory(service_request=request)
        Attachment.objects.create(report=report, image="a.jpg", width=9, height=9, bytes=9, sha256="0" * 64, at=now)
        services.write_to_staff(request.pk, tenant=report.tenant, body="Hallo", at=now)
        services.write_to_tenants(request.pk, by=colleague, body="Hallo", at=now)
        services.note(request.pk, by=colleague, body="Hallo", at=now)

    with django_assert_num_queries(14):
        look(client, request)


@pytest.mark.parametrize("name", ["move", "preview", "message", "note", "assign", "settle", "again"])
def test_who_may_only_look_changes_nothing(client, colleague, service_request, name):
    colleague.user_permissions.set(Permission.objects.filter(codename="view_servicerequest"))
    client.force_login(colleague)
    more = MORE.get(name, [])
    data = {"seen": 1, "message-seen": 1, "message-body": "x", "note-body": "x", "me": "1"}

    response = client.post(address(name, service_request, *more), data)

    assert response.status_code == 403
    assert ServiceRequest.objects.get(pk=service_request.pk).version == service_request.version
    assert Message.objects.count() == 0


def test_who_may_only_look_sees_the_page_without_forms(client, colleague, service_request):
    colleague.user_permissions.set(Permission.objects.filter(codename="view_servicerequest"))
    client.force_login(colleague)

    html = look(client, service_request).content.decode()

    assert ("De kraan druppelt al drie dagen." in html, "?move=" in html, "<textarea" in html) == (True, False, False)


def test_staff_without_the_right_to_look_get_nothing(client, colleague, service_request):
    colleague.user_permissions.clear()
    client.force_login(colleague)

    assert client.get(address("change", service_request)).status_code == 403


@pytest.mark.parametrize("name", ["move", "preview", "message", "note", "assign", "settle", "again"])
def test_a_tenant_changes_nothing_here(tenant_client, service_request, name):
    more = MORE.get(name, [])

    response = tenant_client.post(address(name, service_request, *more), {"seen": 1})

    assert (response.status_code, "login" in response.url) == (302, True)
    assert ServiceRequest.objects.get(pk=service_request.pk).version == service_request.version


@pytest.mark.parametrize("name", ["move", "preview", "message", "note", "assign", "settle", "again"])
def test_reading_an_address_changes_nothing(planner_client, service_request, name):
    more = MORE.get(name, [])

    assert planner_client.get(address(name, service_request, *more)).status_code == 405


@pytest.mark.parametrize("pk", ["999999", "abc", "1_"])
def test_a_request_that_does_not_exist_is_not_found(planner_client, pk):
    assert planner_client.get(f"/admin/requests/servicerequest/{pk}/change/").status_code == 404


def test_a_request_that_can_be_reopened_asks_for_the_tenants_words(planner_client, now):
    request = ServiceRequestFactory(at=now, status="done")

    response = make(planner_client, request, REOPEN, note=" ")

    assert list(response.context["move_form"].errors) == ["note"]
