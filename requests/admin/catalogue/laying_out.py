"""Which fields of a row stand together on its page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .forms import LANGUAGES, RowForm

__all__ = ["Part", "parts_of"]

NO_TITLE = ""


@dataclass(frozen=True)
class Part:
    """A heading, and rows of one field or of two: Dutch and English beside each other."""

    title: str | Promise
    rows: list[list[Any]]
    about_paying: bool = False


_PROBLEM: list[tuple[Any, list[str]]] = [
    (_("Where and what"), ["place", "thing", "key"]),
    (_("What the tenant reads"), ["problem", "hint"]),
    (_("How soon, and whose work it is"), ["urgency", "category", "trade", "shared"]),
    (_("Who pays"), ["paid_by", "cover", "price", "causes"]),
    (_("What we ask and how to help oneself"), ["questions", "guide"]),
    (_("How it is found"), ["words"]),
    (_("Codes for the craftsman (VERA)"), ["location_code", "element_code", "defect_code", "abc"]),
]
_LAYOUT: dict[str, list[tuple[Any, list[str]]]] = {
    "problems": _PROBLEM,
    "places": [(NO_TITLE, ["name", "communal", "for_storage", "icon", "key"])],
    "things": [(NO_TITLE, ["name", "icon", "key"])],
    "questions": [(NO_TITLE, ["question", "kind", "options", "raises", "required", "key"])],
    "guides": [(NO_TITLE, ["title", "key"])],
    "steps": [(NO_TITLE, ["guide", "number", "text", "picture"])],
}


def parts_of(sheet: str, form: RowForm) -> list[Part]:
    return [
        Part(title, [fields for name in names if (fields := _fields(form, name))], "paid_by" in names)
        for title, names in _LAYOUT[sheet]
    ]


def _fields(form: RowForm, name: str) -> list[Any]:
    """The field, or one for each language; a key that cannot change any more has none."""
    if name in form.fields:
        return [form[name]]
    return [form[f"{name}_{code}"] for code in LANGUAGES if f"{name}_{code}" in form.fields]
