"""The promises, proved over the whole database: nothing silent, nothing forgotten, nothing twice.

It only reads. Each invariant is one statement, and sees the database as it is at one moment.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from .cases import CASES
from .files import look_for_files
from .guards import guards
from .invariant import GRACE, Finding, Invariant, prove
from .outbox import OUTBOX
from .people import PEOPLE

__all__ = ["GRACE", "Finding", "audit", "invariants", "look_for_files"]

WORK_MEMORY = "256MB"  # so that a million rows are joined without files


def invariants() -> tuple[Invariant, ...]:
    return (guards(), *CASES, *PEOPLE, *OUTBOX)


def audit(*, at: datetime) -> Iterator[Finding]:
    """What is found of each invariant, one after the other."""
    return (_with_memory(invariant, at=at) for invariant in invariants())


@transaction.atomic
def _with_memory(invariant: Invariant, *, at: datetime) -> Finding:
    settings = {"work_mem": WORK_MEMORY} | ({"max_parallel_workers_per_gather": "0"} if invariant.alone else {})
    with connection.cursor() as cursor:
        for name, value in settings.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])  # until the transaction ends
    return prove(invariant, at=at)
