"""One row that always fails, among many: the others are done as ever, and a person gets to see the one."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.base import ContentFile
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
MANY = times(1000, short=100)
HALFWAY = MANY // 2


def deliver_until_nothing_is_due():
    """Run workers for two weeks, looking every hour."""
    for hour in range(14 * 24):
        at = NOON + timedelta(hours=hour)
        delivery.deliver_due(now=lambda at=at: at)


def test_a_poisoned_message_is_parked_after_five_tries_and_the_others_leave_at_once(mailoutbox):
    tenant = TenantFactory()
    rows = [NotificationFactory(tenant=tenant) for _ in range(MANY)]
    poison = rows[HALFWAY]
    Notification.objects.filter(pk=poison.pk).update(subject="two\nlines")  # Django refuses to build this one

    delivery.deliver_due(now=lambda: NOON)
    left_at_once = len(mailoutbox)
    deliver_until_nothing_is_due()

    assert left_at_once == len(mailoutbox) == MANY - 1
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
    dwelling, tenant = DwellingFactory(), TenantFactory()
    rows = [ServiceRequestFactory(dwelling=dwelling, reported_by=tenant, next_word_at=NOON) for _ in range(MANY)]
    poison, tries, holding = rows[HALFWAY], [], words.notifications.holding

    def poisoned(service_request, **kwargs):
        if service_request == poison:
            tries.append(kwargs["still"].at)
            raise RuntimeError("poison")
        return holding(service_request, **kwargs)

    monkeypatch.setattr(words.notifications, "holding", poisoned)
    done = words.follow_up_one_by_one(at=NOON)

    assert (done, tries) == (MANY, [NOON])
    assert Notification.objects.filter(kind="request_holding").count() == MANY - 1
    assert list(ServiceRequest.objects.due_for_a_word(at=NOON)) == []
    poison.refresh_from_db()
    assert (poison.needs_attention, poison.next_word_at) == (True, NOON + timedelta(hours=1))


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
