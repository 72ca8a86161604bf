"""Which letters are to be printed, and which were printed together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import CharField, Count, Min, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from tenants.models import Notification, Tenant
from tenants.notifications.models import Channel

__all__ = [
    "AT_MOST", "Batch", "Envelope", "batch_of", "batches", "left_lying", "number_of", "print_letters", "to_print",
    "waiting",
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
        """Where they live as we know it since the last of these."""
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


def to_print() -> list[Envelope]:
    """The oldest first, not more than can be printed at a time."""
    return _envelopes(Notification.objects.letters_to_print().select_related("tenant").order_by("queued_at")[:AT_MOST])


def waiting() -> QuerySet[Notification]:
    """One row for each envelope that waits, however many can be printed at a time: to count."""
    return Notification.objects.letters_to_print().order_by("tenant", "about").distinct("tenant", "about")


def left_lying(*, since_before: date) -> tuple[int, datetime | None]:
    """How many envelopes wait that were written before this day, and when the oldest was."""
    begins = timezone.make_aware(datetime.combine(since_before, time()))
    lying = Notification.objects.letters_to_print().filter(queued_at__lt=begins)
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
    letters = Notification.objects.filter(channel=Channel.LETTER, pk__in=pks)
    waiting = letters.letters_to_print().order_by("pk").select_for_update(no_key=True)
    if now := list(waiting.values_list("pk", flat=True)):
        letters.filter(pk__in=now).update(state=Notification.State.SENT, sent_at=at, attempts=1)
        return at
    return letters.filter(sent_at__isnull=False).order_by("-sent_at").values_list("sent_at", flat=True).first()


def _envelopes(letters: Iterable[Notification]) -> list[Envelope]:
    """In the order of the first letter of each."""
    mine = sorted(letters, key=lambda one: (one.tenant_id, one.about, one.queued_at, one.pk))
    envelopes = [_envelope(list(group)) for _, group in groupby(mine, key=lambda one: (one.tenant_id, one.about))]
    return sorted(envelopes, key=lambda envelope: (envelope.letters[0].queued_at, envelope.letters[0].pk))


def _envelope(letters: Sequence[Notification]) -> Envelope:
    tenant = letters[0].tenant
    assert tenant is not None
    return Envelope(tenant, letters[0].about, tuple(letters))
