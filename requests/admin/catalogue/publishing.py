"""A draft is made, compared, published or thrown away. Publishing is for exactly what its publisher looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import services
from ...front_door import catalogues
from ...intake import checks, difference
from ...intake.catalogue import Sheets, identity
from ...models import CatalogueVersion
from ..who import colleague_of
from .choices import in_words, label_of, name_of, name_of_column
from .forms import NoteForm
from .page import ORDER, back_to, find, show
from .sheet import complaints

__all__ = ["Changes", "changes_between", "compare", "discard", "make_draft", "publish"]

CHANGELIST = "admin:requests_catalogueversion_changelist"


@dataclass(frozen=True)
class ShownCell:
    label: str
    old: str
    new: str


@dataclass(frozen=True)
class Shown:
    """A change in words."""

    kind: str
    name: str
    cells: list[ShownCell]


@dataclass(frozen=True)
class Changes:
    """The difference between two states: how many of each kind, and the rows by sheet."""

    counts: dict[str, int]
    of: list[tuple[str, list[Shown]]]

    @property
    def some(self) -> bool:
        return any(self.counts.values())


def changes_between(old: Sheets, new: Sheets) -> Changes:
    changes = difference.between(old, new)
    by_sheet = {sheet: [_shown(one, old, new) for one in changes if one.sheet == sheet] for sheet in ORDER}
    return Changes(difference.counted(changes), [(name_of(sheet), rows) for sheet, rows in by_sheet.items() if rows])


def _changes(old: int, new: int) -> Changes:
    before, after = catalogues.rows_of(old, new)
    return changes_between(before.sheets, after.sheets)


def _shown(change: difference.Change, old: Sheets, new: Sheets) -> Shown:
    after = old if change.kind == difference.Kind.REMOVED else new
    row = next(row for row in after[change.sheet] if identity(row) == change.key)
    cells = [
        ShownCell(
            name_of_column(change.sheet, cell.column),
            in_words(change.sheet, cell.column, cell.old, old),
            in_words(change.sheet, cell.column, cell.new, new),
        )
        for cell in change.cells
    ]
    return Shown(change.kind.value, label_of(change.sheet, row), cells)


def make_draft(admin: Any, request: HttpRequest) -> HttpResponse:
    """Asked first: a page; sent: a copy of what is in force."""
    there = CatalogueVersion.objects.filter(status="draft").first()
    if there is None and request.method == "POST":
        try:
            made = services.make_version(by=colleague_of(request), at=timezone.now())
        except services.DraftExists:
            there = CatalogueVersion.objects.filter(status="draft").first()
        else:
            messages.success(request, _("The draft is ready. Nothing changes for tenants until you publish it."))
            return back_to(made.pk)
    if there is not None:
        messages.info(request, _("There is a draft already: this one. Work on, or throw it away first."))
        return back_to(there.pk)
    current = CatalogueVersion.objects.filter(status="published").first()
    return show(admin, request, "make", None, current=current)


def publish(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The difference with what is in force, and one button; only for a draft without faults."""
    version = find(pk)
    if not version.is_draft:
        messages.info(request, _("This version was published already."))
        return back_to(pk)
    if request.method != "POST":
        return _publish_page(admin, request, version, None)
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _publish_page(admin, request, version, form)
    try:
        services.publish(pk, by=colleague_of(request), at=timezone.now(), **form.cleaned_data)
    except services.NotADraft:
        messages.info(request, _("This version was published already."))
        return back_to(pk)
    except (services.DraftChanged, checks.InvalidCatalogue):
        return _publish_page(admin, request, version, form, changed=True)
    messages.success(request, _("Published. Reports that begin now follow this version."))
    return back_to(pk)


def _publish_page(
    admin: Any, request: HttpRequest, version: CatalogueVersion, form: NoteForm | None, *, changed: bool = False
) -> HttpResponse:
    current = catalogues.current_version()
    in_force, rows = catalogues.rows_of(current, version.pk)
    seen, faults = _seen(rows.sheets), complaints(rows)
    if form is None or changed:
        form = NoteForm(initial={"seen": seen, "note": form.cleaned_data["note"] if form else version.note})
    return show(
        admin, request, "publish", version, 409 if changed else 200, form=form, faults=faults, changed=changed,
        current=current, changes=changes_between(in_force.sheets, rows.sheets),
    )  # fmt: skip


def _seen(sheets: Sheets) -> str:
    return difference.fingerprint(sheets)


def discard(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    version = find(pk)
    if not version.is_draft:
        messages.warning(request, _("A version that was published stays, for the reports that were made with it."))
        return back_to(pk)
    if request.method == "POST":
        try:
            services.discard(pk)
        except (services.NotADraft, CatalogueVersion.DoesNotExist):
            messages.info(request, _("Somebody else was first: this is not a draft any more. Nothing was done."))
        else:
            messages.success(request, _("The draft is gone. Tenants see what they saw."))
        return redirect(CHANGELIST)
    changes = _changes(catalogues.current_version(), pk)
    return show(admin, request, "discard", version, changes=changes)


def compare(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The difference with another version: `?with=`, or the one before."""
    version = find(pk)
    versions = list(CatalogueVersion.objects.exclude(pk=pk).select_related("published_by", "made_by"))
    wanted = request.GET.get("with", "")
    before = next((one for one in versions if one.pk < pk), None)
    other = next((one for one in versions if str(one.pk) == wanted), before)
    changes = _changes(other.pk, pk) if other else None
    return show(admin, request, "compare", version, other=other, versions=versions, changes=changes)
