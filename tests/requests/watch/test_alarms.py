"""Staff hear of a promise in danger, once and in time."""

from importlib import import_module

import pytest

from requests import followup, services, workflow
from requests.models import Alarm, Recovery, ServiceRequest
from requests.services import Said
from requests.workflow import Actor, Status, WaitingReason
from tests.factories import NOON, ServiceRequestFactory, StaffFactory

from .world import DAY, FIX_BY, HOUR, schedule, standing_alarms, told

pytestmark = pytest.mark.django_db

watching = import_module("requests.followup.watch")  # the package calls its function by that name


def test_a_new_request_is_looked_at_again_when_its_promise_may_be_in_danger():
    service_request = ServiceRequestFactory()

    assert [followup.watch(at=NOON), followup.watch(at=NOON + DAY)] == [1, 0]

    service_request.refresh_from_db()
    assert standing_alarms() == []
    assert service_request.watch_at == NOON + 7 * DAY


def test_a_promise_in_danger_is_raised_once_and_tells_the_tenant_nothing():
    ServiceRequestFactory()

    for hours in range(0, 13 * 24, 8):
        followup.watch(at=NOON + hours * HOUR)

    assert standing_alarms() == ["at_risk"]
    assert told() == []


def test_a_visit_in_time_settles_it_at_once():
    service_request = ServiceRequestFactory()
    at = FIX_BY - DAY
    followup.watch(at=at)

    schedule(service_request, at, (at + HOUR, at + 2 * HOUR))

    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.settled_at) == ("at_risk", at)


def test_a_visit_that_is_cancelled_again_brings_it_back_without_a_second_alarm():
    service_request = ServiceRequestFactory()
    at, planner = FIX_BY - DAY, StaffFactory()
    followup.watch(at=at)
    schedule(service_request, at, (at + HOUR, at + 2 * HOUR), by=planner)

    said = Said(waiting_reason=WaitingReason.PARTS)
    services.make_move(service_request.pk, workflow.WAIT, actor=Actor.STAFF, by=planner, at=at + HOUR / 2, said=said)
    followup.watch(at=at + HOUR / 2)

    assert standing_alarms() == ["at_risk"]
    assert Alarm.objects.count() == 1


def test_what_is_ready_settles_every_alarm():
    service_request = ServiceRequestFactory(status=Status.IN_PROGRESS)
    followup.watch(at=FIX_BY + DAY)

    services.make_move(service_request.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=FIX_BY + 2 * DAY)

    assert standing_alarms() == []
    assert Alarm.objects.get().rises_at is None
    assert Recovery.objects.get().settled_at == FIX_BY + 2 * DAY


def test_many_that_are_as_they_should_be_are_put_off_without_a_look_at_each(django_assert_num_queries):
    for _ in range(3):
        ServiceRequestFactory()
    followup.watch(at=NOON)
    ServiceRequest.objects.update(watch_at=NOON)

    with django_assert_num_queries(4):  # what is due, the norms, putting off, and that nothing is due any more
        assert followup.watch(at=NOON) == 3


def test_nothing_that_is_due_costs_one_question(django_assert_num_queries):
    with django_assert_num_queries(1):
        followup.watch(at=NOON)


def test_what_somebody_changed_while_it_was_looked_at_stays_due(monkeypatch):
    service_request = ServiceRequestFactory()

    def and_meanwhile(quiet, *, at):
        ServiceRequest.objects.update(watch_at=NOON - HOUR)
        return put_off(quiet, at=at)

    put_off = watching._put_off
    monkeypatch.setattr(watching, "_put_off", and_meanwhile)
    followup.watch(at=NOON)

    service_request.refresh_from_db()
    assert service_request.watch_at == NOON - HOUR


def test_one_that_cannot_be_looked_at_holds_up_no_other(monkeypatch):
    poison, other = ServiceRequestFactory(), ServiceRequestFactory()
    fine = watching._look

    def fails_for_one(service_request, *, at):
        if service_request.pk == poison.pk:
            raise RuntimeError
        fine(service_request, at=at)

    monkeypatch.setattr(watching, "_look", fails_for_one)
    assert followup.watch(at=FIX_BY) == 2

    poison.refresh_from_db()
    assert list(Alarm.objects.values_list("service_request", flat=True)) == [other.pk]
    assert (poison.watch_at, poison.needs_attention) == (FIX_BY + HOUR, True)


def test_staff_who_move_a_request_end_its_failures():
    service_request = ServiceRequestFactory(follow_up_failures=4)

    services.make_move(service_request.pk, workflow.PLAN, actor=Actor.STAFF, by=StaffFactory(), at=NOON + HOUR)

    service_request.refresh_from_db()
    assert (service_request.follow_up_failures, service_request.watch_at) == (0, NOON + HOUR)
