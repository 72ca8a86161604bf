"""What is different between two states of the catalogue: row by row, cell by cell."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from .catalogue import SHEETS, Row, Sheets, identity

__all__ = ["Cell", "Change", "Kind", "between", "counted", "fingerprint", "seal"]


class Kind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"  # the same row at another place in the order


@dataclass(frozen=True)
class Cell:
    column: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What happened to one row. `cells`: of a new row what is filled in, of one that is gone what it had."""

    sheet: str
    key: str
    kind: Kind
    cells: tuple[Cell, ...] = ()


def between(old: Sheets, new: Sheets) -> list[Change]:
    """Every difference, in the order of the sheets and of the new rows; nothing when they are the same."""
    return [change for sheet in SHEETS for change in _of_sheet(sheet, old.get(sheet, []), new.get(sheet, []))]


def counted(changes: Iterable[Change]) -> dict[str, int]:
    """How many rows were added, removed, changed and moved."""
    numbers = Counter(change.kind.value for change in changes)
    return {kind.value: numbers[kind.value] for kind in Kind}


def fingerprint(sheets: Sheets) -> str:
    """The same for the same rows in the same order, and for nothing else."""
    return _hash([[[row[column] for column in SHEETS[sheet]] for row in sheets[sheet]] for sheet in SHEETS])


def seal(row: Row) -> str:
    """The same for a row with the same cells."""
    return _hash(sorted(row.items()))


def _hash(anything: object) -> str:
    return hashlib.sha256(json.dumps(anything).encode()).hexdigest()


def _of_sheet(sheet: str, old_rows: Sequence[Row], new_rows: Sequence[Row]) -> Iterable[Change]:
    old, new = ({identity(row): row for row in rows} for rows in (old_rows, new_rows))
    stayed = _in_order([key for key in old if key in new], [key for key in new if key in old])
    for key, row in new.items():
        if key not in old:
            yield Change(sheet, key, Kind.ADDED, _cells(sheet, {}, row))
        elif cells := _cells(sheet, old[key], row):
            yield Change(sheet, key, Kind.CHANGED, cells)
        elif key not in stayed:
            yield Change(sheet, key, Kind.MOVED)
    for key, row in old.items():
        if key not in new:
            yield Change(sheet, key, Kind.REMOVED, _cells(sheet, row, {}))


def _cells(sheet: str, old: Row, new: Row) -> tuple[Cell, ...]:
    pairs = ((column, old.get(column, ""), new.get(column, "")) for column in SHEETS[sheet])
    return tuple(Cell(column, before, after) for column, before, after in pairs if before != after)


def _in_order(old: Sequence[str], new: Sequence[str]) -> set[str]:
    """As many keys as possible that follow each other as before: the longest increasing run. The others moved."""
    place = {key: number for number, key in enumerate(old)}
    ends: list[int] = []  # the lowest place that ends a run of each length
    before: dict[str, str | None] = {}
    last: list[str] = []
    for key in new:
        length = bisect_left(ends, place[key])
        before[key] = last[length - 1] if length else None
        ends[length : length + 1], last[length : length + 1] = [place[key]], [key]
    stayed, at = set(), last[-1] if last else None
    while at is not None:
        stayed.add(at)
        at = before[at]
    return stayed
