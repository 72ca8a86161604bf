"""What an invariant is, and how one is proved: by one statement that reads every row it is about."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection

from .. import workflow
from ..models import StatusChange
from ..workflow import FINAL, MOVES, OPEN, OUTCOMES_AFTER_DONE, READY, Actor, Status

__all__ = ["GRACE", "NAMED", "Finding", "Invariant", "prove"]

NAMED = 10  # of those that fail
GRACE = timedelta(minutes=15)  # the clock looks every ten seconds; it may be restarted, and have much to do

Value = datetime | str | list[str]

_MAY_BE_SILENT = (workflow.REVIEW, workflow.PLAN, workflow.START)  # no answer to anybody, if nobody was told

_COUNTED = "count(*) FILTER (WHERE {about}), count(*) FILTER (WHERE ({holds}) IS NOT TRUE AND ({about}))"
_NAMED = "SELECT named FROM ({rows}) looked_at WHERE ({holds}) IS NOT TRUE AND ({about}) LIMIT %(named)s"


@dataclass(frozen=True)
class Invariant:
    """`rows` is a SELECT with a line for each row looked at, and `named`, how people call it.

    Of those that it is `about`, it `holds`. Invariants that stand together and have the same rows are proved by one
    statement, which reads those rows once. A name that has to be looked up is best a subselect: it is only asked for
    where the row fails.
    """

    name: str
    says: str
    rows: str
    holds: str = "holds"
    about: str = "true"


@dataclass(frozen=True)
class Finding:
    """`first` names ten of those that fail, in no order that means anything."""

    name: str
    says: str
    looked_at: int
    failures: int
    first: tuple[str, ...]
    took: float | None  # seconds; None for one that was proved together with the one before it


def prove(together: Sequence[Invariant], *, at: datetime) -> list[Finding]:
    """Prove invariants of the same rows."""
    began = time.monotonic()
    counts = ", ".join(_COUNTED.format(about=one.about, holds=one.holds) for one in together)
    values = {"named": NAMED, **_values(at)}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts} FROM ({together[0].rows}) looked_at", values)
        counted = cursor.fetchone()
    found = []
    for number, one in enumerate(together):
        looked_at, failures = counted[2 * number : 2 * number + 2]
        first = _named(one, values) if failures else ()
        found.append((one.name, one.says, looked_at, failures, first))
    took = time.monotonic() - began
    return [Finding(*each, took=None if number else took) for number, each in enumerate(found)]


def _named(invariant: Invariant, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Asked again, and only where something fails: so no list grows with what fails."""
    statement = _NAMED.format(rows=invariant.rows, about=invariant.about, holds=invariant.holds)
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return tuple(sorted(name for (name,) in cursor.fetchall()))


def _values(at: datetime) -> dict[str, Value]:
    """What the statements ask of the workflow, so that it stays the only one that says what may follow what."""
    return {
        "at": at,
        "too_late": at - GRACE,
        "open": sorted(OPEN),
        "ready": sorted(READY),
        "final": sorted(FINAL),
        "after_done": sorted(OUTCOMES_AFTER_DONE),
        "with_a_visit": [workflow.SCHEDULE.target, workflow.START.target],
        "receipt": StatusChange.RECEIPT,
        "answer": workflow.ANSWER.name,
        "reopen": workflow.REOPEN.name,
        "confirm": workflow.CONFIRM.name,
        "may_be_silent": [move.name for move in _MAY_BE_SILENT],
        "legal_steps": list(_legal_steps()),
    }


@cache
def _legal_steps() -> tuple[str, ...]:
    """Every line that a history can have: move, actor, from, to, outcome, and whether it waits for something."""
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
    return tuple("/".join((*step, str(step[3] == Status.WAITING).lower())) for step in [*receipts, *moves])
