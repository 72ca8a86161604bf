"""What an invariant is, and how one is proved: by one statement that reads every row it is about."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

from django.db import connection

from .. import workflow
from ..models import StatusChange
from ..workflow import FINAL, MOVES, OPEN, OUTCOMES_AFTER_DONE, READY, Actor, Status

__all__ = ["GRACE", "NAMED", "Finding", "Invariant", "prove"]

NAMED = 10  # of those that fail
GRACE = timedelta(minutes=15)  # the clock looks every ten seconds; it may be restarted, and have much to do

Value = datetime | str | list[str]

_PROOF = """
SELECT count(*),
       count(*) FILTER (WHERE holds IS NOT TRUE),
       coalesce((array_agg(named) FILTER (WHERE holds IS NOT TRUE))[1:%(named)s], '{}')
FROM ({rows}) looked_at
"""


@dataclass(frozen=True)
class Invariant:
    """`rows` is a SELECT with a line for each row looked at: `named`, how people call it, and whether it `holds`.

    A name that has to be looked up is best a subselect: it is only asked for where the row fails. `alone` is for
    what groups a whole history: each of several workers of PostgreSQL would do all of that again.
    """

    name: str
    says: str
    rows: str
    alone: bool = False


@dataclass(frozen=True)
class Finding:
    """`first` names ten of those that fail, in no order that means anything."""

    name: str
    says: str
    looked_at: int
    failures: int
    first: tuple[str, ...]
    took: float  # seconds


def prove(invariant: Invariant, *, at: datetime) -> Finding:
    began = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute(_PROOF.replace("{rows}", invariant.rows), {"named": NAMED, **_values(at)})
        looked_at, failures, first = cursor.fetchone()
    return Finding(invariant.name, invariant.says, looked_at, failures, tuple(sorted(first)), time.monotonic() - began)


def _values(at: datetime) -> dict[str, Value]:
    """What the statements ask of the workflow, so that it stays the only one that says what may follow what."""
    return {
        "too_late": at - GRACE,
        "open": sorted(OPEN),
        "ready": sorted(READY),
        "final": sorted(FINAL),
        "after_done": sorted(OUTCOMES_AFTER_DONE),
        "with_a_visit": [workflow.SCHEDULE.target, workflow.START.target],
        "receipt": StatusChange.RECEIPT,
        "reopen": workflow.REOPEN.name,
        "confirm": workflow.CONFIRM.name,
        **_legal_steps(),
    }


@cache
def _legal_steps() -> Mapping[str, list[str]]:
    """Every line that a history can have, as columns."""
    receipts = [
        (StatusChange.RECEIPT, actor.value, "", status.value, "")
        for actor in (Actor.TENANT, Actor.STAFF)
        for status in (Status.RECEIVED, Status.IN_REVIEW)
    ]
    moves = [
        (move.name, actor.value, source.value, move.target.value, str(outcome))
        for move in MOVES
        for actor in move.actors
        for source in move.sources
        for outcome in move.outcomes or ("",)
    ]
    names = ("legal_move", "legal_actor", "legal_old", "legal_new", "legal_outcome")
    return dict(zip(names, map(list, zip(*receipts, *moves, strict=True)), strict=True))
