"""F1 and F2: no message is lost when a worker is killed with -9, none is told twice but with its Message-ID."""

import signal
import time

import pytest
from django.utils import timezone

from requests import services
from tenants.models import Tenant
from tenants.notifications import wake
from tenants.notifications.models import Channel, Notification
from tests.factories import TenantFactory
from tests.portal.processes import until
from tests.size import chance, times

from . import figures
from .fail_points import IN_A_WORKER
from .people import Told

QUICK = {"lease": 2, "sweep": 1}
ROUNDS = times(50, short=1)
A_ROUND = len(IN_A_WORKER) + 1  # kills
BACKLOG = 150
SENDING = 4 + 1  # threads of a worker, its own sweep among them: each may have a mail between the 250 and its row
KILLS = 20


def report(town, count):
    """People report; each of these commits promises a confirmation."""
    for person in town.street.move_in(count):
        assert town.street.send(person).acknowledged


def backlog(town, count=BACKLOG):
    """So much is due at once, as in a storm; each says something of its own."""
    tenant, now, before = TenantFactory(), timezone.now(), Notification.objects.count()
    row = {"tenant": tenant, "channel": Channel.EMAIL, "address": tenant.email, "queued_at": now, "due_at": now}
    Notification.objects.bulk_create(
        Notification(kind="backlog", occasion=f"backlog-{number}", subject=f"Bericht {number}", body="Beste", **row)
        for number in range(before, before + count)
    )
    wake.up("notifications.deliver_due")


def one_round_of_kills(town, moments):
    """Of all these workers, busy with a backlog: one dies at each place, and one when nobody expects it."""
    workers = [town.worker(seconds=QUICK, fail_points=f"{place}=die@{moments.randint(1, 5)}") for place in IN_A_WORKER]
    other, taken = town.worker(seconds=QUICK), len(town.sink.taken)
    backlog(town)
    report(town, 1)
    assert until(lambda: len(town.sink.taken) > taken)
    time.sleep(moments.uniform(0, 0.1))
    other.kill()
    assert {worker.ends() for worker in workers} == {signal.SIGKILL}
    return [*workers, other]


@pytest.mark.long
def test_killed_workers_lose_no_message_and_repeat_only_what_was_in_their_hands(town):
    moments, killed = chance("killed workers"), []
    town.web()
    for _ in range(ROUNDS):
        killed += one_round_of_kills(town, moments)
        ended = time.monotonic()
        healthy = town.worker(seconds=QUICK)
        assert town.is_quiet()  # before the next round: what kills five workers is parked
        healthy.stop()
    town.worker(seconds=QUICK)
    back = town.back_to_normal(ended)

    found, repeated = town.look(), town.sink.repeated_for()
    most = max(repeated.values())
    figures.note(
        "F1, F2",
        f"worker killed under a backlog of {BACKLOG}, at each step of claim → send → settle",
        times=ROUNDS * A_ROUND,
        found=found,
        back=back,
        remark=f"{found.repeated} repeated with the same Message-ID, at most {most} for one worker",
    )
    assert found.faults().keys() <= {"repeated"}
    assert found.repeated == sum(repeated.values()) >= ROUNDS
    assert set(repeated) <= {worker.name for worker in killed}
    assert most <= SENDING
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}
    assert back <= 60


def promise(town, count):
    """So many confirmations, each promised by a commit of its own."""
    for person in town.street.move_in(1, reports=count):
        tenant = Tenant.objects.get(email=person.email)
        made = services.submit(person.draft, tenant=tenant, at=timezone.now())
        person.told.append(Told(302, f"/meldingen/{made.reference}/verstuurd/"))


def test_twenty_killed_workers_lose_no_message_and_tell_none_twice(town):
    """Between commit and delivery, at every step of it."""
    promise(town, KILLS)
    killed = [
        town.sweep(seconds={"lease": 1}, fail_points=f"{IN_A_WORKER[number % len(IN_A_WORKER)]}=die")
        for number in range(KILLS)
    ]
    ends = [worker.ends() for worker in killed]
    town.sweep(seconds=QUICK)

    assert town.is_quiet()
    found, repeated = town.look(), town.sink.repeated_for()
    figures.note("F1", "sweep of a worker killed, one after each commit", times=KILLS, found=found)
    assert ends == [signal.SIGKILL] * KILLS
    assert found.faults().keys() <= {"repeated"}
    assert set(repeated) <= {worker.name for worker in killed}
    assert max(repeated.values()) == 1
    assert set(Notification.objects.values_list("state", flat=True)) == {"sent"}


def test_without_the_lease_a_killed_worker_loses_the_message(town):
    promise(town, 1)
    worker = town.sweep(fail_points="before the mail=die", without="lease")
    assert worker.ends() == signal.SIGKILL

    town.sweep(seconds=QUICK)
    promise(town, 1)
    lost = Notification.objects.order_by("pk").first()

    assert not town.is_quiet(seconds=3)
    assert town.look().lost[0] == lost.occasion


@pytest.mark.long
def test_without_its_own_id_a_repeated_message_is_a_second_one(town):
    promise(town, 1)
    worker = town.sweep(fail_points="after the 250=die", without="message id", seconds={"lease": 0.1})
    assert worker.ends() == signal.SIGKILL
    town.sweep(without="message id", seconds=QUICK)

    assert town.is_quiet()
    assert len(town.look().twice) == 1


@pytest.mark.long
@pytest.mark.waits
def test_what_a_killed_worker_had_leaves_within_a_minute(town):
    town.web()
    workers = [town.worker(fail_points=f"{place}=die") for place in IN_A_WORKER[:4]]
    report(town, 8)
    ends = [worker.ends() for worker in workers]
    killed = time.monotonic()
    town.workers()

    back = town.back_to_normal(killed, seconds=90)

    found = town.look()
    figures.note("F1", "workers killed, with the real lease", times=len(workers), found=found, back=back)
    assert (ends, found.faults().keys() <= {"repeated"}) == ([signal.SIGKILL] * 4, True)
    assert back <= 60
