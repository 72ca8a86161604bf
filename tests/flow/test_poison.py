"""One row that always fails, among many: the others are done as ever, and a person gets to see the one."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from PIL import Image

from requests import services
from requests.followup import words
from requests.models import Attachment, ServiceRequest
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import (
    NOON,
    DwellingFactory,
    NotificationFactory,
    ReportFactory,
    ServiceRequestFactory,
    TenantFactory,
)
from tests.size import times

pytestmark = pytest.mark.django_db
MANY = times(1000, short=20)
HALFWAY = MANY // 2
SOUND = MANY // 5  # what is done without a bad one, to compare with
AS_QUICK = 1.2  # times as many statements at most


def statements(work):
    """How many the database had to carry out for it, whatever else the machine does; and what came of it."""
    seen = []

    def counted(execute, sql, *rest):
        seen.append(sql)
        return execute(sql, *rest)

    with connection.execute_wrapper(counted):
        result = work()
    return len(seen), result


def deliver_until_nothing_is_due():
    """Run workers for two weeks, looking every hour."""
    for hour in range(14 * 24):
        at = NOON + timedelta(hours=hour)
        delivery.deliver_due(now=lambda at=at: at)


def test_a_poisoned_message_is_parked_after_five_tries_and_the_others_leave_at_once(mailoutbox):
    tenant = TenantFactory()
    NotificationFactory.create_batch(SOUND, tenant=tenant)
    alone, _ = statements(lambda: delivery.deliver_due(now=lambda: NOON))
    mailoutbox.clear()
    rows = [NotificationFactory(tenant=tenant) for _ in range(MANY)]
    poison = rows[HALFWAY]
    Notification.objects.filter(pk=poison.pk).update(subject="two\nlines")  # Django refuses to build this one

    among, _ = statements(lambda: delivery.deliver_due(now=lambda: NOON))
    left_at_once = len(mailoutbox)
    deliver_until_nothing_is_due()

    assert left_at_once == len(mailoutbox) == MANY - 1
    assert among / MANY <= AS_QUICK * alone / SOUND
    poison.refresh_from_db()
    assert (poison.state, poison.attempts, poison.error) == ("failed", 5, "BadHeaderError")
    assert list(Notification.objects.failed()) == [poison]


def test_a_message_whose_worker_dies_every_time_is_parked(mailoutbox):
    poison = NotificationFactory()

    deaths = [Notification.objects.claim(at=NOON + timedelta(hours=n)) == [poison] for n in range(6)]
    delivery.deliver_due(now=lambda: NOON + timedelta(hours=6))

    poison.refresh_from_db()
    assert (deaths, poison.state, poison.error, mailoutbox) == (
        [True] * 6,
        "failed",
        "every worker that took it died",
        [],
    )


def test_what_was_parked_so_is_sent_when_staff_try_it_again(mailoutbox):
    parked = {"state": "failed", "due_at": None, "error": "every worker that took it died", "attempts": 6}
    parked = NotificationFactory(**parked, lost_workers=5)

    delivery.try_again(parked.pk, at=NOON)
    delivery.deliver_due(now=lambda: NOON)

    parked.refresh_from_db()
    assert (parked.state, parked.lost_workers, len(mailoutbox)) == ("sent", 0, 1)


def test_a_poisoned_request_is_raised_in_the_queue_and_the_others_are_followed_up(monkeypatch):
    home = {"dwelling": DwellingFactory(), "reported_by": TenantFactory(), "next_word_at": NOON}
    ServiceRequestFactory.create_batch(SOUND, **home)
    alone, _ = statements(lambda: words.follow_up_one_by_one(at=NOON))
    rows = [ServiceRequestFactory(**home) for _ in range(MANY)]
    poison, tries, holding = rows[HALFWAY], [], words.notifications.holding

    def poisoned(service_request, **kwargs):
        if service_request == poison:
            tries.append(kwargs["still"].at)
            raise RuntimeError("poison")
        return holding(service_request, **kwargs)

    monkeypatch.setattr(words.notifications, "holding", poisoned)
    among, done = statements(lambda: words.follow_up_one_by_one(at=NOON))

    assert (done, tries) == (MANY, [NOON])
    assert among / MANY <= AS_QUICK * alone / SOUND
    assert Notification.objects.filter(kind="request_holding").count() == SOUND + MANY - 1
    assert list(ServiceRequest.objects.due_for_a_word(at=NOON)) == []
    poison.refresh_from_db()
    assert (poison.needs_attention, poison.next_word_at) == (True, NOON + timedelta(hours=1))


def test_what_is_not_put_off_is_tried_again_and_again(monkeypatch):
    ServiceRequestFactory(next_word_at=NOON)
    tries = []

    def poisoned(service_request, **kwargs):
        tries.append(service_request)
        raise RuntimeError("poison")

    monkeypatch.setattr(words.notifications, "holding", poisoned)
    monkeypatch.setattr(words, "_put_off", lambda pk, *, at: None)

    for _ in range(3):
        words.follow_up_next(at=NOON)

    assert len(tries) == 3


def test_a_poisoned_photo_is_left_after_five_tries_and_the_others_get_their_thumbnail():
    report, content = ReportFactory(), BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    photos = []
    for number in range(9):
        data = content.getvalue() if number != 4 else b"not a photo"
        photo = Attachment(report=report, width=40, height=30, bytes=len(data), sha256="0" * 64, at=NOON)
        photo.image.save("photo.jpg", ContentFile(data), save=False)
        photo.save()
        photos.append(photo)

    for _ in range(7):
        services.make_thumbnails()

    assert list(Attachment.objects.without_thumbnail().values_list("pk", "thumbnail_attempts")) == [(photos[4].pk, 5)]
