"""What is wrong with the sheets of a catalogue: everything at once, each fault with its row."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from . import pictures, vera
from .catalogue import (
    ACUTE,
    CATEGORIES,
    COVERS,
    PAID_BY,
    PHONE,
    QUESTION_KINDS,
    SHARED,
    SHEETS,
    URGENCIES,
    Row,
    Sheets,
    identity,
)  # fmt: skip

__all__ = ["Fault", "InvalidCatalogue", "faults", "refuse"]

YES_OR_NO = ("yes", "no")
MAY_BE_EMPTY = {
    "problems": {"cover", "price", "causes", "questions", "guide", "words_nl", "words_en", "abc"},
    "questions": {"options_nl", "options_en", "raises"},
}
# What fits in the database; a column that may only hold a known word is not named here.
LONGEST = {
    "key": 60,
    "icon": 40,
    "picture": 40,
    "number": 2,
    "price": 5,
    "abc": 60,
    "causes": 60,
    "name_nl": 60,
    "name_en": 60,
    "title_nl": 100,
    "title_en": 100,
    "problem_nl": 100,
    "problem_en": 100,
    "questions": 200,
    "question_nl": 200,
    "question_en": 200,
}
LONGEST_TEXT = 600
KEY = re.compile(r"[A-Za-z0-9_]+")
# Line breaks and what no page, workbook or database can show.
UNSHOWABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong. `line` counts the header as 1, as a spreadsheet does; 0 is about the whole sheet."""

    sheet: str
    line: int
    key: str
    why: str

    def __str__(self) -> str:
        where = _("%(sheet)s, row %(line)d") % {"sheet": self.sheet, "line": self.line} if self.line else self.sheet
        return f"{where} ({self.key}): {self.why}" if self.key else f"{where}: {self.why}"


class InvalidCatalogue(ValueError):
    """The sheets cannot be right; `faults` are all that is wrong with them."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


def refuse(sheets: Sheets) -> None:
    """Raises InvalidCatalogue when anything is wrong."""
    if found := faults(sheets):
        raise InvalidCatalogue(found)


def faults(sheets: Sheets) -> list[Fault]:
    """All that is wrong, in the order of the sheets; nothing: a tree can be built and every path in it ends."""
    shape = [fault for name in SHEETS for fault in _shape(name, sheets.get(name))]
    if shape:
        return shape  # the rest reads cells that may not be there
    return [fault for check in (_cells, _values, _steps, _choices, _ends) for fault in check(sheets)]


def _numbered(sheets: Sheets, name: str) -> Iterable[tuple[int, Row]]:
    return enumerate(sheets[name], start=2)


def _shape(name: str, rows: list[Row] | None) -> Iterable[Fault]:
    if rows is None:
        yield Fault(name, 0, "", _("this sheet is missing"))
        return
    for line, row in enumerate(rows, start=2):
        strange = [str(column) for column in row if column not in SHEETS[name]]
        missing = [column for column in SHEETS[name] if not isinstance(row.get(column), str)]
        if strange or missing:
            why = _("the columns must be %(columns)s") % {"columns": ", ".join(SHEETS[name])}
            yield Fault(name, line, "", why)
            return


def _cells(sheets: Sheets) -> Iterable[Fault]:
    for name in SHEETS:
        often = Counter(map(identity, sheets[name]))
        for line, row in _numbered(sheets, name):
            key = row.get("key", row.get("guide", ""))
            for column, cell in row.items():
                yield from (Fault(name, line, key, why) for why in _wrong_with_cell(name, column, cell))
            if often[identity(row)] > 1:
                yield Fault(name, line, key, _("this key is used more than once"))


def _wrong_with_cell(name: str, column: str, cell: str) -> Iterable[str]:
    if not cell.strip():
        if column not in MAY_BE_EMPTY.get(name, ()):
            yield _("%(column)s is empty") % {"column": column}
    elif column == "key" and not KEY.fullmatch(cell):
        yield _("a key has only letters, digits and _")
    if (over := len(cell) - LONGEST.get(column, LONGEST_TEXT)) > 0:
        yield _("%(column)s is %(n)d characters too long") % {"column": column, "n": over}
    if UNSHOWABLE.search(cell):
        yield _("%(column)s has a line break or a character that cannot be shown") % {"column": column}


def _values(sheets: Sheets) -> Iterable[Fault]:
    """Codes and keys that nobody knows."""
    keys = {name: {row["key"] for row in sheets[name]} for name in SHEETS if name != "steps"}
    one: dict[str, dict[str, Collection[str]]] = {
        "places": {"communal": YES_OR_NO, "for_storage": YES_OR_NO, "icon": pictures.drawn(pictures.ICONS)},
        "things": {"icon": pictures.drawn(pictures.ICONS)},
        "questions": {"kind": QUESTION_KINDS, "required": YES_OR_NO},
        "steps": {"guide": keys["guides"], "picture": pictures.drawn(pictures.PICTURES)},
        "problems": {
            "place": keys["places"],
            "thing": keys["things"],
            "location_code": vera.codes(vera.LOCATION),
            "element_code": vera.codes(vera.ELEMENT),
            "defect_code": vera.codes(vera.DEFECT),
            "trade": vera.codes(vera.TRADE),
            "category": CATEGORIES,
            "urgency": URGENCIES,
            "paid_by": PAID_BY,
            "cover": COVERS,
            "shared": SHARED,
            "guide": {"", *keys["guides"]},
        },
    }
    many: dict[str, Collection[str]] = {"causes": vera.codes(vera.CAUSE), "questions": keys["questions"]}
    for name, columns in one.items():
        for line, row in _numbered(sheets, name):
            for column, allowed in columns.items():
                if row[column] not in allowed:
                    yield _unknown(name, line, row, column, row[column])
    for line, row in _numbered(sheets, "problems"):
        for column, allowed in many.items():
            for value in row[column].split():
                if value not in allowed:
                    yield _unknown("problems", line, row, column, value)
        if row["price"] and not (row["price"].isascii() and row["price"].isdigit()):
            yield Fault("problems", line, row["key"], _("price must be whole euros"))


def _unknown(sheet: str, line: int, row: Row, column: str, value: str) -> Fault:
    why = _("“%(value)s” is not a known %(column)s") % {"value": value[:60], "column": column}
    return Fault(sheet, line, row.get("key", row.get("guide", "")), why)


def _steps(sheets: Sheets) -> Iterable[Fault]:
    for line, row in _numbered(sheets, "steps"):
        if not (row["number"].isascii() and row["number"].isdigit()):
            yield Fault("steps", line, row["guide"], _("number must be a whole number"))
    with_steps = {row["guide"] for row in sheets["steps"]}
    for line, row in _numbered(sheets, "guides"):
        if row["key"] not in with_steps:
            yield Fault("guides", line, row["key"], _("this guide has no steps"))


def _choices(sheets: Sheets) -> Iterable[Fault]:
    for line, row in _numbered(sheets, "questions"):
        dutch, english = ([part for part in row[f"options_{code}"].split("|") if part] for code in ("nl", "en"))
        if row["kind"] == "choice" and (len(dutch) < 2 or len(dutch) != len(english)):
            yield Fault(
                "questions", line, row["key"], _("a choice needs at least two options, as many in English as in Dutch")
            )
        answers = {"yes_no": ["yes", "no"], "choice": [str(n + 1) for n in range(len(dutch))]}.get(row["kind"], [])
        if row["raises"] and row["raises"] not in answers:
            yield _unknown("questions", line, row, "raises", row["raises"])


def _ends(sheets: Sheets) -> Iterable[Fault]:
    """No path ends without an answer: danger gives the number, and every place ends with something else."""
    for line, row in _numbered(sheets, "problems"):
        for column in ("hint_nl", "hint_en"):
            if row["urgency"] == ACUTE and PHONE not in row[column]:
                why = _("an emergency must give %(phone)s in %(column)s") % {"phone": PHONE, "column": column}
                yield Fault("problems", line, row["key"], why)
    for line, row in _numbered(sheets, "places"):
        last = next((p for p in reversed(sheets["problems"]) if p["place"] == row["key"]), None)
        if last is None or last["key"] != f"{row['key']}_other":
            why = _("the last problem of a place must be “%(key)s_other”") % {"key": row["key"]}
            yield Fault("places", line, row["key"], why)
        elif last["urgency"] == ACUTE:
            yield Fault("places", line, row["key"], _("something else must be possible online"))
