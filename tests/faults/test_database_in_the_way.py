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
from .people import TOKEN

TRIALS = times(20, short=1)


def write(town, person, reference):
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "body": f"Wanneer komt u? {reference}"})
    return town.street.ask("POST", reverse("requests:write", args=[reference]), person, body=body)


def in_each_others_way(town, person):
    """Somebody holds the tenant and wants the request; the tenant's message holds the request and wants the tenant.

    The page waits first, so it is the page that PostgreSQL chooses to undo.
    """
    service_request = ServiceRequest.objects.get(drafts=person.draft)
    tenant, answers = service_request.reports.get().tenant_id, []
    with (
        psycopg.connect(url_of_the_database()) as other,
        psycopg.connect(url_of_the_database(), autocommit=True) as eye,
    ):
        other.execute("SET deadlock_timeout = '20s'")
        other.execute("SELECT 1 FROM tenants_tenant WHERE id = %s FOR UPDATE", [tenant])
        page = threading.Thread(target=lambda: answers.append(write(town, person, service_request.reference)))
        page.start()
        waits = "SELECT 1 FROM pg_stat_activity WHERE %s = ANY(pg_blocking_pids(pid))"
        assert until(lambda: eye.execute(waits, [other.info.backend_pid]).fetchone()), answers
        other.execute("SELECT 1 FROM requests_servicerequest WHERE id = %s FOR UPDATE", [service_request.pk])
    page.join()
    return answers[0]


@pytest.mark.long
def test_a_deadlock_is_tried_again_and_nobody_notices(town):
    town.web()
    people = town.street.move_in(TRIALS)
    for person in people:
        assert town.street.send(person).status == 302
    answers = [in_each_others_way(town, person) for person in people]

    figures.note("F9", "deadlock", times=TRIALS, remark="0 errors")
    assert [answer.status for answer in answers] == [302] * TRIALS
    assert Message.objects.count() == TRIALS


def test_without_a_second_try_a_deadlock_asks_the_tenant_to_send_it_again(town):
    town.web(without="second try")
    [person] = town.street.move_in(1)
    assert town.street.send(person).status == 302

    answer = in_each_others_way(town, person)

    assert (answer.status, Message.objects.count()) == (503, 0)


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


@pytest.mark.long
def test_without_room_in_the_database_people_read_that_it_is_busy(town, full):
    fill, taken = full
    town.web(settings={"POOL": {"timeout": 0.5}})
    [person] = town.street.move_in(1)
    fill()
    answers = [town.street.ask("GET", reverse("home"), person), town.street.send(person)]
    for each in taken:
        each.close()
    forget_connections()
    began = time.monotonic()
    told = town.street.send_until_told(person)
    back = time.monotonic() - began

    figures.note("F9", "no connection left", times=len(answers), back=back, remark="503 with a page and Retry-After")
    assert [(answer.status, answer.retry_after) for answer in answers] == [(503, "10")] * 2
    assert "Het is even te druk" in answers[0].page
    assert told.status == 302
    assert back <= 60
