"""Messages whose words are written when they leave."""

from datetime import timedelta
from smtplib import SMTPServerDisconnected

import pytest
from django.db import IntegrityError, transaction

from tenants.notifications import delivery, late, outbox
from tenants.notifications.models import LEASE, Notification
from tenants.notifications.outbox import Message

from ..factories import NOON, NotificationFactory, TenancyFactory, TenantFactory

pytestmark = pytest.mark.django_db
ABOUT = "2026-000007"
PART = {"words": "", "label": "", "url": ""}
MINUTE = timedelta(minutes=1)


@pytest.fixture
def tenant():
    return TenantFactory(name="Ada")


@pytest.fixture
def says(monkeypatch):
    """What is true, by the key of what a row writes; nothing for what is not there."""
    notes = {}

    def write(row, key, at):
        return told(row, notes[key]) if key in notes else None

    monkeypatch.setitem(late._writers, "test", write)
    return notes


def told(row, note):
    about = {"service_request": {"reference": row.about, "title": "De kraan druppelt"}, "note": note}
    return Message(
        kind="request_withdrawn",
        tenant=row.tenant,
        occasion=row.occasion,
        about=row.about,
        context={**about, "change": about},
        action=(note, "/kijk/"),
    )


def to_write(tenant, key, **changes):
    row = {"subject": "", "body": "", "writes": f"test:{key}", "about": ABOUT, "part": PART, **changes}
    return NotificationFactory(tenant=tenant, **row)


def deliver(at=NOON):
    return delivery.deliver_due(now=lambda: at)


def test_the_words_are_written_when_it_leaves_and_kept(tenant, says, mailoutbox):
    row = to_write(tenant, "a")
    says["a"] = "Wat er nu is"

    assert deliver() == 1

    row.refresh_from_db()
    assert (row.state, row.writes, row.part["label"]) == ("sent", "", "Wat er nu is")
    assert (row.subject, row.body) == (mailoutbox[0].subject, mailoutbox[0].body)
    assert row.html == mailoutbox[0].alternatives[0][0]
    assert "Wat er nu is" in row.body


def test_of_what_is_not_true_any_more_nothing_leaves_and_nothing_stays(tenant, says, mailoutbox):
    to_write(tenant, "gone")

    assert [deliver(), deliver()] == [0, 0]

    assert (mailoutbox, Notification.objects.count()) == ([], 0)


def test_what_would_have_left_with_it_leaves_without_it(tenant, says, mailoutbox):
    first = to_write(tenant, "gone")
    others = [to_write(tenant, "a"), NotificationFactory(tenant=tenant, about=ABOUT, part=PART)]
    says["a"] = "Wat er nu is"

    assert deliver() == 1

    rows = Notification.objects.order_by("pk")
    assert [(row.pk, row.state, row.attempts, row.goes_with) for row in rows] == [
        (others[0].pk, "sent", 1, None),
        (others[1].pk, "sent", 1, others[0]),
    ]
    assert len(mailoutbox) == 1
    assert f"notification-{first.pk}." not in mailoutbox[0].extra_headers["Message-ID"]


def test_news_leaves_when_two_before_it_are_not_true_any_more(tenant, says, mailoutbox):
    for _ in range(2):
        to_write(tenant, "gone")
    news = NotificationFactory(tenant=tenant, about=ABOUT, part=PART)

    assert deliver() == 1

    assert list(Notification.objects.values_list("pk", "state", "attempts")) == [(news.pk, "sent", 1)]
    assert len(mailoutbox) == 1


def test_only_a_mail_is_written_when_it_leaves(settings, says):
    settings.SMS_BACKEND = "tenants.notifications.sms.to_file"
    texted = TenantFactory(wants_texts=True, phone="06-55500001")
    by_letter = TenancyFactory(tenant__wants_letters=True).tenant
    service_request = {"reference": ABOUT, "title": "De kraan druppelt"}
    context = {"service_request": service_request, "visit": {"window": {"lower": NOON, "upper": NOON}}}
    for tenant in (texted, by_letter):
        message = Message(
            kind="request_visit", tenant=tenant, occasion="visit", about=ABOUT, context=context, writes="test:a"
        )
        outbox.post(message, at=NOON)

    rows = Notification.objects.order_by("channel")
    assert [(row.channel, row.writes, bool(row.body), row.part == PART) for row in rows] == [
        ("email", "test:a", False, True),
        ("letter", "", True, False),
        ("text", "", True, False),
    ]


def test_a_second_attempt_is_the_same_mail_whatever_happened_since(tenant, says, mailoutbox, monkeypatch):
    row = to_write(tenant, "a")
    says["a"] = "Wat er toen was"
    with monkeypatch.context() as patch:
        patch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", _away)
        deliver()
    says["a"] = "Wat er later was"

    deliver(NOON + MINUTE)

    row.refresh_from_db()
    assert (row.state, row.attempts) == ("sent", 2)
    assert "Wat er toen was" in mailoutbox[0].body


def _away(backend, messages):
    raise SMTPServerDisconnected("gone")


def test_words_that_cannot_be_written_are_parked_after_five_tries_and_hold_up_nobody(tenant, says, mailoutbox):
    poison, other = to_write(tenant, "a", writes="nobody:a"), NotificationFactory()

    for hour in range(12):
        deliver(NOON + timedelta(hours=hour))

    poison.refresh_from_db()
    assert (poison.state, poison.attempts, poison.error) == ("failed", 5, "KeyError")
    assert [mail.to for mail in mailoutbox] == [[other.address]]


@pytest.mark.parametrize("key", ["a", "gone"])
def test_a_worker_that_lost_its_lease_writes_nothing_and_takes_nothing_away(tenant, says, mailoutbox, key):
    row = to_write(tenant, key)
    says["a"] = "Wat er nu is"
    slow = Notification.objects.claim(at=NOON)
    Notification.objects.claim(at=NOON + LEASE)

    assert late.written(slow, at=NOON) is False

    row.refresh_from_db()
    assert (row.body, row.state, row.attempts) == ("", "sending", 2)


def test_the_tenants_own_language_is_written(says, mailoutbox):
    to_write(TenantFactory(name="Ada", language="en"), "a")
    says["a"] = "Now"

    deliver()

    assert "Dear Ada" in mailoutbox[0].body


@pytest.mark.parametrize(
    "lie",
    [
        {"body": ""},
        {"writes": "test:a"},
        {"writes": "test:a", "subject": "Uw melding", "body": ""},
        {"writes": "test:a", "subject": "", "body": "", "state": "sent", "sent_at": NOON, "due_at": None},
        {"writes": "test:a", "subject": "", "body": "", "channel": "text"},
        {"writes": "test:a", "subject": "", "body": "", "secret": True},
    ],
)
def test_a_message_has_words_or_says_what_it_writes(lie):
    with pytest.raises(IntegrityError, match="notification_has_words_or_writes_them"), transaction.atomic():
        NotificationFactory(**lie)


def test_a_page_says_that_it_has_no_words_yet(tenant):
    waits, text, mail = to_write(tenant, "a"), NotificationFactory(channel="text", subject=""), NotificationFactory()

    assert [row.title for row in (waits, text, mail)] == [
        "Bericht dat wordt geschreven als het vertrekt",
        "Sms",
        "Wij hebben uw melding ontvangen",
    ]
