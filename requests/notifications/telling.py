"""One message to one household: its words, what they can do then, and when it may leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tenants.notifications.outbox import Message as Told

from .. import tokens
from ..models import Report, ServiceRequest

__all__ = ["ASKS_VERDICT", "Told", "answer", "at_once", "see", "told"]

ASKS_VERDICT = {"request_done", "request_reminder"}
_ASKS_MARK = {"request_confirmed", "request_lapsed"}
_WITH_PROOF = {"request_received", "request_joined"}
_NOT_ON_PAPER = {"request_visit"}


def told(kind: str, service_request: ServiceRequest, report: Report, *, occasion: str, **extra: object) -> Told:
    return Told(
        kind=kind,
        tenant=report.tenant,
        occasion=occasion,
        about=service_request.reference,
        context={
            "service_request": service_request,
            "report": report,
            "at_home": report.tenancy.dwelling_id == service_request.dwelling_id,
            **extra,
        },
        action=_action(kind, service_request, report),
        attaches=f"proof:{report.pk}" if kind in _WITH_PROOF else "",
        on_paper=kind not in _NOT_ON_PAPER,
    )


def at_once(message: Told) -> Told:
    """The answer to what they do at this moment: they wait for it, also in the evening."""
    return replace(message, urgent=True)


def _action(kind: str, service_request: ServiceRequest, report: Report) -> tuple[str | Promise, str] | None:
    """The one thing to do now. People without an account only get links that need none."""
    if kind in ASKS_VERDICT and service_request.done_at:
        return answer(service_request, report, asked_at=service_request.done_at)
    if kind in _ASKS_MARK and service_request.done_at:
        question = {"report_id": report.pk, "round": service_request.times_done}
        asked_at = service_request.closed_at or service_request.done_at
        token = tokens.make(tokens.MARK, **question, asked_at=asked_at)
        return _("Give a mark"), reverse("requests:mark", args=[token])
    if report.tenant.user_id is None:
        return None
    if kind == "request_six_weeks":
        return _("See what you can do"), reverse("requests:next_steps", args=[service_request.reference])
    return see(service_request.merged_into or service_request)


def answer(service_request: ServiceRequest, report: Report, *, asked_at: datetime) -> tuple[str | Promise, str]:
    question = {"report_id": report.pk, "round": service_request.times_done}
    token = tokens.make(tokens.VERDICT, **question, asked_at=asked_at)
    return _("Tell us if it is solved"), reverse("requests:answer", args=[token])


def see(service_request: ServiceRequest) -> tuple[str | Promise, str]:
    return _("See your request"), reverse("requests:detail", args=[service_request.reference])
