"""F12: the button is pressed ten times at the same moment, at two processes of the web server."""

import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from django.db import connection, transaction

from requests.models import Draft, ServiceRequest, StatusChange
from tenants.models import Notification
from tests.portal.processes import until
from tests.size import times

from . import figures
from .breaking import kill

pytestmark = pytest.mark.long

AT_ONCE, ROUNDS = 10, times(100)
THREADS = 4  # of one process


def waiting():
    """How many presses wait for a row that somebody else has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(DISTINCT pid) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


def press_at_once(town, person):
    """What each of ten browsers gets, and how many of them were at the draft together: we hold it until they are."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        with transaction.atomic():
            Draft.objects.select_for_update().get(pk=person.draft)
            pressed = [pool.submit(town.street.send, person) for _ in range(AT_ONCE)]
            until(lambda: waiting() > THREADS, seconds=2)
            together = waiting()
        return [each.result() for each in pressed], together


def judge(town, trial):
    town.web()
    people = town.street.move_in(ROUNDS)
    answers, together = zip(*(press_at_once(town, person) for person in people), strict=True)
    shown = [town.street.ask("GET", urlsplit(person.sent.location).path, person).status for person in people]
    queued = Notification.objects.count()
    town.sweep(seconds={"sweep": 1})
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    both = sum(each > THREADS for each in together)
    remark = f"{AT_ONCE} presses each; both processes had some at the same moment in {both} of them"
    figures.note("F12", trial, times=ROUNDS, found=found, back=back, remark=remark)
    assert [(len(ten), all(told.acknowledged for told in ten)) for ten in answers] == [(AT_ONCE, True)] * ROUNDS
    assert {len({told.location for told in ten}) for ten in answers} == {1}
    assert shown == [200] * ROUNDS
    assert found.faults() == {}
    assert (ServiceRequest.objects.count(), StatusChange.objects.count(), queued) == (ROUNDS + 1, ROUNDS + 1, ROUNDS)
    assert both


def test_ten_presses_at_once_at_two_processes_make_one_request_and_one_mail(town):
    judge(town, "pressed ten times at once, two web processes")


def test_ten_presses_at_once_make_one_request_and_one_mail_also_without_the_broker(town, valkey):
    kill(valkey)
    judge(town, "pressed ten times at once, two web processes, broker down")
