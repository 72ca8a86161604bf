"""Two workers at the same due requests, at the same moment: each request is followed up once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction

from requests.followup import plain, words
from requests.models import ServiceRequest
from requests.models.service_request import ServiceRequestQuerySet
from tenants.notifications.models import Notification
from tests.factories import NOON, ComplexFactory, DwellingFactory, ServiceRequestFactory, TenantFactory

DUE = 100
FEW = 30  # of those that take a transaction each
LATER = NOON + timedelta(days=30)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def due():
    make_due(DUE)


@pytest.fixture
def few_due():
    make_due(FEW)


def make_due(count):
    dwelling, tenant = DwellingFactory(complex=ComplexFactory()), TenantFactory()
    for _ in range(count):
        ServiceRequestFactory(dwelling=dwelling, reported_by=tenant)


@pytest.fixture
def side_by_side(monkeypatch):
    """Each worker waits, with its row in hand, until the other one has a row too."""
    meeting, say = threading.Barrier(2), words._say_what_is_true

    def say_together(service_request, *, at):
        with suppress(threading.BrokenBarrierError):
            meeting.wait(timeout=1)
        say(service_request, at=at)

    monkeypatch.setattr(words, "_say_what_is_true", say_together)


def two_workers(follow_up=words.follow_up_one_by_one):
    """How many requests each of two workers followed up, both starting now."""

    def work():
        try:
            return follow_up(at=LATER)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return [worker.result() for worker in [pool.submit(work), pool.submit(work)]]


@pytest.mark.long
def test_two_workers_follow_up_one_by_one_on_each_request_once(few_due, side_by_side):
    counts = two_workers()

    assert sum(counts) == FEW
    assert min(counts) > 0
    assert set(ServiceRequest.objects.values_list("words_given", flat=True)) == {1}
    assert Notification.objects.filter(kind="request_holding").count() == FEW


def test_two_workers_follow_up_on_a_hundred_plain_requests_a_hundred_times(due, monkeypatch):
    meeting, some = threading.Barrier(2), plain._follow_up_some

    def some_together(values):
        """With its rows in hand until the other one has some too."""
        with transaction.atomic():
            batch = some(values)
            with suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=1)
            return batch

    monkeypatch.setattr(plain, "AT_A_TIME", (10, 10))
    monkeypatch.setattr(plain, "_follow_up_some", some_together)

    counts = two_workers(plain.follow_up)

    assert sum(counts) == DUE
    assert min(counts) > 0
    assert set(ServiceRequest.objects.values_list("words_given", flat=True)) == {1}
    assert Notification.objects.filter(kind="request_holding").count() == DUE


def test_without_the_lock_what_is_plain_is_done_twice_and_only_the_outbox_keeps_it_from_the_tenant(due, monkeypatch):
    lock = "FOR NO KEY UPDATE SKIP LOCKED"
    assert plain._BATCH.count(lock) == 1
    monkeypatch.setattr(plain, "_BATCH", plain._BATCH.replace(lock, ""))
    meeting, some = threading.Barrier(2), plain._follow_up_some

    def some_together(values):
        """Both have read what is due before one of them commits."""
        with transaction.atomic():
            batch = some(values)
            with suppress(threading.BrokenBarrierError):
                meeting.wait(timeout=1)
            return batch

    monkeypatch.setattr(plain, "_follow_up_some", some_together)

    counts = two_workers(plain.follow_up)

    assert sum(counts) > DUE
    assert 2 in ServiceRequest.objects.values_list("words_given", flat=True)
    assert Notification.objects.filter(kind="request_holding").count() == DUE


@pytest.mark.long
def test_without_the_lock_they_do_more_and_only_the_outbox_keeps_it_from_the_tenant(few_due, side_by_side, monkeypatch):
    monkeypatch.setattr(ServiceRequestQuerySet, "select_for_update", lambda self, **options: self)

    counts = two_workers()

    assert sum(counts) > FEW
    assert Notification.objects.filter(kind="request_holding").count() == FEW
