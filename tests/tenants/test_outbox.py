from datetime import datetime, time, timedelta

import pytest
from django.db import transaction

from tenants.notifications import outbox, quiet_hours
from tenants.notifications.models import Notification
from tenants.notifications.outbox import Message

from ..factories import NOON, TenantFactory

pytestmark = pytest.mark.django_db
KIND = "request_withdrawn"


@pytest.fixture
def message(db):
    def make(**changes):
        fields = {"kind": KIND, "tenant": TenantFactory(), "occasion": "withdrawn-1", "context": _a_request()}
        return Message(**(fields | changes))

    return make


def test_a_message_is_a_row_in_the_language_of_the_tenant(message):
    english = message(tenant=TenantFactory(language="en", name="Ada"))

    outbox.post(english, at=NOON)

    notification = Notification.objects.get()
    assert notification.subject == "You have withdrawn request 2026-000007"
    assert notification.body.startswith("Dear Ada,\n\nYou have withdrawn your request.")


def test_a_dutch_message_is_dutch(message):
    outbox.post(message(tenant=TenantFactory(name="Ada")), at=NOON)

    notification = Notification.objects.get()
    assert notification.subject == "U hebt melding 2026-000007 ingetrokken"
    assert notification.body.startswith("Beste Ada,\n\nU hebt uw melding ingetrokken.")


def test_an_occasion_is_told_once(message):
    once = message()

    outbox.post(once, at=NOON)
    outbox.post(once, at=NOON + timedelta(minutes=1))

    assert Notification.objects.count() == 1


def test_a_message_that_is_rolled_back_was_never_there(message):
    class Oops(Exception):
        pass

    with pytest.raises(Oops), transaction.atomic():
        outbox.post(message(), at=NOON)
        raise Oops

    assert Notification.objects.count() == 0


def test_workers_are_woken_after_the_commit(message, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        outbox.post(message(), at=NOON)

    assert len(callbacks) == 1


def test_nobody_is_told_anything_without_an_address(message):
    outbox.post(message(tenant=TenantFactory(user=None)), at=NOON)

    assert Notification.objects.count() == 0


def test_who_wants_texts_gets_one_for_a_visit(message):
    tenant = TenantFactory(wants_texts=True, phone="06-55500001")
    window = (NOON + timedelta(days=2), NOON + timedelta(days=2, hours=2))

    outbox.post(
        message(
            kind="request_scheduled",
            tenant=tenant,
            context=_a_request() | {"window": window, "craftsman": ""},
        ),
        at=NOON,
    )

    texts = Notification.objects.filter(channel="text")
    assert [(text.address, text.body) for text in texts] == [
        (
            "06-55500001",
            "Woonstichting De Linde: er komt een vakman op woensdag 4 maart "
            "tussen 12:00 en 14:00 uur voor melding 2026-000007.",
        )
    ]


def test_what_a_tenant_typed_starts_no_header_and_no_markup(message):
    hostile = "Piet\r\nBcc: all@example.org <script>alert(1)</script>"

    outbox.post(message(tenant=TenantFactory(name=hostile[:120])), at=NOON)

    notification = Notification.objects.get()
    assert "\n" not in notification.subject
    assert "<script>" not in notification.html
    assert "&lt;script&gt;" in notification.html


def test_in_danger_the_number_is_tapped_in_the_mail(message):
    outbox.post(message(), at=NOON)

    mail = Notification.objects.get()
    assert '<a href="tel:0885550100">088\u00a0555\u00a001\u00a000</a>' in mail.html
    assert '<a href="tel:112">112</a>' in mail.html
    assert "088 555 01 00" in mail.body


def test_a_secret_is_told_per_address(db):
    for address in ("a@example.org", "b@example.org"):
        outbox.post_secret(
            address=address,
            kind="code",
            occasion=f"code-{address}",
            subject="Uw code",
            body="123",
            html="",
            at=NOON,
        )

    assert list(Notification.objects.values_list("address", "secret", "tenant").order_by("pk")) == [
        ("a@example.org", True, None),
        ("b@example.org", True, None),
    ]


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-03-02 07:59", "2026-03-02 08:00"),
        ("2026-03-02 08:00", "2026-03-02 08:00"),
        ("2026-03-02 20:59", "2026-03-02 20:59"),
        ("2026-03-02 21:00", "2026-03-03 08:00"),
        ("2026-03-02 00:10", "2026-03-02 08:00"),
        ("2026-03-28 23:30", "2026-03-29 08:00"),  # the night summer time begins
        ("2026-10-24 23:30", "2026-10-25 08:00"),  # the night it ends
        ("2026-12-31 22:00", "2027-01-01 08:00"),
    ],
)
def test_no_telephone_buzzes_at_night(now, leaves):
    assert quiet_hours.earliest(_local(now)) == _local(leaves)


def test_quiet_hours_may_be_none(settings):
    settings.QUIET_HOURS = (time(0), time(0))

    assert quiet_hours.earliest(_local("2026-03-02 00:10")) == _local("2026-03-02 00:10")


@pytest.mark.parametrize(
    ("now", "leaves"),
    [
        ("2026-03-02 12:00", "2026-03-02 12:00"),
        ("2026-03-02 00:00", "2026-03-02 07:00"),
        ("2026-03-02 07:00", "2026-03-02 07:00"),
    ],
)
def test_quiet_hours_may_begin_after_midnight(settings, now, leaves):
    settings.QUIET_HOURS = (time(0), time(7))

    assert quiet_hours.earliest(_local(now)) == _local(leaves)


def test_a_message_written_at_night_leaves_in_the_morning_and_a_secret_at_once(message):
    night = _local("2026-03-02 23:00")

    outbox.post(message(), at=night)
    outbox.post_secret(address="a@example.org", kind="code", occasion="c", subject="C", body="1", html="", at=night)

    assert list(Notification.objects.order_by("pk").values_list("due_at", flat=True)) == [
        _local("2026-03-03 08:00"),
        night,
    ]


def _a_request():
    return {
        "service_request": {"reference": "2026-000007", "title": "Keuken: de kraan druppelt"},
        "change": {"note": ""},
    }


def _local(text):
    return datetime.fromisoformat(text).replace(tzinfo=NOON.tzinfo)
