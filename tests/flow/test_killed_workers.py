"""No message is lost when a worker is killed with -9, and none is told twice but with the same Message-ID."""

import random
import signal
import time
from datetime import timedelta

from django.utils import timezone

from requests import services
from tenants.notifications.models import Notification
from tests.factories import DraftFactory
from tests.portal.processes import until

PLACES = ["before the claim", "before the mail", "before the text", "after the 250"]
AT_ANY_MOMENT = 8


def yesterday_noon():
    return timezone.localtime().replace(hour=12, minute=0) - timedelta(days=1)  # outside the quiet hours


def report(count):
    """Tenants report; each of these commits promises a confirmation."""
    for _ in range(count):
        draft = DraftFactory()
        services.submit(draft.pk, tenant=draft.tenant, at=yesterday_noon())


def unsettled():
    return Notification.objects.filter(state__in=["queued", "sending"]).count()


def promised():
    return {notification.message_id for notification in Notification.objects.all()}


def die_at_a_place(workers, place, nth):
    worker = workers.start(die=place, nth=nth)
    report(3)
    assert workers.wait(worker) == signal.SIGKILL


def die_at_any_moment(workers, mail_server, seed):
    """Kill it while it is at work, at a moment that nobody chose."""
    taken = sum(mail_server.taken.values())
    worker = workers.start()
    report(3)
    assert until(lambda: sum(mail_server.taken.values()) > taken)
    time.sleep(random.Random(seed).uniform(0, 0.05))
    workers.kill(worker)


def finish(workers):
    """One healthy worker does what is left."""
    worker = workers.start()
    assert until(lambda: not unsettled(), seconds=30)
    workers.kill(worker)


def test_twenty_killed_workers_lose_no_message_and_repeat_only_the_one_in_their_hands(workers, mail_server):
    kills = PLACES * 3
    for number, place in enumerate(kills):
        die_at_a_place(workers, place, nth=1 + number // len(PLACES))
    for seed in range(AT_ANY_MOMENT):
        die_at_any_moment(workers, mail_server, seed)
    finish(workers)

    repeated = {message: times for message, times in mail_server.taken.items() if times > 1}
    in_their_hands = kills.count("after the 250") + AT_ANY_MOMENT

    assert len(kills) + AT_ANY_MOMENT == 20
    assert Notification.objects.count() == 60
    assert set(mail_server.taken) == promised()
    assert Notification.objects.filter(state="sent").count() == 60
    assert kills.count("after the 250") <= sum(times - 1 for times in repeated.values()) <= in_their_hands


def test_without_the_lease_a_killed_worker_loses_the_message(workers, mail_server):
    worker = workers.start(die="before the mail", without="lease")
    report(1)
    assert workers.wait(worker) == signal.SIGKILL
    lost = Notification.objects.get()

    worker = workers.start()
    report(1)
    assert until(lambda: mail_server.taken)
    workers.kill(worker)

    assert lost.message_id not in mail_server.taken
    assert not Notification.objects.due(at=timezone.now() + timedelta(hours=1)).filter(pk=lost.pk).exists()


def test_without_its_own_id_a_repeated_message_is_a_second_one(workers, mail_server):
    worker = workers.start(die="after the 250", without="message id", lease=0.1)
    report(1)
    assert workers.wait(worker) == signal.SIGKILL
    worker = workers.start(without="message id")
    assert until(lambda: not unsettled())
    workers.kill(worker)

    assert len(mail_server.taken) == 2
