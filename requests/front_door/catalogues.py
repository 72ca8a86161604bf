"""The catalogue as the database has it. A version that was published never changes, so its tree is kept in memory."""

from __future__ import annotations

from functools import lru_cache

from ..intake import catalogue
from ..models import SHEET_MODELS, CatalogueVersion, Draft

__all__ = ["NothingPublished", "current", "current_version", "preview", "sheets_of", "tree", "tree_of"]


class NothingPublished(Exception):
    """There is no catalogue: migrations did not run to their end."""


def current_version() -> int:
    """The version that new reports begin with. Raises NothingPublished."""
    pk = CatalogueVersion.objects.filter(status="published").values_list("pk", flat=True).first()
    if pk is None:
        raise NothingPublished
    return pk


def current() -> catalogue.Tree:
    return tree(current_version())


@lru_cache(maxsize=4)
def tree(version: int) -> catalogue.Tree:
    """The tree of a version that is not a draft any more."""
    return catalogue.build(sheets_of(version))


def preview(version: int) -> catalogue.Tree:
    """The tree of a draft, read again each time; only when its sheets have no faults."""
    return catalogue.build(sheets_of(version))


def tree_of(draft: Draft) -> catalogue.Tree:
    """The tree in which a report's answers mean something; what is older than versions goes on in the one in force."""
    return tree(draft.catalogue_id) if draft.catalogue_id else current()


def sheets_of(version: int) -> catalogue.Sheets:
    return {
        model.sheet: [row.cells for row in model._default_manager.filter(version=version)] for model in SHEET_MODELS
    }
