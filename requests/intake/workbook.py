"""A workbook (.xlsx) with a sheet per sheet of the catalogue: written, and read without believing a word of it.

Calamine never runs a formula, but it lays a sheet out in memory from its first cell to its last, wherever that is.
So the cells are counted first, and only then handed over.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable

import python_calamine
from django.utils.translation import gettext as _

from .archive import UnreadableFile, packed
from .catalogue import SHEETS, Sheets

__all__ = ["is_workbook", "read", "write"]

Cells = list[list[object]]

PART = "xl/workbook.xml"
KEPT = ("xl/", "_rels/", "[Content_Types].xml")
LAST_ROW, LAST_COLUMN = 5_000, "AZ"
MOST_CELLS = 150_000
LONGEST_STRING = 20_000  # bytes of XML; texts have 600 characters
CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*?)(/?)>(?:\s*<(?:\w+:)?(f)\b)?")
PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([^"']*)["']""")
ADDRESS = re.compile(rb"([A-Z]{1,3})([0-9]{1,7})")
WIDTHS = {"_nl": 45, "_en": 45, "key": 28, "place": 16, "thing": 16, "questions": 30}


def write(sheets: Sheets) -> bytes:
    """Every cell is text, so that nothing in it is ever a formula, a link or a number."""
    import xlsxwriter  # noqa: PLC0415 -- 17 MB that only the web needs, and rarely

    out = io.BytesIO()
    options = {"in_memory": True} | dict.fromkeys(
        ("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False
    )
    with xlsxwriter.Workbook(out, options) as book:
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        head = book.add_format({"num_format": "@", "bold": True, "bg_color": "#e6efee", "bottom": 1})
        for name, columns in SHEETS.items():
            page = book.add_worksheet(name)
            page.freeze_panes(1, 1)
            page.autofilter(0, 0, max(len(sheets[name]), 1), len(columns) - 1)
            for number, column in enumerate(columns):
                page.set_column(number, number, _width(column), text)
                page.write_string(0, number, column, head)
                for line, row in enumerate(sheets[name], start=1):
                    page.write_string(line, number, row[column], text)
    return out.getvalue()


def _width(column: str) -> int:
    return next((width for end, width in WIDTHS.items() if column.endswith(end)), 13)


def is_workbook(files: Iterable[str]) -> bool:
    return PART in files


def read(files: dict[str, bytes]) -> dict[str, Cells]:
    """The cells of every sheet, from its first row on. Raises UnreadableFile."""
    kept = {name: content for name, content in files.items() if name.startswith(KEPT) and not name.endswith(".bin")}
    _refuse_what_is_too_much(kept)
    try:
        with python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(packed(kept))) as book:
            return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}  # type: ignore[misc]  # it has no types
    except BaseException as cause:
        # What Rust calls a panic comes from outside Exception, and has no name to catch it by.
        if not isinstance(cause, Exception) and type(cause).__name__ != "PanicException":
            raise
        raise UnreadableFile(_("This workbook cannot be read. Open it, save it as .xlsx and send that.")) from cause


def _refuse_what_is_too_much(files: dict[str, bytes]) -> None:
    cells = 0
    for name, content in files.items():
        if b"\x00" in content and name.endswith((".xml", ".rels")):
            raise UnreadableFile(_("This workbook cannot be read. Open it, save it as .xlsx and send that."))
        if max(map(len, content.split(b"si>"))) > LONGEST_STRING and name.lower().endswith("sharedstrings.xml"):
            raise UnreadableFile(_("A cell of this workbook has far too much text. Is it the right file?"))
        for found in CELL.finditer(content):
            if not found[2]:
                cells += 1
                _refuse_cell(found)
    if cells > MOST_CELLS:
        raise UnreadableFile(_too_many_rows())


def _refuse_cell(found: re.Match[bytes]) -> None:
    place = PLACE.search(found[1])
    address = ADDRESS.fullmatch(place[1]) if place else None
    if address is None:
        raise UnreadableFile(_("This workbook cannot be read. Open it, save it as .xlsx and send that."))
    if int(address[2]) > LAST_ROW:
        raise UnreadableFile(_too_many_rows())
    if (len(address[1]), address[1]) > (len(LAST_COLUMN), LAST_COLUMN.encode()):
        raise UnreadableFile(
            _("There is something far to the right, in cell %(cell)s. Clear it, save the workbook and send it again.")
            % {"cell": address[0].decode()}
        )
    if found[3]:
        raise UnreadableFile(
            _("There is a formula in cell %(cell)s. Copy the sheet, paste it as values, and send it again.")
            % {"cell": address[0].decode()}
        )


def _too_many_rows() -> str:
    return _("A sheet has more than %(count)s rows. Clear what is below the catalogue, and send it again.") % {
        "count": f"{LAST_ROW:_}".replace("_", ".")
    }
