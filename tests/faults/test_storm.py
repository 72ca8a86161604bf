"""F19: everybody reports in one night, and in the middle of it the web server and the workers are renewed."""

import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from requests.models import Draft, ServiceRequest
from tenants.notifications import outbox
from tenants.notifications.models import Notification
from tests.factories import NotificationFactory
from tests.size import chance, times

from . import figures
from .people import p95

REPORTS = times(10_000)
EACH = 10  # reports of one household
A_NIGHT = 10_000 / 3600  # reports a second
PER_SECOND = 3 * A_NIGHT
AT_ONCE = 48  # browsers
URGENT_EACH, CODE_EACH = 10, 25
SOON = 5  # seconds
SENDING = 2 * (4 + 1)  # threads of two workers
A_MAIL = SENDING / (0.7 * PER_SECOND)  # seconds that the mail server takes for one until halfway: more comes
USUAL = 50  # reports before it begins
URGENT = {"place": "outside", "thing": "balcony", "problem": "railing_loose"}


def open_loop(town, people, began, middle):
    """Everybody presses the button at their own moment, whether or not the others were answered."""
    with ThreadPoolExecutor(AT_ONCE) as browsers:
        sending = []
        for number, person in enumerate(people):
            time.sleep(max(0, began + number / PER_SECOND - time.monotonic()))
            sending.append(browsers.submit(town.street.send_until_told, person))
            middle(number)
        return [each.result() for each in sending]


def ask_for_a_code(number):
    at = timezone.now()
    outbox.post_secret(
        address=f"code{number}@example.org",
        kind="login_code",
        occasion=f"code-{number}",
        subject="Uw code",
        body=f"{number:06d}",
        html="",
        at=at,
    )


class Planner:
    """Looks at the top of the queue, again and again; writes down when an urgent request was first seen there."""

    def __init__(self):
        self.seen, self.goes_home = {}, threading.Event()

    def work(self):
        while not self.goes_home.wait(0.2):
            self.look(timezone.now())
        connection.close()

    def look(self, now):
        late = ServiceRequest.objects.open().filter(received_at__gte=now - timedelta(seconds=30)).work_queue(at=now)
        for pk, received_at, urgency in late.values_list("pk", "received_at", "urgency")[:100]:
            self.seen.setdefault(pk, (urgency, (now - received_at).total_seconds()))

    def urgent(self):
        """How long each waited until it stood there."""
        return {pk: waited for pk, (urgency, waited) in self.seen.items() if urgency in "AS"}


@contextmanager
def meanwhile(*jobs):
    threads = [threading.Thread(target=job) for job in jobs]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def waits(notifications):
    return [(each.sent_at - each.queued_at).total_seconds() for each in notifications]


def many_people(town):
    people = town.street.move_in(-(-REPORTS // EACH), reports=EACH)[:REPORTS]
    chance("storm").shuffle(people)
    Draft.objects.filter(pk__in=[person.draft for person in people[::URGENT_EACH]]).update(**URGENT)
    return people


@pytest.mark.long
def test_in_a_storm_nothing_is_lost_and_what_is_urgent_comes_first(town):
    web, workers, planner = town.web(), town.workers(seconds={"sweep": 1}), Planner()
    before = [town.street.send(person) for person in town.street.move_in(2, reports=USUAL)]
    usual = p95([answer.took for answer in before[USUAL:]])  # the first ones warm up
    people, halfway = many_people(town), threading.Event()
    assert town.is_quiet()
    since = timezone.now()
    town.sink.takes = A_MAIL

    def renew():
        halfway.wait()
        town.sink.takes = 0
        web.reload()
        for worker in workers:
            worker.stop()
            town.worker(seconds={"sweep": 1})

    def middle(number):
        if number % CODE_EACH == 0:
            ask_for_a_code(number)
        if number == REPORTS // 2:
            halfway.set()

    with meanwhile(planner.work, renew):
        began = time.monotonic()
        answers = open_loop(town, people, began, middle)
        took = time.monotonic() - began
        time.sleep(0.5)
        planner.goes_home.set()
    back = town.back_to_normal(time.monotonic(), seconds=120)

    reported = ServiceRequest.objects.filter(received_at__gte=since)
    urgent = set(reported.filter(urgency__in=["A", "S"]).values_list("pk", flat=True))
    codes = Notification.objects.filter(secret=True)
    code_waits, mail_waits = waits(codes), waits(Notification.objects.filter(secret=False, queued_at__gte=since))
    codes.delete()
    town.sink.taken = [each for each in town.sink.taken if not each.recipient.startswith("code")]
    found = town.look()
    page, in_the_queue = p95([answer.took for answer in answers]), p95(planner.urgent().values())
    errors = [told.status for person in people for told in person.told if not told.acknowledged]
    remark = (
        f"{REPORTS / took:.1f} a second; p95 of a page {page:.2f} s, before {usual:.2f} s, of {len(urgent)} urgent "
    )
    remark += f"in the queue {in_the_queue:.2f} s, of a code that is sent {p95(code_waits):.2f} s, "
    remark += f"of other mail {p95(mail_waits):.0f} s; errors: {dict(Counter(errors))}"
    figures.note("F19", "storm, web and workers renewed", times=REPORTS, found=found, back=back, remark=remark)
    assert found.faults() == {}
    assert errors == []
    assert urgent <= planner.urgent().keys()
    assert max(in_the_queue, p95(code_waits)) <= SOON
    assert max(code_waits) < p95(mail_waits)  # there was something to be in front of
    assert page <= 2 * usual
    assert back <= 60


def test_without_a_place_in_front_a_code_waits_behind_all_mail(town):
    NotificationFactory.create_batch(3)
    ask_for_a_code(1)
    code = Notification.objects.get(secret=True).pk

    [claimed] = Notification.objects.claim(at=timezone.now())
    Notification.objects.filter(pk=code).update(secret=False, state="queued", due_at=timezone.now())
    [other] = Notification.objects.claim(at=timezone.now())

    assert claimed.pk == code
    assert other.pk != code
