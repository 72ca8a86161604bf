"""What staff fill in on a request's page. Forms clean; the services decide and write."""

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models import User

from .. import notifications
from ..intake import vera
from ..models import ServiceRequest, Visit
from ..services import Said
from ..services.moves import must_name_cause
from ..workflow import Move, Need, Status, WaitingReason
from .due import moment_of
from .filters import colleagues
from .visit_window import first_window, wrong_with

NOTE_LENGTH = 2000
VISIT_OUTCOMES = (Visit.Outcome.DONE, Visit.Outcome.NO_ACCESS, Visit.Outcome.NOT_FINISHED, Visit.Outcome.MISSED)


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
        guess = _first_guess(move, service_request, at=at)
        kwargs["initial"] = {"seen": service_request.version, **guess, **kwargs.get("initial", {})}
        super().__init__(*args, **kwargs)
        self.move, self.service_request, self.at = move, service_request, at
        self.tells = notifications.tells(move)
        self.fields = {
            "seen": self.fields["seen"],
            **_past_visit_field(move, service_request, at=at),
            **_outcome_field(move),
            **_reason_field(move),
            **_window_fields(move),
            **_cause_field(move, service_request),
            "note": self.fields["note"],
        }
        note = self.fields["note"]
        note.required = bool({Need.NOTE, Need.WORDS} & move.needs)
        note.label = _NOTE_LABELS.get(move.name, _("Explanation for the tenant"))
        note.help_text = "" if note.required else self._help_with_the_note()
        note.error_messages["required"] = _REFUSALS[Need.WORDS if Need.WORDS in move.needs else Need.NOTE][1]

    def _help_with_the_note(self) -> Any:
        promised = {"moment": moment_of(self.service_request.fix_by)}
        if not self.tells:
            return _("Not required. The tenant gets no message, but can read this with the request.")
        if self.move.target != Status.SCHEDULED:
            return _("Not required. The tenant reads it in the message.")
        if self.service_request.fix_by <= self.at:
            return _("Required: we promised %(moment)s. The tenant reads it in the message.") % promised
        return _("Required if the visit ends after %(moment)s, as promised. The tenant reads it.") % promised

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        window, promised = _window(cleaned), self.service_request.fix_by
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
            window=_window(cleaned),
            craftsman=cleaned.get("craftsman", ""),
            cause=cleaned.get("cause", ""),
            visit=cleaned.get("visit", ""),
        )

    def refuse(self, needs: frozenset[Need]) -> None:
        """Say beside the right field what the service still needs."""
        for need in needs:
            field, message = _REFUSALS[need]
            self.add_error(field if field in self.fields else None, message)


class FormKey(forms.UUIDField):
    """What is no key counts as none: the words beside it are what matters."""

    def clean(self, value: Any) -> Any:
        try:
            return super().clean(value)
        except forms.ValidationError:
            return None


class Once(forms.Form):
    """A form with a key of its own: however often it is sent, it counts once."""

    key = FormKey(widget=forms.HiddenInput, initial=uuid.uuid4, required=False)


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


_NOTE_LABELS = {
    "reopen": _("What is not right, in the tenant's words"),
    "start": _("Note in the history"),
    "decline": _("The reason, as the tenant reads it"),
}
_REFUSALS = {
    Need.NOTE: ("note", _("Explain to the tenant why the request ends here.")),
    Need.WORDS: ("note", _("Write down what is not right.")),
    Need.REASON: ("waiting_reason", _("Choose what we wait for.")),
    Need.WINDOW: ("day", _("This visit cannot be planned. Choose another day or time.")),
    Need.OUTCOME: ("outcome", _("Choose how the request ends.")),
    Need.CAUSE: ("cause", _("This came back. Choose the cause, so that it stays solved.")),
}


def _first_guess(move: Move, service_request: ServiceRequest, *, at: datetime) -> dict[str, Any]:
    """A time for the visit, and how the last one went where that is known.

    What we wait for and how it ends are never guessed: the tenant reads those.
    """
    how_it_went = _how_it_went(move, service_request)
    guess: dict[str, Any] = {"visit": how_it_went} if how_it_went else {}
    if Need.WINDOW in move.needs:
        start, end = map(timezone.localtime, first_window(at=at, fix_by=service_request.fix_by))
        guess |= {"day": start.date(), "start": start.time(), "end": end.time()}
    return guess


def _how_it_went(move: Move, service_request: ServiceRequest) -> str:
    """Of a visit that has begun; empty when only the craftsman knows."""
    if move.target == Status.DONE:
        return Visit.Outcome.DONE
    return Visit.Outcome.NOT_FINISHED if service_request.status == Status.IN_PROGRESS else ""


def _outcome_field(move: Move) -> dict[str, forms.Field]:
    if Need.OUTCOME not in move.needs:
        return {}
    choices = [(outcome.value, outcome.label) for outcome in move.outcomes]
    return {
        "outcome": forms.ChoiceField(
            label=_("How does it end?"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages=_says(_REFUSALS[Need.OUTCOME][1]),
        )
    }


def _reason_field(move: Move) -> dict[str, forms.Field]:
    if Need.REASON not in move.needs:
        return {}
    return {
        "waiting_reason": forms.ChoiceField(
            label=_("What do we wait for?"),
            choices=[("", _("Choose what we wait for")), *WaitingReason.choices],
            error_messages=_says(_REFUSALS[Need.REASON][1]),
        )
    }


def _says(words: Any) -> dict[str, Any]:
    """One sentence for a field that is empty or has what is not on offer."""
    return dict.fromkeys(("required", "invalid", "invalid_choice"), words)


def _window_fields(move: Move) -> dict[str, forms.Field]:
    if Need.WINDOW not in move.needs:
        return {}

    def clock(label: Any, words: Any) -> forms.TimeField:
        widget = forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900})
        return forms.TimeField(label=label, widget=widget, error_messages=_says(words))

    return {
        "day": forms.DateField(
            label=_("Day"),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages=_says(_("Choose a day.")),
        ),
        "start": clock(_("From"), _("Choose when the visit starts.")),
        "end": clock(_("Until"), _("Choose when the visit ends.")),
        "craftsman": forms.CharField(
            label=_("Who comes?"),
            max_length=80,
            help_text=_("Name of the craftsman or company."),
            error_messages={"required": _("Write down who comes: a craftsman or a company.")},
        ),
    }


def _cause_field(move: Move, service_request: ServiceRequest) -> dict[str, forms.Field]:
    if Need.CAUSE not in move.needs:
        return {}
    required = must_name_cause(service_request)
    return {
        "cause": forms.ChoiceField(
            label=_("What was the cause?"),
            choices=[("", _("Not known")), *vera.codes(vera.CAUSE).items()],
            required=required,
            help_text=_("Required: it came back after an earlier repair.") if required else "",
            error_messages={"required": _REFUSALS[Need.CAUSE][1]},
        )
    }


def _past_visit_field(move: Move, service_request: ServiceRequest, *, at: datetime) -> dict[str, forms.Field]:
    """When a planned visit has begun, staff say how it went; before, that follows from the move."""
    if move.target == Status.IN_PROGRESS:
        return {}
    planned = [visit for visit in service_request.visits.all() if visit.outcome == Visit.Outcome.PLANNED]
    work_began = service_request.status == Status.IN_PROGRESS
    if not any(work_began or visit.window.lower <= at for visit in planned):
        return {}
    choices = [("", _("Choose how it went")), *((outcome.value, outcome.label) for outcome in VISIT_OUTCOMES)]
    return {
        "visit": forms.ChoiceField(
            label=_("How did the planned visit go?"),
            choices=choices,
            error_messages=_says(_("Choose how the visit went. The tenant reads it in the history.")),
        )
    }


def _window(cleaned: dict[str, Any]) -> tuple[datetime, datetime] | None:
    day, start, end = cleaned.get("day"), cleaned.get("start"), cleaned.get("end")
    if day is None or start is None or end is None:
        return None
    return (timezone.make_aware(datetime.combine(day, start)), timezone.make_aware(datetime.combine(day, end)))
