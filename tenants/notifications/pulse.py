"""Signs of life of what does the work: kept in the database, because that is what everybody can reach.

Every worker gives one with each sweep, and watches the others; beat gives one through a task that a worker runs,
so that a silent beat, broker or queue shows as a silent clock. What went silent is noticed once, in the log, and
for as long as it lasts in the admin.
"""

import logging
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from .models import Notification, Pulse

__all__ = ["CLOCK", "Engine", "forget", "give", "look", "this_worker", "watch", "works"]

logger = logging.getLogger(__name__)

CLOCK = "beat"
FORGOTTEN_AFTER = timedelta(minutes=10)  # the one that watches took its place


@dataclass(frozen=True)
class Engine:
    """How the engine is. `silent`: programs that died or hang; `waiting_since`: the oldest message that is late."""

    workers: int
    silent: tuple[str, ...]
    waiting_since: datetime | None

    @property
    def works(self) -> bool:
        return bool(self.workers) and not self.silent


def this_worker() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"[:120]


def give(name: str, kind: Pulse.Kind, *, at: datetime) -> None:
    """Say that `name` lives. A clock that runs behind does not take an earlier sign back."""
    row = Pulse(name=name, kind=kind, started_at=at, heard_at=at)
    Pulse.objects.bulk_create([row], ignore_conflicts=True)
    Pulse.objects.filter(pk=name, heard_at__lt=at).update(heard_at=at, missed_at=None)


def forget(name: str) -> None:
    """It stops, as it should."""
    Pulse.objects.filter(pk=name).delete()


@transaction.atomic
def watch(*, at: datetime) -> list[str]:
    """Notice what went silent, once; returns the names. Safe on several workers at once."""
    Pulse.objects.filter(kind=Pulse.Kind.WORKER, heard_at__lt=at - FORGOTTEN_AFTER).delete()
    gone = Pulse.objects.silent(at=at).filter(missed_at=None).select_for_update(skip_locked=True)
    names = []
    for pulse in gone.order_by("pk"):
        pulse.missed_at = at
        pulse.save(update_fields=["missed_at"])
        logger.error("%s %s was last heard of at %s", pulse.kind, pulse.name, pulse.heard_at.isoformat())
        names.append(pulse.name)
    return names


def works(*, at: datetime) -> bool:
    """Whether messages leave and requests are followed up; one statement, for every page of the staff."""
    heard = [(pulse.kind, pulse.is_alive(at=at)) for pulse in Pulse.objects.all()]
    return (Pulse.Kind.WORKER, True) in heard and all(alive for _, alive in heard)


def look(*, at: datetime) -> Engine:
    """How the engine is now."""
    pulses = list(Pulse.objects.order_by("pk"))
    alive = [pulse for pulse in pulses if pulse.is_alive(at=at)]
    late = Notification.objects.due(at=at - timedelta(minutes=2)).values_list("due_at", flat=True).first()
    return Engine(
        workers=sum(pulse.kind == Pulse.Kind.WORKER for pulse in alive),
        silent=tuple(pulse.name for pulse in pulses if not pulse.is_alive(at=at)),
        waiting_since=late,
    )
