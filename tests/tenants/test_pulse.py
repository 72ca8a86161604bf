"""What went silent is noticed within two minutes, in the log, in the admin and by monitors, and by nobody twice."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tenants.notifications import delivery, pulse, sweep, tasks
from tenants.notifications.models import LEASE, Notification, Pulse
from tests.factories import NOON, NotificationFactory, ServiceRequestFactory

pytestmark = pytest.mark.django_db

WORKER, CLOCK = Pulse.Kind.WORKER, Pulse.Kind.CLOCK
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
TWO_MINUTES = 2 * MINUTE
QUEUE = reverse("admin:requests_servicerequest_changelist")
UNDELIVERED = reverse("admin:tenants_notification_changelist")


def live(*workers, at):
    """These workers and beat were heard of."""
    for worker in workers:
        pulse.give(worker, WORKER, at=at)
    pulse.give(pulse.CLOCK, CLOCK, at=at)


def test_every_sweep_is_a_sign_of_life_and_stopping_takes_it_away(transactional_db):
    for job in sweep._jobs:
        sweep._do(job)
    alive = pulse.look(at=timezone.now())
    sweep.stop()
    stopped = pulse.look(at=timezone.now())
    sweep._stop.clear()

    assert (alive.workers, alive.works) == (1, True)
    assert (stopped.workers, stopped.silent) == (0, ())


def test_a_worker_that_died_is_noticed_within_two_minutes_and_once(caplog):
    live("a", at=NOON)
    live("b", at=NOON + TWO_MINUTES)

    noticed = [pulse.watch(at=NOON + TWO_MINUTES), pulse.watch(at=NOON + TWO_MINUTES)]

    assert noticed == [["a"], []]
    assert pulse.look(at=NOON + TWO_MINUTES) == pulse.Engine(workers=1, beats=True, silent=("a",), waiting_since=None)
    assert caplog.text.count("worker a was last heard of at 2026-03-02T11:00:00+00:00") == 1


def test_the_last_worker_that_died_is_noticed_by_who_opens_a_page_and_once(planner_client, caplog):
    live("a", at=timezone.now() - TWO_MINUTES)

    for _ in range(3):
        planner_client.get("/readyz")

    assert caplog.text.count("worker a was last heard of at") == 1
    assert caplog.text.count("clock beat was last heard of at") == 1


def test_looking_when_all_is_well_or_known_is_one_statement():
    live("a", at=NOON)
    live("b", at=NOON + TWO_MINUTES)
    pulse.watch(at=NOON + TWO_MINUTES)

    with CaptureQueriesContext(connection) as queries:
        engine = pulse.look(at=NOON + TWO_MINUTES)

    assert (engine.silent, len(queries)) == (("a",), 1)


def test_a_worker_that_only_hung_is_noticed_again_when_it_goes_silent_again():
    live("a", at=NOON)
    pulse.watch(at=NOON + TWO_MINUTES)
    live("a", at=NOON + 2 * TWO_MINUTES)

    assert pulse.look(at=NOON + 2 * TWO_MINUTES).works
    assert pulse.watch(at=NOON + 4 * TWO_MINUTES) == ["a", pulse.CLOCK]


def test_a_late_sign_does_not_take_a_newer_one_back():
    pulse.give("a", WORKER, at=NOON)
    pulse.give("a", WORKER, at=NOON + TWO_MINUTES)

    pulse.give("a", WORKER, at=NOON + MINUTE)

    assert Pulse.objects.get(name="a").heard_at == NOON + TWO_MINUTES


def test_what_another_took_the_place_of_is_forgotten_and_the_clock_never():
    pulse.give("a", WORKER, at=NOON)
    pulse.give(pulse.CLOCK, CLOCK, at=NOON)

    pulse.watch(at=NOON + 11 * MINUTE)

    assert list(Pulse.objects.values_list("name", flat=True)) == [pulse.CLOCK]


# --- beat ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("after", "works"), [(timedelta(), True), (MINUTE, True), (TWO_MINUTES, False)])
def test_a_beat_that_never_ran_is_missed_when_a_worker_has_run_for_a_while(after, works):
    pulse.give("a", WORKER, at=NOON)
    pulse.give("a", WORKER, at=NOON + after)

    engine = pulse.look(at=NOON + after)

    assert (engine.workers, engine.works, engine.beats) == (1, works, works)


def test_where_beat_was_never_expected_it_is_missed_all_the_same():
    Pulse.objects.create(name="a", kind=WORKER, started_at=NOON, heard_at=NOON)

    assert not pulse.look(at=NOON).works


def test_the_clock_ticks_when_beat_broker_and_worker_work():
    tasks.clock_ticks()

    assert [(row.name, row.kind) for row in Pulse.objects.all()] == [("beat", "clock")]


# --- a clock that was an hour ahead ----------------------------------------------------------------------------


def test_a_worker_that_died_while_the_clock_was_ahead_is_not_taken_for_alive():
    live("a", at=NOON + HOUR)
    live("b", at=NOON)

    assert pulse.look(at=NOON).silent == ("a",)
    pulse.watch(at=NOON + 11 * MINUTE)
    assert not Pulse.objects.filter(name="a").exists()


def test_a_worker_that_lives_on_when_the_clock_is_set_back_is_heard_of_at_once():
    live("a", at=NOON + HOUR)

    live("a", at=NOON)

    assert pulse.look(at=NOON).works
    assert not pulse.look(at=NOON + TWO_MINUTES).works


# --- messages that wait ----------------------------------------------------------------------------------------


def waiting_since(at):
    return pulse.look(at=at).waiting_since


def test_a_message_that_is_late_is_told(db):
    late = NotificationFactory(due_at=NOON)

    assert waiting_since(NOON + MINUTE) is None
    assert waiting_since(NOON + 3 * MINUTE) == late.due_at


@pytest.mark.parametrize("failures", [2, 3, 7, 8, 9, 12, delivery.ATTEMPTS - 1])
def test_however_far_a_retry_is_away_it_is_known_since_when_a_message_waits(failures):
    tries = sum((delivery.retry_after(number) for number in range(1, failures)), timedelta())
    failed_again = NOON + tries + MINUTE
    retried = failed_again + delivery.retry_after(failures)
    NotificationFactory(attempts=failures, queued_at=NOON, due_at=retried)
    NotificationFactory(attempts=failures + 1, queued_at=NOON, due_at=retried + LEASE, state="sending")

    assert waiting_since(NOON + MINUTE + tries + TWO_MINUTES + timedelta(seconds=1)) == NOON + MINUTE


def test_a_mail_server_that_is_away_for_six_hours_is_seen_within_three_minutes(monkeypatch):
    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", away)
    NotificationFactory(queued_at=NOON, due_at=NOON)

    seen, due = [], []
    for minute in range(6 * 60):
        at = NOON + minute * MINUTE
        delivery.deliver_due(now=lambda at=at: at)
        seen.append(waiting_since(at + timedelta(seconds=1)) is not None)
        due.append(Notification.objects.due(at=at - TWO_MINUTES).exists())

    assert seen == [False] * 3 + [True] * (6 * 60 - 3)
    assert not any(due)  # by what is due alone it would never be seen


def away(backend, messages):
    raise ConnectionRefusedError


def test_what_waits_while_later_messages_leave_is_refused_alone():
    NotificationFactory(attempts=6, due_at=NOON + 20 * MINUTE)
    assert waiting_since(NOON) is not None

    NotificationFactory(channel="text", address="0612345678", state="sent", due_at=None, sent_at=NOON)
    assert waiting_since(NOON) is not None

    NotificationFactory(state="sent", due_at=None, sent_at=NOON)
    assert waiting_since(NOON) is None

    last = NotificationFactory(attempts=3, due_at=NOON)
    assert waiting_since(NOON) == last.due_at - timedelta(seconds=210)


def test_neither_letters_nor_what_leaves_later_wait(tenant):
    NotificationFactory(channel="letter", due_at=None, queued_at=NOON - HOUR)
    NotificationFactory(due_at=NOON + HOUR, queued_at=NOON - HOUR)

    assert waiting_since(NOON) is None


def test_the_database_knows_only_workers_and_clocks():
    with pytest.raises(IntegrityError, match="pulse_kind_known"), transaction.atomic():
        pulse.give("x", "cron", at=NOON)


# --- who sees it -----------------------------------------------------------------------------------------------


@pytest.mark.ignore_template_errors
def test_staff_see_on_every_page_that_nothing_leaves_the_house(planner_client):
    silent = planner_client.get(QUEUE).content.decode()
    live("a", at=timezone.now())
    working = planner_client.get(QUEUE).content.decode()
    NotificationFactory(attempts=6, due_at=timezone.now() + 20 * MINUTE)
    refused = planner_client.get(QUEUE).content.decode()

    assert [page.count("Mail en opvolging staan stil") for page in (silent, working, refused)] == [1, 0, 0]
    assert [page.count("Mail blijft liggen") for page in (silent, working, refused)] == [0, 0, 1]


def test_ready_says_how_the_engine_is_and_stays_ready(client):
    silent = client.get("/readyz")
    live("a", at=timezone.now())
    working = client.get("/readyz")

    assert (silent.status_code, silent.json()["engine"]) == (200, {"works": False, "workers": 0, "silent": 0})
    assert working.json() == {"ready": True, "engine": {"works": True, "workers": 1, "silent": 0}}


def health(client):
    answer = client.get("/health/")
    return answer.status_code, answer.json()["wrong"]


def test_monitors_hear_that_all_is_well(client):
    live("a", at=timezone.now())

    answer = client.get("/health/")

    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "wrong": [], "workers": 1, "waiting_seconds": 0, "unseen": 0},
    )


def test_monitors_hear_that_no_program_is_there(client):
    assert health(client) == (503, ["no worker is heard of", "beat is silent"])


def test_monitors_hear_which_program_went_silent(client):
    live("a", "b", at=timezone.now() - TWO_MINUTES)
    pulse.give("a", WORKER, at=timezone.now())

    assert health(client) == (503, ["a worker went silent", "beat is silent"])


def test_monitors_hear_how_long_mail_waits(client):
    live("a", at=timezone.now())
    NotificationFactory(due_at=timezone.now() - 5 * MINUTE)

    answer = client.get("/health/")

    assert (answer.status_code, answer.json()["wrong"]) == (503, ["messages wait to leave"])
    assert 300 <= answer.json()["waiting_seconds"] < 330


@pytest.fixture
def failed():
    """A message that was given up, about a request."""
    case = ServiceRequestFactory()
    return NotificationFactory(state="failed", due_at=None, about=case.reference, error="550 no such user"), case


NOT_SEEN = (503, ["messages were not delivered, and staff have not seen it"])


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("where", ["the list", "the request"])
def test_monitors_hear_what_was_not_delivered_until_staff_have_seen_it(planner_client, client, failed, where):
    live("a", at=timezone.now())
    notification, case = failed
    before = health(client)

    pages = {"the list": UNDELIVERED, "the request": reverse("admin:requests_servicerequest_change", args=[case.pk])}
    planner_client.get(QUEUE)
    unseen = health(client)
    assert planner_client.get(pages[where]).status_code == 200

    assert (before, unseen, health(client)) == (NOT_SEEN, NOT_SEEN, (200, []))
    notification.refresh_from_db()
    assert notification.seen_at is not None


def test_what_fails_again_after_it_was_sent_again_is_not_seen_yet(failed):
    notification, _case = failed
    delivery.note_seen(at=NOON)

    delivery.try_again(notification.pk, at=NOON)

    assert Notification.objects.get(pk=notification.pk).seen_at is None


def test_a_code_that_was_not_delivered_is_of_no_use_to_staff(client):
    live("a", at=timezone.now())
    NotificationFactory(state="failed", due_at=None, secret=True, body="", subject="")

    assert health(client) == (200, [])


def test_only_what_was_not_delivered_is_seen():
    with pytest.raises(IntegrityError, match="notification_seen_is_not_delivered"), transaction.atomic():
        NotificationFactory(seen_at=NOON)
