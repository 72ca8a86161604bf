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
    report = _told(key, row, at=at)
    if report is None or not _is_still_so(report.service_request, row):
        return None
    service_request = report.service_request
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
    recovery, report = Recovery.objects.select_related("contact").get(pk=int(of)), _told(reported, row, at=at)
    visit = recovery.visit
    if report is None or not recovery.waits or (visit and visit.outcome == Visit.Outcome.MISSED):
        return None
    recovery.service_request = report.service_request
    return notifications.apologised(recovery, report, visit, kind=row.kind, at=at)


def visit_now(row: Notification, key: str, at: datetime) -> Message | None:
    """`key` is the visit and their report. Of what is over, or does not go on, nobody is reminded."""
    of, _, reported = key.partition("-")
    visit, report = Visit.objects.get(pk=int(of)), _told(reported, row, at=at)
    is_to_come = visit.outcome == Visit.Outcome.PLANNED and visit.window.upper > at
    if report is None or not is_to_come or report.service_request.status != Status.SCHEDULED:
        return None
    return notifications.reminded(report.service_request, report, visit, at=at)


def _told(key: str, row: Notification, *, at: datetime) -> Report | None:
    """The report; None when they moved out, or it is part of another request meanwhile."""
    place = ("service_request__dwelling", "service_request__communal_area", "service_request__assignee")
    theirs = Report.objects.told(at=at).select_related("tenant__access_preferences", "tenancy", *place)
    return theirs.filter(pk=int(key), service_request__reference=row.about).first()


def _is_still_so(service_request: ServiceRequest, row: Notification) -> bool:
    """Open and nothing new: with news, words given count from nought again; and they were told nothing else since."""
    told_since = Notification.objects.filter(about=row.about, tenant=row.tenant_id, pk__gt=row.pk)
    is_our_turn = service_request.is_to_do or (service_request.is_open and service_request.tenant_waits_for_reply)
    is_old_news = service_request.words_given > 0
    return is_our_turn and is_old_news and not told_since.exclude(occasion=row.occasion).exists()
