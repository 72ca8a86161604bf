import json
import threading
from datetime import timedelta
from pathlib import Path
from smtplib import (
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

import pytest
from django.db import connection

from tenants.notifications import delivery, sms
from tenants.notifications.models import LEASE, Notification

from ..factories import NOON, NotificationFactory, TenantFactory

pytestmark = pytest.mark.django_db
QUEUED, SENDING, SENT, FAILED = (Notification.State(s) for s in ("queued", "sending", "sent", "failed"))


def deliver_due(at=NOON):
    return delivery.deliver_due(now=lambda: at)


@pytest.fixture
def broken_mail_server(monkeypatch):
    """A mail server that answers every message with this failure."""

    def break_with(failure):
        def send_messages(self, messages):
            raise failure

        monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", send_messages)

    return break_with


def test_what_is_due_leaves_once(mailoutbox):
    notification = NotificationFactory()

    assert [deliver_due(), deliver_due()] == [1, 0]

    assert [mail.to for mail in mailoutbox] == [[notification.address]]
    assert _state(notification) == (SENT, 1, None)


def test_what_is_not_due_stays(mailoutbox):
    notification = NotificationFactory(due_at=NOON + timedelta(minutes=1))

    deliver_due()

    assert mailoutbox == []
    assert _state(notification)[0] == QUEUED


def test_every_attempt_has_the_same_message_id(mailoutbox):
    notification = NotificationFactory()
    deliver_due()
    Notification.objects.update(state=SENDING, sent_at=None, due_at=NOON)  # as if the worker died before it settled

    deliver_due()

    assert [mail.extra_headers["Message-ID"] for mail in mailoutbox] == [notification.message_id] * 2


def test_a_worker_that_died_loses_its_claim_after_the_lease(mailoutbox):
    notification = NotificationFactory()
    assert Notification.objects.claim(at=NOON) == [notification]

    assert deliver_due(at=NOON + LEASE - timedelta(seconds=1)) == 0
    assert deliver_due(at=NOON + LEASE) == 1


def test_a_mail_server_that_is_away_is_tried_again_with_growing_pauses(broken_mail_server):
    notification = NotificationFactory()
    broken_mail_server(SMTPServerDisconnected("gone"))
    at, pauses = NOON, []

    while _state(notification)[0] == QUEUED:
        deliver_due(at=at)
        notification.refresh_from_db()
        if notification.due_at:
            pauses.append(notification.due_at - at)
            at = notification.due_at

    assert [pause.total_seconds() for pause in pauses[:9]] == [30, 60, 120, 240, 480, 960, 1920, 3840, 3840]
    assert sum(pauses, timedelta()) > timedelta(days=1)
    assert _state(notification) == (FAILED, delivery.ATTEMPTS, None)


@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (SMTPRecipientsRefused({"x@example.org": (550, b"no such user")}), FAILED),
        (SMTPRecipientsRefused({"x@example.org": (450, b"mailbox busy")}), QUEUED),
        (SMTPDataError(554, b"rejected"), FAILED),
        (SMTPDataError(451, b"later"), QUEUED),
        (SMTPResponseException(421, b"later"), QUEUED),
        (SMTPAuthenticationError(535, b"our password"), QUEUED),
        (SMTPSenderRefused(550, b"our address", "us@example.org"), QUEUED),
        (ConnectionRefusedError(), QUEUED),
        (TimeoutError(), QUEUED),
    ],
)
def test_only_a_permanent_refusal_is_given_up_at_once(broken_mail_server, failure, state):
    notification = NotificationFactory()
    broken_mail_server(failure)

    deliver_due()

    assert _state(notification)[0] == state


def test_staff_can_try_a_failed_message_again(mailoutbox):
    notification = NotificationFactory(state=FAILED, due_at=None, error="address refused", attempts=8)

    assert delivery.try_again(notification.pk, at=NOON)
    deliver_due()

    assert _state(notification) == (SENT, 1, None)


@pytest.mark.parametrize(
    ("about_tenant", "channel", "now_at"),
    [
        ({"email": "goed@example.org"}, "email", "goed@example.org"),
        ({"phone": "06-55500009"}, "text", "06-55500009"),
        ({"user": None, "email": ""}, "email", "fout@example.org"),
    ],
)
def test_what_is_tried_again_goes_to_where_they_are_reached_now(about_tenant, channel, now_at):
    failed = {"state": FAILED, "due_at": None, "error": "address refused", "address": "fout@example.org"}
    notification = NotificationFactory(tenant=TenantFactory(**about_tenant), channel=channel, **failed)

    delivery.try_again(notification.pk, at=NOON)

    notification.refresh_from_db()
    assert notification.address == now_at


def test_a_mail_to_staff_is_tried_again_at_its_own_address():
    notification = NotificationFactory(tenant=None, state=FAILED, due_at=None, error="address refused")

    delivery.try_again(notification.pk, at=NOON)

    notification.refresh_from_db()
    assert (notification.state, notification.address) == (QUEUED, "somebody@example.org")


def test_a_message_that_cannot_be_built_holds_up_nobody(mailoutbox):
    poison = NotificationFactory(address="not\nan address")
    others = [NotificationFactory() for _ in range(3)]

    deliver_due()

    assert _state(poison)[0] == QUEUED
    assert [_state(other)[0] for other in others] == [SENT] * 3


def test_a_secret_is_erased_when_it_has_left(mailoutbox):
    notification = NotificationFactory(tenant=None, secret=True, subject="Uw code", body="123456", html="<b>123456</b>")

    deliver_due()

    notification.refresh_from_db()
    assert "123456" in mailoutbox[0].body
    assert (notification.subject, notification.body, notification.html) == ("", "", "")


def test_a_secret_is_erased_when_it_could_not_leave_and_is_not_sent_late(mailoutbox, broken_mail_server):
    notification = NotificationFactory(tenant=None, secret=True, body="123456")

    deliver_due(at=NOON + timedelta(minutes=11))

    notification.refresh_from_db()
    assert mailoutbox == []
    assert (notification.state, notification.body) == (FAILED, "")


def test_a_worker_that_comes_back_after_its_lease_changes_nothing_any_more(monkeypatch, mailoutbox):
    notification = NotificationFactory()
    send, calls = delivery._send, []

    def slow(row):
        calls.append(row)
        if len(calls) == 1:  # the lease runs out, another worker takes it and sends it
            deliver_due(at=NOON + LEASE)
            raise delivery.TryLater("timed out")
        send(row)

    monkeypatch.setattr(delivery, "_send", slow)
    deliver_due()

    assert len(mailoutbox) == 1
    assert _state(notification)[0] == SENT


def test_a_text_message_goes_to_the_text_service(settings):
    NotificationFactory(channel="text", address="06-55500001", subject="", body="Er komt een vakman.")

    deliver_due()

    (line,) = (Path(settings.SMS_FILE_PATH) / "texts.jsonl").read_text().splitlines()
    assert (json.loads(line)["to"], json.loads(line)["text"]) == ("06-55500001", "Er komt een vakman.")


@pytest.mark.parametrize(("failure", "state"), [(sms.NumberRefused, FAILED), (sms.TextServiceAway, QUEUED)])
def test_a_text_service_may_refuse_or_be_away(settings, failure, state):
    settings.SMS_BACKEND = f"{__name__}.{failure.__name__}_service"
    notification = NotificationFactory(channel="text", address="1", body="Er komt een vakman.")

    deliver_due()

    assert _state(notification)[0] == state


def NumberRefused_service(number, text, *, key):
    raise sms.NumberRefused


def TextServiceAway_service(number, text, *, key):
    raise sms.TextServiceAway


@pytest.mark.django_db(transaction=True)
def test_six_workers_send_sixty_messages_once(mailoutbox):
    for _ in range(60):
        NotificationFactory()
    claimed = []

    def work():
        try:
            claimed.append(deliver_due())
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sum(claimed) == 60
    assert len(mailoutbox) == 60


def _state(notification):
    notification.refresh_from_db()
    return notification.state, notification.attempts, notification.due_at
