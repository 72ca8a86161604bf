"""Versions of the catalogue: a draft is made from what is in force, changed, checked as a whole, and published."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants.models import User

from ..front_door import catalogues, search
from ..intake import checks
from ..intake.catalogue import SHEETS, Sheets, shipped_sheets
from ..intake.difference import fingerprint
from ..models import SHEET_MODELS, CatalogueUpload, CatalogueVersion, SearchSynonym

__all__ = [
    "DraftChanged",
    "DraftExists",
    "NotADraft",
    "discard",
    "fill",
    "import_upload",
    "keep_upload",
    "lock_draft",
    "make_version",
    "publish",
    "publish_shipped",
]


class DraftExists(Exception):
    """Somebody is working on the next version already."""


class NotADraft(Exception):
    """A version that was published does not change."""


class DraftChanged(Exception):
    """The draft, or the version in force, is not what was looked at."""


@transaction.atomic
def make_version(*, by: User | None, at: datetime, sheets: Sheets | None = None) -> CatalogueVersion:
    """A draft with these rows, or a copy of what is in force. Raises DraftExists and InvalidCatalogue."""
    if sheets is not None:
        checks.refuse(sheets)
    list(CatalogueVersion.objects.select_for_update().filter(status="published"))  # one at a time
    if CatalogueVersion.objects.filter(status="draft").exists():
        raise DraftExists
    version = CatalogueVersion.objects.create(made_at=at, made_by=by)
    _write(version, sheets if sheets is not None else catalogues.sheets_of(catalogues.current_version()))
    return version


@transaction.atomic
def fill(pk: int, sheets: Sheets) -> None:
    """Replace all rows of a draft by these. Raises NotADraft and InvalidCatalogue; then nothing changed."""
    checks.refuse(sheets)
    version = lock_draft(pk)
    for model in SHEET_MODELS:
        model._default_manager.filter(version=version).delete()
    _write(version, sheets)


@transaction.atomic
def publish(pk: int, *, by: User | None, at: datetime, note: str = "", seen: str = "") -> CatalogueVersion:
    """Put a draft in force for reports that begin from now on. Raises NotADraft and InvalidCatalogue.

    `seen`: the fingerprint of the draft as its publisher looked at it; DraftChanged when it is another by now.
    """
    version = lock_draft(pk)
    sheets = catalogues.sheets_of(version.pk)
    if seen and fingerprint(sheets) != seen:
        raise DraftChanged
    checks.refuse(sheets)
    search.index(version.pk)
    version.uploads.all().delete()
    CatalogueVersion.objects.filter(status="published").update(status="retired")
    version.status, version.published_at, version.published_by, version.note = "published", at, by, note
    version.save(update_fields=["status", "published_at", "published_by", "note"])
    return version


@transaction.atomic
def keep_upload(pk: int, sheets: Sheets, *, name: str, by: User, at: datetime) -> CatalogueUpload:
    """Keep the rows of a file until its sender says yes; an older file of theirs goes. Raises NotADraft and
    InvalidCatalogue."""
    checks.refuse(sheets)
    version = lock_draft(pk)
    CatalogueUpload.objects.filter(version=version, by=by).delete()
    return CatalogueUpload.objects.create(version=version, by=by, at=at, name=name[:100], sheets=sheets)


@transaction.atomic
def import_upload(pk: int, upload: int, *, by: User, seen: str) -> None:
    """Put the rows of a kept file in the draft; `seen` is the fingerprint of the draft that they were compared with.

    Raises NotADraft, DraftChanged, InvalidCatalogue, and CatalogueUpload.DoesNotExist when that was done already.
    """
    version = lock_draft(pk)
    kept = CatalogueUpload.objects.get(pk=upload, version=version, by=by)
    if fingerprint(catalogues.sheets_of(version.pk)) != seen:
        raise DraftChanged
    fill(pk, kept.sheets)
    kept.delete()


@transaction.atomic
def discard(pk: int) -> None:
    """Throw a draft away. Raises NotADraft."""
    lock_draft(pk).delete()


@transaction.atomic
def publish_shipped(*, at: datetime) -> CatalogueVersion | None:
    """What ships with the product, when nothing was ever published here."""
    if CatalogueVersion.objects.exclude(status="draft").exists():
        return None
    version = CatalogueVersion.objects.create(made_at=at)
    _write(version, shipped_sheets())
    SearchSynonym.objects.bulk_create(search.shipped_synonyms(), ignore_conflicts=True)
    return publish(version.pk, by=None, at=at)


def lock_draft(pk: int) -> CatalogueVersion:
    """Until the end of the transaction nobody else changes it. Raises NotADraft."""
    version = CatalogueVersion.objects.select_for_update().get(pk=pk)
    if not version.is_draft:
        raise NotADraft
    return version


def _write(version: CatalogueVersion, sheets: Sheets) -> None:
    for model in SHEET_MODELS:
        rows = (
            model(version=version, position=number, **{column: row[column] for column in SHEETS[model.sheet]})
            for number, row in enumerate(sheets[model.sheet])
        )
        model._default_manager.bulk_create(rows, batch_size=500)
