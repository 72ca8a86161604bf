"""What staff fill in on a request's page. Forms clean; the services decide and write."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models import User

from .. import notifications
from ..forms import Once
from ..models import ServiceRequest
from ..services import Said, deferring
from ..workflow import Move, Need, Status
from .due import moment_of
from .filters import colleagues
from .move_fields import (
    NOTE_LABELS,
    NOTE_REFUSALS,
    REFUSALS,
    cause_field,
    comes_back,
    day_field,
    first_guess,
    is_near,
    outcome_field,
    past_visit_field,
    reason_field,
    window_fields,
    window_of,
)
from .visit_window import wrong_with

NOTE_LENGTH = 2000
DAY_IS_OVER = _("This day is over. Choose today or a later day.")
DAY_IS_FAR = _("This is more than a year away. Choose an earlier day.")


class Seen(forms.Form):
    """Every form says which version of the request its reader was looking at."""

    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)


class MoveForm(Seen):
    """Exactly what one move of the workflow needs, and a note for the tenant."""

    note = forms.CharField(max_length=NOTE_LENGTH, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, move: Move, service_request: ServiceRequest, *args: Any, at: datetime, **kwargs: Any) -> None:
        guess = first_guess(move, service_request, at=at)
        kwargs["initial"] = {"seen": service_request.version, **guess, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.move, self.service_request, self.at = move, service_request, at
        self.tells = notifications.tells(move)
        self.tells_only_words = notifications.is_silent(move, before=service_request.status, note="")
        self.fields = {
            "seen": self.fields["seen"],
            **past_visit_field(move, service_request, at=at),
            **outcome_field(move),
            **reason_field(move),
            **day_field(move, service_request, at=at),
            **window_fields(move),
            **cause_field(move, service_request),
            "note": self.fields["note"],
        }
        note = self.fields["note"]
        note.required = bool({Need.NOTE, Need.WORDS} & move.needs)
        note.label = NOTE_LABELS.get(move.name, _("Explanation for the tenant"))
        note.help_text = "" if note.required else self._help_with_the_note()
        note.error_messages["required"] = NOTE_REFUSALS.get(move.name, REFUSALS[Need.NOTE][1])

    def _help_with_the_note(self) -> Any:
        promised = {"moment": moment_of(self.service_request.fix_by)}
        if not self.tells:
            return _("Not required. The tenant gets no message, but can read this with the request.")
        if self.tells_only_words:
            return _("Not required. The tenant gets a message only if you write something here.")
        if self.move.target != Status.SCHEDULED:
            return _("Not required. The tenant reads it in the message.")
        if self.service_request.fix_by <= self.at:
            return _("Required: we promised %(moment)s. The tenant reads it in the message.") % promised
        return _("Required if the visit ends after %(moment)s, as promised. The tenant reads it.") % promised

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if is_near(day, at=self.at):
            return day
        raise ValidationError(DAY_IS_FAR if day > timezone.localdate(self.at) else DAY_IS_OVER)

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if is_near(until, at=self.at):
            return until
        raise ValidationError(REFUSALS[Need.DAY][1])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "until" in cleaned and not deferring.is_a_day(comes_back(cleaned), at=self.at):
            self.add_error("until", REFUSALS[Need.DAY][1])
        window, promised = window_of(cleaned), self.service_request.fix_by
        if window is None:
            return cleaned
        for field, message in wrong_with(window, at=self.at):
            self.add_error(field, message)
        if window[1] > max(promised, self.at) and not cleaned.get("note", "").strip():
            later = _("You promised %(moment)s. Explain why it will be later.")
            self.add_error("note", later % {"moment": moment_of(promised)})
        return cleaned

    def missing(self) -> list[str]:
        """What the form still needs, in words; of a form that was not sent yet, what its first values leave open."""
        form = self
        if not self.is_bound:
            form = MoveForm(self.move, self.service_request, self.initial, at=self.at)
        return [str(error) for field, errors in form.errors.items() if field != "seen" for error in errors]

    def said(self) -> Said:
        """What the form says; of a form that was not sent yet, its first values, for the preview."""
        cleaned: dict[str, Any] = dict(self.cleaned_data if self.is_bound else self.initial)
        return Said(
            note=cleaned.get("note", ""),
            waiting_reason=cleaned.get("waiting_reason", ""),
            outcome=cleaned.get("outcome", ""),
            window=window_of(cleaned),
            craftsman=cleaned.get("craftsman", ""),
            cause=cleaned.get("cause", ""),
            visit=cleaned.get("visit", ""),
            until=comes_back(cleaned),
        )

    def refuse(self, needs: frozenset[Need]) -> None:
        """Say beside the right field what the service still needs."""
        for need in needs:
            field, message = REFUSALS[need]
            self.add_error(field if field in self.fields else None, message)


class MessageForm(Seen, Once):
    body = forms.CharField(
        label=_("Message to the tenant"),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("There is no text yet. Write the message first.")},
    )


class NoteForm(Once):
    body = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("The tenant does not see this."),
        label_suffix="",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("There is no text yet. Write the note first.")},
    )


class AssignForm(forms.Form):
    """To a colleague, or to nobody when that is allowed."""

    to = forms.ModelChoiceField(
        label=_("Colleague"),
        label_suffix="",
        queryset=User.objects.none(),
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose who looks after it.")},
    )

    def __init__(self, *args: Any, allow_nobody: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        to = self.fields["to"]
        assert isinstance(to, forms.ModelChoiceField)
        to.queryset, to.required = colleagues(), not allow_nobody
        if allow_nobody:
            to.empty_label = _("nobody")
