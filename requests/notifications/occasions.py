"""What is told when no move of the workflow is made: a report, a message, a word that is due, a promise."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dwellings.models import Outage
from tenants.models import Tenant

from ..holding import Holding
from ..intake.outages import headline
from ..models import Message, Objection, PromiseMove, Recovery, Report, ServiceRequest, Visit
from ..promises import statutory
from .moves import Visits, access
from .telling import Told, answer, at_once, see, told

__all__ = [
    "about_outage", "apologised", "apology", "closing_reminder", "gesture", "held", "holding", "joined",
    "objection_decided", "promise_moved", "received", "reminded", "six_weeks_of", "six_weeks_over", "split_off",
    "visit_soon", "written",
]  # fmt: skip


def received(service_request: ServiceRequest, report: Report, *, objects: bool = False) -> Told:
    """`objects`: they do not agree that they pay, and said why."""
    occasion = f"received-{report.pk}"
    return at_once(told("request_received", service_request, report, occasion=occasion, objects=objects))


def joined(service_request: ServiceRequest, report: Report, *, at: datetime) -> Told:
    """A report was added to a case that is open already; what that promised holds for this household, too."""
    assert service_request.next_word_at is not None
    extra = {"overdue": service_request.fix_by < at, "soon": service_request.next_word_at <= at}
    return at_once(told("request_joined", service_request, report, occasion=f"joined-{report.pk}", **extra))


def split_off(service_request: ServiceRequest, report: Report, *, old: ServiceRequest, at: datetime) -> list[Told]:
    """A report goes on by itself, under its own number."""
    occasion = f"split-{service_request.pk}"
    return [
        told("request_split", service_request, report, occasion=occasion, old=old)
        for report in service_request.reports.told(at=at).filter(pk=report.pk).select_related("tenant", "tenancy")
    ]


def about_outage(
    kind: str, outage: Outage, tenant: Tenant, service_request: ServiceRequest | None, *, occasion: str, **extra: object
) -> Told:
    """How it goes with an outage, to somebody who reported it (their request) or follows it (none)."""
    action = None
    if tenant.user_id is not None:
        home = (_("See the outages"), reverse("home"))
        action = see(service_request) if service_request else home
    return Told(
        kind=kind,
        tenant=tenant,
        occasion=occasion,
        about=service_request.reference if service_request else "",
        context={"outage": outage, "headline": headline(outage), "service_request": service_request, **extra},
        action=action,
    )


def written(service_request: ServiceRequest, message: Message) -> list[Told]:
    """Staff wrote a message."""
    return [
        told("request_message", service_request, report, occasion=f"message-{message.pk}", message=message)
        for report in service_request.reports.told(at=message.at).select_related("tenant", "tenancy")
    ]


def promise_moved(service_request: ServiceRequest, move: PromiseMove) -> list[Told]:
    """Staff promise a later day, with the reason."""
    occasion, broken = f"promise-{move.pk}", move.old_fix_by < move.at
    return [
        told("request_later", service_request, report, occasion=occasion, move=move, broken=broken)
        for report in service_request.reports.told(at=move.at).select_related("tenant", "tenancy")
    ]


def objection_decided(service_request: ServiceRequest, objection: Objection, *, at: datetime) -> list[Told]:
    """Staff looked again at who pays: of interest to whoever objected, and to no neighbour."""
    occasion = f"objection-{objection.pk}"
    return [
        told("request_objection", service_request, report, occasion=occasion, objection=objection)
        for report in service_request.reports.told(at=at).filter(pk=objection.report_id).select_related("tenant")
    ]


def holding(service_request: ServiceRequest, *, still: Holding, next_word_at: datetime) -> list[Told]:
    """We still have it, because …; you hear from us again by `next_word_at`."""
    return [
        held(service_request, report, still=still, next_word_at=next_word_at)
        for report in service_request.reports.told(at=still.at).select_related("tenant", "tenancy")
    ]


def held(service_request: ServiceRequest, report: Report, *, still: Holding, next_word_at: datetime) -> Told:
    """The same, for one of those who reported; the mail is written when it leaves."""
    extra = {"still": still.read_by(report.tenant_id), "next_word_at": next_word_at}
    message = told("request_holding", service_request, report, occasion=_word(service_request), **extra)
    return replace(message, writes=f"holding:{report.pk}")


def visit_soon(service_request: ServiceRequest, visit: Visit, *, at: datetime) -> list[Told]:
    """Somebody comes on the next working day. A letter would come too late."""
    reports = service_request.reports.told(at=at).select_related("tenant__access_preferences", "tenancy")
    return [reminded(service_request, report, visit, at=at) for report in reports]


def reminded(service_request: ServiceRequest, report: Report, visit: Visit, *, at: datetime) -> Told:
    """The same, for one of those who reported; the mail is written when it leaves."""
    window = (visit.window.lower, visit.window.upper)
    extra = {"visit": visit, "access": access(service_request, report, Visits(window=window), at=at)}
    message = told("request_visit", service_request, report, occasion=_word(service_request), **extra)
    return replace(message, writes=f"visit:{visit.pk}-{report.pk}")


def _word(service_request: ServiceRequest) -> str:
    """The occasion is that the word was due."""
    assert service_request.next_word_at is not None
    return f"word-{service_request.pk}-{int(service_request.next_word_at.timestamp())}"


def apology(recovery: Recovery, *, kind: str) -> list[Told]:
    """We broke a promise: sorry, who looks after it, and by when they hear a new day."""
    visit, at = recovery.visit, recovery.begun_at
    return [apologised(recovery, report, visit, kind=kind, at=at) for report in _who_hears_of(recovery, at=at)]


def apologised(recovery: Recovery, report: Report, visit: Visit | None, *, kind: str, at: datetime) -> Told:
    """The same, for one of those who reported; the mail is written when it leaves, `at`. `visit` was missed."""
    service_request = recovery.service_request
    extra = {
        "recovery": recovery,
        "visit": visit,
        "overdue": recovery.hear_by <= at,
        **(_unanswered(service_request, report, at=at) if service_request.tenant_waits_for_reply else {}),
    }
    message = told(kind, service_request, report, occasion=f"recovery-{recovery.pk}", **extra)
    return replace(message, writes=f"apology:{recovery.pk}-{report.pk}")


def _unanswered(service_request: ServiceRequest, report: Report, *, at: datetime) -> dict[str, object]:
    """Whether it is theirs, and of this day: then nobody need be sorry yet that it was not answered."""
    last = service_request.messages.filter(tenant__isnull=False).order_by("-pk").first()
    theirs = last is not None and last.tenant_id == report.tenant_id
    today = last is not None and timezone.localdate(last.at) == timezone.localdate(at)
    return {"wrote_today": theirs and today, "somebody_else_wrote": not theirs}


def gesture(recovery: Recovery, *, at: datetime) -> list[Told]:
    """Staff decided that everybody who reported it gets something for it."""
    occasion = f"gesture-{recovery.pk}"
    return [
        told("recovery_gesture", recovery.service_request, report, occasion=occasion, recovery=recovery)
        for report in _who_hears_of(recovery, at=at)
    ]


def _who_hears_of(recovery: Recovery, *, at: datetime) -> list[Report]:
    return list(recovery.service_request.reports.told(at=at).select_related("tenant", "tenancy"))


def six_weeks_over(
    service_request: ServiceRequest, report: Report, *, open_now: Collection[str], next_word_at: datetime
) -> Told:
    """The term of the law is over for this household. `open_now`: their next steps, called as in their address."""
    extra = {
        "open_now": open_now,
        "next_word_at": next_word_at,
        "ended_on": statutory.ends_on(report.at),
        "visit": service_request.visits.planned().first(),
    }
    return told("request_six_weeks", service_request, report, occasion=six_weeks_of(report), **extra)


def six_weeks_of(report: Report) -> str:
    """The occasion: once for each report, on whichever case it is."""
    return f"six-weeks-{report.pk}"


def closing_reminder(service_request: ServiceRequest, reports: list[Report], *, closes_at: datetime) -> list[Told]:
    """Is it solved? Asked once more of those who did not say. The link outlives the day that the mail names."""
    occasion = f"reminder-{service_request.pk}-{service_request.times_done}"
    return [
        replace(
            told("request_reminder", service_request, report, occasion=occasion, closes_at=closes_at),
            action=answer(service_request, report, asked_at=closes_at - settings.ANSWER_WINDOW),
        )
        for report in reports
    ]
