"""We wait for a tenant only until they answer: the clocks, what is said, and what happens then agree about that."""

from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from requests import audit, followup, services, workflow
from requests.admin import clocks as staff_clocks
from requests.followup.replies import late
from requests.models import Message, ServiceRequest
from requests.promises import clocks, shipped
from requests.services import Said
from requests.workflow import Actor, Status, WaitingReason
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = NOON + DAY


def ask(case, at=NOON, note="Welk merk is de kraan?"):
    said = Said(waiting_reason=WaitingReason.TENANT, note=note)
    services.make_move(case.pk, workflow.WAIT, actor=Actor.STAFF, by=StaffFactory(), at=at, said=said)
    case.refresh_from_db()


def answer(case, at=TUESDAY, **said):
    tenant = case.reports.first().tenant
    services.write_to_staff(case.pk, **({"tenant": tenant, "body": "Grohe.", "at": at} | said))
    case.refresh_from_db()


@pytest.fixture
def asked():
    case = ServiceRequestFactory()
    ask(case)
    return case


def follow_up_and_deliver(at):
    followup.follow_up(at=at)
    delivery.deliver_due(now=lambda: at)


def test_an_answer_ends_the_wait_for_it_and_tells_nobody(asked):
    due, told = asked.next_word_at, Notification.objects.count()

    answer(asked)

    step = asked.history.last()
    assert (asked.status, asked.waiting_reason, asked.tenant_waits_for_reply) == (Status.IN_REVIEW, "", True)
    assert (step.move, step.actor, step.at, step.by) == ("answer", "tenant", TUESDAY, asked.reports.get().tenant.user)
    assert (asked.next_word_at <= due, Notification.objects.count()) == (True, told)


def test_a_message_while_we_wait_for_something_else_ends_no_wait():
    case = ServiceRequestFactory(status=Status.WAITING, waiting_reason=WaitingReason.PARTS)

    answer(case)

    assert (case.status, case.history.count()) == (Status.WAITING, 1)


def test_after_an_answer_no_mail_says_that_we_wait_for_it(asked):
    answer(asked)

    for _ in range(2):
        follow_up_and_deliver(at=asked.next_word_at)
        asked.refresh_from_db()

    first, second = Notification.objects.filter(kind="request_holding").order_by("pk")
    assert "Wij hebben nog niet geantwoord op uw bericht van dinsdag 3 maart" in first.body
    said = f"{first.subject} {first.body} {second.subject} {second.body}"
    assert [wrong for wrong in ("uw antwoord", "niets van u gehoord", "Welk merk") if wrong in said] == []


def test_without_an_answer_the_mail_asks_again(asked):
    follow_up_and_deliver(at=asked.next_word_at)

    mail = Notification.objects.get(kind="request_holding")
    assert mail.subject == f"Wij wachten op uw antwoord over melding {asked.reference}"
    assert "Dit was onze vraag: Welk merk is de kraan?" in mail.body


def clocks_of(case, at):
    return clocks(list(case.history.all()), calendar=shipped().calendar, at=at)


def test_our_clock_runs_again_from_the_answer_on(asked):
    before = clocks_of(asked, TUESDAY)
    answer(asked)

    after = clocks_of(asked, TUESDAY + DAY)

    assert (before.stopped, after.stopped) == (True, False)
    assert after.ours - before.ours == 9 * HOUR
    assert [(wait.reason, wait.took) for wait in after.waits] == [(WaitingReason.TENANT, 9 * HOUR)]


def test_staff_and_tenant_read_that_our_clock_runs(asked, client):
    answer(asked)
    client.force_login(asked.reports.get().tenant.user)

    page = client.get(reverse("requests:detail", args=[asked.reference])).content.decode()
    lines = staff_clocks.lines(asked, list(asked.history.all()), at=TUESDAY + DAY)

    assert [line.how for line in lines][:2] == ["staat nooit stil", "loopt"]
    assert ("U gaf antwoord op onze vraag" in page, "Wij bekijken uw melding" in page) == (True, True)
    assert page.count("Wij wachten op uw antwoord") == 1  # in the history


def test_a_broken_promise_is_admitted_once_the_tenant_has_answered(asked):
    at = asked.fix_by + HOUR
    followup.watch(at=at)
    before = list(Notification.objects.filter(kind="recovery_broken"))

    answer(asked, at=at + HOUR)
    followup.watch(at=at + HOUR)
    delivery.deliver_due(now=lambda: at + DAY)

    assert before == []
    assert asked.recoveries.count() == 1
    assert Notification.objects.filter(kind="recovery_broken").count() == 1


@pytest.mark.parametrize(("later", "says"), [(HOUR, "Wij hebben uw bericht van vandaag"), (DAY, "nog niet geantwoord")])
def test_who_wrote_today_is_not_told_that_we_should_have_answered(asked, later, says):
    at = asked.fix_by.replace(hour=9) + DAY
    answer(asked, at=at)
    followup.watch(at=at)

    delivery.deliver_due(now=lambda: at + later)

    assert says in Notification.objects.get(kind="recovery_broken").body


def test_only_who_wrote_reads_about_their_message():
    case = ServiceRequestFactory(status=Status.PLANNED)
    neighbour = ReportFactory(service_request=case)
    writes = case.reports.exclude(pk=neighbour.pk).get()
    at = case.fix_by - 5 * DAY
    answer(case, at=at, tenant=writes.tenant, body="Hoe lang nog?")
    followup.watch(at=case.fix_by)
    case.refresh_from_db()

    for moment in (case.fix_by + HOUR / 2, case.next_word_at):
        follow_up_and_deliver(at=moment)

    of = {
        kind: {
            row.tenant_id: "uw bericht" in row.body for row in Notification.objects.filter(kind=kind).exclude(body="")
        }
        for kind in ("recovery_broken", "request_holding")
    }
    expected = {writes.tenant_id: True, neighbour.tenant_id: False}
    assert of == {"recovery_broken": expected, "request_holding": expected}


def test_what_was_raised_stays_raised_and_what_was_not_is_not(asked):
    ServiceRequest.objects.filter(pk=asked.pk).update(needs_attention=True)
    quiet = ServiceRequestFactory()
    ask(quiet)

    answer(asked)
    answer(quiet)

    assert (asked.needs_attention, quiet.needs_attention) == (True, False)


def test_a_second_question_is_asked_and_waited_for_anew(asked):
    answer(asked)

    ask(asked, at=TUESDAY + HOUR, note="En welk type?")

    assert (asked.waits_for_tenant, asked.tenant_waits_for_reply) == (True, False)


def test_what_was_asked_may_have_solved_it_or_started_the_work(asked):
    for move in (workflow.START, workflow.FINISH):
        answer(asked)
        services.make_move(asked.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=TUESDAY + HOUR)
        asked.refresh_from_db()
        if asked.status != Status.DONE:
            ask(asked, at=TUESDAY + 2 * HOUR)

    assert asked.status == Status.DONE


def test_who_answered_and_asked_something_since_waits_since_the_answer(asked):
    answer(asked)
    answer(asked, at=TUESDAY + 3 * HOUR, body="Komt u deze week nog?")

    assert late(at=TUESDAY + 10 * DAY) == [(asked, TUESDAY)]


def test_an_answer_that_nobody_reads_is_found(asked):
    answer(asked)
    ServiceRequest.objects.filter(pk=asked.pk).update(tenant_waits_for_reply=False)

    failing = {finding.name for finding in audit.audit(at=TUESDAY) if finding.failures}

    assert "message_waits_for_a_reply" in failing


def test_who_has_no_account_may_answer_too(asked):
    case = ServiceRequestFactory(reported_by=TenantFactory(user=None))
    ask(case)

    answer(case)

    assert (case.history.last().move, case.history.last().by) == ("answer", None)


# --- what was answered before -----------------------------------------------------------------------------------------


def as_it_was_answered_before(case, at):
    Message.objects.create(service_request=case, tenant=case.reports.get().tenant, body="Grohe.", at=at)
    ServiceRequest.objects.filter(pk=case.pk).update(tenant_waits_for_reply=True)


def test_what_was_answered_before_answers_ended_a_wait_is_not_waited_for_either(asked):
    again = ServiceRequestFactory()
    ask(again, at=TUESDAY + HOUR)
    for case in (asked, again):  # of the second one they wrote before it was asked
        as_it_was_answered_before(case, at=TUESDAY)

    with connection.cursor() as cursor:
        cursor.execute(import_module("requests.migrations.0023_an_answer_ends_the_wait").END_WHAT_WAS_ANSWERED)

    for case in (asked, again):
        case.refresh_from_db()
    assert (asked.status, asked.history.last().at) == (Status.IN_REVIEW, TUESDAY)
    assert (again.status, again.history.last().move) == (Status.WAITING, "wait")
    histories = [one for one in audit.audit(at=TUESDAY) if one.name.startswith(("history_", "state_"))]
    assert [one.failures for one in histories] == [0] * len(histories)
