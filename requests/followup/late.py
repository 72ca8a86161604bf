"""What is written when it leaves: a holding message, an apology, a reminder of a visit.

It says what is true at that moment, and nothing when that is not so any more.
"""

from __future__ import annotations

from datetime import datetime

from tenants.notifications.models import Notification
from tenants.notifications.outbox import Message

from .. import notifications
from ..front_door.outages import explaining
from ..holding import holding_of
from ..models import Recovery, Report, ServiceRequest, Visit
from ..workflow import Status

__all__ = ["apology_now", "holding_now", "visit_now"]


def holding_now(row: Notification, key: str, at: datetime) -> Message | None:
    """The message to one of those who reported; `key` is their report."""
    report = _report(key)
    service_request = report.service_request
    if not _is_still_so(service_request, report, row):
        return None
    service_request.words_given -= 1  # it was counted when it was queued, and says how often there was no news before
    outage = explaining([service_request], at=at).get(service_request.pk)
    still = holding_of(service_request, outage=outage, at=at)
    assert service_request.next_word_at is not None
    return notifications.held(service_request, report, still=still, next_word_at=max(service_request.next_word_at, at))


def apology_now(row: Notification, key: str, at: datetime) -> Message | None:
    """`key` is the recovery and their report. Whoever has a new day, or a repair, heard that instead.

    And when staff wrote down that nobody came, the mail of that says all that this one would.
    """
    of, _, reported = key.partition("-")
    recovery, report = Recovery.objects.select_related("contact").get(pk=int(of)), _report(reported)
    visit = recovery.visit
    if not _reports_it(report, row) or not recovery.waits or (visit and visit.outcome == Visit.Outcome.MISSED):
        return None
    recovery.service_request = report.service_request
    return notifications.apologised(recovery, report, visit, kind=row.kind, at=at)


def visit_now(row: Notification, key: str, at: datetime) -> Message | None:
    """`key` is the visit and their report. Of what is over, or does not go on, nobody is reminded."""
    of, _, reported = key.partition("-")
    visit, report = Visit.objects.get(pk=int(of)), _report(reported)
    service_request = report.service_request
    is_to_come = visit.outcome == Visit.Outcome.PLANNED and visit.window.upper > at
    if not _reports_it(report, row) or not is_to_come or service_request.status != Status.SCHEDULED:
        return None
    return notifications.reminded(service_request, report, visit, at=at)


def _report(key: str) -> Report:
    place = ("service_request__dwelling", "service_request__communal_area", "service_request__assignee")
    return Report.objects.select_related("tenant__access_preferences", "tenancy", *place).get(pk=int(key))


def _reports_it(report: Report, row: Notification) -> bool:
    """They still do, and not as part of another request meanwhile."""
    return report.service_request.reference == row.about and report.left_at is None


def _is_still_so(service_request: ServiceRequest, report: Report, row: Notification) -> bool:
    """Open and nothing new: with news, words given count from nought again; and they were told nothing since."""
    told_since = Notification.objects.filter(about=row.about, tenant=row.tenant_id, pk__gt=row.pk)
    return (
        _reports_it(report, row)
        and service_request.is_to_do
        and service_request.deferred_until is None
        and service_request.words_given > 0
        and not told_since.exists()
    )
