"""The page of one request, and what staff can do from it now."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format

from requests import services
from requests.admin.case import promises
from requests.admin.forms import MoveForm
from requests.admin.wording import window_in_words
from requests.models import Attachment, Message, ServiceRequest, Survey, Visit
from requests.services import Said
from requests.workflow import MOVES, REOPEN, REVIEW, WITHDRAW, Actor, Need, Outcome, Status, move_named, moves_from
from tenants.models import Notification
from tests.factories import NotificationFactory, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
STAFF_MOVES = [move for move in MOVES if Actor.STAFF in move.actors]
IN_ENGLISH = {"accept-language": "en"}
MORE = {"move": ["review"], "preview": ["review"], "again": [1]}  # what else is in an address


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def service_request(now):
    return ServiceRequestFactory(at=now - timedelta(hours=1))


def address(name, service_request, *more):
    return reverse(f"admin:requests_servicerequest_{name}", args=[service_request.pk, *more])


def look(client, service_request, **query):
    response = client.get(address("change", service_request), query, headers=IN_ENGLISH)
    assert response.status_code == 200
    return response


def said(service_request, move, **more):
    """A complete form for any move of staff."""
    data = {"seen": service_request.version, "note": "Omdat het zo is."}
    if Need.WINDOW in move.needs:
        day = timezone.localdate() + timedelta(days=3)
        data |= {"day": day.isoformat(), "start": "08:00", "end": "12:00", "craftsman": "Ali Demir"}
    if Need.REASON in move.needs:
        data |= {"waiting_reason": "parts"}
    if Need.OUTCOME in move.needs:
        data |= {"outcome": move.outcomes[0].value}
    return data | more


def make(client, service_request, move, **more):
    data = said(service_request, move, **more)
    return client.post(address("move", service_request, move.name), data, headers=IN_ENGLISH)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- what is offered ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status.values)
def test_the_page_offers_exactly_the_moves_that_the_workflow_allows(planner_client, now, status):
    request = ServiceRequestFactory(at=now, status=status)

    page = look(planner_client, request)

    allowed = moves_from(status, actor=Actor.STAFF)
    assert page.context["moves"] == allowed
    assert [move.name for move in MOVES if f'href="?move={move.name}#now"' in page.content.decode()] == [
        move.name for move in allowed
    ]


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_the_form_of_a_move_asks_what_the_move_needs(move, now):
    request = ServiceRequestFactory(at=now, status=sorted(move.sources)[0])

    fields = set(MoveForm(move, request, at=now).fields) - {"seen", "note"}

    needs = {
        Need.WINDOW: {"day", "start", "end", "craftsman"},
        Need.REASON: {"waiting_reason"},
        Need.OUTCOME: {"outcome"},
        Need.CAUSE: {"cause"},
        Need.NOTE: set(),
        Need.WORDS: set(),
    }
    assert fields == {field for need in move.needs for field in needs[need]}


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_every_move_of_staff_can_be_made_from_the_page(planner_client, planner, now, move):
    request = ServiceRequestFactory(at=now - timedelta(hours=1), status=sorted(move.sources)[0])

    response = make(planner_client, request, move)

    assert response.status_code == 302
    change = ServiceRequest.objects.get(pk=request.pk).history.last()
    assert (change.move, change.new_status, change.by, change.note) == (
        move.name,
        move.target,
        planner,
        "Omdat het zo is.",
    )


@pytest.mark.parametrize("move", [move for move in MOVES if Actor.STAFF not in move.actors], ids=str)
def test_a_move_that_is_not_for_staff_is_not_made(planner_client, now, move):
    request = ServiceRequestFactory(at=now, status=sorted(move.sources)[0])

    response = make(planner_client, request, move)

    assert response.status_code == 409
    assert ServiceRequest.objects.get(pk=request.pk).status == request.status


def test_a_move_that_does_not_exist_is_not_found(planner_client, service_request):
    url = address("move", service_request, "explode")

    assert planner_client.post(url, {"seen": 1}).status_code == 404


# --- forms that are not complete ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("decline", {"note": ""}, "note"),
        ("decline", {"outcome": "solved"}, "outcome"),
        ("wait", {"waiting_reason": "boredom"}, "waiting_reason"),
        ("schedule", {"end": "07:00"}, "end"),
        ("schedule", {"day": "2020-01-01"}, "day"),
        ("schedule", {"craftsman": ""}, "craftsman"),
        ("schedule", {"day": "2099-01-01", "note": ""}, "note"),
    ],
)
def test_a_form_that_is_not_complete_says_where_and_changes_nothing(planner_client, service_request, name, data, field):
    response = make(planner_client, service_request, move_named(name), **data)

    assert list(response.context["move_form"].errors) == [field]
    assert ServiceRequest.objects.get(pk=service_request.pk).status == Status.RECEIVED


def test_finishing_what_was_reopened_needs_a_cause(planner_client, now):
    request = ServiceRequestFactory(at=now, status="in_progress", times_reopened=1)
    finish = move_named("finish")

    without, with_cause = make(planner_client, request, finish), make(planner_client, request, finish, cause="SLT")

    assert list(without.context["move_form"].errors) == ["cause"]
    assert with_cause.status_code == 302
    assert ServiceRequest.objects.get(pk=request.pk).cause_code == "SLT"


def with_a_visit(now, planner, *, begins_in, status=Status.SCHEDULED):
    """A request with a planned visit of three hours that begins then."""
    request = ServiceRequestFactory(at=now - timedelta(days=2))
    window = (now + begins_in, now + begins_in + timedelta(hours=3))
    for move in ("schedule", "start") if status == Status.IN_PROGRESS else ("schedule",):
        services.make_move(
            request.pk,
            move_named(move),
            actor=Actor.STAFF,
            by=planner,
            at=now - timedelta(hours=5),
            said=Said(window=window, craftsman="Ali Demir"),
        )
    request.refresh_from_db()
    return request


BEGUN, TO_COME = timedelta(hours=-2), timedelta(hours=2)


@pytest.mark.parametrize(
    ("move", "status", "begins_in", "proposed"),
    [
        ("wait", Status.SCHEDULED, BEGUN, ""),  # nobody at home, or did we not come? Only the craftsman knows
        ("schedule", Status.SCHEDULED, BEGUN, ""),
        ("decline", Status.SCHEDULED, BEGUN, ""),
        ("finish", Status.SCHEDULED, BEGUN, "done"),
        ("finish", Status.IN_PROGRESS, BEGUN, "done"),
        ("wait", Status.IN_PROGRESS, BEGUN, "not_finished"),
        ("wait", Status.IN_PROGRESS, TO_COME, "not_finished"),  # the craftsman came early
        ("wait", Status.SCHEDULED, TO_COME, None),
        ("start", Status.SCHEDULED, BEGUN, None),
    ],
)
def test_how_a_visit_went_is_asked_when_it_has_begun(now, planner, move, status, begins_in, proposed):
    request = with_a_visit(now, planner, begins_in=begins_in, status=status)

    form = MoveForm(move_named(move), request, at=now)

    assert (form["visit"].value() or "" if "visit" in form.fields else None) == proposed


@pytest.mark.parametrize(("visit", "outcome"), [("", "planned"), ("no_access", "no_access"), ("missed", "missed")])
def test_nobody_says_how_a_visit_went_by_leaving_it_open(planner_client, planner, now, visit, outcome):
    request = with_a_visit(now, planner, begins_in=BEGUN)

    response = make(planner_client, request, move_named("wait"), waiting_reason="tenant", visit=visit)

    assert Visit.objects.get().outcome == outcome
    assert (response.status_code == 200) == (outcome == "planned")


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
    expected = {"review": "message", "plan": "message", "finish": "message", "start": "silent"}
    assert "".join(says) == expected.get(move.name, "missing")


def test_a_preview_without_a_day_asks_for_one(planner_client, service_request):
    schedule = move_named("schedule")
    data = said(service_request, schedule, day="")

    page = planner_client.post(address("preview", service_request, "schedule"), data, headers=IN_ENGLISH)

    assert "Choose a day." in page.content.decode()


def test_a_tenant_whom_no_mail_reaches_is_named(planner_client, now):
    tenant = TenantFactory(name="Wim Jansen", user=None, email="")
    request = ServiceRequestFactory(at=now, reported_by=tenant)

    html = look(planner_client, request).content.decode()

    assert "Wim Jansen has no e-mail address: no message reaches them. Call or write." in html


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
    assert [len(entry.deliveries) for entry in entries] == [1, 0, 1, 0, 1, 1, 0, 0, 1, 0]


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


@pytest.fixture
def colleague(db):
    colleague = StaffFactory()
    colleague.user_permissions.set(Permission.objects.filter(codename__endswith="_servicerequest"))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_thirteen_questions_for_one_of_everything_and_for_three(
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

    with django_assert_num_queries(13):
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
