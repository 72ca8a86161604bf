"""Staff say that we did not come before the clock finds out: the tenant reads that we are sorry."""

from datetime import timedelta

import pytest

from requests import audit, followup, services, workflow
from requests.models import Alarm, Gesture, Recovery, ServiceRequest
from requests.services import Said
from requests.views.amends import amends, with_recovery
from requests.workflow import Actor, Status, WaitingReason
from tenants.models import Notification
from tenants.notifications import delivery

from ..factories import NOON, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TUESDAY = (NOON + DAY, NOON + DAY + 2 * HOUR)
THURSDAY = (NOON + 3 * DAY, NOON + 3 * DAY + 2 * HOUR)
SORRY = "Wij zouden op dinsdag 3 maart komen, maar er kwam niemand. Dat is onze fout. Het spijt ons."


def move(case, one, *, at, by=None, **said):
    services.make_move(case.pk, one, actor=Actor.STAFF, by=by or StaffFactory(), at=at, said=Said(**said))


def plan(case, window, *, at, by=None, visit=""):
    move(case, workflow.SCHEDULE, at=at, by=by, window=window, craftsman="Carla", visit=visit)


@pytest.fixture
def case():
    """With a visit on Tuesday, of which the tenant was told."""
    case = ServiceRequestFactory(
        status=Status.PLANNED, reported_by=TenantFactory(phone="06-55500001", wants_texts=True)
    )
    plan(case, TUESDAY, at=NOON)
    Notification.objects.all().delete()
    return case


def told(case):
    rows = Notification.objects.filter(about=case.reference).order_by("pk")
    return [row.body for row in rows]


def test_the_mail_of_the_new_visit_says_sorry(case):
    said = Said(window=THURSDAY, craftsman="Carla", visit="missed")
    text = services.preview(case, workflow.SCHEDULE, said=said, at=TUESDAY[1])

    plan(case, THURSDAY, at=TUESDAY[1], visit="missed")

    mail = Notification.objects.get(channel="email")
    assert SORRY in mail.body
    assert text.body == mail.body
    assert "Sorry dat er op dinsdag 3 maart niemand kwam." in Notification.objects.get(channel="text").body


def test_it_is_made_up_for_with_the_new_visit_as_the_new_day(case):
    planner = StaffFactory()

    plan(case, THURSDAY, at=TUESDAY[1], by=planner, visit="missed")
    followup.watch(at=TUESDAY[1] + 3 * HOUR)

    made_up = Recovery.objects.get()
    assert (made_up.why, made_up.visit.window.lower, made_up.promised) == ("visit_missed", TUESDAY[0], TUESDAY[1])
    assert (made_up.begun_at, made_up.contact) == (TUESDAY[1], planner)
    assert (made_up.new_day, made_up.dated_at, made_up.settled_at) == (THURSDAY[1], TUESDAY[1], None)
    assert not Alarm.objects.exists()


def test_staff_can_give_the_gesture_for_it(case):
    Gesture.objects.create(urgency="N", what_nl="een bon van € 15", what_en="a voucher of € 15")
    plan(case, THURSDAY, at=TUESDAY[1], visit="missed")

    services.give_gesture(Recovery.objects.get().pk, by=StaffFactory(), at=TUESDAY[1])

    assert "Daarom krijgt u van ons: een bon van € 15." in told(case)[-1]


def test_what_the_clock_found_out_before_is_made_up_for_once(case):
    followup.watch(at=TUESDAY[1] + HOUR)

    plan(case, THURSDAY, at=TUESDAY[1] + 2 * HOUR, visit="missed")

    made_up = Recovery.objects.get()
    assert (made_up.begun_at, made_up.new_day) == (TUESDAY[1] + HOUR, THURSDAY[1])


def test_the_mail_of_what_has_to_wait_says_sorry_too(case):
    move(case, workflow.WAIT, at=TUESDAY[1], waiting_reason=WaitingReason.PARTS, visit="missed")

    assert SORRY in told(case)[0]


# --- without a new visit ----------------------------------------------------------------------------------------------

SOON = TUESDAY[1] + HOUR / 2
MISSED = TUESDAY[1] + HOUR
LATER = MISSED + HOUR / 2
HEAR_BY = NOON.replace(day=4, hour=17)
NAMED = "Sanne de Wit houdt het vanaf nu in de gaten."
PROMISED = "U hoort vóór woensdag 4 maart 17:00 uur een nieuwe dag van ons."
WAITS = {"waiting_reason": WaitingReason.PARTS}
UNTIL = NOON + 70 * DAY
PUT_OFF = {"waiting_reason": WaitingReason.SEASON, "until": UNTIL, "note": "In het voorjaar."}


@pytest.fixture
def sanne():
    return StaffFactory(first_name="Sanne", last_name="de Wit")


@pytest.fixture(params=[False, True], ids=["before the clock", "after the clock"])
def at(request, case, sanne):
    """When staff say that nobody came: before the clock found out, or after it did and the apology left."""
    if not request.param:
        return SOON
    found_out_by_the_clock(case, sanne)
    delivery.deliver_due(now=lambda: MISSED)
    assert [row.kind for row in Notification.objects.all()] == ["recovery_visit"]
    Notification.objects.all().delete()
    return LATER


def found_out_by_the_clock(case, assignee):
    case.assignee = assignee
    case.save(update_fields=["assignee"])
    followup.watch(at=MISSED)


def standing():
    return list(Alarm.objects.standing().values_list("kind", "of"))


def failing(*, at):
    return [finding.name for finding in audit.audit(at=at) if finding.failures and finding.name.startswith("recovery")]


def test_who_has_to_wait_hears_who_looks_after_it_and_by_when_there_is_a_new_day(case, sanne, at):
    text = services.preview(case, workflow.WAIT, said=Said(visit="missed", **WAITS), by=sanne, at=at)

    move(case, workflow.WAIT, at=at, by=sanne, visit="missed", **WAITS)

    body = told(case)[0]
    assert [line in body for line in (SORRY, NAMED, PROMISED)] == [True, True, True]
    assert text.body == body
    assert "ook als er geen nieuws is" not in body
    recovery, case = Recovery.objects.get(), ServiceRequest.objects.get()
    assert (recovery.why, recovery.promised, recovery.contact) == ("visit_missed", TUESDAY[1], sanne)
    assert (recovery.hear_by, recovery.dated_at, recovery.settled_at) == (HEAR_BY, None, None)
    assert (case.next_word_at, case.needs_attention) == (HEAR_BY, True)


def test_the_alarm_of_what_has_to_wait_stands_until_there_is_a_new_day_and_nobody_is_told_twice(case, sanne, at):
    move(case, workflow.WAIT, at=at, by=sanne, visit="missed", **WAITS)
    followup.watch(at=at)
    delivery.deliver_due(now=lambda: at + HOUR)
    followup.watch(at=at + 7 * DAY)

    assert standing() == [("visit_missed", Recovery.objects.get().of)]
    assert (len(told(case)), failing(at=at + HOUR)) == (1, [])
    assert followup.rise(at=at + 7 * DAY) == 1

    plan(case, (at + 8 * DAY, at + 8 * DAY + HOUR), at=at + 7 * DAY)

    assert standing() == []
    assert Recovery.objects.get().new_day == at + 8 * DAY + HOUR


def test_what_is_put_off_has_the_day_by_which_it_is_repaired_then_as_its_new_day(case, sanne, at):
    text = services.preview(case, workflow.DEFER, said=Said(visit="missed", **PUT_OFF), by=sanne, at=at)

    move(case, workflow.DEFER, at=at, by=sanne, visit="missed", **PUT_OFF)
    followup.watch(at=at)

    recovery, case, body = Recovery.objects.get(), ServiceRequest.objects.get(), told(case)[0]
    assert case.fix_by > UNTIL
    assert (recovery.new_day, recovery.dated_at, recovery.settled_at) == (case.fix_by, at, None)
    assert (standing(), case.needs_attention, SORRY in body, PROMISED in body) == ([], False, True, False)
    assert text.body == body


def test_what_is_put_off_until_before_its_promised_day_has_that_day(case, at):
    until = NOON + 8 * DAY

    move(case, workflow.DEFER, at=at, visit="missed", **PUT_OFF | {"until": until})

    assert (Recovery.objects.get().new_day, ServiceRequest.objects.get().fix_by > until) == (until, True)


@pytest.mark.parametrize(
    ("one", "said"),
    [(workflow.FINISH, {}), (workflow.DECLINE, {"outcome": "forwarded", "note": "Dit doet de gemeente."})],
    ids=["finish", "decline"],
)
def test_what_ends_says_sorry_and_has_nothing_left_to_make_up_for_but_the_gesture(case, sanne, at, one, said):
    Gesture.objects.create(urgency="N", what_nl="een bon van € 15", what_en="a voucher of € 15")
    text = services.preview(case, one, said=Said(visit="missed", **said), by=sanne, at=at)

    move(case, one, at=at, by=sanne, visit="missed", **said)
    followup.watch(at=at)

    recovery, body = Recovery.objects.get(), told(case)[0]
    assert (recovery.dated_at, recovery.settled_at, standing()) == (None, at, [])
    assert (SORRY in body, PROMISED in body, text.subject) == (True, False, Notification.objects.first().subject)
    assert services.give_gesture(recovery.pk, by=sanne, at=at).gesture_nl == "een bon van € 15"


def test_an_apology_that_has_not_left_yet_is_in_the_mail_of_the_step(case, sanne):
    found_out_by_the_clock(case, sanne)

    move(case, workflow.WAIT, at=MISSED + HOUR / 60, visit="missed", **WAITS)
    delivery.deliver_due(now=lambda: MISSED + HOUR)

    assert [row.kind for row in Notification.objects.all()] == ["request_waiting"]
    assert [line in told(case)[0] for line in (SORRY, NAMED, PROMISED)] == [True, True, True]
    assert failing(at=MISSED + HOUR) == []


def test_who_waits_after_a_visit_that_staff_say_was_missed_and_was_not_told_is_found(case):
    move(case, workflow.WAIT, at=SOON, visit="missed", **WAITS)
    Notification.objects.all().delete()

    assert failing(at=SOON) == ["recovery_was_told"]


def test_a_step_after_the_moment_for_a_new_day_promises_nothing_in_the_past(case):
    followup.watch(at=MISSED)

    move(case, workflow.WAIT, at=HEAR_BY + HOUR, visit="missed", **WAITS)

    assert "U had vóór woensdag 4 maart 17:00 uur een nieuwe dag moeten horen." in told(case)[-1]


@pytest.mark.parametrize("how", ["it began", "nobody was at home"])
def test_when_the_craftsman_came_after_all_nothing_is_left_to_make_up_for(case, how):
    followup.watch(at=MISSED)

    if how == "it began":
        move(case, workflow.START, at=LATER)
    else:
        move(case, workflow.WAIT, at=LATER, visit="no_access", waiting_reason=WaitingReason.TENANT, note="Bel ons.")

    case.refresh_from_db()
    assert (Recovery.objects.get().settled_at, standing(), case.needs_attention) == (LATER, [], False)


def test_a_promise_that_breaks_after_that_is_admitted_like_any_other(case):
    followup.watch(at=MISSED)
    move(case, workflow.START, at=LATER)

    followup.watch(at=case.fix_by)

    assert list(Recovery.objects.order_by("pk").values_list("why", flat=True)) == ["visit_missed", "broken"]


def test_who_said_that_it_began_and_then_that_nobody_came_begins_it_again(case):
    followup.watch(at=MISSED)
    move(case, workflow.START, at=LATER)

    move(case, workflow.WAIT, at=LATER + HOUR, visit="missed", **WAITS)

    assert Recovery.objects.get().settled_at is None
    assert PROMISED in told(case)[-1]


def test_the_page_of_the_tenant_asks_whether_somebody_came_until_staff_say_that_nobody_did(case, sanne):
    found_out_by_the_clock(case, sanne)
    asks = on_their_page(case, at=MISSED)

    move(case, workflow.WAIT, at=LATER, visit="missed", **WAITS)
    knows = on_their_page(case, at=LATER)

    assert asks.title.replace("\xa0", " ") == "Is er op dinsdag 3 maart niemand gekomen?"
    assert knows.title == "Dit doen wij nu"
    assert [line.replace("\xa0", " ") for line in knows.sentences[:2]] == [SORRY, NAMED]


def on_their_page(case, *, at):
    return amends(with_recovery(ServiceRequest.objects).get(pk=case.pk), at=at)


# --- where nobody missed anything -------------------------------------------------------------------------------------


@pytest.mark.parametrize("visit", ["", "no_access", "moved"])
def test_where_somebody_came_or_was_called_off_nobody_is_sorry_for_not_coming(case, visit):
    plan(case, THURSDAY, at=TUESDAY[1], visit=visit)

    assert [body for body in told(case) if "niemand" in body] == []
    assert not Recovery.objects.exists()
