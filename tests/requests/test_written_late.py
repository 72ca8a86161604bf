"""An apology and a reminder of a visit say what is true when they leave, and do not leave when it is not."""

from datetime import timedelta

import pytest

from requests import audit, followup, services, workflow
from requests.models import Recovery, Report
from requests.services import Said
from requests.workflow import Actor, Status
from tenants.notifications import delivery
from tenants.notifications.models import Notification

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, moves_out

pytestmark = pytest.mark.django_db
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
EVENING = NOON.replace(hour=22)
NIGHT = EVENING + 4 * HOUR  # what is acute and came in that evening was to be repaired by then
MORNING = NIGHT.replace(hour=8)
VISIT = NOON + 4 * DAY


def broken_at_night():
    service_request = ServiceRequestFactory(at=EVENING, urgency="A", status=Status.IN_PROGRESS)
    assert service_request.fix_by == NIGHT
    followup.watch(at=NIGHT)
    return service_request


def move(service_request, one, at, **said):
    services.make_move(service_request.pk, one, actor=Actor.STAFF, by=StaffFactory(), at=at, said=Said(**said))


def deliver(at):
    delivery.deliver_due(now=lambda: at)


def with_a_visit():
    """Confirmed by mail; the reminder is due."""
    service_request = ServiceRequestFactory(urgency="U")
    move(service_request, workflow.SCHEDULE, NOON, window=(VISIT, VISIT + 2 * HOUR), craftsman="Carla", note="Vol.")
    Notification.objects.all().delete()
    service_request.refresh_from_db()
    return service_request


def kinds():
    return list(Notification.objects.order_by("pk").values_list("kind", flat=True))


def failing(at):
    return [finding.name for finding in audit.audit(at=at) if finding.failures]


# --- apologies --------------------------------------------------------------------------------------------------------


def test_what_is_promised_at_night_counts_from_when_the_apology_leaves(mailoutbox):
    service_request = broken_at_night()

    deliver(MORNING)

    service_request.refresh_from_db()
    assert Recovery.objects.get().hear_by == service_request.next_word_at == MORNING + 2 * HOUR
    assert "U hoort vóór dinsdag 3 maart 10:00 uur een nieuwe dag van ons." in mailoutbox[0].body


def test_of_what_is_ready_before_the_apology_leaves_the_tenant_is_only_asked_whether_it_is_solved(mailoutbox):
    service_request = broken_at_night()
    move(service_request, workflow.FINISH, MORNING - HOUR / 3)

    deliver(MORNING)

    assert (kinds(), len(mailoutbox)) == (["request_done"], 1)
    assert "nog niet gemaakt" not in mailoutbox[0].body
    assert "recovery_was_told" not in failing(MORNING)


def test_a_new_day_before_the_apology_leaves_is_what_they_hear(mailoutbox):
    service_request = broken_at_night()
    window = (MORNING + 3 * HOUR, MORNING + 5 * HOUR)
    move(
        service_request,
        workflow.SCHEDULE,
        MORNING - HOUR,
        window=window,
        craftsman="Carla",
        note="Er is een pomp nodig.",
    )

    deliver(MORNING)

    assert (kinds(), len(mailoutbox)) == (["request_scheduled"], 1)
    assert Recovery.objects.get().new_day == window[1]
    assert "recovery_was_told" not in failing(MORNING)


def test_an_apology_that_leaves_after_its_own_moment_promises_nothing_in_the_past(mailoutbox):
    broken_at_night()

    deliver(MORNING + 4 * HOUR)

    body = mailoutbox[0].body
    assert "U had vóór dinsdag 3 maart 10:00 uur een nieuwe dag moeten horen." in body
    assert "U hoort vóór" not in body


def test_whoever_left_or_goes_on_elsewhere_is_not_told_while_the_neighbour_is(mailoutbox):
    service_request = ServiceRequestFactory(at=EVENING, urgency="A", status=Status.IN_PROGRESS)
    leaves, goes_on = (ReportFactory(service_request=service_request, at=EVENING) for _ in range(2))
    stays = service_request.reports.order_by("pk").first()
    followup.watch(at=NIGHT)
    moves_out(leaves, on=MORNING.date())
    Report.objects.filter(pk=goes_on.pk).update(service_request=ServiceRequestFactory(at=EVENING))

    deliver(MORNING)

    assert [mail.to for mail in mailoutbox] == [[stays.tenant.email]]


@pytest.mark.parametrize("how", ["it began", "nobody was at home"])
def test_of_a_craftsman_who_came_after_all_nobody_says_that_we_heard_nothing(mailoutbox, how):
    service_request, missed = with_a_visit(), VISIT + 3 * HOUR
    followup.watch(at=missed)
    assert "recovery_visit" in kinds()
    if how == "it began":
        move(service_request, workflow.START, missed + HOUR)
    else:
        said = {"waiting_reason": "tenant", "visit": "no_access", "note": "Er was niemand thuis."}
        move(service_request, workflow.WAIT, missed + HOUR, **said)

    deliver(missed + 2 * HOUR)

    assert "recovery_visit" not in kinds()
    assert "recovery_was_told" not in failing(missed + 2 * HOUR)


def test_who_waits_for_a_day_and_was_never_told_so_is_found():
    broken_at_night()
    Notification.objects.all().delete()

    assert "recovery_was_told" in failing(MORNING)


# --- reminders of a visit ---------------------------------------------------------------------------------------------


def reminded():
    service_request = with_a_visit()
    followup.follow_up(at=service_request.next_word_at)
    assert kinds() == ["request_visit"]
    return service_request


def test_a_reminder_of_a_visit_is_written_when_it_leaves(mailoutbox):
    service_request = reminded()

    deliver(service_request.next_word_at)

    assert mailoutbox[0].subject == "Herinnering: er komt een vakman op vrijdag 6 maart tussen 12:00 en 14:00 uur"


def test_nobody_is_reminded_of_a_visit_that_is_over(mailoutbox):
    reminded()

    deliver(VISIT + 2 * HOUR)

    assert (kinds(), mailoutbox) == ([], [])


@pytest.mark.parametrize("how", ["begun", "moved", "report moved"])
def test_nobody_is_reminded_of_a_visit_that_does_not_go_on(mailoutbox, how):
    service_request = reminded()
    at = service_request.next_word_at + HOUR
    if how == "begun":
        move(service_request, workflow.START, at)
    elif how == "moved":
        window = (VISIT + DAY, VISIT + DAY + HOUR)
        move(service_request, workflow.SCHEDULE, at, window=window, craftsman="Carla", note="De vakman is ziek.")
    else:
        service_request.reports.update(service_request=ServiceRequestFactory())

    deliver(at + HOUR)

    assert "request_visit" not in kinds()
    assert "Herinnering" not in "".join(mail.body for mail in mailoutbox)
