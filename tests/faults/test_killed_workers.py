"""F1 and F2: no message is lost when a worker is killed with -9, none is told twice but with its Message-ID."""

import signal
import time

import pytest

from tenants.notifications.models import Notification
from tests.portal.processes import until
from tests.size import chance, times

from . import figures
from .fail_points import IN_A_WORKER

QUICK = {"lease": 2, "sweep": 1}
ROUNDS = times(50, short=1)
A_ROUND = len(IN_A_WORKER) + 1  # kills


def report(town, count):
    """People report; each of these commits promises a confirmation."""
    for person in town.street.move_in(count):
        assert town.street.send(person).acknowledged


def one_dies_at_each_place(town):
    workers = [town.worker(seconds=QUICK, fail_points=f"{place}=die") for place in IN_A_WORKER]
    report(town, len(workers) + 1)
    assert {worker.ends() for worker in workers} == {signal.SIGKILL}


def one_dies_at_any_moment(town, moment):
    """Killed while it is at work, at a moment that nobody chose."""
    taken, worker = len(town.sink.taken), town.worker(seconds=QUICK)
    report(town, 2)
    assert until(lambda: len(town.sink.taken) > taken)
    time.sleep(moment)
    worker.kill()


@pytest.mark.long
def test_killed_workers_lose_no_message_and_repeat_only_the_one_in_their_hands(town):
    moments = chance("killed workers")
    town.web()
    for _ in range(ROUNDS):
        one_dies_at_each_place(town)
        one_dies_at_any_moment(town, moments.uniform(0, 0.05))
        ended = time.monotonic()
        healthy = town.worker(seconds=QUICK)
        assert town.is_quiet()  # before the next round: what kills five workers is parked
        healthy.stop()
    town.worker(seconds=QUICK)
    back = town.back_to_normal(ended)

    found = town.look()
    figures.note(
        "F1, F2",
        "worker killed, at each step of claim → send → settle",
        times=ROUNDS * A_ROUND,
        back=back,
        remark=f"{found.repeated} repeated with the same Message-ID",
    )
    assert found.faults().keys() <= {"repeated"}
    assert ROUNDS <= found.repeated <= ROUNDS * A_ROUND
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert back <= 60


def test_without_the_lease_a_killed_worker_loses_the_message(town):
    town.web()
    worker = town.worker(fail_points="before the mail=die", without="lease")
    report(town, 1)
    assert worker.ends() == signal.SIGKILL

    town.worker(seconds=QUICK)
    report(town, 1)
    lost = Notification.objects.order_by("pk").first()

    assert not town.is_quiet(seconds=3)
    assert town.look().lost[0] == lost.occasion


@pytest.mark.long
def test_without_its_own_id_a_repeated_message_is_a_second_one(town):
    town.web()
    worker = town.worker(fail_points="after the 250=die", without="message id", seconds={"lease": 0.1})
    report(town, 1)
    assert worker.ends() == signal.SIGKILL
    town.worker(without="message id", seconds=QUICK)

    assert town.is_quiet()
    assert len(town.look().twice) == 1


@pytest.mark.long
def test_what_a_killed_worker_had_leaves_within_a_minute(town):
    town.web()
    workers = [town.worker(fail_points=f"{place}=die") for place in IN_A_WORKER[:4]]
    report(town, 8)
    ends = [worker.ends() for worker in workers]
    killed = time.monotonic()
    town.workers()

    back = town.back_to_normal(killed, seconds=90)

    found = town.look()
    figures.note("F1", "workers killed, with the real lease", times=len(workers), back=back)
    assert (ends, found.faults().keys() <= {"repeated"}) == ([signal.SIGKILL] * 4, True)
    assert back <= 60
