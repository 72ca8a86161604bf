"""What is true of a promise and should be known is raised, once; nobody settles it in time: it goes one level up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ..models import Alarm, ServiceRequest
from ..promises import add_working_days
from . import at_once, policy

__all__ = ["raise_alarm", "rise"]

AT_A_TIME = 500
_PLACE = ("service_request__dwelling", "service_request__communal_area__complex", "service_request__assignee")


def raise_alarm(service_request: ServiceRequest, kind: str, of: str, *, at: datetime) -> None:
    """One that was settled and is true again stands again, at the level where it was; for a request that is locked."""
    alarm = Alarm.objects.filter(service_request=service_request, kind=kind, of=of).first()
    if alarm is None:
        level = policy.first_level(kind, service_request.urgency)
        alarm = Alarm(service_request=service_request, kind=kind, of=of, raised_at=at, level=level)
        alarm.rises_at = _rises_at(alarm, service_request, at=at)
        alarm.save()
        at_once.tell(alarm, service_request, at=at)
    elif alarm.settled_at is not None:
        alarm.settled_at, alarm.rises_at = None, _rises_at(alarm, service_request, at=at)
        alarm.save(update_fields=["settled_at", "rises_at"])


def rise(*, at: datetime) -> int:
    """Everything that nobody settled in time goes one level up; returns how many. Safe on several workers."""
    count = 0
    while risen := _rise_some(at=at):
        count += risen
    return count


@transaction.atomic
def _rise_some(*, at: datetime) -> int:
    due = Alarm.objects.due_to_rise(at=at).select_related(*_PLACE).select_for_update(of=("self",), skip_locked=True)
    alarms = list(due.order_by("rises_at", "pk")[:AT_A_TIME])
    for alarm in alarms:
        alarm.level += 1
        alarm.rises_at = _rises_at(alarm, alarm.service_request, at=at)
    risen = Alarm.objects.bulk_update(alarms, ["level", "rises_at"])
    for alarm in alarms:
        at_once.tell(alarm, alarm.service_request, at=at)
    return risen


def _rises_at(alarm: Alarm, service_request: ServiceRequest, *, at: datetime) -> datetime | None:
    days = policy.days_at(alarm.kind, service_request.urgency, alarm.level)
    return None if days is None else add_working_days(at, days)
