"""A row of a draft: filled in, copied, moved and removed. What somebody typed is never lost to a colleague's change."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _

from ... import services
from ...front_door import catalogues
from ...intake import pictures
from ...intake.catalogue import SHEETS, Row, Sheets, identity
from ...intake.difference import seal
from ...models import CatalogueVersion, SheetRow
from .choices import in_words, label_of, name_of, name_of_column
from .forms import SPRITES, RowForm
from .laying_out import parts_of
from .page import back_to, draft_or_404, find, show
from .paying import sentences
from .sheet import complaints

__all__ = ["add", "change", "delete", "move", "show_payer"]


def add(admin: Any, request: HttpRequest, pk: int, sheet: str) -> HttpResponse:
    """`?copy=` starts with what another row has; `?in=` with its place or guide."""
    version, sheets = draft_or_404(pk), catalogues.sheets_of(pk)
    like = _row_to_copy(request, version, _known(sheet))
    first = _first(request, sheet, sheets)
    if request.method == "GET":
        form = RowForm(sheet, sheets, row=like.cells if like else None, new=True, initial=first)
        return _page(admin, request, version, sheet, form, like=like)
    form = RowForm(sheet, sheets, request.POST, row=like.cells if like else None, new=True, initial=first)
    if "look" in request.POST or not form.is_valid():
        return _page(admin, request, version, sheet, form, like=like)
    try:
        row = services.add_row(pk, sheet, form.cells(), after=like.pk if like else None)
    except services.NotADraft:
        return _published_meanwhile(admin, request, pk, sheet, form)
    except services.KeyTaken:
        _say_taken(form, sheet)
        return _page(admin, request, version, sheet, form, like=like)
    messages.success(request, _("Added: %(row)s.") % {"row": label_of(sheet, row.cells)})
    return back_to(pk, sheet, row.pk)


def change(admin: Any, request: HttpRequest, pk: int, sheet: str, row: int) -> HttpResponse:
    """The row's form; of a version that is published, the row to read."""
    version, model = find(pk), services.row_model(_known(sheet))
    if request.method == "POST":
        if not admin.has_change_permission(request):
            raise PermissionDenied
        return _save(admin, request, version, sheet, row)
    there = get_object_or_404(model, pk=row, version=version)
    if not (version.is_draft and admin.has_change_permission(request)):
        return _read_only(admin, request, version, sheet, there)
    (rows,) = catalogues.rows_of(pk)
    form = RowForm(sheet, rows.sheets, row=there.cells, new=False)
    wrong = [one.why for one in complaints(rows) if one.row and (one.sheet, one.row.pk) == (sheet, row)]
    return _page(admin, request, version, sheet, form, row=there, wrong=wrong)


def _save(admin: Any, request: HttpRequest, version: CatalogueVersion, sheet: str, row: int) -> HttpResponse:
    sheets = catalogues.sheets_of(version.pk)
    there = services.row_model(sheet)._default_manager.filter(pk=row, version=version).first()
    form = RowForm(sheet, sheets, request.POST, row=there.cells if there else None, new=there is None)
    if there is None:
        return _gone(admin, request, version, sheet, form)
    if "look" in request.POST or not form.is_valid():
        return _page(admin, request, version, sheet, form, row=there)
    try:
        services.change_row(version.pk, sheet, row, form.cells(), seen=form.cleaned_data["seen"])
    except services.NotADraft:
        return _published_meanwhile(admin, request, version.pk, sheet, form)
    except services.RowGone:
        return _gone(admin, request, version, sheet, form)
    except services.KeyTaken:
        _say_taken(form, sheet)
        return _page(admin, request, version, sheet, form, row=there)
    except services.RowChanged as changed:
        if changed.current.cells != form.cells():
            return _changed_meanwhile(admin, request, version, sheet, form, changed.current)
    messages.success(request, _("Saved: %(row)s.") % {"row": label_of(sheet, form.cells())})
    return back_to(version.pk, sheet, row)


def move(admin: Any, request: HttpRequest, pk: int, sheet: str) -> HttpResponse:
    """One up or one down, among the rows that it stands with."""
    draft_or_404(pk)
    _known(sheet)
    way = "up" if "up" in request.POST else "down"
    row = request.POST.get(way, "")
    if not row.isdecimal() or len(row) > 18:
        return back_to(pk, sheet)
    try:
        services.move_row(pk, sheet, int(row), up=way == "up")
    except (services.RowGone, services.NotADraft):
        messages.warning(request, _("Somebody changed the catalogue in the meantime. Nothing was moved."))
        return back_to(pk, sheet)
    return back_to(pk, sheet, int(row))


def delete(admin: Any, request: HttpRequest, pk: int, sheet: str, row: int) -> HttpResponse:
    """Ask first, and say what would still point at it."""
    version, (rows,) = draft_or_404(pk), catalogues.rows_of(pk)
    there = get_object_or_404(services.row_model(_known(sheet)), pk=row, version=version)
    if request.method == "POST":
        try:
            services.remove_row(pk, sheet, row)
        except (services.RowGone, services.NotADraft):
            messages.warning(request, _("Somebody changed the catalogue in the meantime. Nothing was removed."))
        else:
            messages.success(request, _("Removed: %(row)s.") % {"row": label_of(sheet, there.cells)})
        return back_to(pk, sheet)
    return show(
        admin, request, "row_delete", version, sheet=sheet, row=there, name=label_of(sheet, there.cells),
        sheet_name=name_of(sheet), used_by=_used_by(sheet, there.cells, rows.sheets),
    )  # fmt: skip


def show_payer(admin: Any, request: HttpRequest, pk: int, sheet: str) -> HttpResponse:
    """The part of the form that says who pays, with what is filled in now; changes nothing."""
    draft_or_404(pk)
    if sheet != "problems":
        raise Http404
    said = {name: request.POST.get(name, "") for name in ("paid_by", "cover", "price", "urgency", "thing")}
    said["causes"] = " ".join(request.POST.getlist("causes"))
    return render(request, "admin/requests/catalogueversion/_payer.html", {"sentences": sentences(said)})


# --- the page of a row ------------------------------------------------------------------------------------------------


def _page(
    admin: Any, request: HttpRequest, version: CatalogueVersion, sheet: str, form: RowForm,
    *, row: SheetRow | None = None, like: SheetRow | None = None, status: int = 200, **context: Any,
) -> HttpResponse:  # fmt: skip
    said = {name: form[name].value() for name in form.fields}
    said["causes"] = " ".join(said.get("causes") or [])
    return show(
        admin,
        request,
        "row",
        version,
        status,
        **{"conflict": "", "theirs": [], "wrong": [], **context},
        sheet=sheet,
        sheet_name=name_of(sheet),
        form=form,
        row=row,
        name=label_of(sheet, row.cells) if row else "",
        like=label_of(sheet, like.cells) if like else "",
        parts=parts_of(sheet, form),
        sentences=sentences({name: str(value or "") for name, value in said.items()}) if sheet == "problems" else [],
    )


def _read_only(admin: Any, request: HttpRequest, version: CatalogueVersion, sheet: str, row: SheetRow) -> HttpResponse:
    cells, sheets = row.cells, catalogues.sheets_of(version.pk)
    pairs = [
        (name_of_column(sheet, column), in_words(sheet, column, value, sheets), column in SPRITES and value)
        for column, value in cells.items()
    ]
    return show(
        admin, request, "row_read", version, sheet=sheet, sheet_name=name_of(sheet), name=label_of(sheet, cells),
        pairs=pairs, sprite=_sprite(sheet),
    )  # fmt: skip


def _sprite(sheet: str) -> str:
    return pictures.PICTURES if sheet == "steps" else pictures.ICONS


def _changed_meanwhile(
    admin: Any, request: HttpRequest, version: CatalogueVersion, sheet: str, form: RowForm, current: SheetRow
) -> HttpResponse:
    """Show what the colleague saved beside what was typed; saving again is a choice."""
    data, typed = request.POST.copy(), form.cells()
    data["seen"] = seal(current.cells)
    theirs = [
        (name_of_column(sheet, column), in_words(sheet, column, value, form.sheets))
        for column, value in current.cells.items()
        if value != typed[column]
    ]
    again = RowForm(sheet, form.sheets, data, row=current.cells, new=False)
    said = _("A colleague saved this row while you were busy. What you filled in is still here, and is not saved yet.")
    return _page(admin, request, version, sheet, again, row=current, conflict=said, theirs=theirs, status=409)


def _gone(admin: Any, request: HttpRequest, version: CatalogueVersion, sheet: str, form: RowForm) -> HttpResponse:
    if not version.is_draft:
        return _published_meanwhile(admin, request, version.pk, sheet, form)
    said = _("This row is not there any more: a colleague removed it, or imported a file. What you filled in is kept.")
    kept = RowForm(sheet, form.sheets, request.POST, new=True)
    return _page(admin, request, version, sheet, kept, conflict=said, status=409)


def _published_meanwhile(admin: Any, request: HttpRequest, pk: int, sheet: str, form: RowForm) -> HttpResponse:
    said = _("This version was published while you were busy, so it does not change any more. Copy what you wrote.")
    return _page(admin, request, find(pk), sheet, form, conflict=said, status=409)


def _say_taken(form: RowForm, sheet: str) -> None:
    if sheet == "steps":
        form.add_error("number", _("This guide has a step with this number already."))
    else:
        form.add_error("key" if "key" in form.fields else None, _("Another row has this key. Choose another one."))


# --- what a page starts with ------------------------------------------------------------------------------------------


def _known(sheet: str) -> str:
    if sheet not in SHEETS:
        raise Http404
    return sheet


def _row_to_copy(request: HttpRequest, version: CatalogueVersion, sheet: str) -> SheetRow | None:
    wanted = request.GET.get("copy", "")
    if not wanted.isdecimal() or len(wanted) > 18:
        return None
    return services.row_model(sheet)._default_manager.filter(pk=wanted, version=version).first()


def _first(request: HttpRequest, sheet: str, sheets: Sheets) -> dict[str, str]:
    """What follows from where "Add" was pressed."""
    inside = request.GET.get("in", "")[:60]
    if sheet == "steps":
        guide = inside or (sheets["guides"][0]["key"] if sheets["guides"] else "")
        taken = [int(row["number"]) for row in sheets["steps"] if row["guide"] == guide and row["number"].isdigit()]
        return {"guide": guide, "number": str(max(taken, default=0) + 1)}
    return {"place": inside} if sheet == "problems" and inside else {}


def _used_by(sheet: str, cells: Row, sheets: Sheets) -> list[str]:
    """The rows that point at this one."""
    if sheet not in ("places", "things", "questions", "guides"):
        return []
    column = {"places": "place", "things": "thing", "questions": "questions", "guides": "guide"}[sheet]
    key = identity(cells)
    pointing = [("problems", row) for row in sheets["problems"] if key in row[column].split()]
    if sheet == "guides":
        pointing += [("steps", row) for row in sheets["steps"] if row["guide"] == key]
    return [label_of(name, row) for name, row in pointing]
