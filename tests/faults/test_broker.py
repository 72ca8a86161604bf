"""F4–F7: the broker is down, silent, restarted with or without what it had, or cuts its lines. Nothing rests on it."""

import time
from collections import Counter
from datetime import timedelta
from urllib.parse import urlencode

import psycopg
import pytest
import redis
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from kombu import Connection
from kombu.transport import redis as transport

from portal import celery
from tenants.models import Attempts
from tenants.notifications.models import Notification
from tests.factories import ServiceRequestFactory
from tests.portal.processes import until
from tests.size import chance, times
from tests.tenants import signing_in

from . import figures
from .breaking import freeze, kill, thaw
from .conftest import url_of_the_database
from .memory import beat, broker, hints, locks_that_stay, remember, remembers, restart, that_keeps
from .people import TOKEN, Person, p95

REPORTS = 100  # a process that was not heard gives no hint for ten seconds: two of them meet the broker
WARM_UP = 10
QUICK = {"sweep": 1}
THREADS = 4  # of a worker
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
    town.sweep(seconds=QUICK)
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
    assert town.is_quiet()
    assert town.look().faults() == {}


FOLLOW_UP = "requests.follow_up"
NO_MAIL_AT_FIRST = ["told_that_it_was_received"]  # those that are made here


@transaction.atomic  # the others are at work: not a request without its report
def due_now(count):
    """Requests of which the tenants should hear by now."""
    at = timezone.now() - timedelta(hours=1)
    return [ServiceRequestFactory(at=at - timedelta(days=2), next_word_at=at).reference for _ in range(count)]


def all_heard(references):
    told = Notification.objects.filter(about__in=references)
    return set(told.values_list("about", flat=True)) == set(references) and not told.exclude(state="sent").exists()


def killed_half_way(town, valkey, count):
    """People report, also while the broker is away, and the scan finds requests that are due then; what came of it.

    The broker had hints that no worker took yet.
    """
    town.web()
    workers, clock = town.workers(seconds=QUICK), beat(town)
    people, due = town.street.move_in(count), times(200)
    before, while_away, after = people[: count // 2], people[count // 2 : count // 2 + 3], people[count // 2 + 3 :]
    send_all(town, before)
    for worker in workers:
        worker.freeze()
    remember()
    assert until(hints)
    kill(valkey)
    for worker in workers:
        worker.thaw()
    references = due_now(due)
    send_all(town, while_away)
    assert until(lambda: all_heard(references), seconds=60)
    valkey.launch()
    kept, ended, ticks = remembers(), time.monotonic(), clock.ticks(FOLLOW_UP)
    send_all(town, after)
    back = town.back_to_normal(ended)
    again = ticks + 2  # by the broker, when nothing is due any more
    assert until(lambda: clock.ticks(FOLLOW_UP) >= again, seconds=30)
    assert until(lambda: not hints())

    heard = Counter(Notification.objects.filter(about__in=references).values_list("about", flat=True))
    assert heard == dict.fromkeys(references, 1)
    assert until(lambda: not locks_that_stay())
    assert {town.street.ask("GET", reverse("requests:mine"), person).status for person in people} == {200}
    return kept, back, town.look(ignore=NO_MAIL_AT_FIRST)


@pytest.mark.long
def test_a_broker_that_comes_back_empty_loses_nothing_and_signs_nobody_out(town, valkey):
    count = times(500)
    kept, back, found = killed_half_way(town, valkey, count)

    remark = f"{times(200)} were due while it was away, and heard it once, then; no lock stays"
    figures.note(
        "F6", "broker killed and back empty, during submits", times=count, found=found, back=back, remark=remark
    )
    assert not kept
    assert found.faults() == {}
    assert back <= 60


@pytest.mark.long
def test_a_broker_that_comes_back_with_what_it_had_has_nothing_done_twice(town, valkey):
    count = times(500)
    with that_keeps(valkey):
        kept, back, found = killed_half_way(town, valkey, count)

    remark = f"{times(200)} were due while it was away, and heard it once, then; no lock stays"
    figures.note(
        "F7", "broker killed and back with its data, during submits", times=count, found=found, back=back, remark=remark
    )
    assert kept
    assert found.faults() == {}
    assert back <= 60


def test_a_lock_that_stays_is_seen(town, valkey):
    town.street.move_in(1)
    with psycopg.connect(url_of_the_database()) as holder:
        holder.execute("SELECT 1 FROM tenants_tenant FOR UPDATE")
        broker().set("unacked_mutex", "somebody")

        assert until(lambda: locks_that_stay() == [holder.info.backend_pid, "unacked_mutex"])
    restart(valkey)
    assert until(lambda: not locks_that_stay())


def ask_for_a_code(email):
    """A browser that waits for the code."""
    browser = Client()
    signing_in.ask_for_code(browser, email)
    return Person("", "", email, browser.cookies[settings.SESSION_COOKIE_NAME].value)


def fill_in(town, person, code):
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "code": code})
    return town.street.ask("POST", signing_in.CODE, person, body=body)


@pytest.mark.parametrize(
    ("where_guesses_are_counted", "leads_to"),
    [("in the database", signing_in.LOGIN), ("in the broker", "/")],
)
def test_a_broker_that_forgets_gives_nobody_more_guesses(town, valkey, where_guesses_are_counted, leads_to):
    """After as many guesses as one has, the right code is not looked at. While it is away nobody signs in at all."""
    town.web()
    [tenant] = town.street.move_in(1)
    for _ in range(2):
        guesser = ask_for_a_code(tenant.email)
        for _ in range(3):
            fill_in(town, guesser, signing_in.wrong_code())
    kill(valkey)
    asked = urlencode({"csrfmiddlewaretoken": TOKEN, "login": tenant.email})
    away = town.street.ask("POST", signing_in.LOGIN, body=asked)
    valkey.launch()
    if where_guesses_are_counted == "in the broker":
        Attempts.objects.all().delete()  # as it would have forgotten them

    guesser = ask_for_a_code(tenant.email)
    told = fill_in(town, guesser, signing_in.newest_code())

    assert (away.status, away.retry_after) == (503, "60")
    assert (told.status, told.location) == (302, leads_to)


def cut_all_lines():
    """How many there were."""
    return sum(broker().client_kill_filter(_type=kind, skipme=True) for kind in ("normal", "pubsub"))


@pytest.mark.long
def test_workers_whose_lines_are_cut_come_back(town, valkey):
    """Forty cuts in ten seconds in the long run."""
    town.web()
    town.workers(seconds=QUICK)
    people, cut = town.street.move_in(times(40, short=3)), 0
    for person in people:
        cut += cut_all_lines()
        assert town.street.send(person).status == 302
        time.sleep(0.05)
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    remark = f"{cut} lines in all"
    figures.note(
        "F7", "all lines to the broker cut, again and again", times=len(people), found=found, back=back, remark=remark
    )
    assert cut >= len(people)
    assert found.faults() == {}
    assert back <= 60


def with_work_in_its_hands(town, valkey):
    """A worker that hears of mail by the broker alone, which is killed while the mail server keeps all its threads."""
    town.web()
    town.worker(settings={"EMAIL_TIMEOUT": 2}, without="sweep")
    assert until(lambda: broker().client_list(_type="pubsub"), seconds=5)
    town.door.set("silent")
    send_all(town, town.street.move_in(THREADS))
    assert until(lambda: Notification.objects.filter(state="sending").exists())
    assert until(lambda: broker().hlen("unacked"))
    kill(valkey)


@pytest.mark.long
@pytest.mark.parametrize("round", range(times(10, short=1)))
def test_a_worker_with_work_in_its_hands_outlives_the_broker(town, valkey, round):
    with_work_in_its_hands(town, valkey)
    time.sleep(chance(f"outlives the broker {round}").random())
    valkey.launch()
    town.door.set("open")
    assert until(lambda: broker().client_list(_type="pubsub"), seconds=20)
    [person] = town.street.move_in(1)
    send_all(town, [person])

    assert until(lambda: Notification.objects.filter(state="sent").exists(), seconds=20)


@pytest.mark.parametrize(
    ("kind", "failure"), [(celery.Channel, redis.ConnectionError), (transport.Channel, AttributeError)]
)
def test_what_cannot_be_settled_over_a_lost_line_is_a_failure_that_a_worker_expects(monkeypatch, kind, failure):
    """Nobody expects what the library itself raises: it ends the worker."""
    monkeypatch.setattr(transport.Transport, "Channel", kind)
    connection = Connection(settings.REDIS_URL)
    channel = connection.default_channel
    channel._disconnect_pools()  # as when the broker is gone
    connection.transport.client = None

    with pytest.raises(failure):
        channel.basic_ack("of what it had in its hands")
    assert (failure in connection.connection_errors) == (kind is celery.Channel)


@pytest.mark.long
def test_a_worker_never_stops_calling_a_broker_that_is_away(town, valkey):
    kill(valkey)
    town.worker(seconds=QUICK)
    impatient = town.worker(seconds=QUICK, settings={"CELERY_BROKER_CONNECTION_MAX_RETRIES": 1, "EMAIL_TIMEOUT": 1})

    assert until(impatient.is_gone, seconds=20)
    impatient.ends()
    assert celery.app.conf.broker_connection_max_retries is None


NO_SECOND_CALL = {"CELERY_BROKER_CONNECTION_RETRY": False, "EMAIL_TIMEOUT": 1}  # it waits so long for its last mail


@pytest.mark.long
def test_a_worker_that_does_not_call_again_is_gone_when_its_line_is_cut(town, valkey):
    town.web()
    worker = town.worker(seconds=QUICK, settings=NO_SECOND_CALL)
    assert until(lambda: broker().client_list(_type="pubsub"), seconds=5)
    cut_all_lines()
    people = town.street.move_in(2)
    worker.ends()
    send_all(town, people)

    assert not town.is_quiet(seconds=2)
    assert len(town.look().lost) >= len(people)


@pytest.mark.long
def test_without_the_sweep_a_broker_that_forgets_loses_confirmations(town, valkey):
    town.web()
    worker = town.worker(without="sweep")
    assert until(broker().client_list, seconds=5)
    worker.freeze()  # busy, say
    people = town.street.move_in(2)
    send_all(town, people)
    restart(valkey)
    worker.thaw()

    assert not town.is_quiet(seconds=2)
    assert len(town.look().lost) >= len(people)


@pytest.mark.long
def test_without_the_sweep_nobody_hears_what_is_due_while_the_broker_is_away(town, valkey):
    town.worker(without="sweep")
    clock = beat(town)
    assert until(lambda: clock.ticks(FOLLOW_UP), seconds=20)
    kill(valkey)
    references = due_now(2)

    assert not until(lambda: all_heard(references), seconds=3)
    valkey.launch()
    assert until(lambda: all_heard(references), seconds=30)
