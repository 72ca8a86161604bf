"""Very many requests at once, for measuring: written by the database itself, with the shape of two years.

Not a corporation to look at (that is the rest of this package) but one to count: 2.8 requests per
home, seasons left out, a mean mark near 7.7, one in five answers the survey. Each is a whole case, with its history,
its moved promise, what its tenant said and what they were told. The same rows every time.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from requests.models import ServiceRequest
from tenants.models import User

from .bulk_tables import BODY, CHANCES, PLACES, REQUESTS, Table

REQUESTS_PER_DWELLING = 2.8
DWELLINGS_PER_COMPLEX = 100
DAYS_UNTIL_READY = 6.0
STAFF = "meter@bulk.example"
QUIET_FOR = timedelta(days=3)


@transaction.atomic
def fill(*, requests: int, at: datetime, days_until_ready: float = DAYS_UNTIL_READY) -> None:
    """Add `requests` requests received in the two years before `at`, with places, people and answers. Once.

    None of them is due: what measures should not meet work that nobody asked for.
    """
    there = ServiceRequest.objects.filter(reference__startswith="B-")
    if there.exists():
        there.open().update(next_word_at=at + QUIET_FOR, watch_at=at + QUIET_FOR)
        return
    dwellings = max(int(requests / REQUESTS_PER_DWELLING), 1)
    staff, _ = User.objects.get_or_create(
        email=STAFF, defaults={"password": "!", "first_name": "M.", "date_joined": at}
    )
    numbers: dict[str, Any] = {
        "requests": requests,
        "dwellings": dwellings,
        "complexes": max(dwellings // DWELLINGS_PER_COMPLEX, 1),
        "days": days_until_ready,
        "staff": staff.pk,
        "body": BODY,
        "at": at,
        "due": at + QUIET_FOR,
    }
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(0.42)")
        for table in PLACES:
            _insert(table, numbers)
        cursor.execute(CHANCES, numbers)
        cursor.execute("ANALYZE bulk")
        for table in REQUESTS:
            _insert(table, numbers)


def _insert(table: Table, numbers: Mapping[str, Any]) -> None:
    """One statement for the whole table, and statistics for the next one."""
    model, columns, source = table
    name = model._meta.db_table
    others = {
        field.column: field.get_db_prep_save(field.get_default(), connection)
        for field in model._meta.concrete_fields
        if not (field.primary_key or field.generated or field.has_db_default() or field.column in columns)
    }
    chosen = dict(columns) | {column: f"%(default_{column})s" for column in others}
    names, values = ", ".join(f'"{name}"' for name in chosen), ", ".join(chosen.values())
    defaults: dict[str, Any] = {f"default_{column}": value for column, value in others.items()}
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {name} ({names}) SELECT {values} FROM {source}", dict(numbers) | defaults)
        cursor.execute(f"ANALYZE {name}")


def settle() -> None:
    """Do at once what the database otherwise does in its own time: statistics, and what is visible to all."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
