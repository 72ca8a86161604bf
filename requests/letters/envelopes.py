"""Which letters are to be printed, and which were printed together.

A letter goes to where its reader lives on the day on which it is printed. Who rents no home of ours any more gets none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import CharField, Count, Exists, Min, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from dwellings.models import Tenancy
from tenants.models import Notification, Tenant
from tenants.notifications import addresses
from tenants.notifications.failures import MOVED_OUT
from tenants.notifications.models import Channel, NotificationQuerySet

__all__ = [
    "AT_MOST", "Batch", "Envelope", "batch_of", "batches", "left_lying", "number_of", "print_letters", "put_aside",
    "to_print", "waiting",
]  # fmt: skip

AT_MOST = 100  # letters at a time: a proof with photos takes a while to make
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_ENVELOPE = Concat(Cast("tenant", CharField()), Value("/"), "about")


@dataclass(frozen=True)
class Envelope:
    """Everything for one person about one request, in the order in which it was written: one letter."""

    tenant: Tenant
    about: str
    letters: tuple[Notification, ...]

    @property
    def address(self) -> list[str]:
        """Where they lived when it was printed, or live now."""
        return [self.tenant.name, *self.letters[-1].address.split("\n")]


@dataclass(frozen=True)
class Batch:
    """What was printed together, at that moment; `letters` are those that go by post, one for each envelope."""

    printed_at: datetime
    letters: int

    @property
    def number(self) -> int:
        return number_of(self.printed_at)


def number_of(printed_at: datetime) -> int:
    """What a batch is called in an address: its moment in microseconds."""
    return (printed_at - EPOCH) // MICROSECOND


def to_print(*, at: datetime) -> list[Envelope]:
    """The oldest first, not more than can be printed at a time."""
    letters = list(_deliverable(at=at).select_related("tenant").order_by("queued_at")[:AT_MOST])
    _address(letters, at=at)
    return _envelopes(letters)


def waiting(*, at: datetime) -> QuerySet[Notification]:
    """One row for each envelope that waits, however many can be printed at a time: to count."""
    return _deliverable(at=at).order_by("tenant", "about").distinct("tenant", "about")


def left_lying(*, since_before: date, at: datetime) -> tuple[int, datetime | None]:
    """How many envelopes wait that were written before this day, and when the oldest was."""
    begins = timezone.make_aware(datetime.combine(since_before, time()))
    lying = _deliverable(at=at).filter(queued_at__lt=begins)
    found = lying.aggregate(envelopes=Count(_ENVELOPE, distinct=True), oldest=Min("queued_at"))
    return found["envelopes"], found["oldest"]


def batch_of(number: int) -> list[Envelope]:
    """What was printed together; nothing when there is no such batch."""
    try:
        printed_at = EPOCH + number * MICROSECOND
    except OverflowError:
        return []
    printed = Notification.objects.filter(channel=Channel.LETTER, sent_at=printed_at)
    return _envelopes(printed.select_related("tenant"))


def batches(*, since: datetime) -> list[Batch]:
    """The newest first."""
    printed = Notification.objects.filter(channel=Channel.LETTER, sent_at__gte=since)
    found = printed.values("sent_at").annotate(letters=Count(_ENVELOPE, distinct=True)).order_by("-sent_at")
    return [Batch(one["sent_at"], one["letters"]) for one in found if one["sent_at"]]


@transaction.atomic
def print_letters(pks: Sequence[int], *, at: datetime) -> datetime | None:
    """Say that these letters go by post now; returns when they were printed, or nothing when there are none.

    Said twice it counts once: then it is the moment of the first time.
    """
    letters = list(_deliverable(at=at).filter(pk__in=pks).order_by("pk").select_for_update(no_key=True))
    if letters:
        _address(letters, at=at)
        for letter in letters:
            letter.state, letter.sent_at, letter.attempts = Notification.State.SENT, at, 1
        Notification.objects.bulk_update(letters, ["address", "state", "sent_at", "attempts"])
        return at
    printed = Notification.objects.filter(channel=Channel.LETTER, pk__in=pks, sent_at__isnull=False)
    return printed.order_by("-sent_at").values_list("sent_at", flat=True).first()


def put_aside(*, at: datetime) -> int:
    """Letters to who left cannot be delivered; how many there were. Staff read of it, so no monitor need call."""
    gone = Notification.objects.letters_to_print().exclude(_lives_somewhere(at=at))
    return gone.update(state=Notification.State.FAILED, error=MOVED_OUT, seen_at=at)


def _deliverable(*, at: datetime) -> NotificationQuerySet:
    return Notification.objects.letters_to_print().filter(_lives_somewhere(at=at))


def _lives_somewhere(*, at: datetime) -> Exists:
    return Exists(Tenancy.objects.current(on=timezone.localdate(at)).filter(tenant=OuterRef("tenant")))


def _address(letters: Sequence[Notification], *, at: datetime) -> None:
    """Who moved to another home of ours gets them there."""
    homes = addresses.of_each({letter.tenant_id for letter in letters if letter.tenant_id}, at=at)
    for letter in letters:
        letter.address = homes.get(letter.tenant_id or 0, letter.address)


def _envelopes(letters: Iterable[Notification]) -> list[Envelope]:
    """In the order of the first letter of each."""
    mine = sorted(letters, key=lambda one: (one.tenant_id, one.about, one.queued_at, one.pk))
    envelopes = [_envelope(list(group)) for _, group in groupby(mine, key=lambda one: (one.tenant_id, one.about))]
    return sorted(envelopes, key=lambda envelope: (envelope.letters[0].queued_at, envelope.letters[0].pk))


def _envelope(letters: Sequence[Notification]) -> Envelope:
    tenant = letters[0].tenant
    assert tenant is not None
    return Envelope(tenant, letters[0].about, tuple(letters))
