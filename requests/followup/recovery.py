"""A promise that we broke: say so before the tenant has to, with a name and by when they hear a new day."""

from __future__ import annotations

from datetime import datetime

from tenants.models import User
from tenants.notifications import outbox

from .. import notifications, workflow
from ..models import Alarm, Recovery, ServiceRequest
from ..services import moving_out
from ..services.recovery import hears_by
from . import people, policy

__all__ = ["begin"]


def begin(service_request: ServiceRequest, kind: str, of: str, *, at: datetime) -> None:
    """Apologise once for each promise and visit; for a request that the caller has locked.

    Not while we wait for an answer of the tenant, nor when they wait for a new day already or were told of a visit to
    come, nor for a day that was over before they told us that it is not solved: the answer to that said it.
    """
    mine = Recovery.objects.filter(service_request=service_request)
    if mine.filter(of=of).exists() or mine.without_a_day().exists() or _has_other_words(service_request, at=at):
        return
    moving_out.note_who_left(service_request, at=at)
    recovery = Recovery.objects.create(
        service_request=service_request,
        why=Recovery.Why.VISIT_MISSED if kind == Alarm.Kind.VISIT_MISSED else Recovery.Why.BROKEN,
        of=of,
        promised=_promised(service_request, kind),
        begun_at=at,
        contact=_contact(service_request),
        hear_by=hears_by(service_request, at=at),
    )
    for message in notifications.apology(recovery, kind=policy.row(kind).mail):
        outbox.post(message, at=at)
    service_request.needs_attention = True
    service_request.next_word_at = _heard_by(service_request, recovery.hear_by)
    service_request.version += 1
    service_request.save(update_fields=["needs_attention", "next_word_at", "version"])


def _heard_by(service_request: ServiceRequest, hear_by: datetime) -> datetime:
    """An answer that was promised, and the day until which it is put off, come no later for the apology."""
    due = service_request.next_word_at
    stays_due = service_request.tenant_waits_for_reply or service_request.deferred_until is not None
    return min(due, hear_by) if due and stays_due else hear_by


def _has_other_words(service_request: ServiceRequest, *, at: datetime) -> bool:
    if service_request.visits.upcoming(at=at).exists() or service_request.waits_for_tenant:
        return True
    reopened = service_request.history.filter(move=workflow.REOPEN.name, at__gte=service_request.fix_by)
    return reopened.exists()


def _promised(service_request: ServiceRequest, kind: str) -> datetime:
    """The day, or the end of the visit."""
    visit = service_request.visits.planned().first() if kind == Alarm.Kind.VISIT_MISSED else None
    promised: datetime = visit.window.upper if visit else service_request.fix_by
    return promised


def _contact(service_request: ServiceRequest) -> User | None:
    """Whoever has it, or else a team lead: somebody to ask for by name."""
    assignee = service_request.assignee
    if assignee and assignee.is_active and assignee.is_staff:
        return assignee
    return people.team_leads().first()
