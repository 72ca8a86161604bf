"""On the page of a request: both clocks, a later promise, and putting it off."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from requests import services, workflow
from requests.models import ServiceRequest
from requests.services import Said
from requests.workflow import Actor, Status
from tenants.models import Notification
from tests.factories import ServiceRequestFactory, StaffFactory, moves_out
from tests.requests.tenant_pages import words_of

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]

DAY = timedelta(days=1)


@pytest.fixture
def case():
    return ServiceRequestFactory(status=Status.PLANNED, at=timezone.now() - DAY)


def address(case, name="change", *args):
    return reverse(f"admin:requests_servicerequest_{name}", args=[case.pk, *args])


def form(case, *, days=40, **more):
    day = timezone.localdate() + days * DAY
    return {"seen": case.version, "day": day.isoformat(), "reason": "Het onderdeel komt later."} | more


def test_both_clocks_and_the_six_weeks_are_on_the_page(planner_client, case):
    text = words_of(planner_client.get(address(case)))

    assert "Klok van de huurder" in text
    assert "Onze klok" in text
    assert "dag 1 van 42" in text


def test_staff_promise_a_later_day(planner_client, case):
    response = planner_client.post(address(case, "later"), form(case))

    moved = ServiceRequest.objects.get(pk=case.pk)
    assert response.url == address(case)
    assert moved.fix_by > case.fix_by
    assert moved.promise_moves.get().reason == "Het onderdeel komt later."


def test_the_same_form_sent_twice_moves_it_once(planner_client, case):
    for _ in range(2):
        response = planner_client.post(address(case, "later"), form(case))

    assert response.url == address(case)
    assert case.promise_moves.count() == 1


def test_a_colleague_who_was_first_is_not_overruled_and_the_words_are_kept(planner_client, case):
    services.make_move(case.pk, workflow.START, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now())

    response = planner_client.post(address(case, "later"), form(case))

    assert response.status_code == 409
    assert "Het onderdeel komt later." in response.content.decode()
    assert not case.promise_moves.exists()


def test_what_a_colleague_reported_ready_meanwhile_keeps_the_words_too(planner_client, case):
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now())

    response = planner_client.post(address(case, "later"), form(case))

    assert response.status_code == 409
    assert "Het onderdeel komt later." in response.content.decode()
    assert "Iemand heeft deze melding klaar gemeld of afgesloten" in words_of(response)
    assert not case.promise_moves.exists()


def test_where_everybody_moved_out_a_later_day_says_that_nobody_is_told(planner_client, case):
    moves_out(*case.reports.all(), on=timezone.localdate())

    response = planner_client.post(address(case, "later"), form(case), follow=True)

    assert "Niemand krijgt bericht: iedereen die dit meldde, is verhuisd." in words_of(response)
    assert not Notification.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"days": 0}, "Kies een latere dag"),
        ({"day": "0001-01-01"}, "Kies een latere dag"),
        ({"day": "9999-12-31"}, "Dit is meer dan een jaar later"),
        ({"reason": " "}, "Leg de huurder uit"),
    ],
)
def test_what_is_missing_or_not_later_is_said_beside_the_field(planner_client, case, wrong, says):
    response = planner_client.post(address(case, "later"), form(case, **wrong))

    assert says in words_of(response)
    assert not case.promise_moves.exists()


def test_the_message_is_shown_before_it_is_sent(planner_client, case):
    response = planner_client.post(address(case, "later_preview"), form(case))

    assert "Het onderdeel komt later." in words_of(response)
    assert not Notification.objects.exists()


def test_what_is_closed_has_no_promise_to_move(planner_client):
    closed = ServiceRequestFactory(status=Status.CLOSED, at=timezone.now() - DAY)

    assert planner_client.get(address(closed, "later")).url == address(closed)
    assert address(closed, "later") not in planner_client.get(address(closed)).content.decode()


def test_staff_put_a_request_off(planner_client, case):
    until = timezone.localdate() + 60 * DAY
    said = {"seen": case.version, "until": until.isoformat(), "waiting_reason": "season", "note": "In het voorjaar."}

    response = planner_client.post(address(case, "move", "defer"), said)

    case.refresh_from_db()
    assert response.url == address(case)
    assert (case.status, case.waiting_reason) == ("waiting", "season")
    assert timezone.localdate(case.deferred_until) >= until
    assert "Uitgesteld tot" in words_of(planner_client.get(address(case)))


@pytest.mark.parametrize("until", ["", "0001-01-01", "2020-01-01", "2199-01-01", "9999-12-31"])
def test_a_day_that_will_not_do_is_said_beside_the_field(planner_client, case, until):
    said = {"seen": case.version, "until": until, "waiting_reason": "season", "note": "In het voorjaar."}

    response = planner_client.post(address(case, "move", "defer"), said)

    case.refresh_from_db()
    assert "Kies een latere dag, hooguit een jaar vanaf nu." in words_of(response)
    assert case.status == "planned"


def test_the_page_says_when_everybody_moved_out(planner_client, case):
    said = Said(waiting_reason="season", until=timezone.now() + 60 * DAY, note="In het voorjaar.")
    services.make_move(case.pk, workflow.DEFER, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now(), said=said)
    before = words_of(planner_client.get(address(case)))
    moves_out(*case.reports.all(), on=timezone.localdate())

    after = words_of(planner_client.get(address(case)))

    warning = "Iedereen die dit meldde, is verhuisd."
    assert (warning in before, warning in after) == (False, True)


def test_a_complaint_stands_out_in_the_history(planner_client, case):
    report = case.reports.get()
    services.write_to_staff(case.pk, tenant=report.tenant, body="Te laat.", at=timezone.now(), is_complaint=True)

    assert "Klacht van de huurder" in words_of(planner_client.get(address(case)))
