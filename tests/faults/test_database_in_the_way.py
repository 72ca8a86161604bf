"""F9: people who are in each other's way, and a database that has no room: nobody sees an error without a way on."""

import threading
import time
from contextlib import suppress
from urllib.parse import urlencode

import psycopg
import pytest
from django.urls import reverse

from requests.models import Message, ServiceRequest
from tests.portal.processes import until
from tests.size import times

from . import figures
from .breaking import forget_connections
from .conftest import url_of_the_database
from .guards_off import PLAIN_ERRORS
from .people import TOKEN

TRIALS = times(20, short=1)
QUICK = {"PGOPTIONS": "-c lock_timeout=5s -c deadlock_timeout=50ms"}
WAITS = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"


def write(town, person, reference, timeout=30):
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "body": f"Wanneer komt u? {reference}"})
    return town.street.ask("POST", reverse("requests:write", args=[reference]), person, body=body, timeout=timeout)


def hold(connection, table, pk):
    connection.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR UPDATE", [pk])


def in_each_others_way(town, person, deadlocks=1):
    """Somebody holds the tenant and wants the request; the tenant's message holds the request and wants the tenant.

    The page waits first, so it is the page that PostgreSQL chooses to undo; so many times in a row.
    """
    service_request = ServiceRequest.objects.get(drafts=person.draft)
    tenant, answers = service_request.reports.get().tenant_id, []
    with (
        psycopg.connect(url_of_the_database()) as other,
        psycopg.connect(url_of_the_database(), autocommit=True) as eye,
    ):
        other.execute("SET deadlock_timeout = '20s'")
        hold(other, "tenants_tenant", tenant)
        page = threading.Thread(target=lambda: answers.append(write(town, person, service_request.reference)))
        page.start()
        for number in range(deadlocks):
            if number:  # let it go again: the page has it now, for its next try
                other.execute("ROLLBACK TO SAVEPOINT only_the_tenant")
            other.execute("SAVEPOINT only_the_tenant")
            assert until(lambda: eye.execute(WAITS, [other.info.backend_pid]).fetchone()), answers
            hold(other, "requests_servicerequest", service_request.pk)
    page.join()
    return answers[0]


def audited(town):
    """What the auditor finds once everything has left."""
    town.sweep(seconds={"sweep": 1})
    assert town.is_quiet()
    return town.look()


def reported(town, count):
    """So many people, each with a request."""
    people = town.street.move_in(count)
    assert {town.street.send(person).status for person in people} == {302}
    return people


@pytest.mark.parametrize("in_a_row", [1, 2])
def test_a_deadlock_is_tried_again_and_nobody_notices(town, in_a_row):
    town.web(environment=QUICK)
    town.worker(seconds={"sweep": 1})
    people = reported(town, TRIALS)
    answers = [in_each_others_way(town, person, in_a_row) for person in people]

    assert town.is_quiet()
    found = town.look()
    figures.note("F9", f"deadlock, {in_a_row} in a row", times=TRIALS, found=found, remark="0 errors")
    assert [answer.status for answer in answers] == [302] * TRIALS
    assert Message.objects.count() == TRIALS
    assert found.faults() == {}


def test_after_three_deadlocks_in_a_row_the_tenant_is_asked_to_send_it_again(town):
    town.web(environment=QUICK)
    [person] = reported(town, 1)

    answer = in_each_others_way(town, person, 3)

    assert (answer.status, answer.retry_after, Message.objects.count()) == (503, "10", 0)
    assert audited(town).faults() == {}


def test_without_a_second_try_a_deadlock_asks_the_tenant_to_send_it_again(town):
    town.web(without="second try", environment=QUICK)
    [person] = reported(town, 1)

    answer = in_each_others_way(town, person)

    assert (answer.status, Message.objects.count()) == (503, 0)


def changed_by_somebody_else(town, person):
    """The page waits for a row of which it has read what is not true any more when it gets it."""
    service_request, answers = ServiceRequest.objects.get(drafts=person.draft), []
    with (
        psycopg.connect(url_of_the_database()) as other,
        psycopg.connect(url_of_the_database(), autocommit=True) as eye,
    ):
        other.execute("UPDATE requests_servicerequest SET version = version + 1 WHERE id = %s", [service_request.pk])
        page = threading.Thread(target=lambda: answers.append(write(town, person, service_request.reference)))
        page.start()
        assert until(lambda: eye.execute(WAITS, [other.info.backend_pid]).fetchone()), answers
    page.join()
    return answers[0]


REPEATABLE = {"PGOPTIONS": r"-c default_transaction_isolation=repeatable\ read"}


@pytest.mark.parametrize(("guard", "status", "messages"), [("", 302, 1), ("second try", 503, 0)])
def test_what_could_not_be_one_after_the_other_is_tried_again(town, guard, status, messages):
    """Where somebody made PostgreSQL stricter than it is by itself."""
    town.web(environment=REPEATABLE, without=guard)
    [person] = reported(town, 1)

    answer = changed_by_somebody_else(town, person)

    assert (answer.status, Message.objects.count()) == (status, messages)
    assert audited(town).faults() == {}


def held_by_somebody_else(town, person, timeout=30):
    """What people are told whose request is held all the time, and then."""
    service_request = ServiceRequest.objects.get(drafts=person.draft)
    with psycopg.connect(url_of_the_database()) as other:
        hold(other, "requests_servicerequest", service_request.pk)
        answer = write(town, person, service_request.reference, timeout)
        others = town.street.ask("GET", reverse("home"), person)
    return answer, others, write(town, person, service_request.reference)


def test_a_lock_that_is_held_too_long_costs_nobody_a_page(town):
    town.web(environment={"PGOPTIONS": "-c lock_timeout=300ms"})
    [person] = reported(town, 1)

    told, others, then = held_by_somebody_else(town, person)

    assert (told.status, told.retry_after, others.status, then.status) == (503, "10", 200, 302)
    assert "Het is even te druk" in told.page
    assert Message.objects.count() == 1
    assert audited(town).faults() == {}


@pytest.mark.long
def test_a_page_waits_five_seconds_for_a_lock(town):
    town.web()
    town.worker(seconds={"sweep": 1})
    [person] = reported(town, 1)

    told, _others, then = held_by_somebody_else(town, person)

    assert town.is_quiet()
    found = town.look()
    figures.note("F9", "lock held by somebody else", times=1, found=found, remark=f"503 after {told.took:.1f} s")
    assert (told.status, then.status, found.faults()) == (503, 302, {})
    assert 4.5 < told.took < 7


@pytest.mark.long
def test_without_an_end_to_waiting_a_lock_holds_the_page(town):
    town.web(environment={"PGOPTIONS": "-c lock_timeout=0"})
    [person] = reported(town, 1)

    told, _others, _then = held_by_somebody_else(town, person, timeout=7)

    assert told.status == 0


@pytest.fixture
def full(town):
    """Every connection that PostgreSQL has to give is taken, also those of the web server."""
    taken = []

    def connect():
        taken.append(psycopg.connect(url_of_the_database(), autocommit=True))
        return taken[0]

    def fill():
        connect()
        while strangers_cut(taken):
            with suppress(psycopg.OperationalError):
                while True:
                    connect()

    yield fill, taken
    for each in taken:
        each.close()
    forget_connections()


def strangers_cut(taken):
    """Cut the lines of everybody else; whether there were any."""
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> ALL(%s) AND usename IS NOT NULL"
    return taken[0].execute(cut, [[each.info.backend_pid for each in taken]]).fetchall()


A_MOMENT = {"POOL": {"timeout": 0.5}}
BUSY = (503, "10")


def while_full(town, full, ask, **order):
    """What `ask(person)` is told while there is no room; and when there was room again."""
    fill, taken = full
    town.web(**order)
    [person] = town.street.move_in(1)
    fill()
    told = ask(person)
    for each in taken:
        each.close()
    forget_connections()
    return person, told, time.monotonic()


@pytest.mark.long
def test_without_room_in_the_database_people_read_that_it_is_busy(town, full):
    def ask(person):
        return [town.street.ask("GET", reverse("home"), person), town.street.send(person)]

    person, answers, began = while_full(town, full, ask, settings=A_MOMENT)
    told = town.street.send_until_told(person)
    back = time.monotonic() - began

    found = audited(town)
    remark = "503 with a page and Retry-After"
    figures.note("F9", "no connection left", times=len(answers), found=found, back=back, remark=remark)
    assert [(answer.status, answer.retry_after) for answer in answers] == [BUSY] * 2
    assert "Het is even te druk" in answers[0].page
    assert (told.status, found.faults()) == (302, {})
    assert back <= 60


@pytest.mark.long
@pytest.mark.parametrize(
    ("order", "status"),
    [
        ({"settings": A_MOMENT, "worker_class": PLAIN_ERRORS}, 500),
        ({"settings": {"POOL": {"timeout": 60}}}, 0),  # no answer at all
    ],
    ids=["without our page", "without an end to waiting"],
)
def test_without_a_guard_no_room_is_an_error_or_a_page_that_hangs(town, full, order, status):
    def ask(person):
        return town.street.ask("GET", reverse("home"), person, timeout=3)

    _person, page, _began = while_full(town, full, ask, **order)

    assert (page.status, page.retry_after) == (status, "")
