"""One version: a tab per sheet, its rows, and everything that is wrong with a draft."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...front_door import catalogues
from ...front_door.catalogues import Rows
from ...intake import checks
from ...intake.catalogue import SHEETS, Row, Sheets
from ...models import SheetRow
from ...promises import Urgency
from .choices import in_words, label_of, name_of, payer_in_short
from .page import ORDER, find, show

__all__ = ["Complaint", "complaints", "show_version"]


@dataclass(frozen=True)
class Complaint:
    """A fault, with the row that it is in."""

    sheet: str
    row: SheetRow | None
    about: str
    why: str


@dataclass(frozen=True)
class Line:
    """A row of the list: what it is, what else is worth knowing, and how many faults it has."""

    row: SheetRow
    key: str
    name: str
    name_en: str
    facts: list[str]
    icon: str
    urgency: Any
    rush: bool
    faults: int


@dataclass(frozen=True)
class Group:
    """Lines below a heading, which are moved among each other."""

    title: str
    key: str
    lines: list[Line]


def complaints(rows: Rows) -> list[Complaint]:
    """Everything that keeps a draft from being published."""
    found = []
    for fault in checks.faults(rows.sheets):
        at = fault.line - 2
        row = rows.of[fault.sheet][at] if 0 <= at < len(rows.of[fault.sheet]) else None
        found.append(Complaint(fault.sheet, row, label_of(fault.sheet, row.cells) if row else fault.key, fault.why))
    return found


def show_version(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """`?sheet=` chooses the tab; `?place=`, `?guide=` and `?q=` narrow it down."""
    version, (rows,) = find(pk), catalogues.rows_of(pk)
    wanted = request.GET.get("sheet", "")
    sheet = wanted if wanted in SHEETS else ORDER[0]
    faults = complaints(rows) if version.is_draft else []
    lines = list(_lines(sheet, rows, faults))
    chosen, query = request.GET.get("in", ""), request.GET.get("q", "").strip()[:100]
    shown = [line for line in lines if _is_wanted(line, sheet, chosen, query)]
    return show(
        admin,
        request,
        "version",
        version,
        sheet=sheet,
        sheet_name=name_of(sheet),
        tabs=[(one, name_of(one), len(rows.of[one]), sum(f.sheet == one for f in faults)) for one in ORDER],
        groups=list(_groups(sheet, shown, rows.sheets)),
        faults=faults,
        filters=_filters(sheet, rows.sheets),
        chosen=chosen,
        query=query,
        count=len(shown),
        is_narrowed=bool(chosen or query),
        may_make=admin.has_add_permission(request),
        may_discard=admin.has_delete_permission(request) and version.is_draft,
    )


def _lines(sheet: str, rows: Rows, faults: Iterable[Complaint]) -> Iterable[Line]:
    wrong: dict[int, int] = {}
    for fault in faults:
        if fault.sheet == sheet and fault.row:
            wrong[fault.row.pk] = wrong.get(fault.row.pk, 0) + 1
    names = {
        one: {row["key"]: label_of(one, row) for row in rows.sheets[one]} for one in ("things", "guides", "questions")
    }
    for row in rows.of[sheet]:
        cells = row.cells
        english = next((cells[name] for name in cells if name.endswith("_en")), "")
        yield Line(
            row=row,
            key=cells.get("key", ""),
            name=label_of(sheet, cells) if sheet != "steps" else f"{cells['number']}. {cells['text_nl']}",
            name_en=english,
            facts=list(filter(None, _facts(sheet, cells, names, rows.sheets))),
            icon=cells.get("icon", cells.get("picture", "")),
            urgency=dict(Urgency.choices).get(cells.get("urgency", ""), ""),
            rush=cells.get("urgency") in ("A", "S"),
            faults=wrong.get(row.pk, 0),
        )


def _facts(sheet: str, cells: Row, names: dict[str, dict[str, str]], sheets: Sheets) -> Iterable[str]:
    if sheet == "problems":
        yield names["things"].get(cells["thing"], cells["thing"])
        yield payer_in_short(cells["paid_by"])
        yield _("self-help: %(guide)s") % {"guide": cells["guide"]} if cells["guide"] else ""
        if count := len(cells["questions"].split()):
            yield ngettext("%(count)d question", "%(count)d questions", count) % {"count": count}
    elif sheet == "places":
        yield _("of the building") if cells["communal"] == "yes" else _("of the home")
        yield _("also at a storage room") if cells["for_storage"] == "yes" else ""
    elif sheet == "questions":
        yield in_words(sheet, "kind", cells["kind"], sheets)
        yield _("must be answered") if cells["required"] == "yes" else ""
        yield _("can make it more urgent") if cells["raises"] else ""
    elif sheet == "guides":
        count = sum(row["guide"] == cells["key"] for row in sheets["steps"])
        yield ngettext("%(count)d step", "%(count)d steps", count) % {"count": count}


def _groups(sheet: str, lines: list[Line], sheets: Sheets) -> Iterable[Group]:
    """Problems by place, steps by guide; what belongs to nothing that exists comes last, so that it is seen."""
    if sheet not in GROUPED:
        if lines:
            yield Group("", "", lines)
        return
    column, other = GROUPED[sheet]
    names = {row["key"]: label_of(other, row) for row in sheets[other]}
    of: dict[str, list[Line]] = {key: [] for key in names}
    for line in lines:
        of.setdefault(line.row.cells[column], []).append(line)
    for key, those in of.items():
        if those:
            if sheet == "steps":
                those.sort(key=lambda line: line.row.cells["number"].zfill(2))
            yield Group(names.get(key, key), key, those)


GROUPED = {"problems": ("place", "places"), "steps": ("guide", "guides")}


def _filters(sheet: str, sheets: Sheets) -> list[tuple[str, str]]:
    if sheet not in GROUPED:
        return []
    return [(row["key"], label_of(GROUPED[sheet][1], row)) for row in sheets[GROUPED[sheet][1]]]


def _is_wanted(line: Line, sheet: str, chosen: str, query: str) -> bool:
    cells = line.row.cells
    if chosen and sheet in GROUPED and cells[GROUPED[sheet][0]] != chosen:
        return False
    everything = _plain(" ".join([*cells.values(), *line.facts]))
    return all(word in everything for word in _plain(query).split())


def _plain(text: str) -> str:
    """Without accents and capitals."""
    parts = unicodedata.normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not unicodedata.combining(part))
