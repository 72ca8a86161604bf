"""One row of a draft of the catalogue at a time. Whatever is changed, the version is locked first."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet

from ..intake.catalogue import SHEETS, Row, identity
from ..intake.difference import seal
from ..models import SHEET_MODELS, SheetRow
from .catalogues import lock_draft

__all__ = ["KeyTaken", "RowChanged", "RowGone", "add_row", "change_row", "move_row", "remove_row", "row_model"]

MODELS = {model.sheet: model for model in SHEET_MODELS}
# What stands together on a page, and is moved within.
TOGETHER = {"problems": "place", "steps": "guide"}


class KeyTaken(Exception):
    """Another row of the sheet has this key."""


class RowChanged(Exception):
    """Somebody changed the row since it was looked at; `current` is how it is now."""

    def __init__(self, current: SheetRow) -> None:
        super().__init__()
        self.current = current


class RowGone(Exception):
    """The row was removed, or all rows were replaced."""


def row_model(sheet: str) -> type[SheetRow]:
    """Raises KeyError."""
    return MODELS[sheet]


@transaction.atomic
def add_row(version: int, sheet: str, cells: Row, *, after: int | None = None) -> SheetRow:
    """A new row after that one, or last of those it belongs with: "something else" stays last of its place.

    Raises NotADraft and KeyTaken.
    """
    rows = _rows(version, sheet)
    _refuse_taken(rows, cells)
    position = _place_of_new(rows, sheet, cells, after)
    rows.filter(position__gte=position).update(position=F("position") + 1)
    return MODELS[sheet]._default_manager.create(version_id=version, position=position, **cells)


@transaction.atomic
def change_row(version: int, sheet: str, pk: int, cells: Row, *, seen: str) -> SheetRow:
    """Raises NotADraft, RowGone, KeyTaken, and RowChanged unless `seen` is the seal of the row as it is."""
    rows = _rows(version, sheet)
    row = _get(rows, pk)
    if seal(row.cells) != seen:
        raise RowChanged(row)
    _refuse_taken(rows.exclude(pk=pk), cells)
    for column in SHEETS[sheet]:
        setattr(row, column, cells[column])
    row.save(update_fields=SHEETS[sheet])
    return row


@transaction.atomic
def remove_row(version: int, sheet: str, pk: int) -> None:
    """Raises NotADraft and RowGone."""
    _get(_rows(version, sheet), pk).delete()


@transaction.atomic
def move_row(version: int, sheet: str, pk: int, *, up: bool) -> None:
    """Change places with the row above or below, of those it belongs with. Raises NotADraft and RowGone."""
    rows = _rows(version, sheet)
    row = _get(rows, pk)
    if group := TOGETHER.get(sheet):
        rows = rows.filter(**{group: getattr(row, group)})
    in_order = sorted(rows, key=_as_shown)
    here = next(number for number, one in enumerate(in_order) if one.pk == pk)
    there = here - 1 if up else here + 1
    if 0 <= there < len(in_order):
        _swap(rows, in_order[here], in_order[there])


def _rows(version: int, sheet: str) -> QuerySet[Any]:
    lock_draft(version)
    return MODELS[sheet]._default_manager.filter(version=version)


def _get(rows: QuerySet[Any], pk: int) -> SheetRow:
    row = rows.filter(pk=pk).first()
    if row is None:
        raise RowGone
    return row


def _refuse_taken(rows: QuerySet[Any], cells: Row) -> None:
    names = ("key",) if "key" in cells else ("guide", "number")
    if rows.filter(**{name: cells[name] for name in names}).exists():
        raise KeyTaken(identity(cells))


def _place_of_new(rows: QuerySet[Any], sheet: str, cells: Row, after: int | None) -> int:
    before = rows.filter(pk=after).first() if after else _last_of_those(rows, sheet, cells)
    before = before or rows.last()
    return before.position + 1 if before else 0


def _last_of_those(rows: QuerySet[Any], sheet: str, cells: Row) -> SheetRow | None:
    if group := TOGETHER.get(sheet):
        rows = rows.filter(**{group: cells[group]})
    if sheet == "problems" and cells["key"] != f"{cells['place']}_other":
        rows = rows.exclude(key=f"{cells['place']}_other")
    return rows.last()


def _as_shown(row: SheetRow) -> tuple[int, int]:
    """Steps go by their number, everything else by its place in the sheet."""
    number = getattr(row, "number", "")
    return (int(number) if number.isascii() and number.isdigit() else 0, row.position)


def _swap(rows: QuerySet[Any], one: SheetRow, other: SheetRow) -> None:
    rows.filter(pk=one.pk).update(position=other.position)
    rows.filter(pk=other.pk).update(position=one.position)
    if one.sheet == "steps":
        mine, theirs = one.cells["number"], other.cells["number"]
        rows.filter(pk=one.pk).update(number="–")  # the number of a step is unique at every moment
        rows.filter(pk=other.pk).update(number=mine)
        rows.filter(pk=one.pk).update(number=theirs)
