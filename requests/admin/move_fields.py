"""What each move of the workflow asks of staff: its fields, what they propose, and what is wrong with an answer."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from ..intake import vera
from ..models import ServiceRequest, Visit
from ..promises import next_working_moment, statutory
from ..services import deferring
from ..services.moves import must_name_cause
from ..workflow import Move, Need, Status, WaitingReason
from .due import moment_of
from .visit_window import first_window

__all__ = [
    "NOTE_LABELS", "NOTE_REFUSALS", "REFUSALS", "cause_field", "comes_back", "day_field", "first_guess", "is_near",
    "outcome_field", "past_visit_field", "reason_field", "window_fields", "window_of",
]  # fmt: skip

VISIT_OUTCOMES = (Visit.Outcome.DONE, Visit.Outcome.NO_ACCESS, Visit.Outcome.NOT_FINISHED, Visit.Outcome.MISSED)
NOTE_LABELS = {
    "reopen": _("What is not right, in the tenant's words"),
    "start": _("Note in the history"),
    "decline": _("The reason, as the tenant reads it"),
    "defer": _("Why it has to wait, as the tenant reads it"),
}
NOTE_REFUSALS = {
    "reopen": _("Write down what is not right."),
    "defer": _("Explain to the tenant why it has to wait until that day."),
}
REFUSALS = {
    Need.NOTE: ("note", _("Explain to the tenant why the request ends here.")),
    Need.WORDS: ("note", _("Write down what is not right.")),
    Need.REASON: ("waiting_reason", _("Choose what we wait for.")),
    Need.DAY: ("until", _("Choose a later day, at most a year from now.")),
    Need.WINDOW: ("day", _("This visit cannot be planned. Choose another day or time.")),
    Need.OUTCOME: ("outcome", _("Choose how the request ends.")),
    Need.CAUSE: ("cause", _("This came back. Choose the cause, so that it stays solved.")),
}


def first_guess(move: Move, service_request: ServiceRequest, *, at: datetime) -> dict[str, Any]:
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


def outcome_field(move: Move) -> dict[str, forms.Field]:
    if Need.OUTCOME not in move.needs:
        return {}
    choices = [(outcome.value, outcome.label) for outcome in move.outcomes]
    return {
        "outcome": forms.ChoiceField(
            label=_("How does it end?"),
            choices=choices,
            widget=forms.RadioSelect,
            error_messages=_says(REFUSALS[Need.OUTCOME][1]),
        )
    }


def reason_field(move: Move) -> dict[str, forms.Field]:
    if Need.REASON not in move.needs:
        return {}
    return {
        "waiting_reason": forms.ChoiceField(
            label=_("What do we wait for?"),
            choices=[
                ("", _("Choose what we wait for")),
                *((reason.value, reason.label) for reason in WaitingReason if reason in move.reasons),
            ],
            error_messages=_says(REFUSALS[Need.REASON][1]),
        )
    }


def day_field(move: Move, service_request: ServiceRequest, *, at: datetime) -> dict[str, forms.Field]:
    if Need.DAY not in move.needs:
        return {}
    told = [
        _("Promised now: %(moment)s. A later day moves the promise.") % {"moment": moment_of(service_request.fix_by)}
    ]
    since = service_request.statutory_since
    if since is not None and not statutory.is_over(since, at=at):
        six_weeks = {"day": date_format(statutory.ends_on(since), "D j N")}
        told.append(_("The six weeks of the law go on: they end on %(day)s.") % six_weeks)
    return {
        "until": forms.DateField(
            label=_("Until which day?"),
            help_text=" ".join(str(line) for line in told),
            input_formats=["%Y-%m-%d"],
            widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
            error_messages=_says(REFUSALS[Need.DAY][1]),
        )
    }


def is_near(day: date, *, at: datetime) -> bool:
    """At most a year ago or away: nobody means farther days, and not all of them can be reckoned with."""
    return abs(day - timezone.localdate(at)) <= deferring.LONGEST


def comes_back(cleaned: dict[str, Any]) -> datetime | None:
    """When the office opens on that day, or on the next working day."""
    day = cleaned.get("until")
    return next_working_moment(timezone.make_aware(datetime.combine(day, time()))) if day else None


def _says(words: Any) -> dict[str, Any]:
    """One sentence for a field that is empty or has what is not on offer."""
    return dict.fromkeys(("required", "invalid", "invalid_choice"), words)


def window_fields(move: Move) -> dict[str, forms.Field]:
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


def cause_field(move: Move, service_request: ServiceRequest) -> dict[str, forms.Field]:
    if Need.CAUSE not in move.needs:
        return {}
    required = must_name_cause(service_request)
    return {
        "cause": forms.ChoiceField(
            label=_("What was the cause?"),
            choices=[("", _("Not known")), *vera.codes(vera.CAUSE).items()],
            required=required,
            help_text=_("Required: it came back after an earlier repair.") if required else "",
            error_messages={"required": REFUSALS[Need.CAUSE][1]},
        )
    }


def past_visit_field(move: Move, service_request: ServiceRequest, *, at: datetime) -> dict[str, forms.Field]:
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


def window_of(cleaned: dict[str, Any]) -> tuple[datetime, datetime] | None:
    day, start, end = cleaned.get("day"), cleaned.get("start"), cleaned.get("end")
    if day is None or start is None or end is None:
        return None
    return (timezone.make_aware(datetime.combine(day, start)), timezone.make_aware(datetime.combine(day, end)))
