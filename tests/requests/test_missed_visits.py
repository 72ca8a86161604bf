"""Staff say that we did not come before the clock finds out: the tenant reads that we are sorry."""

from datetime import timedelta

import pytest

from requests import followup, services, workflow
from requests.models import Alarm, Gesture, Recovery
from requests.services import Said
from requests.workflow import Actor, Status, WaitingReason
from tenants.models import Notification

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


@pytest.mark.parametrize("visit", ["", "no_access", "moved"])
def test_where_somebody_came_or_was_called_off_nobody_is_sorry_for_not_coming(case, visit):
    plan(case, THURSDAY, at=TUESDAY[1], visit=visit)

    assert [body for body in told(case) if "niemand" in body] == []
    assert not Recovery.objects.exists()
