"""What tenants fill in about a request that is there: a message, a verdict, a mark."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..models import Verdict
from .once import Once
from .words import Words


class MessageForm(Once):
    """A message to staff."""

    body = Words(
        label=_("Your message"),
        rows=3,
        error_messages={"required": _("Write your message first.")},
    )


class ComplaintForm(Once):
    """What else to say with a complaint that is filled in already."""

    words = Words(
        label=_("Do you want to add something?"),
        rows=4,
        required=False,
        help_text=_("Your letter already says what was promised and what happened."),
    )


class Round(forms.IntegerField):
    """How many times it was ready when this was asked. What is no number is of no round: nobody can see this field."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class VerdictForm(forms.Form):
    """Is it solved? "No" needs words."""

    round = Round(widget=forms.HiddenInput, required=False)
    answer = forms.ChoiceField(
        label=_("Is it solved?"),
        choices=Verdict.Answer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the three answers.")},
    )
    words = Words(
        label=_("What is not right yet?"),
        rows=4,
        required=False,
        help_text=_("Only if it is not solved. Then your words help us to do it right this time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].sometimes_required = True  # type: ignore[attr-defined]  # our own, for the template

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("answer") == Verdict.Answer.NOT_SOLVED and not cleaned.get("words", "x"):
            self.add_error("words", _("Write what is not right yet. Then we know what to do."))
        return cleaned


class MarkForm(forms.Form):
    """The mark, 1 to 10, and why."""

    mark = forms.TypedChoiceField(
        label=_("What mark do you give us for the way we handled this?"),
        choices=[(mark, mark) for mark in range(1, 11)],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a mark from 1 to 10.")},
    )
    reason = Words(label=_("Why do you give this mark?"), rows=3, required=False)
