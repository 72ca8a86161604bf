"""The whole catalogue as one file: a workbook, or a zip with a CSV file per sheet.

What is written is read back exactly. Reading never raises for what is wrong with rows: all of that is listed at once,
each fault with its sheet and row.
"""

from __future__ import annotations

import csv
import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from . import checks, workbook
from .archive import MOST_BYTES, UnreadableFile, packed, unpacked
from .catalogue import SHEETS, Row, Sheets
from .checks import Fault

__all__ = ["MOST_BYTES", "MOST_ROWS", "Received", "UnreadableFile", "read", "write_workbook", "write_zip"]

MOST_ROWS = 5_000  # of a sheet
SEPARATORS = (";", ",", "\t")
# A program that opens CSV takes what begins like this for a formula. A quote before it says that it is text; what
# begins with such quotes itself gets one more, so that reading takes away exactly what writing added.
LIKE_A_FORMULA = re.compile(r"'*[=+\-@＝＋－＠\t\r]")
QUOTED = re.compile(r"'+[=+\-@＝＋－＠\t\r]")
NOT_TEXT = (bool, datetime.date, datetime.time, datetime.timedelta)

Cells = Sequence[Sequence[object]]


@dataclass
class Received:
    """What a file holds; `faults` is everything that is wrong with it, and then nothing may be done with `sheets`."""

    sheets: Sheets = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


def write_workbook(sheets: Sheets) -> bytes:
    return workbook.write(sheets)


def write_zip(sheets: Sheets) -> bytes:
    """CSV as Excel opens it in Dutch: semicolons, and a mark that says it is UTF-8."""
    return packed({f"{name}.csv": _csv(columns, sheets[name]) for name, columns in SHEETS.items()})


def _csv(columns: Sequence[str], rows: Iterable[Row]) -> bytes:
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([_as_text(row[column]) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _as_text(cell: str) -> str:
    return f"'{cell}" if LIKE_A_FORMULA.match(cell) else cell


def read(data: bytes) -> Received:
    """What is in a workbook or a zip. Raises UnreadableFile when it is neither."""
    if not data:
        raise UnreadableFile(_("This file is empty. Choose another one."))
    files = unpacked(data)
    received = Received()
    tables = workbook.read(files) if workbook.is_workbook(files) else _read_csv_files(files, received)
    for name in tables:
        if name not in SHEETS:
            why = _("this sheet is not known; the sheets are %(sheets)s") % {"sheets": ", ".join(SHEETS)}
            received.faults.append(Fault(name[:60], 0, "", why))
    for name in SHEETS:
        if name in tables:
            _take_in(name, tables[name], received)
    _check(received)
    return received


def _check(received: Received) -> None:
    """Add what is wrong with the rows; not where whole sheets could not be read, nor about a row that is empty."""
    if received.faults and received.sheets.keys() != SHEETS.keys():
        return
    empty = {
        (name, line) for name, rows in received.sheets.items() for line, row in enumerate(rows, 2) if _is_empty(row)
    }
    found = checks.faults(received.sheets)
    received.faults += [fault for fault in found if (fault.sheet, fault.line) not in empty]


def _is_empty(row: Row) -> bool:
    return not any(row.values())


def _read_csv_files(files: dict[str, bytes], received: Received) -> dict[str, Cells]:
    tables: dict[str, Cells] = {}
    for path, content in files.items():
        name, is_csv = PurePosixPath(path).stem, path.lower().endswith(".csv")
        if is_csv and not path.startswith("__MACOSX/"):
            try:
                tables[name] = _rows_of(content)
            except (UnicodeError, csv.Error):
                why = _("this is not CSV in UTF-8; in Excel, save as “CSV UTF-8”")
                received.faults.append(Fault(name[:60], 0, "", why))
                tables.setdefault(name, [])
    if not tables:
        raise UnreadableFile(
            _("There is no catalogue in this file. It must be a workbook (.xlsx), or a zip with six CSV files.")
        )
    return tables


def _rows_of(content: bytes) -> list[list[object]]:
    text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    first = text.split("\n", 1)[0]
    separator = max(SEPARATORS, key=first.count)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    return [[_from_text(cell) for cell in line] for line in lines]


def _from_text(cell: str) -> str:
    return cell[1:] if QUOTED.match(cell) else cell


# --- cells become rows ------------------------------------------------------------------------------------------------


def _take_in(name: str, cells: Cells, received: Received) -> None:
    """The rows of a sheet, or what is wrong with its first line."""
    lines = _without_empty_end(cells)
    head = [str(cell).strip() for cell in lines[0]] if lines else []
    while head and not head[-1]:
        head.pop()
    if why := _wrong_with_head(name, head):
        received.faults += [Fault(name, 1, "", text) for text in why]
        return
    if len(lines) - 1 > MOST_ROWS:
        received.faults.append(
            Fault(name, 0, "", _("there are more than %(count)s rows") % {"count": f"{MOST_ROWS:_}".replace("_", ".")})
        )
        return
    rows = received.sheets[name] = []
    for line, values in enumerate(lines[1:], start=2):
        rows.append(_row(name, line, head, values, received))


def _without_empty_end(cells: Cells) -> list[Sequence[object]]:
    lines = list(cells)
    while lines and all(cell in ("", None) for cell in lines[-1]):
        lines.pop()
    return lines


def _wrong_with_head(name: str, head: Sequence[str]) -> list[str]:
    if not head:
        return [_("this sheet is empty; the first row must be %(columns)s") % {"columns": ", ".join(SHEETS[name])}]
    missing = [column for column in SHEETS[name] if column not in head]
    strange = [column[:60] or "–" for column in dict.fromkeys(head) if column not in SHEETS[name]]
    double = [column for column in dict.fromkeys(head) if head.count(column) > 1 and column in SHEETS[name]]
    return [
        *(_("the column %(column)s is missing") % {"column": column} for column in missing),
        *(_("the column “%(column)s” is not known") % {"column": column} for column in strange),
        *(_("the column %(column)s is there more than once") % {"column": column} for column in double),
    ]


def _row(name: str, line: int, head: Sequence[str], values: Sequence[object], received: Received) -> Row:
    row = dict.fromkeys(SHEETS[name], "")
    for column, value in zip(head, values, strict=False):
        if isinstance(value, NOT_TEXT):
            why = _("%(column)s is a date or a tick, not text; type it as text") % {"column": column}
            received.faults.append(Fault(name, line, "", why))
            row[column] = "?"
        else:
            row[column] = _text(value)
    if any(value not in ("", None) for value in values[len(head) :]):
        received.faults.append(Fault(name, line, "", _("there is something beside the last column")))
    if _is_empty(row):
        received.faults.append(Fault(name, line, "", _("this row is empty; remove it")))
    return row


def _text(value: object) -> str:
    """Excel makes a number of what looks like one: 3 comes back as 3.0."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return "" if value is None else str(value)
