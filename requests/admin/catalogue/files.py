"""The catalogue as a file: taken out, and put into a draft after seeing what that changes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from ... import services
from ...front_door import catalogues
from ...intake import checks, difference, exchange
from ...intake.catalogue import SHEETS, Sheets
from ...models import CatalogueUpload, CatalogueVersion
from ..who import colleague_of
from .forms import UploadForm
from .page import back_to, draft_or_404, find, show
from .publishing import changes_between

__all__ = ["confirm", "export", "send"]

WRITERS = {
    "xlsx": (exchange.write_workbook, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    "csv": (exchange.write_zip, "application/zip", "zip"),
}
MOST_SHOWN = 500  # faults on a page; a file with more is a wrong file


def export(admin: Any, request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    version = find(pk)
    if kind not in WRITERS:
        raise Http404
    write, content_type, ending = WRITERS[kind]
    answer = HttpResponse(write(catalogues.sheets_of(version.pk)), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="catalogue-{version.pk}.{ending}"'
    return answer


def send(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Read a file. What is wrong is shown at once; without faults its rows are kept until somebody says yes."""
    version = draft_or_404(pk)
    if request.method == "GET":
        return _send_page(admin, request, version, UploadForm())
    form = UploadForm(request.POST, request.FILES)
    if not form.is_valid():
        return _send_page(admin, request, version, form)
    file = form.cleaned_data["file"]
    try:
        received = exchange.read(file.read(exchange.MOST_BYTES + 1))
    except exchange.UnreadableFile as unreadable:
        form.add_error("file", str(unreadable))
        return _send_page(admin, request, version, form)
    if received.faults:
        return _send_page(admin, request, version, form, received.faults, received.sheets)
    try:
        kept = services.keep_upload(pk, received.sheets, name=file.name, by=colleague_of(request), at=timezone.now())
    except services.NotADraft:
        messages.warning(request, _("This version was published while you were busy. Nothing was imported."))
        return back_to(pk)
    return redirect("admin:requests_catalogueversion_upload", pk, kept.pk)


def _send_page(
    admin: Any, request: HttpRequest, version: CatalogueVersion, form: UploadForm,
    faults: list[checks.Fault] | None = None, sheets: Sheets | None = None,
) -> HttpResponse:  # fmt: skip
    """With a file that has faults: what is wrong, and what it would change if it had none."""
    faults = faults or []
    readable = sheets is not None and sheets.keys() == SHEETS.keys()
    changes = changes_between(catalogues.sheets_of(version.pk), sheets) if readable and sheets else None
    return show(
        admin, request, "import", version, form=form, faults=faults[:MOST_SHOWN], count=len(faults),
        more=max(0, len(faults) - MOST_SHOWN), changes=changes, columns=list(SHEETS.items()),
    )  # fmt: skip


def confirm(admin: Any, request: HttpRequest, pk: int, upload: int) -> HttpResponse:
    """What the kept rows would change; sent: they replace those of the draft, if it is still what was compared."""
    version = draft_or_404(pk)
    kept = CatalogueUpload.objects.filter(pk=upload, version=version, by=colleague_of(request)).first()
    if kept is None:
        messages.info(
            request, _("This file was imported already, or is not kept any more. Look if the rows are right.")
        )
        return back_to(pk)
    if request.method == "GET":
        return _confirm_page(admin, request, version, kept)
    try:
        services.import_upload(pk, upload, by=colleague_of(request), seen=request.POST.get("seen", ""))
    except services.DraftChanged:
        return _confirm_page(admin, request, version, kept, changed=True)
    except (services.NotADraft, CatalogueUpload.DoesNotExist):
        messages.info(
            request, _("This file was imported already, or is not kept any more. Look if the rows are right.")
        )
        return back_to(pk)
    messages.success(request, _("Imported: %(file)s. The draft has exactly these rows now.") % {"file": kept.name})
    return back_to(pk)


def _confirm_page(
    admin: Any, request: HttpRequest, version: CatalogueVersion, kept: CatalogueUpload, *, changed: bool = False
) -> HttpResponse:
    now = catalogues.sheets_of(version.pk)
    return show(
        admin, request, "import_confirm", version, 409 if changed else 200, kept=kept, changed=changed,
        changes=changes_between(now, kept.sheets), seen=difference.fingerprint(now),
    )  # fmt: skip
