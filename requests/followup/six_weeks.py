"""The six weeks of the law are over for a household: they hear it once, and what they can do now."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tenants.notifications import outbox
from tenants.notifications.models import Notification

from .. import notifications
from ..models import Recovery, Report, ServiceRequest
from ..promises import statutory
from ..proof import case_of, next_steps, steps_of
from ..services.moves import next_word

__all__ = ["tell"]


def tell(service_request: ServiceRequest, *, at: datetime) -> datetime | None:
    """Everybody whose own six weeks are over hears it once; for a request that the caller has locked.

    Returns when those of the next household are over. Who reported it later has six weeks from then on, and who was
    told keeps that when their report goes on with another request.
    """
    reports = service_request.reports.told(at=at).select_related("tenant__access_preferences", "tenancy")
    over = {report: statutory.told_at(report.at) for report in reports}
    due = _untold([report for report, moment in over.items() if moment <= at])
    if due:
        next_word_at = _next_word_after_it(service_request, at=at)
        for report in due:
            _tell(service_request, report, next_word_at, at=at)
        if len(_untold(due)) < len(due):  # somebody could be reached
            _count_as_word(service_request, next_word_at)
    return min((moment for moment in over.values() if moment > at), default=None)


def _untold(reports: list[Report]) -> list[Report]:
    occasions = {notifications.six_weeks_of(report): report for report in reports}
    told = Notification.objects.filter(occasion__in=occasions).values_list("occasion", flat=True)
    return [report for occasion, report in occasions.items() if occasion not in set(told)]


def _tell(service_request: ServiceRequest, report: Report, next_word_at: datetime, *, at: datetime) -> None:
    steps = next_steps(case_of(service_request, report), at=at)
    open_now = {step.where.value for step in steps if step.is_open and step.done_at is None}
    message = notifications.six_weeks_over(service_request, report, open_now=open_now, next_word_at=next_word_at)
    outbox.post(replace(message, attaches=steps_of(report, at=at)), at=at)


def _next_word_after_it(service_request: ServiceRequest, *, at: datetime) -> datetime:
    """It is a word, so nothing else says on the same day that we still have it; what somebody waits for stays due."""
    assert service_request.next_word_at is not None
    waits = Recovery.objects.without_a_day().filter(service_request=service_request).exists()
    if waits or service_request.tenant_waits_for_reply or service_request.visits.upcoming(at=at).exists():
        return service_request.next_word_at
    return max(service_request.next_word_at, next_word(service_request, visit_ends=None, at=at) or at)


def _count_as_word(service_request: ServiceRequest, next_word_at: datetime) -> None:
    service_request.next_word_at = next_word_at
    service_request.version += 1
    service_request.save(update_fields=["next_word_at", "version"])
