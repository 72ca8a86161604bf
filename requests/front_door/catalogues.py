"""The catalogue as the database has it. A version that was published never changes, so its tree is kept in memory."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from ..intake import catalogue
from ..models import SHEET_MODELS, CatalogueVersion, Draft, SheetRow

__all__ = [
    "NothingPublished", "Rows", "current", "current_version", "rows_of", "sheets_of", "tree", "tree_of",
]  # fmt: skip


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


def tree_of(draft: Draft) -> catalogue.Tree:
    """The tree in which a report's answers mean something; what is older than versions goes on in the one in force."""
    return tree(draft.catalogue_id) if draft.catalogue_id else current()


class Rows:
    """All rows of a version, by sheet."""

    def __init__(self, of: Mapping[str, list[SheetRow]]) -> None:
        self.of = of
        self.sheets: catalogue.Sheets = {sheet: [row.cells for row in rows] for sheet, rows in of.items()}


def rows_of(*versions: int) -> list[Rows]:
    """Of each version, in one statement for each sheet however many versions."""
    of: dict[int, dict[str, list[SheetRow]]] = {pk: {model.sheet: [] for model in SHEET_MODELS} for pk in versions}
    for model in SHEET_MODELS:
        for row in model._default_manager.filter(version__in=versions):
            of[row.version_id][model.sheet].append(row)
    return [Rows(of[pk]) for pk in versions]


def sheets_of(version: int) -> catalogue.Sheets:
    (rows,) = rows_of(version)
    return rows.sheets
