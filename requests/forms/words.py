"""Somebody's own words, in whichever form."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MOST_CHARACTERS = 2000


class Words(forms.CharField):
    """Somebody's own words: at most 2,000 characters, where a new line counts as one."""

    widget = forms.Textarea
    sometimes_required = False  # then the label does not say that it may be left empty

    def __init__(self, *, rows: int = 6, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.widget.attrs |= {
            "rows": rows,
            "data-counter": MOST_CHARACTERS,
            "data-left": _("Characters left: {n}"),
            "data-over": _("Characters too many: {n}"),
        }

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n").replace("\x00", "").strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        if (over := len(value) - MOST_CHARACTERS) > 0:
            raise forms.ValidationError(
                ngettext(
                    "Your text is %(n)d character too long. Make it shorter: there is room for 2,000.",
                    "Your text is %(n)d characters too long. Make it shorter: there is room for 2,000.",
                    over,
                ),
                code="too_long",
                params={"n": over},
            )
