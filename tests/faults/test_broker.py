"""F4–F7: the broker is down, silent, restarted empty, or cuts its lines. Nothing rests on it."""

import time

import pytest
import redis
from django.conf import settings
from django.urls import reverse

from tests.portal.processes import until
from tests.size import times

from . import figures
from .breaking import freeze, kill, thaw
from .people import p95

REPORTS = 100  # a process that was not heard gives no hint for ten seconds: two of them meet the broker
WARM_UP = 10
QUICK = {"sweep": 1}
A_HINT = 0.5  # seconds that one may cost: a lock, an old line, a new one, and an answer, a tenth of a second each


def send_all(town, people):
    """How long each took; everybody was told that it was sent, at once."""
    answers = [town.street.send(person) for person in people]
    assert {answer.status for answer in answers} == {302}
    return [answer.took for answer in answers]


def judge(row, trial, town, fault, end):
    """What submits took before and during the fault, and how soon after it everything was as usual."""
    town.web()
    town.workers(seconds=QUICK)
    send_all(town, town.street.move_in(WARM_UP))
    quiet = send_all(town, town.street.move_in(REPORTS))
    faulty_people = town.street.move_in(REPORTS)
    fault()
    faulty = send_all(town, faulty_people)
    end()
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    remark = f"p95 {p95(faulty):.3f} s, at most {max(faulty):.3f} s; before {p95(quiet):.3f} s and {max(quiet):.3f} s"
    figures.note(row, trial, times=REPORTS, found=found, back=back, remark=remark)
    assert found.faults() == {}
    assert p95(faulty) <= 2 * p95(quiet)
    assert max(faulty) <= max(quiet) + A_HINT
    assert back <= 60


@pytest.mark.long
def test_with_the_broker_down_people_report_as_quickly_and_are_confirmed(town, valkey):
    judge("F4", "broker down at submit", town, lambda: kill(valkey), valkey.launch)


@pytest.mark.long
def test_with_a_silent_broker_people_report_as_quickly_and_are_confirmed(town, valkey):
    judge("F5", "broker silent at submit", town, lambda: freeze(valkey), lambda: thaw(valkey))


@pytest.mark.long
def test_with_more_patience_for_the_hint_a_silent_broker_holds_up_the_one_who_meets_it(town, valkey):
    patience = 2
    town.web(seconds={"hint": patience})
    [first, second] = town.street.move_in(2)
    [quiet] = send_all(town, [first])
    freeze(valkey)

    [faulty] = send_all(town, [second])

    assert faulty > quiet + patience - A_HINT > A_HINT


def test_a_signed_in_tenant_reads_and_reports_while_the_broker_is_away(town, valkey):
    town.web()
    [before, person] = town.street.move_in(2)
    sent = town.street.send(before)
    kill(valkey)

    home = town.street.ask("GET", reverse("home"), before)
    mine = town.street.ask("GET", reverse("requests:mine"), before)
    confirmed = town.street.ask("GET", sent.location, before)
    checked = town.street.ask("GET", reverse("requests:report_check", args=[person.draft]), person)
    reported = town.street.send(person)

    assert [answer.status for answer in (home, mine, confirmed, checked, reported)] == [200, 200, 200, 200, 302]
    assert person.text in checked.page


@pytest.mark.long
def test_a_broker_that_comes_back_empty_loses_nothing_and_signs_nobody_out(town, valkey):
    town.web()
    town.workers(seconds=QUICK)
    people = town.street.move_in(times(500, short=6))
    half = len(people) // 2
    for number, person in enumerate(people):
        if number == half:
            kill(valkey)
            valkey.launch()
            ended = time.monotonic()
        assert town.street.send(person).status == 302
    back = town.back_to_normal(ended)

    signed_in = [town.street.ask("GET", reverse("requests:mine"), person).status for person in people]
    found = town.look()
    figures.note("F6", "broker killed and back empty, during submits", times=len(people), found=found, back=back)
    assert found.faults() == {}
    assert set(signed_in) == {200}
    assert back <= 60


@pytest.mark.long
def test_workers_whose_lines_are_cut_come_back(town, valkey):
    """Forty cuts in ten seconds in the long run."""
    town.web()
    town.workers(seconds=QUICK)
    people = town.street.move_in(times(40, short=3))
    broker = redis.Redis.from_url(settings.REDIS_URL)
    for person in people:
        broker.client_kill_filter(_type="normal", skipme=True)
        broker.client_kill_filter(_type="pubsub", skipme=True)
        assert town.street.send(person).status == 302
        time.sleep(0.05)
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    figures.note("F7", "all lines to the broker cut, again and again", times=len(people), found=found, back=back)
    assert found.faults() == {}
    assert back <= 60


@pytest.mark.long
def test_without_the_sweep_a_broker_that_forgets_loses_confirmations(town, valkey):
    town.web()
    worker = town.worker(without="sweep")
    assert until(lambda: redis.Redis.from_url(settings.REDIS_URL).client_list(), seconds=5)
    worker.freeze()  # busy, say
    people = town.street.move_in(2)
    send_all(town, people)
    kill(valkey)
    valkey.launch()
    worker.thaw()

    assert not town.is_quiet(seconds=2)
    assert len(town.look().lost) >= len(people)
