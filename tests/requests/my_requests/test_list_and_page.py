"""The list of requests, and the page of one."""

import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import Tenancy
from requests import services, workflow
from requests.models import Message, Report, ServiceRequest, Verdict
from requests.services import Said
from requests.workflow import Actor, Outcome, Status
from tests.factories import ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory
from tests.requests.my_requests.just_now import just_now
from tests.requests.tenant_pages import page, stored_photo, words_of


@pytest.mark.parametrize("name", ["detail", "sent", "withdraw", "verdict_here", "mark_here"])
def test_a_request_of_somebody_else_does_not_exist(tenant_client, name):
    somebody_elses = ServiceRequestFactory(status=Status.DONE)

    answers = [tenant_client.get(page(name, ref)).status_code for ref in (somebody_elses.reference, "2026-999999")]

    assert answers == [404, 404]


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("write", {"body": "Hallo", "key": str(uuid.uuid4())}),
        ("withdraw", {}),
        ("verdict_here", {"round": 1, "answer": "solved"}),
        ("mark_here", {"mark": 1}),
    ],
)
def test_nobody_changes_a_request_of_somebody_else(tenant_client, name, sent):
    somebody_elses = ServiceRequestFactory(status=Status.DONE)
    before = ServiceRequest.objects.values().get(pk=somebody_elses.pk)

    response = tenant_client.post(page(name, somebody_elses.reference), sent)

    assert response.status_code == 404
    assert ServiceRequest.objects.values().get(pk=somebody_elses.pk) == before
    assert not Message.objects.exists()


def test_the_list_shows_what_is_open_first_and_only_the_tenants_own(tenant_client, of_tenant):
    closed = of_tenant(Status.CLOSED, problem="toilet_blocked")
    is_open = of_tenant(problem="room_mould")
    ServiceRequestFactory(problem="lift_stuck")

    said = words_of(tenant_client.get(page("mine")))

    assert said.index(is_open.reference) < said.index(closed.reference)
    assert "De lift doet het niet" not in said


def test_what_waits_for_the_tenant_is_on_top(tenant_client, of_tenant):
    asks = of_tenant(Status.DONE)
    newest = of_tenant()

    said = words_of(tenant_client.get(page("mine")))

    assert said.index(asks.reference) < said.index(newest.reference)


def test_older_requests_follow_by_the_key_of_the_last_one_shown(tenant_client, of_tenant):
    for _ in range(12):
        of_tenant(Status.CLOSED)
    references = list(ServiceRequest.objects.order_by("-closed_at", "-pk").values_list("reference", flat=True))

    first = words_of(tenant_client.get(page("mine")))
    second = words_of(tenant_client.get(page("mine"), {"older": references[9]}))

    addresses = [page("detail", reference) for reference in references]
    assert [address in first for address in addresses] == [True] * 10 + [False] * 2
    assert [address in second for address in addresses] == [False] * 10 + [True] * 2


def test_somebody_elses_request_is_no_place_to_go_on_from(tenant_client):
    somebody_elses = ServiceRequestFactory(status=Status.CLOSED)

    response = tenant_client.get(page("mine"), {"older": somebody_elses.reference})

    assert response.status_code == 404


def test_an_empty_list_says_what_to_do(tenant_client):
    said = words_of(tenant_client.get(page("mine")))

    assert "U hebt geen open meldingen" in said


@pytest.mark.parametrize(
    ("status", "fields", "said"),
    [
        (Status.RECEIVED, {}, "Wij hebben uw melding ontvangen"),
        (Status.IN_REVIEW, {}, "Wij bekijken uw melding"),
        (Status.PLANNED, {}, "Wij zoeken een vakman"),
        (Status.IN_PROGRESS, {}, "Wij zijn ermee bezig"),
        (Status.IN_PROGRESS, {"times_reopened": 1}, "Het is nog niet opgelost. Wij zijn ermee bezig"),
        (Status.WAITING, {"waiting_reason": "parts"}, "Wij wachten op onderdelen"),
        (Status.WAITING, {"waiting_reason": "tenant"}, "Wij wachten op uw antwoord"),
        (Status.DONE, {}, "Het werk is klaar. Is het opgelost?"),
        (Status.CLOSED, {"outcome": Outcome.SOLVED}, "Opgelost, liet u weten"),
        (Status.CLOSED, {"outcome": Outcome.DECLINED}, "Wij repareren dit niet"),
        (Status.CLOSED, {"outcome": Outcome.WITHDRAWN}, "U hebt deze melding ingetrokken"),
    ],
)
def test_the_page_says_in_plain_words_where_a_request_stands(tenant_client, of_tenant, status, fields, said):
    service_request = of_tenant(status, **fields)

    response = tenant_client.get(page("detail", service_request.reference))

    assert said in words_of(response)


def test_a_broken_promise_is_not_hidden(tenant_client, tenant):
    service_request = ServiceRequestFactory(reported_by=tenant, at=just_now() - timedelta(days=30))

    response = tenant_client.get(page("detail", service_request.reference))

    assert "Dat is niet gelukt. Onze excuses." in words_of(response)


def test_the_history_tells_the_visit_and_its_window(tenant_client, of_tenant):
    service_request = of_tenant()
    start = timezone.now() + timedelta(days=1)
    said = Said(window=(start, start + timedelta(hours=2)), craftsman="Loodgieter Bakker", note="Bel 3 keer aan.")
    services.make_move(
        service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now(), said=said
    )

    shown = words_of(tenant_client.get(page("detail", service_request.reference)))

    window = f"tussen {timezone.localtime(start):%H:%M} en {timezone.localtime(start + timedelta(hours=2)):%H:%M} uur"
    assert f"Loodgieter Bakker komt {shown.split('Loodgieter Bakker komt ')[1].split('tussen')[0]}{window}." in shown
    assert "Bel 3 keer aan." in shown


def test_notes_for_staff_and_words_of_neighbours_stay_out_of_sight(tenant_client, of_tenant):
    service_request = of_tenant()
    neighbour = ReportFactory(service_request=service_request, tenant=TenantFactory(name="Buurvrouw"), text="Van haar")
    stored_photo(report=neighbour)
    staff, at = StaffFactory(), timezone.now()
    services.note(service_request.pk, by=staff, body="Lastige huurder", at=at)
    services.write_to_staff(service_request.pk, tenant=neighbour.tenant, body="Bericht van haar", at=at)
    services.write_to_tenants(service_request.pk, by=staff, body="Wij komen morgen", at=at)

    shown = words_of(tenant_client.get(page("detail", service_request.reference)))

    hidden = ("Lastige huurder", "Buurvrouw", "Van haar", "Bericht van haar", "<img")
    assert [text in shown for text in hidden] == [False] * 5
    assert "Wij komen morgen" in shown


def test_a_neighbours_reason_for_reopening_is_theirs(tenant_client, of_tenant):
    service_request = of_tenant(Status.DONE)
    neighbour = ReportFactory(service_request=service_request)
    Verdict.objects.create(report=neighbour, round=1, asked_at=service_request.done_at)
    services.answer_verdict(
        neighbour.pk,
        round=1,
        answer="not_solved",
        words="Mijn kind is ziek",
        by=neighbour.tenant.user,
        at=timezone.now(),
    )

    shown = words_of(tenant_client.get(page("detail", service_request.reference)))

    assert "Een van uw buren liet weten dat het niet is opgelost" in shown
    assert "Mijn kind is ziek" not in shown


def test_markup_in_somebodys_words_is_shown_as_it_was_typed(tenant_client, tenant):
    service_request = ServiceRequestFactory(reported_by=tenant)
    Report.objects.update(text="<script>alert(1)</script>")

    shown = words_of(tenant_client.get(page("detail", service_request.reference)))

    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "<script>alert(1)" not in shown


def test_a_photo_without_thumbnail_is_said_to_be_processed(tenant_client, of_tenant):
    service_request = of_tenant()
    stored_photo(report=service_request.reports.get())

    assert "Foto 1 wordt verwerkt" in words_of(tenant_client.get(page("detail", service_request.reference)))


def test_a_message_is_sent_once_however_often_the_button_is_pressed(tenant_client, tenant, of_tenant):
    service_request = of_tenant()
    sent = {"body": "Ik werk tot 12 uur.", "key": str(uuid.uuid4())}

    for _ in range(2):
        response = tenant_client.post(page("write", service_request.reference), sent, follow=True)

    assert [(message.tenant, message.body) for message in Message.objects.all()] == [(tenant, "Ik werk tot 12 uur.")]
    assert "Uw bericht is verstuurd." in words_of(response)


@pytest.mark.parametrize(
    ("body", "said"), [("", "Schrijf eerst uw bericht."), ("x" * 5000, "Uw tekst is 3000 tekens te lang.")]
)
def test_a_message_that_cannot_be_right_is_kept_in_the_field(tenant_client, of_tenant, body, said):
    service_request = of_tenant()

    response = tenant_client.post(page("write", service_request.reference), {"body": body, "key": str(uuid.uuid4())})

    assert said in words_of(response)
    assert f"{body}</textarea>" in words_of(response)
    assert not Message.objects.exists()


@pytest.mark.parametrize(("status", "invites"), [(Status.RECEIVED, False), (Status.CLOSED, True)])
def test_who_has_a_question_about_a_closed_request_can_send_it_there(tenant_client, of_tenant, status, invites):
    service_request = of_tenant(status)
    sent = {"body": "Ik heb nog een vraag.", "key": str(uuid.uuid4())}

    shown = words_of(tenant_client.get(page("detail", service_request.reference)))
    tenant_client.post(page("write", service_request.reference), sent)

    assert [page("write", service_request.reference) in shown, "Deze melding is gesloten." in shown] == [True, invites]
    assert Message.objects.get().body == "Ik heb nog een vraag."


def test_a_message_that_is_too_long_when_the_request_just_closed_is_kept_in_the_field(tenant_client, of_tenant):
    service_request = of_tenant(Status.CLOSED)

    response = tenant_client.post(page("write", service_request.reference), {"body": "x" * 2001})

    said = words_of(response)
    assert [f"{'x' * 2001}</textarea>" in said, "<title>Fout: " in said] == [True, True]


def test_the_notice_about_a_message_stands_with_the_messages(tenant_client, of_tenant):
    service_request = of_tenant()
    sent = {"body": "Ik werk tot 12 uur.", "key": str(uuid.uuid4())}

    response = tenant_client.post(page("write", service_request.reference), sent)
    said = words_of(tenant_client.get(response.url))
    refused = words_of(tenant_client.post(page("write", service_request.reference), sent | {"body": ""}))

    assert response.url == page("detail", service_request.reference) + "#messages"
    assert said.count("Uw bericht is verstuurd.") == 1
    assert said.index('id="messages"') < said.index("Uw bericht is verstuurd.") < said.index("<textarea")
    assert refused.index('role="alert" tabindex="-1" autofocus') < refused.index("<textarea")


@pytest.mark.parametrize(
    ("outcome", "offers"),
    [
        (Outcome.SOLVED, "Is het weer kapot? Meld het opnieuw"),
        (Outcome.UNANSWERED, "Is het weer kapot? Meld het opnieuw"),
        (Outcome.WITHDRAWN, "Toch hulp nodig? Meld het opnieuw"),
        (Outcome.DECLINED, ""),
        (Outcome.TENANT_JOB, ""),
        (Outcome.FORWARDED, ""),
        (Outcome.DUPLICATE, ""),
    ],
)
def test_only_what_we_repaired_can_be_broken_again(tenant_client, of_tenant, outcome, offers):
    service_request = of_tenant(Status.CLOSED, outcome=outcome)

    said = words_of(tenant_client.get(page("detail", service_request.reference)))

    assert ("".join(re.findall(r"[^>]*Meld het opnieuw", said)).strip()) == offers


def test_the_page_says_in_which_room(tenant_client, of_tenant, tenant):
    service_request = of_tenant(problem="kitchen_tap_drips")

    said = words_of(tenant_client.get(page("detail", service_request.reference)))

    assert f"<dt>Waar</dt><dd>Keuken<br>{tenant.tenancies.get().dwelling}</dd>" in said


def test_the_list_tells_the_day_of_the_week(tenant_client, tenant):
    at = datetime(2025, 11, 19, 12, tzinfo=UTC)
    ServiceRequestFactory(reported_by=tenant, at=at)
    Tenancy.objects.update(period=DateRange(date(2020, 1, 1), None))

    said = words_of(tenant_client.get(page("mine"))).replace("&nbsp;", " ")

    assert "gemeld op woensdag 19 november 2025" in said
