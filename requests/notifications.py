"""What tenants hear about their requests: which text on which occasion, and what they can do then.

The texts are `templates/notifications/<kind>.txt`.
"""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dwellings.models import Outage
from tenants import preferences
from tenants.models import Tenant
from tenants.notifications.outbox import Message as Told

from . import tokens, workflow
from .holding import Holding
from .intake.outages import headline
from .models import Message, Objection, PromiseMove, Recovery, Report, ServiceRequest, StatusChange, Visit

__all__ = [
    "ASKS_VERDICT", "PRIVATE_WHEN_SHARED", "Visits", "about_outage", "apology", "closing_reminder", "gesture",
    "holding", "joined", "moved", "objection_decided", "promise_moved", "received", "split_off", "tells",
    "visit_soon", "written",
]  # fmt: skip

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
}  # START tells nothing: the craftsman is at the door
# What staff write down with these is what one tenant said: nothing for the others who reported.
PRIVATE_WHEN_SHARED = {workflow.REOPEN.name, workflow.CONFIRM_BY_PHONE.name}
ASKS_VERDICT = {"request_done", "request_reminder"}
_ASKS_MARK = {"request_confirmed", "request_lapsed"}
_WITH_PROOF = {"request_received", "request_joined"}
# The answer to what the tenant does at this moment: they wait for it, also in the evening.
_NOT_ON_PAPER = {"request_visit"}
_AT_ONCE = {"request_received", "request_joined", "request_confirmed", "request_reopened", "request_withdrawn"}


def received(service_request: ServiceRequest, report: Report, *, objects: bool = False) -> Told:
    """`objects`: they do not agree that they pay, and said why."""
    return _told("request_received", service_request, report, occasion=f"received-{report.pk}", objects=objects)


def joined(service_request: ServiceRequest, report: Report, *, at: datetime) -> Told:
    """A report was added to a case that is open already; what that promised holds for this household, too."""
    assert service_request.next_word_at is not None
    extra = {"overdue": service_request.fix_by < at, "soon": service_request.next_word_at <= at}
    return _told("request_joined", service_request, report, occasion=f"joined-{report.pk}", **extra)


def split_off(service_request: ServiceRequest, report: Report, *, old: ServiceRequest) -> Told:
    """A report goes on by itself, under its own number."""
    occasion = f"split-{service_request.pk}"
    return _told("request_split", service_request, report, occasion=occasion, old=old)


def about_outage(
    kind: str, outage: Outage, tenant: Tenant, service_request: ServiceRequest | None, *, occasion: str, **extra: object
) -> Told:
    """How it goes with an outage, to somebody who reported it (their request) or follows it (none)."""
    action = None
    if tenant.user_id is not None:
        home = (_("See the outages"), reverse("home"))
        action = _see(service_request) if service_request else home
    return Told(
        kind=kind,
        tenant=tenant,
        occasion=occasion,
        about=service_request.reference if service_request else "",
        context={"outage": outage, "headline": headline(outage), "service_request": service_request, **extra},
        action=action,
    )


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


def tells(move: workflow.Move) -> bool:
    """Whether the tenant hears of this move."""
    return move in _KIND_OF_MOVE


def moved(service_request: ServiceRequest, change: StatusChange, visits: Visits) -> list[Told]:
    """What everybody who reported hears of a move; nothing for a move that needs no words."""
    kind = _kind_of(service_request, change)
    if kind is None:
        return []
    reports = list(service_request.reports.told().select_related("tenant__access_preferences", "tenancy"))
    private = change.move in PRIVATE_WHEN_SHARED and len(reports) > 1
    later = visits.promised is not None and service_request.fix_by > visits.promised
    extra = {
        "change": change,
        "window": visits.window,
        "craftsman": visits.craftsman,
        "dropped": visits.dropped and (visits.dropped.window.lower, visits.dropped.window.upper),
        "promised_before": visits.promised if later else None,
        "note": "" if private else change.note,
        "overdue": service_request.merged_into is not None and service_request.merged_into.fix_by < change.at,
    }
    return [
        _told(
            kind,
            service_request,
            report,
            occasion=f"change-{change.pk}",
            access=_access(service_request, report, visits, at=change.at),
            **extra,
        )
        for report in reports
    ]


def _access(service_request: ServiceRequest, report: Report, visits: Visits, *, at: datetime) -> preferences.Told:
    """What the craftsman knows of this household, when the visit is in its home."""
    if visits.window is None or report.tenancy.dwelling_id != service_request.dwelling_id:
        return preferences.Told()
    return preferences.told(report.tenant, at=at, on=timezone.localdate(visits.window[0]))


def _kind_of(service_request: ServiceRequest, change: StatusChange) -> str | None:
    if service_request.merged_into_id is not None:
        return "request_merged"
    return _KIND_OF_MOVE.get(workflow.move_named(change.move))


def written(service_request: ServiceRequest, message: Message) -> list[Told]:
    """Staff wrote a message."""
    return [
        _told("request_message", service_request, report, occasion=f"message-{message.pk}", message=message)
        for report in service_request.reports.told().select_related("tenant", "tenancy")
    ]


def promise_moved(service_request: ServiceRequest, move: PromiseMove) -> list[Told]:
    """Staff promise a later day, with the reason."""
    occasion, broken = f"promise-{move.pk}", move.old_fix_by < move.at
    return [
        _told("request_later", service_request, report, occasion=occasion, move=move, broken=broken)
        for report in service_request.reports.told().select_related("tenant", "tenancy")
    ]


def objection_decided(service_request: ServiceRequest, objection: Objection) -> Told:
    """Staff looked again at who pays: of interest to whoever objected, and to no neighbour."""
    report, occasion = objection.report, f"objection-{objection.pk}"
    return _told("request_objection", service_request, report, occasion=occasion, objection=objection)


def holding(service_request: ServiceRequest, *, still: Holding, next_word_at: datetime) -> list[Told]:
    """We still have it, because …; you hear from us again by `next_word_at`."""
    extra = {"still": still, "next_word_at": next_word_at}
    return [
        _told("request_holding", service_request, report, occasion=_word(service_request), **extra)
        for report in service_request.reports.told().select_related("tenant", "tenancy")
    ]


def visit_soon(service_request: ServiceRequest, visit: Visit, *, at: datetime) -> list[Told]:
    """Somebody comes on the next working day. A letter would come too late."""
    window = (visit.window.lower, visit.window.upper)
    reports = service_request.reports.told().select_related("tenant__access_preferences", "tenancy")
    return [
        _told(
            "request_visit",
            service_request,
            report,
            occasion=_word(service_request),
            visit=visit,
            access=_access(service_request, report, Visits(window=window), at=at),
        )
        for report in reports
    ]


def _word(service_request: ServiceRequest) -> str:
    """The occasion is that the word was due."""
    assert service_request.next_word_at is not None
    return f"word-{service_request.pk}-{int(service_request.next_word_at.timestamp())}"


def apology(recovery: Recovery, *, kind: str) -> list[Told]:
    """We broke a promise: sorry, who looks after it, and by when they hear a new day."""
    return _recovered(recovery, kind, f"recovery-{recovery.pk}")


def gesture(recovery: Recovery) -> list[Told]:
    """Staff decided that everybody who reported it gets something for it."""
    return _recovered(recovery, "recovery_gesture", f"gesture-{recovery.pk}")


def _recovered(recovery: Recovery, kind: str, occasion: str) -> list[Told]:
    service_request = recovery.service_request
    visit = service_request.visits.planned().first()
    return [
        _told(kind, service_request, report, occasion=occasion, recovery=recovery, visit=visit)
        for report in service_request.reports.told().select_related("tenant", "tenancy")
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
        context={
            "service_request": service_request,
            "report": report,
            "at_home": report.tenancy.dwelling_id == service_request.dwelling_id,
            **extra,
        },
        action=_action(kind, service_request, report),
        attaches=f"proof:{report.pk}" if kind in _WITH_PROOF else "",
        urgent=kind in _AT_ONCE,
        on_paper=kind not in _NOT_ON_PAPER,
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
    return _see(service_request.merged_into or service_request)


def _see(service_request: ServiceRequest) -> tuple[str | Promise, str]:
    return _("See your request"), reverse("requests:detail", args=[service_request.reference])
