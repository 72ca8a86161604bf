"""Signs of life of what does the work: kept in the database, because that is what everybody can reach.

Every worker gives one with each sweep, and watches the others; beat gives one through a task that a worker runs,
so that a silent beat, broker or queue shows as a silent clock. From the first worker on, beat is expected. What went
silent is noticed once, in the log, by whoever looks first (the last worker that dies is noticed by a page), and for
as long as it lasts in the admin and at the address for monitors.
"""

import logging
import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Least

from . import lateness
from .models import SILENT_AFTER, Pulse

__all__ = ["CLOCK", "Engine", "forget", "give", "look", "this_worker", "watch"]

logger = logging.getLogger(__name__)

CLOCK = "beat"
FORGOTTEN_AFTER = timedelta(minutes=10)  # the one that watches took its place

# The programs, and beside each of them since when the oldest message waits: one statement for every page of the staff.
_LOOK = """
SELECT pulse.name, pulse.kind, pulse.heard_at, pulse.missed_at, ({oldest}) AS waiting_since
FROM (VALUES (1)) always LEFT JOIN tenants_pulse pulse ON true
ORDER BY pulse.name
"""


@dataclass(frozen=True)
class Engine:
    """How the engine is. `silent`: programs that died or hang; `waiting_since`: of the oldest message that is late."""

    workers: int
    beats: bool
    silent: tuple[str, ...]
    waiting_since: datetime | None

    @property
    def works(self) -> bool:
        """Whether messages are taken and requests are followed up."""
        return bool(self.workers) and self.beats and not self.silent


def this_worker() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"[:120]


def give(name: str, kind: Pulse.Kind, *, at: datetime) -> None:
    """Say that `name` lives. A clock that runs behind does not take an earlier sign back, unless that is far ahead."""
    expected = [(name, kind), (CLOCK, Pulse.Kind.CLOCK)]
    rows = [Pulse(name=each, kind=kind, started_at=at, heard_at=at) for each, kind in dict.fromkeys(expected)]
    Pulse.objects.bulk_create(rows, ignore_conflicts=True)
    older = Q(heard_at__lt=at) | Q(heard_at__gt=at + SILENT_AFTER)
    Pulse.objects.filter(older, pk=name).update(heard_at=at, started_at=Least(F("started_at"), at), missed_at=None)


def forget(name: str) -> None:
    """It stops, as it should."""
    Pulse.objects.filter(pk=name).delete()


@transaction.atomic
def watch(*, at: datetime) -> list[str]:
    """Notice what went silent, once; returns the names. Safe on several workers at once."""
    gone = Pulse.objects.silent(at=at).filter(missed_at=None).select_for_update(skip_locked=True)
    names = []
    for pulse in gone.order_by("pk"):
        pulse.missed_at = at
        pulse.save(update_fields=["missed_at"])
        logger.error("%s %s was last heard of at %s", pulse.kind, pulse.name, pulse.heard_at.isoformat())
        names.append(pulse.name)
    long_ago = at - FORGOTTEN_AFTER
    Pulse.objects.filter(Q(heard_at__lt=long_ago) | Q(missed_at__lt=long_ago), kind=Pulse.Kind.WORKER).delete()
    return names


def look(*, at: datetime) -> Engine:
    """How the engine is now. Whoever looks first notices what went silent: no worker may be left to do so."""
    with connection.cursor() as cursor:
        cursor.execute(_LOOK.format(oldest=lateness.oldest()), lateness.moments(at=at))
        lines = cursor.fetchall()
    pulses = [Pulse(name=name, kind=kind, heard_at=heard, missed_at=missed) for name, kind, heard, missed, _ in lines]
    there = [pulse for pulse in pulses if pulse.name]
    alive = [pulse for pulse in there if pulse.is_alive(at=at)]
    silent = [pulse for pulse in there if pulse not in alive]
    if any(pulse.missed_at is None for pulse in silent):
        watch(at=at)
    return Engine(
        workers=sum(pulse.kind == Pulse.Kind.WORKER for pulse in alive),
        beats=any(pulse.kind == Pulse.Kind.CLOCK for pulse in alive),
        silent=tuple(pulse.name for pulse in silent),
        waiting_since=lines[0][-1],
    )
