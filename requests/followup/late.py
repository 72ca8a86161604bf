"""What a holding message says when it leaves: what is true at that moment, and nothing when something else was said."""

from __future__ import annotations

from datetime import datetime

from tenants.notifications.models import Notification
from tenants.notifications.outbox import Message

from .. import notifications
from ..front_door.outages import explaining
from ..holding import holding_of
from ..models import Report, ServiceRequest

__all__ = ["holding_now"]


def holding_now(row: Notification, key: str, at: datetime) -> Message | None:
    """The message to one of those who reported; `key` is their report."""
    place = ("service_request__dwelling", "service_request__communal_area", "service_request__assignee")
    report = Report.objects.select_related("tenant", "tenancy", *place).get(pk=int(key))
    service_request = report.service_request
    if not _is_still_so(service_request, report, row):
        return None
    service_request.words_given -= 1  # it was counted when it was queued, and says how often there was no news before
    outage = explaining([service_request], at=at).get(service_request.pk)
    still = holding_of(service_request, outage=outage, at=at)
    assert service_request.next_word_at is not None
    return notifications.held(service_request, report, still=still, next_word_at=max(service_request.next_word_at, at))


def _is_still_so(service_request: ServiceRequest, report: Report, row: Notification) -> bool:
    """Open and nothing new: with news, words given count from nought again; and they were told nothing since."""
    told_since = Notification.objects.filter(about=row.about, tenant=row.tenant_id, pk__gt=row.pk)
    return (
        service_request.reference == row.about
        and service_request.is_to_do
        and service_request.deferred_until is None
        and service_request.words_given > 0
        and report.left_at is None
        and not told_since.exists()
    )
