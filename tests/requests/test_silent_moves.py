"""Nobody gets a mail with nothing to do or to know in it, and nobody waits longer for the word that was promised."""

from datetime import timedelta

import pytest

from requests import followup, services, workflow
from requests.models import Verdict
from requests.services import Said
from requests.workflow import Actor, Status, WaitingReason
from tenants.models import Notification
from tenants.notifications import delivery

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIRST = [(workflow.REVIEW, Status.RECEIVED), (workflow.PLAN, Status.RECEIVED), (workflow.PLAN, Status.IN_REVIEW)]


def told():
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def move(service_request, one, *, at=NOON + HOUR, **said):
    services.make_move(service_request.pk, one, actor=Actor.STAFF, by=StaffFactory(), at=at, said=Said(**said))
    service_request.refresh_from_db()


# --- looked into ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "status"), FIRST)
def test_what_staff_do_first_tells_nobody_and_is_no_word_and_no_answer(first, status):
    service_request = ServiceRequestFactory(status=status, answered_at=None, words_given=1)
    promised = service_request.next_word_at

    move(service_request, first)

    assert told() == []
    assert (service_request.status, service_request.next_word_at) == (first.target, promised)
    assert (service_request.answered_at, service_request.words_given) == (None, 1)


@pytest.mark.parametrize(("first", "status"), FIRST)
def test_with_words_the_tenant_reads_them_and_that_is_an_answer(first, status):
    service_request = ServiceRequestFactory(status=status, answered_at=None, words_given=1)
    promised = service_request.next_word_at

    move(service_request, first, note="Wij bellen eerst de buren.")

    assert "Wij bellen eerst de buren." in Notification.objects.get().body
    assert service_request.next_word_at > promised
    assert (service_request.answered_at, service_request.words_given) == (NOON + HOUR, 0)


def test_that_it_goes_on_after_waiting_is_told():
    service_request = ServiceRequestFactory(status=Status.WAITING, waiting_reason=WaitingReason.PARTS)

    move(service_request, workflow.PLAN)

    assert told() == ["request_planned"]


def test_the_word_that_was_promised_comes_in_time_and_says_what_is_done():
    service_request = ServiceRequestFactory()
    promised = service_request.next_word_at
    move(service_request, workflow.PLAN)

    assert followup.follow_up(at=promised) == 1

    delivery.deliver_due(now=lambda: promised)
    assert told() == ["request_holding"]
    assert "zoeken wij een vakman" in Notification.objects.get().body


def test_staff_see_before_it_that_nobody_gets_anything_and_what_words_would_say():
    service_request = ServiceRequestFactory()

    silent = services.preview(service_request, workflow.PLAN, said=Said(), at=NOON)
    spoken = services.preview(service_request, workflow.PLAN, said=Said(note="Dinsdag meer."), at=NOON)

    assert silent is None
    assert "Dinsdag meer." in spoken.body


# --- work begins ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.PLANNED, Status.WAITING])
def test_work_that_begins_without_a_visit_is_no_word_and_no_answer(status):
    service_request = ServiceRequestFactory(status=status, answered_at=None, words_given=1)
    promised = service_request.next_word_at

    move(service_request, workflow.START)

    assert (told(), service_request.status, service_request.next_word_at) == ([], Status.IN_PROGRESS, promised)
    assert (service_request.answered_at, service_request.words_given) == (None, 1)


def test_a_craftsman_at_the_door_is_a_word():
    service_request = ServiceRequestFactory(status=Status.SCHEDULED, words_given=1)
    promised = service_request.next_word_at

    move(service_request, workflow.START)

    assert (service_request.next_word_at > promised, service_request.words_given) == (True, 0)


# --- an answer that was promised --------------------------------------------------------------------------------------


def asked_when_to_come(**fields):
    """The tenant asked something, and reads that there is an answer within two working days."""
    service_request = ServiceRequestFactory(**fields)
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Kunt u na drie uur komen?", at=NOON)
    service_request.refresh_from_db()
    return service_request


@pytest.mark.parametrize(
    ("one", "said"),
    [
        (workflow.SCHEDULE, {"window": (NOON + 7 * DAY, NOON + 7 * DAY + HOUR), "craftsman": "Carla"}),
        (workflow.WAIT, {"waiting_reason": WaitingReason.PARTS}),
        (workflow.FINISH, {}),
    ],
)
def test_a_step_without_an_answer_leaves_the_answer_due_when_it_was_promised(one, said):
    service_request = asked_when_to_come(status=Status.PLANNED)
    promised = service_request.next_word_at

    move(service_request, one, **said)

    assert (service_request.tenant_waits_for_reply, service_request.next_word_at) == (True, promised)


def test_the_mail_of_that_step_names_the_day_on_which_the_answer_is_due():
    service_request = asked_when_to_come(status=Status.PLANNED)
    said = Said(waiting_reason=WaitingReason.PARTS)

    text = services.preview(service_request, workflow.WAIT, said=said, at=NOON + HOUR)
    move(service_request, workflow.WAIT, waiting_reason=WaitingReason.PARTS)

    assert text.body == Notification.objects.get().body
    assert "U hoort uiterlijk woensdag 4 maart van ons" in text.body


def test_words_that_nobody_is_sent_are_no_answer():
    service_request = asked_when_to_come(status=Status.SCHEDULED)

    move(service_request, workflow.START, note="De vakman is er.")

    assert (service_request.tenant_waits_for_reply, told()) == (True, [])


# --- solved -----------------------------------------------------------------------------------------------------------


def say_solved(report):
    services.answer_verdict(report.pk, round=1, answer=Verdict.Answer.SOLVED, by=None, at=NOON + DAY)


def test_who_said_that_it_is_solved_saw_on_the_screen_that_it_is_closed():
    service_request = ServiceRequestFactory(status=Status.DONE)

    say_solved(service_request.reports.get())

    service_request.refresh_from_db()
    assert (service_request.status, told()) == (Status.CLOSED, [])


def test_who_has_no_account_has_the_mail_as_the_only_proof():
    service_request = ServiceRequestFactory(status=Status.DONE)
    neighbour = TenantFactory(user=None, email="buur@example.org")
    report = ReportFactory(service_request=service_request, tenant=neighbour)
    Verdict.objects.create(report=report, round=1, asked_at=NOON)

    say_solved(service_request.reports.exclude(pk=report.pk).get())
    say_solved(report)

    assert list(Notification.objects.values_list("kind", "tenant")) == [("request_confirmed", neighbour.pk)]


def test_what_staff_wrote_down_after_a_call_is_told():
    service_request = ServiceRequestFactory(status=Status.DONE)

    move(service_request, workflow.CONFIRM_BY_PHONE, note="U zei aan de telefoon dat het is opgelost.")

    assert told() == ["request_confirmed"]


# --- a visit to come --------------------------------------------------------------------------------------------------


def words_before(visit_after, urgency, *, days):
    """What is said between the planning and a visit so many days later."""
    service_request = ServiceRequestFactory(urgency=urgency)
    start = NOON + visit_after * DAY
    note = "Eerder lukt niet."
    move(service_request, workflow.SCHEDULE, at=NOON, window=(start, start + HOUR), craftsman="Carla", note=note)
    Notification.objects.all().delete()
    for hour in range(0, 24 * days, 3):
        followup.follow_up(at=NOON + hour * HOUR)
    return told()


@pytest.mark.parametrize(
    ("visit_after", "urgency", "said"),
    [
        (2, "U", []),  # they know, and that is within the norm
        (4, "U", ["request_visit"]),  # two working days before, and nothing else is due before it
        (7, "N", []),
        (9, "N", ["request_visit"]),
        (2, "S", ["request_visit"]),
        (3, "S", ["request_holding", "request_visit"]),  # the norm is every day; one of them is the reminder
        (14, "N", ["request_holding"]),  # it goes on, and that is within the norm of the visit
    ],
)
def test_one_reminder_is_enough(visit_after, urgency, said):
    assert words_before(visit_after, urgency, days=visit_after) == said
