"""F7: a worker that is there and does nothing is noticed, and its work is taken over."""

import time

import pytest

from tenants.notifications.models import Notification, Pulse
from tests.portal.processes import until

from . import figures

QUICK = {"lease": 2, "sweep": 1, "silent": 3}


def noticed(worker):
    """That somebody wrote down that this worker is missed."""
    return Pulse.objects.filter(name__endswith=f"-{worker.pid}", missed_at__isnull=False).exists()


def freeze_one_of_two(town, seconds):
    """A worker stops with a mail in its hands; how long until it was noticed, and until its mail had left."""
    town.web()
    frozen = town.worker(seconds=seconds, fail_points="before the text=wait:5")
    [person] = town.street.move_in(1)
    assert town.street.send(person).acknowledged
    assert until(lambda: Pulse.objects.filter(name__endswith=f"-{frozen.pid}").exists())
    assert until(holds_one)
    frozen.freeze()
    began = time.monotonic()
    town.worker(seconds=seconds)
    back = town.back_to_normal(began, seconds=90)
    assert until(lambda: noticed(frozen), seconds=130)
    return frozen, time.monotonic() - began, back


def holds_one():
    return Notification.objects.filter(state="sending").exists()


def thaw_and_look(town, frozen):
    """It goes on where it was: at most one mail more, with the same Message-ID."""
    frozen.thaw()
    assert until(lambda: not noticed(frozen), seconds=30)
    found = town.look()
    assert found.faults().keys() <= {"repeated"}
    assert found.repeated <= 1
    return found


@pytest.mark.long
def test_a_frozen_worker_is_noticed_and_its_mail_is_sent_by_another(town):
    frozen, seconds, _back = freeze_one_of_two(town, QUICK)

    assert seconds <= 10
    thaw_and_look(town, frozen)


@pytest.mark.long
def test_a_frozen_worker_is_noticed_within_two_minutes(town):
    frozen, seconds, back = freeze_one_of_two(town, {})

    found, remark = thaw_and_look(town, frozen), f"noticed after {seconds:.0f} s"
    figures.note("F7", "worker stopped with a mail in its hands", times=1, found=found, back=back, remark=remark)
    assert seconds <= 120
    assert back <= 60


@pytest.mark.long
def test_without_a_watch_it_is_not_noticed(town):
    frozen = town.worker(seconds=QUICK)
    assert until(lambda: Pulse.objects.exists())
    frozen.freeze()
    town.worker(seconds=QUICK, without="watch")

    assert not until(lambda: noticed(frozen), seconds=10)
