"""Tenants hear of a broken promise, once and in time, with a name and a day; and get a gesture."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group

from requests import followup, services, workflow
from requests.followup.words import follow_up_one_by_one
from requests.models import Gesture, Objection, Recovery, ServiceRequest, Visit
from requests.services import Said
from requests.workflow import Actor, Status, WaitingReason
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory

from .world import DAY, FIX_BY, HOUR, NEXT_DAY, apology, local, schedule, standing_alarms, told, with_a_visit

pytestmark = pytest.mark.django_db


def test_a_broken_promise_is_admitted_once_with_a_name_and_a_day():
    service_request = ServiceRequestFactory(assignee=StaffFactory(first_name="Sanne", last_name="de Wit"))

    assert [followup.watch(at=FIX_BY) for _ in range(2)] == [1, 0]
    followup.watch(at=FIX_BY + HOUR)

    service_request.refresh_from_db()
    recovery, mail = Recovery.objects.get(), apology(at=FIX_BY)
    assert (recovery.why, recovery.promised, recovery.hear_by) == ("broken", FIX_BY, NEXT_DAY)
    assert (service_request.next_word_at, service_request.needs_attention) == (NEXT_DAY, True)
    assert mail.kind == "recovery_broken"
    assert "Wij hadden beloofd dat het uiterlijk maandag 16 maart gemaakt zou zijn." in mail.body
    assert "Sanne de Wit houdt het vanaf nu in de gaten." in mail.body
    assert "U hoort vóór dinsdag 17 maart 17:00 uur een nieuwe dag van ons." in mail.body


def test_everybody_who_reported_it_hears_it():
    ReportFactory(service_request=ServiceRequestFactory())

    followup.watch(at=FIX_BY)

    assert Notification.objects.values("tenant").distinct().count() == 2


def test_without_somebody_who_has_it_a_team_lead_is_named():
    leads = Group.objects.get(name="Team lead")
    away, there = StaffFactory(is_active=False, last_name="Weg"), StaffFactory(first_name="Iris", last_name="Bos")
    for user in (away, there):
        user.groups.add(leads)
    ServiceRequestFactory(assignee=away)

    followup.watch(at=FIX_BY)

    assert "Iris Bos houdt het vanaf nu in de gaten." in apology(at=FIX_BY).body


def test_the_word_that_was_due_at_that_moment_is_the_apology():
    ServiceRequestFactory(next_word_at=FIX_BY)

    followup.watch(at=FIX_BY)
    followup.follow_up(at=FIX_BY)

    assert told() == ["recovery_broken"]


def test_a_new_day_is_written_down_and_ends_the_alarm():
    service_request = ServiceRequestFactory()
    followup.watch(at=FIX_BY)
    new_day = FIX_BY + 3 * DAY

    schedule(service_request, FIX_BY + HOUR, (new_day - 2 * HOUR, new_day), note="Er was geen vakman vrij.")

    recovery = Recovery.objects.get()
    assert (recovery.new_day, recovery.dated_at, recovery.settled_at) == (new_day, FIX_BY + HOUR, None)
    assert standing_alarms() == []


def test_the_new_day_that_is_broken_too_is_admitted_anew():
    service_request = ServiceRequestFactory()
    followup.watch(at=FIX_BY)
    new_day = FIX_BY + 3 * DAY
    schedule(service_request, FIX_BY + HOUR, (new_day - 2 * HOUR, new_day), note="Er was geen vakman vrij.")
    Notification.objects.all().delete()

    followup.watch(at=new_day + HOUR)

    assert sorted(standing_alarms()) == ["broken", "visit_missed"]
    assert told() == ["recovery_visit"]
    assert Recovery.objects.count() == 2


def test_a_move_without_a_day_keeps_the_moment_that_the_apology_named():
    service_request = ServiceRequestFactory()
    followup.watch(at=FIX_BY)

    said, staff = Said(note="Wij zoeken iemand voor het dak."), StaffFactory()
    services.make_move(service_request.pk, workflow.PLAN, actor=Actor.STAFF, by=staff, at=FIX_BY + HOUR, said=said)

    service_request.refresh_from_db()
    assert service_request.next_word_at == NEXT_DAY
    assert "uiterlijk dinsdag 17 maart" in Notification.objects.get(kind="request_planned").body


def broken_with_a_day_to_come():
    """Apologised for on Monday; a new day is promised before the end of Tuesday."""
    service_request = ServiceRequestFactory()
    followup.watch(at=FIX_BY)
    return service_request


def test_a_message_of_staff_keeps_the_moment_that_the_apology_named_and_its_place_in_the_queue():
    service_request, morning = broken_with_a_day_to_come(), NEXT_DAY.replace(hour=9)

    services.write_to_tenants(service_request.pk, by=StaffFactory(), body="Wij kijken ernaar.", at=morning)
    service_request.refresh_from_db()
    assert (service_request.next_word_at, service_request.needs_attention) == (NEXT_DAY, True)

    followup.follow_up(at=NEXT_DAY)
    assert told(kind="request_holding") == ["request_holding"]


def test_so_does_a_decision_about_who_pays():
    service_request, morning = broken_with_a_day_to_come(), NEXT_DAY.replace(hour=9)
    objection = Objection.objects.create(
        service_request=service_request, report=service_request.reports.get(), rule="law_d", words="Van u.", at=NOON
    )

    services.decide_objection(objection.pk, upheld=True, answer="U hebt gelijk.", by=StaffFactory(), at=morning)

    service_request.refresh_from_db()
    assert (service_request.next_word_at, service_request.needs_attention) == (NEXT_DAY, True)


@pytest.mark.parametrize("follow_up", [followup.follow_up, follow_up_one_by_one])
def test_so_does_a_word_that_was_due_before_it(follow_up):
    service_request = broken_with_a_day_to_come()
    ServiceRequest.objects.update(next_word_at=NEXT_DAY - 6 * HOUR)

    follow_up(at=NEXT_DAY - 6 * HOUR)

    service_request.refresh_from_db()
    assert (service_request.next_word_at, service_request.needs_attention) == (NEXT_DAY, True)
    delivery.deliver_due(now=lambda: NEXT_DAY - 6 * HOUR)
    assert "uiterlijk dinsdag 17 maart" in Notification.objects.get(kind="request_holding").body


def test_with_a_new_day_it_leaves_the_top_of_the_queue():
    service_request = broken_with_a_day_to_come()

    services.move_promise(
        service_request.pk, to=FIX_BY + 3 * DAY, reason="Het onderdeel komt donderdag.", by=StaffFactory(), at=NEXT_DAY
    )

    service_request.refresh_from_db()
    assert (service_request.needs_attention, service_request.next_word_at > NEXT_DAY) == (False, True)


def test_an_answer_that_was_promised_comes_no_later_for_the_apology():
    service_request = ServiceRequestFactory()
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Komt u nog?", at=FIX_BY - 4 * DAY)
    service_request.refresh_from_db()
    promised = service_request.next_word_at

    followup.watch(at=FIX_BY - 2 * HOUR)
    followup.watch(at=FIX_BY)

    service_request.refresh_from_db()
    assert (told(), service_request.next_word_at) == (["recovery_broken"], promised)
    assert promised < NEXT_DAY


def test_while_we_wait_for_the_tenant_nobody_apologises_but_staff_know():
    waiting = {"status": Status.WAITING, "waiting_reason": WaitingReason.TENANT}
    service_request = ServiceRequestFactory(**waiting)

    followup.watch(at=FIX_BY)
    assert (standing_alarms(), told()) == (["broken"], [])

    services.make_move(service_request.pk, workflow.PLAN, actor=Actor.STAFF, by=StaffFactory(), at=FIX_BY + HOUR)
    followup.watch(at=FIX_BY + HOUR)
    assert told(kind="recovery_broken") == ["recovery_broken"]


def test_who_was_told_of_a_visit_to_come_gets_no_apology_before_it_is_over_but_staff_know():
    """A request that took another one over could have such a visit."""
    service_request, window = ServiceRequestFactory(status=Status.SCHEDULED), (FIX_BY + DAY, FIX_BY + DAY + HOUR)
    Visit.objects.create(service_request=service_request, window=window, craftsman="Carla")

    followup.watch(at=FIX_BY)
    assert (standing_alarms(), told()) == (["broken"], [])

    followup.watch(at=window[1] + HOUR)
    assert told() == ["recovery_visit"]


def test_who_said_that_it_is_not_solved_after_the_day_had_the_answer_to_that():
    service_request = ServiceRequestFactory(status=Status.DONE, at=FIX_BY - DAY)
    report = service_request.reports.get()
    at = service_request.fix_by + DAY
    services.answer_verdict(report.pk, round=1, answer="not_solved", words="Nog stuk.", by=None, at=at)

    followup.watch(at=at)

    assert (standing_alarms(), told()) == (["broken"], ["request_reopened"])


def test_a_missed_visit_is_admitted_an_hour_after_its_end():
    with_a_visit()

    followup.watch(at=NOON + DAY + 3 * HOUR - timedelta(seconds=1))
    assert told() == []
    followup.watch(at=NOON + DAY + 3 * HOUR)

    mail = apology(at=NOON + DAY + 3 * HOUR)
    assert mail.kind == "recovery_visit"
    assert "Er zou op dinsdag 3 maart tussen 12:00 en 14:00 uur een vakman komen." in mail.body
    assert "Was de vakman er wel? Dan hoeft u niets te doen." in mail.body
    assert standing_alarms() == ["visit_missed"]


@pytest.mark.parametrize("began", [False, True])
def test_who_may_have_come_just_before_the_promised_moment_has_an_hour_to_say_so_but_the_promise_is_broken(began):
    service_request, window = ServiceRequestFactory(), (FIX_BY - 2 * HOUR, FIX_BY)
    schedule(service_request, NOON, window)
    if began:
        services.make_move(service_request.pk, workflow.START, actor=Actor.STAFF, by=StaffFactory(), at=window[0])
    Notification.objects.all().delete()

    followup.watch(at=FIX_BY)
    assert (standing_alarms(), told(), Recovery.objects.count()) == (["broken"], [], 0)

    followup.watch(at=FIX_BY + HOUR)
    assert told() == [("recovery_broken" if began else "recovery_visit")]
    assert Recovery.objects.get().promised == FIX_BY


def test_who_says_within_that_hour_that_it_is_ready_apologises_for_nothing():
    service_request = ServiceRequestFactory()
    schedule(service_request, NOON, (FIX_BY - 2 * HOUR, FIX_BY))
    followup.watch(at=FIX_BY)

    services.make_move(service_request.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=FIX_BY + HOUR / 2)
    followup.watch(at=FIX_BY + HOUR)

    assert (standing_alarms(), Recovery.objects.exists(), told(kind="recovery_visit")) == ([], False, [])


def test_a_craftsman_who_wrote_it_down_in_time_missed_nothing():
    service_request = with_a_visit()
    at = NOON + DAY + 2 * HOUR

    services.make_move(service_request.pk, workflow.START, actor=Actor.STAFF, by=StaffFactory(), at=at)
    followup.watch(at=at + 5 * HOUR)

    assert (standing_alarms(), told()) == ([], [])


@pytest.mark.parametrize(
    ("urgency", "reported", "broken", "hear_by"),
    [
        ("A", "2026-03-02 09:00", "2026-03-02 13:00", "2026-03-02 15:00"),
        ("A", "2026-03-02 12:00", "2026-03-02 16:00", "2026-03-03 09:00"),  # an hour is left of that day
        ("A", "2026-03-06 22:00", "2026-03-07 02:00", "2026-03-09 10:00"),  # in the night to Saturday
        ("S", "2026-03-06 16:00", "2026-03-07 16:00", "2026-03-09 17:00"),  # twelve hours, a working day at most
        ("S", "2026-03-02 09:00", "2026-03-03 09:00", "2026-03-04 12:00"),
    ],
)
def test_what_was_promised_in_hours_gets_its_new_day_within_half_of_them_in_office_hours(
    urgency, reported, broken, hear_by
):
    service_request = ServiceRequestFactory(urgency=urgency, at=local(reported))
    assert service_request.fix_by == local(broken)

    followup.watch(at=service_request.fix_by)

    assert Recovery.objects.get().hear_by == local(hear_by)


# --- the gesture ------------------------------------------------------------------------------------------------------


def broken_with_a_gesture():
    Gesture.objects.create(urgency="N", what_nl="een bon van € 15", what_en="a voucher of € 15")
    ServiceRequestFactory()
    followup.watch(at=FIX_BY)
    Notification.objects.all().delete()
    return Recovery.objects.get()


def test_staff_give_the_gesture_of_the_class_and_the_tenant_hears_it():
    planner = StaffFactory()

    given = services.give_gesture(broken_with_a_gesture().pk, by=planner, at=FIX_BY + HOUR)

    assert (given.gesture_nl, given.gesture_by, given.gesture_at) == ("een bon van € 15", planner, FIX_BY + HOUR)
    assert "Daarom krijgt u van ons: een bon van € 15." in Notification.objects.get().body


def test_a_gesture_is_given_once():
    recovery = broken_with_a_gesture()
    services.give_gesture(recovery.pk, by=StaffFactory(), at=FIX_BY + HOUR)

    with pytest.raises(services.GestureDecided):
        services.give_gesture(recovery.pk, by=StaffFactory(), at=FIX_BY + HOUR)

    assert told() == ["recovery_gesture"]


def test_a_class_without_a_gesture_gives_none():
    recovery = broken_with_a_gesture()
    Gesture.objects.update(urgency="P")

    with pytest.raises(services.NoGesture):
        services.give_gesture(recovery.pk, by=StaffFactory(), at=FIX_BY + HOUR)

    assert told() == []
