"""What the address of a dashboard asks for: a period and a complex. Never an error page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from .period import EARLIEST, PRESETS, TWELVE_MONTHS, Period


class FilterForm(forms.Form):
    """A named period, or a first and last day; and a complex. It cleans; the page draws its own fields."""

    period = forms.ChoiceField(
        required=False,
        choices=[(preset.name, preset.label) for preset in PRESETS],
        error_messages={"invalid_choice": _("We do not know this period.")},
    )
    first = forms.DateField(
        required=False,
        error_messages={"invalid": _("The first day is not a date. Choose a day from the calendar.")},
    )
    last = forms.DateField(
        required=False,
        error_messages={"invalid": _("The last day is not a date. Choose a day from the calendar.")},
    )
    complex = forms.ChoiceField(required=False, error_messages={"invalid_choice": _("We do not know this complex.")})

    def __init__(self, data: Mapping[str, Any], *, names: Sequence[tuple[int, str]], today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["complex"].choices = [("", ""), *names]  # type: ignore[attr-defined]  # a field of choices, to the stubs any field

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if "first" in self.errors or "last" in self.errors:
            return cleaned
        if last and not first:
            self.add_error("first", _("Choose a first day too."))
        elif first and first < EARLIEST:
            self.add_error("first", _("Choose a first day in the year 2000 or later."))
        elif first and first > self.today:
            self.add_error("first", _("The first day has yet to come."))
        elif first and last and first > last:
            self.add_error("first", _("The first day comes after the last."))
        return cleaned


@dataclass(frozen=True)
class Choice:
    """What is shown, and why not what was asked (`errors`, sentences).

    `until_today`: a later last day was asked for.
    """

    period: Period
    complex_id: int | None
    errors: tuple[str, ...]
    until_today: bool = False


def read(data: Mapping[str, Any], *, names: Sequence[tuple[int, str]], today: date) -> Choice:
    """The period and complex that were asked for; the last 12 months of all complexes where that makes no sense.

    Figures stop today, so a last day that has yet to come means today.
    """
    form = FilterForm(data, names=names, today=today)
    form.is_valid()
    errors = tuple(str(error) for field in form.errors.values() for error in field)
    asked = form.cleaned_data
    complex_id = int(asked["complex"]) if asked.get("complex") else None
    if {"period", "first", "last"} & set(form.errors):
        return Choice(TWELVE_MONTHS.until(today), complex_id, errors)
    if asked["first"]:
        last = asked["last"] or today
        return Choice(Period(asked["first"], min(last, today)), complex_id, errors, until_today=last > today)
    named = {preset.name: preset for preset in PRESETS}
    return Choice(named.get(asked["period"], TWELVE_MONTHS).until(today), complex_id, errors)
