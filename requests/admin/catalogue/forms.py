"""One row of a sheet as a form: lists to choose from, pictures to pick, and both languages beside each other."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from ...intake import checks, pictures
from ...intake.catalogue import PHONE, SHEETS, Row, Sheets
from ...intake.difference import seal
from ...services import row_model
from .choices import choices_of

__all__ = ["LANGUAGES", "NoteForm", "RowForm", "UploadForm"]

LINE_BREAK = re.compile(r"\s*[\r\n]+\s*")
LONG_TEXTS = ("hint", "words", "text", "question")
LANGUAGES = ("nl", "en")
SPRITES = {"icon": pictures.ICONS, "picture": pictures.PICTURES}
# Symbols of the portal's own pages, which say nothing about a home.
NOT_OF_A_HOME = frozenset(
    [
        "mark",
        "report",
        "list",
        "phone",
        "globe",
        "sign-out",
        "sign-in",
        "user",
        "users",
        "info",
        "check",
        "tick",
        "cross",
        "error",
        "next",
        "back",
        "calendar",
        "clock",
        "hourglass",
        "camera",
        "message",
        "mail",
        "send",
        "search",
        "star",
        "printer",
        "chart",
        "inbox",
        "reopen",
        "pencil",
        "street",
    ]
)
MANY = ("causes", "questions")


class OneLine(forms.CharField):
    """A cell is one line: what was pasted with line breaks becomes one."""

    def to_python(self, value: Any) -> Any:
        return LINE_BREAK.sub(" ", super().to_python(value) or "")

    def validate(self, value: Any) -> None:
        super().validate(value)
        if checks.UNSHOWABLE.search(value):
            raise forms.ValidationError(_("There is a character in this text that cannot be shown. Type it again."))


class OptionsField(forms.CharField):
    """A list of answers: one per line here, between | in the sheet."""

    widget = forms.Textarea(attrs={"rows": 4})

    def prepare_value(self, value: Any) -> Any:
        return value.replace("|", "\n") if value else value

    def to_python(self, value: Any) -> Any:
        return "|".join(filter(None, (line.strip() for line in re.split(r"[\r\n|]+", super().to_python(value) or ""))))


class RowForm(forms.Form):
    """`row` is what is there now, or what a copy starts with; `cells` is what was filled in, as the sheet has it."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self, sheet: str, sheets: Sheets, *args: Any, row: Row | None = None, new: bool, **kwargs: Any
    ) -> None:
        self.sheet, self.sheets, self.row, self.new = sheet, sheets, row or {}, new
        first = {column: _first_value(column, value) for column, value in self.row.items()}
        if new and row:
            first.pop("key", None)
        kwargs["initial"] = {"seen": seal(row) if row and not new else ""} | first | (kwargs.get("initial") or {})
        super().__init__(*args, **kwargs | {"label_suffix": ""})
        for column in SHEETS[sheet]:
            if column != "key" or new:
                self.fields[column] = _field(sheet, column, sheets)

    def cells(self) -> Row:
        said = {column: self.cleaned_data.get(column, "") for column in SHEETS[self.sheet]}
        cells = {column: self._cell(column, value) for column, value in said.items()}
        if "key" in cells:
            cells["key"] = cells["key"] if self.new else self.row["key"]
            cells["key"] = cells["key"] or self._new_key(cells)
        return cells

    def _cell(self, column: str, value: Any) -> str:
        if column in MANY:
            before = self.row.get(column, "").split()
            return " ".join(sorted(value, key=lambda part: before.index(part) if part in before else len(before)))
        return "" if value is None else str(value)

    def _new_key(self, cells: Row) -> str:
        """From the English name; of "something else" at a place the one that the tree asks for."""
        taken = {row["key"] for row in self.sheets[self.sheet]}
        if self.sheet == "guides":
            return next(key for key in (f"Z{number:02}" for number in range(1, 10_000)) if key not in taken)
        stem = cells.get("name_en") or cells.get("question_en") or f"{cells.get('place')} {cells.get('problem_en')}"
        if self.sheet == "problems" and cells["thing"] == "other" and f"{cells['place']}_other" not in taken:
            return f"{cells['place']}_other"
        key = slugify(stem).replace("-", "_")[:50].strip("_") or self.sheet.rstrip("s")
        return next(one for one in (key, *(f"{key}_{n}" for n in range(2, len(taken) + 3))) if one not in taken)


def _first_value(column: str, value: str) -> Any:
    return value.split() if column in MANY else value


def _field(sheet: str, column: str, sheets: Sheets) -> forms.Field:
    about = row_model(sheet)._meta.get_field(column)
    more: dict[str, Any] = {
        "label": about.verbose_name,  # type: ignore[union-attr]  # a column is a field, not a relation
        "help_text": _HELP.get(column, about.help_text),  # type: ignore[union-attr]  # as above
        "required": column not in checks.MAY_BE_EMPTY.get(sheet, ()),
    }
    longest = checks.LONGEST.get(column, checks.LONGEST_TEXT)
    if column in SPRITES:
        return forms.ChoiceField(
            choices=_drawn(sheet, column, sheets), widget=forms.RadioSelect, error_messages=_CHOOSE, **more
        )
    if column == "key":
        more |= {"required": False, "error_messages": {"invalid": _("A key has only letters, digits and _.")}}
        return forms.RegexField(rf"\A{checks.KEY.pattern}\Z", max_length=longest, strip=True, **more)
    if column == "price":
        return forms.IntegerField(min_value=0, max_value=99_999, **more)
    if column == "number":
        return forms.IntegerField(min_value=1, max_value=99, **more)
    if column.startswith("options_"):
        return OptionsField(max_length=longest, **more)
    if column in MANY and sheet == "problems":
        chosen = choices_of(sheet, column, sheets) or []
        return forms.MultipleChoiceField(choices=chosen, widget=forms.CheckboxSelectMultiple, **more)
    return _chosen(sheet, column, sheets, more) or OneLine(max_length=longest, widget=_typed(column), **more)


def _drawn(sheet: str, column: str, sheets: Sheets) -> list[tuple[str, str]]:
    """Every picture of a home, and whatever is in use already."""
    used = {row[column] for row in sheets[sheet]}
    names = pictures.drawn(SPRITES[column])
    return [(name, name) for name in names if name not in NOT_OF_A_HOME or name in used]


def _chosen(sheet: str, column: str, sheets: Sheets, more: dict[str, Any]) -> forms.Field | None:
    about: Any = row_model(sheet)._meta.get_field(column)
    if about.choices:
        return forms.ChoiceField(choices=about.choices, widget=forms.RadioSelect, error_messages=_CHOOSE, **more)
    choices = choices_of(sheet, column, sheets)
    if choices is None:
        return None
    nothing = _("Choose") if more["required"] else _("none")
    return forms.ChoiceField(choices=[("", nothing), *choices], error_messages=_CHOOSE, **more)


def _typed(column: str) -> forms.Widget:
    is_long = column.startswith(LONG_TEXTS) and column != "questions"
    return forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput()


_CHOOSE = dict.fromkeys(("required", "invalid_choice"), _("Choose one of these."))
_WORDS = _("What else people call it, for the search. Words apart from each other by a space.")
_HINT = _("A tenant reads this before sending. In an emergency it must give %(phone)s: the number is put there.") % {
    "phone": PHONE
}
_OPTIONS = _("One per line; only for a list. As many in English as in Dutch, in the same order.")
_HELP = {
    "communal": _("Of the building, not of one home."),
    "key": _("Never shown, and stays the same for ever. Leave it empty: then we make one."),
    "hint_nl": _HINT,
    "words_nl": _WORDS,
    "options_nl": _OPTIONS,
    "options_en": "",
    "raises": _("With this answer the request is one class more urgent."),
    "cover": _("A tenant who pays for this every month does not pay for the repair."),
    "causes": _("Besides “ordinary use, or I do not know”. Without any, nobody is asked."),
    "questions": _("At most three, or people stop halfway."),
    "abc": _("For example A012 A013; only for your own reference."),
}


class NoteForm(forms.Form):
    """What changed, in a line, for whoever reads the history."""

    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("What changed?"),
        help_text=_("One line, for colleagues who look back."),
        label_suffix="",
        max_length=200,
        error_messages={"required": _("Write in a few words what changed.")},
    )


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("Workbook (.xlsx) or zip with CSV files"),
        label_suffix="",
        error_messages={
            "required": _("Choose a file first."),
            "empty": _("This file is empty. Choose another one."),
        },
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.zip"}),
    )
