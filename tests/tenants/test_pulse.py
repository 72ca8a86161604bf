"""What went silent is noticed within two minutes, in the log and in the admin, and by nobody twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tenants.notifications import pulse, sweep, tasks
from tenants.notifications.models import Pulse
from tests.factories import NOON, NotificationFactory

pytestmark = pytest.mark.django_db

WORKER = Pulse.Kind.WORKER
TWO_MINUTES = timedelta(minutes=2)


def test_every_sweep_is_a_sign_of_life_and_stopping_takes_it_away(transactional_db):
    for job in sweep._jobs:
        sweep._do(job)
    alive = pulse.look(at=timezone.now())
    sweep.stop()
    stopped = pulse.look(at=timezone.now())
    sweep._stop.clear()

    assert (alive.workers, alive.works) == (1, True)
    assert (stopped.workers, stopped.silent) == (0, ())


def test_a_worker_that_died_is_noticed_within_two_minutes_and_once(caplog):
    pulse.give("a", WORKER, at=NOON)
    pulse.give("b", WORKER, at=NOON + TWO_MINUTES)

    noticed = [pulse.watch(at=NOON + TWO_MINUTES), pulse.watch(at=NOON + TWO_MINUTES)]

    assert noticed == [["a"], []]
    assert pulse.look(at=NOON + TWO_MINUTES) == pulse.Engine(workers=1, silent=("a",), waiting_since=None)
    assert caplog.text.count("worker a was last heard of at 2026-03-02T11:00:00+00:00") == 1


def test_a_worker_that_only_hung_is_noticed_again_when_it_goes_silent_again():
    pulse.give("a", WORKER, at=NOON)
    pulse.watch(at=NOON + TWO_MINUTES)
    pulse.give("a", WORKER, at=NOON + 2 * TWO_MINUTES)

    assert pulse.look(at=NOON + 2 * TWO_MINUTES).works
    assert pulse.watch(at=NOON + 4 * TWO_MINUTES) == ["a"]


def test_a_late_sign_does_not_take_a_newer_one_back():
    pulse.give("a", WORKER, at=NOON)
    pulse.give("a", WORKER, at=NOON + TWO_MINUTES)

    pulse.give("a", WORKER, at=NOON + timedelta(minutes=1))

    assert Pulse.objects.get().heard_at == NOON + TWO_MINUTES


def test_what_another_took_the_place_of_is_forgotten_and_the_clock_never():
    pulse.give("a", WORKER, at=NOON)
    pulse.give(pulse.CLOCK, Pulse.Kind.CLOCK, at=NOON)

    pulse.watch(at=NOON + timedelta(minutes=11))

    assert list(Pulse.objects.values_list("name", flat=True)) == [pulse.CLOCK]


def test_a_message_that_is_late_is_told(db):
    late = NotificationFactory(due_at=NOON)

    assert pulse.look(at=NOON + timedelta(minutes=1)).waiting_since is None
    assert pulse.look(at=NOON + timedelta(minutes=3)).waiting_since == late.due_at


def test_the_clock_ticks_when_beat_broker_and_worker_work():
    tasks.clock_ticks()

    assert [(row.name, row.kind) for row in Pulse.objects.all()] == [("beat", "clock")]


def test_the_database_knows_only_workers_and_clocks():
    with pytest.raises(IntegrityError, match="pulse_kind_known"), transaction.atomic():
        pulse.give("x", "cron", at=NOON)


@pytest.mark.ignore_template_errors
def test_staff_see_on_every_page_that_nothing_leaves_the_house(planner_client):
    page = reverse("admin:requests_servicerequest_changelist")

    silent = planner_client.get(page).content.decode()
    pulse.give("a", WORKER, at=timezone.now())
    working = planner_client.get(page).content.decode()

    assert "Mail en opvolging staan stil" in silent
    assert "Mail en opvolging staan stil" not in working


def test_ready_says_how_the_engine_is_and_stays_ready(client):
    silent = client.get("/readyz")
    pulse.give("a", WORKER, at=timezone.now())
    working = client.get("/readyz")

    assert (silent.status_code, silent.json()["engine"]) == (200, {"works": False, "workers": 0, "silent": 0})
    assert working.json() == {"ready": True, "engine": {"works": True, "workers": 1, "silent": 0}}
