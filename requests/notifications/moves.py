"""What a move of the workflow tells, and which ones tell nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from tenants import preferences

from .. import workflow
from ..models import Recovery, Report, ServiceRequest, StatusChange, Visit
from ..workflow import Actor, Status
from .telling import Told, at_once, told

__all__ = ["MAY_BE_SILENT", "PRIVATE_WHEN_SHARED", "Visits", "access", "is_silent", "moved", "tells"]

_KIND_OF_MOVE = {
    workflow.REVIEW: "request_in_review",
    workflow.PLAN: "request_planned",
    workflow.SCHEDULE: "request_scheduled",
    workflow.WAIT: "request_waiting",
    workflow.DEFER: "request_deferred",
    workflow.COME_BACK: "request_back",
    workflow.FINISH: "request_done",
    workflow.CONFIRM: "request_confirmed",
    workflow.CONFIRM_BY_PHONE: "request_confirmed",
    workflow.REOPEN: "request_reopened",
    workflow.LAPSE: "request_lapsed",
    workflow.WITHDRAW: "request_withdrawn",
    workflow.DECLINE: "request_declined",
}  # START tells nothing: after a visit that was told, the craftsman is at the door, and that is a word
# That we look at it, or for a craftsman, is on their page: a mail comes when there is something to do or to know.
MAY_BE_SILENT = frozenset({workflow.REVIEW, workflow.PLAN, workflow.START})
_NOTHING_WAS_SAID_YET = frozenset({Status.RECEIVED, Status.IN_REVIEW})
# Whoever has a page to look it up saw on their screen that their answer closed it.
_SEEN_ON_SCREEN = {workflow.CONFIRM.name}
# What staff write down with these is what one tenant said: nothing for the others who reported.
PRIVATE_WHEN_SHARED = {workflow.REOPEN.name, workflow.CONFIRM_BY_PHONE.name}


@dataclass(frozen=True, kw_only=True)
class Visits:
    """What a move does to visits and to the promise.

    `window` and `craftsman` are of the visit that it plans, `left` is the visit that was planned before, with what
    became of it, `promised` is by when the repair was promised before.
    """

    window: tuple[datetime, datetime] | None = None
    craftsman: str = ""
    left: Visit | None = None
    recovery: Recovery | None = None
    promised: datetime | None = None

    def left_as(self, *outcomes: str) -> tuple[datetime, datetime] | None:
        """When the visit before was to be, if this became of it."""
        return (self.left.window.lower, self.left.window.upper) if self.left and self.left.outcome in outcomes else None


def tells(move: workflow.Move) -> bool:
    """Whether the tenant can hear of this move; see `is_silent`."""
    return move in _KIND_OF_MOVE


def is_silent(move: workflow.Move, *, before: str, note: str) -> bool:
    """Nobody hears of this move, and so it is no word: what was promised to be heard stays due.

    What the tenant answers, they know.

    Before anything was said, "we look at it" and "we look for a craftsman" hold nothing that a tenant can use. After
    waiting or a visit they do: it goes on. Work that starts without a visit, nobody sees. `before` is the status that
    it leaves.
    """
    if move is workflow.ANSWER:
        return True
    if move is workflow.START:
        return before != Status.SCHEDULED
    return move in MAY_BE_SILENT and before in _NOTHING_WAS_SAID_YET and not note.strip()


def moved(service_request: ServiceRequest, change: StatusChange, visits: Visits) -> list[Told]:
    """What everybody who reported hears of a move; nothing for a move that needs no words."""
    kind = _kind_of(service_request, change)
    if kind is None:
        return []
    reports = _reports_told_of(service_request, change)
    private = change.move in PRIVATE_WHEN_SHARED and len(reports) > 1
    missed = visits.left_as(Visit.Outcome.MISSED)
    recovery = visits.recovery if missed else None
    later = visits.promised is not None and service_request.fix_by > visits.promised
    extra = {
        "change": change,
        "window": visits.window,
        "craftsman": visits.craftsman,
        "dropped": visits.left_as(*Visit.DROPPED),
        "missed": missed,
        "recovery": recovery,
        "overdue": recovery is not None and recovery.hear_by <= change.at,
        "promised_before": visits.promised if later else None,
        "note": "" if private else change.note,
        **_merged(service_request.merged_into, at=change.at),
    }
    messages = [
        told(
            kind,
            service_request,
            report,
            occasion=f"change-{change.pk}",
            access=access(service_request, report, visits, at=change.at),
            **extra,
        )
        for report in reports
    ]
    acting = _who_acts(service_request, change)
    return [at_once(message) if message.tenant.pk in acting else message for message in messages]


def _merged(into: ServiceRequest | None, *, at: datetime) -> dict[str, object]:
    """How it stands with the request in which this one goes on: by when it is promised, or they hear a new day."""
    if into is None:
        return {}
    waits = Recovery.objects.without_a_day().filter(service_request=into).first()
    return {
        "late": into.fix_by <= at,
        "visit": into.visits.upcoming(at=at).first(),
        "recovery": waits,
        "overdue": waits is not None and waits.hear_by <= at,
    }


def _reports_told_of(service_request: ServiceRequest, change: StatusChange) -> list[Report]:
    reports = service_request.reports.told(at=change.at).select_related("tenant__access_preferences", "tenancy")
    return list(reports.filter(tenant__user=None) if change.move in _SEEN_ON_SCREEN else reports)


def _who_acts(service_request: ServiceRequest, change: StatusChange) -> set[int]:
    """The tenant who makes the move: they signed in for it, or answered a question by its link."""
    if change.actor != Actor.TENANT:
        return set()
    signed_in = Q(tenant__user__isnull=False, tenant__user=change.by_id)
    answers = Q(verdicts__answered_at=change.at)
    return set(service_request.reports.filter(signed_in | answers).values_list("tenant", flat=True))


def access(service_request: ServiceRequest, report: Report, visits: Visits, *, at: datetime) -> preferences.Told:
    """What the craftsman knows of this household, when the visit is in its home."""
    if visits.window is None or report.tenancy.dwelling_id != service_request.dwelling_id:
        return preferences.Told()
    return preferences.told(report.tenant, at=at, on=timezone.localdate(visits.window[0]))


def _kind_of(service_request: ServiceRequest, change: StatusChange) -> str | None:
    if service_request.merged_into_id is not None:
        return "request_merged"
    move = workflow.move_named(change.move)
    return None if is_silent(move, before=change.old_status, note=change.note) else _KIND_OF_MOVE.get(move)
