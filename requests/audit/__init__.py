"""The promises, proved over the whole database: nothing silent, nothing forgotten, nothing twice.

It only reads. Each statement sees the database as it is at one moment, and reads each table once.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import groupby

from django.db import connection, transaction

from .alarms import ALARMS
from .cases import CASES
from .files import files_without_a_photo, look_for_files, look_for_photos
from .guards import guards
from .invariant import GRACE, Finding, Invariant, prove
from .outbox import OUTBOX
from .people import PEOPLE
from .terms import TERMS

__all__ = ["GRACE", "Finding", "audit", "files_without_a_photo", "invariants", "look_for_files", "look_for_photos"]

AT_ONCE = 2  # statements; the database does each with one process, and may be busy with pages
SETTINGS = {
    "work_mem": "256MB",  # per sort or hash: a million rows are joined without files
    "max_parallel_workers_per_gather": "0",
}


def invariants() -> tuple[Invariant, ...]:
    return (guards(), *CASES, *ALARMS, *TERMS, *PEOPLE, *OUTBOX)


def audit(*, at: datetime) -> Iterator[Finding]:
    """What is found of each invariant, in their order."""
    statements = [list(together) for _, together in groupby(invariants(), key=lambda invariant: invariant.rows)]
    if connection.in_atomic_block:  # what this transaction did, nobody else sees
        yield from (finding for together in statements for finding in _proved(together, at=at))
        return
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda together: _on_a_connection_of_its_own(together, at=at), statements)
        yield from (finding for findings in found for finding in findings)


def _on_a_connection_of_its_own(together: Sequence[Invariant], *, at: datetime) -> list[Finding]:
    try:
        return _proved(together, at=at)
    finally:
        connection.close()


@transaction.atomic
def _proved(together: Sequence[Invariant], *, at: datetime) -> list[Finding]:
    with connection.cursor() as cursor:
        for name, value in SETTINGS.items():
            cursor.execute("SELECT set_config(%s, %s, true)", [name, value])  # until the transaction ends
    return prove(together, at=at)
