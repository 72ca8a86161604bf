"""What tenants hear about their requests: which text on which occasion, and what they can do then.

The texts are `templates/notifications/<kind>.txt`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.notifications.outbox import Message as Told

from . import tokens, workflow
from .models import Message, Report, ServiceRequest, StatusChange, Visit

__all__ = ["ASKS_VERDICT", "Visits", "closing_reminder", "holding", "moved", "received", "written"]

_KIND_OF_MOVE = {
    workflow.REVIEW: "request_in_review",
    workflow.PLAN: "request_planned",
    workflow.SCHEDULE: "request_scheduled",
    workflow.WAIT: "request_waiting",
    workflow.FINISH: "request_done",
    workflow.CONFIRM: "request_confirmed",
    workflow.CONFIRM_BY_PHONE: "request_confirmed",
    workflow.REOPEN: "request_reopened",
    workflow.LAPSE: "request_lapsed",
    workflow.WITHDRAW: "request_withdrawn",
    workflow.DECLINE: "request_declined",
}  # START tells nothing: the craftsman is at the door
ASKS_VERDICT = {"request_done", "request_reminder"}
_ASKS_MARK = {"request_confirmed", "request_lapsed"}
# The answer to what the tenant does at this moment: they wait for it, also in the evening.
_AT_ONCE = {"request_received", "request_confirmed", "request_reopened", "request_withdrawn"}


def received(service_request: ServiceRequest, report: Report) -> Told:
    return _told("request_received", service_request, report, occasion=f"received-{report.pk}")


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What a move does to visits and to the promise.

    `window` and `craftsman` are of the visit that it plans, `dropped` is the visit that now does not take
    place, `promised` is by when the repair was promised before.
    """

    window: tuple[datetime, datetime] | None = None
    craftsman: str = ""
    dropped: Visit | None = None
    promised: datetime | None = None


def moved(service_request: ServiceRequest, change: StatusChange, visits: Visits) -> list[Told]:
    """What everybody who reported hears of a move; nothing for a move that needs no words."""
    kind = _KIND_OF_MOVE.get(workflow.move_named(change.move))
    if kind is None:
        return []
    later = visits.promised is not None and service_request.fix_by > visits.promised
    extra = {
        "change": change,
        "window": visits.window,
        "craftsman": visits.craftsman,
        "dropped": visits.dropped and (visits.dropped.window.lower, visits.dropped.window.upper),
        "promised_before": visits.promised if later else None,
    }
    return [
        _told(kind, service_request, report, occasion=f"change-{change.pk}", **extra)
        for report in service_request.reports.select_related("tenant")
    ]


def written(service_request: ServiceRequest, message: Message) -> list[Told]:
    """Staff wrote a message."""
    return [
        _told("request_message", service_request, report, occasion=f"message-{message.pk}", message=message)
        for report in service_request.reports.select_related("tenant")
    ]


def holding(service_request: ServiceRequest, *, next_word_at: datetime, at: datetime) -> list[Told]:
    """We still have it, because …; you hear from us again by `next_word_at`."""
    assert service_request.next_word_at is not None
    occasion = f"word-{service_request.pk}-{int(service_request.next_word_at.timestamp())}"
    visit = service_request.visits.upcoming(at=at).first()
    extra = {"visit": visit, "next_word_at": next_word_at, "overdue": service_request.fix_by < at, "at": at}
    return [
        _told("request_holding", service_request, report, occasion=occasion, **extra)
        for report in service_request.reports.select_related("tenant")
    ]


def closing_reminder(service_request: ServiceRequest, reports: list[Report], *, closes_at: datetime) -> list[Told]:
    """Is it solved? Asked once more of those who did not say."""
    occasion = f"reminder-{service_request.pk}-{service_request.times_done}"
    return [
        _told("request_reminder", service_request, report, occasion=occasion, closes_at=closes_at) for report in reports
    ]


def _told(kind: str, service_request: ServiceRequest, report: Report, *, occasion: str, **extra: object) -> Told:
    return Told(
        kind=kind,
        tenant=report.tenant,
        occasion=occasion,
        about=service_request.reference,
        context={"service_request": service_request, "report": report, **extra},
        action=_action(kind, service_request, report),
        urgent=kind in _AT_ONCE,
    )


def _action(kind: str, service_request: ServiceRequest, report: Report) -> tuple[str | Promise, str] | None:
    """The one thing to do now. People without an account only get links that need none."""
    question = {"report_id": report.pk, "round": service_request.times_done}
    if kind in ASKS_VERDICT and service_request.done_at:
        token = tokens.make(tokens.VERDICT, **question, asked_at=service_request.done_at)
        return _("Tell us if it is solved"), reverse("requests:answer", args=[token])
    if kind in _ASKS_MARK and service_request.done_at:
        token = tokens.make(tokens.MARK, **question, asked_at=service_request.done_at)
        return _("Give a mark"), reverse("requests:mark", args=[token])
    if report.tenant.user_id is None:
        return None
    return _("See your request"), reverse("requests:detail", args=[service_request.reference])
