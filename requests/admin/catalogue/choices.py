"""What a cell may say, in words: for the lists that people choose from, and for whoever reads a row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ...intake import catalogue, causes, payer, vera
from ...intake.catalogue import Row, Sheets
from ...models import Category
from ...promises import Urgency
from ...services import row_model

__all__ = ["Choices", "choices_of", "in_words", "label_of", "name_of", "name_of_column", "payer_in_short"]

Choices = list[tuple[str, Any]]  # also groups of choices

CODES = {
    "location_code": vera.LOCATION,
    "element_code": vera.ELEMENT,
    "defect_code": vera.DEFECT,
    "trade": vera.TRADE,
}
REFERS = {"place": "places", "thing": "things", "guide": "guides"}
NAMES = {
    "places": "name_nl",
    "things": "name_nl",
    "questions": "question_nl",
    "guides": "title_nl",
    "steps": "text_nl",
    "problems": "problem_nl",
}
NOT_BY_LAW = ("corporation", "damage", "own_property", "service_costs", "third_party")


def choices_of(sheet: str, column: str, sheets: Sheets) -> Choices | None:
    """What may be chosen here; None where people type."""
    if column in CODES:
        return [(code, f"{name} ({code})") for code, name in vera.codes(CODES[column]).items()]
    if column in REFERS and (column, sheet) != ("guide", "guides"):
        rows = sheets[REFERS[column]]
        return [(row["key"], label_of(REFERS[column], row)) for row in rows]
    if column == "causes":
        return [(code, causes.in_words(code)) for code in vera.codes(vera.CAUSE)]
    if (sheet, column) == ("problems", "questions"):
        return [(row["key"], row["question_nl"]) for row in sheets["questions"]]
    return _fixed(column)


def _fixed(column: str) -> Choices | None:
    if column == "paid_by":
        return _payers()
    if column == "raises":
        numbers = [(str(number), _("answer %(number)s") % {"number": number}) for number in range(1, 10)]
        return [("yes", _("yes")), ("no", _("no")), *numbers]
    known: Mapping[str, Choices] = {
        "category": list(Category.choices),
        "urgency": [(value, f"{label} ({value})") for value, label in Urgency.choices],
        "cover": [
            ("plan", _("the service plan")),
            ("glass", _("the glass fund")),
            ("drain", _("the drain fund")),
        ],
        "shared": [
            ("no", pgettext("neighbours have it too", "no, only this home")),
            ("stack", _("in the stack: ask if it is the same")),
            ("complex", _("in the complex: ask if it is the same")),
            ("automatic", _("in the complex: join by itself")),
        ],
    }
    return known.get(column)


def _payers() -> Choices:
    """The rules with the sentence that a tenant reads; the law's letters apart."""
    letters = [(f"law_{letter}", f"{letter}. {payer.REASONS[f'law_{letter}']}") for letter in catalogue.LAW_LETTERS]
    others = [(rule, str(payer.REASONS[rule])) for rule in NOT_BY_LAW]
    return [(_("Who pays"), others), (_("Small repairs decree: the tenant, by letter"), letters)]


def payer_in_short(rule: str) -> str:
    """For a list: "the corporation", "letter d"."""
    if rule.startswith("law_"):
        return _("tenant, letter %(letter)s") % {"letter": rule.removeprefix("law_")}
    names = {
        "corporation": payer.Payer.CORPORATION.label,
        "service_costs": payer.Payer.SERVICE_COSTS.label,
        "third_party": payer.Payer.OTHER.label,
    }
    return str(names.get(rule, payer.Payer.TENANT.label))


def name_of(sheet: str) -> str:
    """The sheet, in the words of the page."""
    return str(row_model(sheet)._meta.verbose_name_plural)


def name_of_column(sheet: str, column: str) -> str:
    about = row_model(sheet)._meta.get_field(column)
    return str(about.verbose_name)  # type: ignore[union-attr]  # a column is a field, not a relation


def label_of(sheet: str, row: Row) -> str:
    """What a row is about, as short as possible."""
    text = row.get(NAMES[sheet], "")
    return f"{row['guide']} {row['number']}. {text}" if sheet == "steps" else text or catalogue.identity(row)


def in_words(sheet: str, column: str, value: str, sheets: Sheets) -> str:
    """A cell as people read it; what is in no list stays as it is."""
    if not value:
        return ""
    if column in ("communal", "for_storage", "required", "raises"):
        return {"yes": _("yes"), "no": _("no")}.get(value, value)
    known = _flat(choices_of(sheet, column, sheets) or [])
    if column in ("causes", "questions"):
        return " · ".join(known.get(part, part) for part in value.split())
    return known.get(value, value)


def _flat(choices: Sequence[tuple[str, Any]]) -> dict[str, str]:
    flat: dict[str, str] = {}
    for value, label in choices:
        flat |= dict(label) if isinstance(label, list) else {value: str(label)}
    return flat
