"""What staff fill in on a request's page. Forms clean; the services decide and write."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from tenants.models import User

from ..intake import vera
from ..models import ServiceRequest, Visit
from ..promises import next_working_moment
from ..services import Said
from ..workflow import Move, Need, Status, WaitingReason
from .filters import colleagues

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
        kwargs["initial"] = {"seen": service_request.version, **_first_guess(move, at=at), **kwargs.get("initial", {})}
        kwargs.setdefault("prefix", None)
        super().__init__(*args, **kwargs)
        self.move = move
        self.fields = {
            "seen": self.fields["seen"],
            **_outcome_field(move),
            **_reason_field(move),
            **_window_fields(move),
            **_cause_field(move, service_request),
            **_past_visit_field(move, service_request, at=at),
            "note": self.fields["note"],
        }
        needs_note = bool({Need.NOTE, Need.WORDS} & move.needs)
        self.fields["note"].required = needs_note
        self.fields["note"].label = _NOTE_LABELS.get(move.name, _("Explanation for the tenant"))
        self.fields["note"].help_text = "" if needs_note else _("Not required. The tenant reads it in the message.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start"), cleaned.get("end")
        if start and end and end <= start:
            self.add_error("end", _("The visit must end after it starts. Choose a later time."))
        return cleaned

    def said(self) -> Said:
        """What the form says so far; also of a form that is not complete, for the preview."""
        cleaned: dict[str, Any] = dict(getattr(self, "cleaned_data", {}) if self.is_bound else self.initial)
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


class MessageForm(Seen):
    body = forms.CharField(
        label=_("Message to the tenant"), max_length=NOTE_LENGTH, widget=forms.Textarea(attrs={"rows": 4})
    )


class NoteForm(forms.Form):
    body = forms.CharField(
        label=_("Note for colleagues"),
        help_text=_("The tenant does not see this."),
        label_suffix="",
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AssignForm(forms.Form):
    """To a colleague, or to nobody when that is allowed."""

    to = forms.ModelChoiceField(
        label=_("Colleague"), label_suffix="", queryset=User.objects.none(), empty_label=_("Choose a colleague")
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
    Need.NOTE: ("note", _("Explain it to the tenant: this is later than we promised, or the request ends here.")),
    Need.WORDS: ("note", _("Write down what is not right.")),
    Need.REASON: ("waiting_reason", _("Choose what we wait for.")),
    Need.WINDOW: ("day", _("Choose a time that is still to come, of 12 hours at most, and say who comes.")),
    Need.OUTCOME: ("outcome", _("Choose how the request ends.")),
    Need.CAUSE: ("cause", _("This was reopened before. Choose the cause, so that it stays solved.")),
}


def _first_guess(move: Move, *, at: datetime) -> dict[str, Any]:
    """A visit tomorrow morning, the first reason, the first outcome: something to look at in the preview."""
    guess: dict[str, Any] = {}
    if Need.WINDOW in move.needs:
        day = timezone.localdate(next_working_moment(at + timedelta(days=1)))
        guess |= {"day": day, "start": time(8), "end": time(12)}
    if Need.REASON in move.needs:
        guess["waiting_reason"] = WaitingReason.PARTS
    if Need.OUTCOME in move.needs:
        guess["outcome"] = move.outcomes[0]
    return guess


def _outcome_field(move: Move) -> dict[str, forms.Field]:
    if Need.OUTCOME not in move.needs:
        return {}
    choices = [(outcome.value, outcome.label) for outcome in move.outcomes]
    return {"outcome": forms.ChoiceField(label=_("How does it end?"), choices=choices, widget=forms.RadioSelect)}


def _reason_field(move: Move) -> dict[str, forms.Field]:
    if Need.REASON not in move.needs:
        return {}
    return {"waiting_reason": forms.ChoiceField(label=_("What do we wait for?"), choices=WaitingReason.choices)}


def _window_fields(move: Move) -> dict[str, forms.Field]:
    if Need.WINDOW not in move.needs:
        return {}

    def clock(label: Any) -> forms.TimeField:
        return forms.TimeField(label=label, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 900}))

    return {
        "day": forms.DateField(
            label=_("Day"),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        ),
        "start": clock(_("From")),
        "end": clock(_("Until")),
        "craftsman": forms.CharField(
            label=_("Who comes?"), max_length=80, help_text=_("Name of the craftsman or company.")
        ),
    }


def _cause_field(move: Move, service_request: ServiceRequest) -> dict[str, forms.Field]:
    if Need.CAUSE not in move.needs:
        return {}
    required = service_request.times_reopened > 0
    return {
        "cause": forms.ChoiceField(
            label=_("What was the cause?"),
            choices=[("", _("Not known")), *vera.codes(vera.CAUSE).items()],
            required=required,
            help_text=_("Required: it was not solved the last time.") if required else "",
            error_messages={"required": _REFUSALS[Need.CAUSE][1]},
        )
    }


def _past_visit_field(move: Move, service_request: ServiceRequest, *, at: datetime) -> dict[str, forms.Field]:
    """When a planned visit has begun, staff may say how it went; otherwise that follows from the move."""
    if move.target == Status.IN_PROGRESS:
        return {}
    begun = any(
        visit.outcome == Visit.Outcome.PLANNED and visit.window.lower <= at for visit in service_request.visits.all()
    )
    if not begun:
        return {}
    choices = [("", _("as this step says")), *((outcome.value, outcome.label) for outcome in VISIT_OUTCOMES)]
    return {"visit": forms.ChoiceField(label=_("How did the planned visit go?"), choices=choices, required=False)}


def _window(cleaned: dict[str, Any]) -> tuple[datetime, datetime] | None:
    day, start, end = cleaned.get("day"), cleaned.get("start"), cleaned.get("end")
    if day is None or start is None or end is None:
        return None
    return (timezone.make_aware(datetime.combine(day, start)), timezone.make_aware(datetime.combine(day, end)))
