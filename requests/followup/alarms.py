"""What is true of a promise and should be known is raised, once; nobody settles it in time: it goes one level up."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from ..models import Alarm, ServiceRequest
from ..promises import add_working_days
from . import policy

__all__ = ["raise_alarm", "rise"]

AT_A_TIME = 500


def raise_alarm(service_request: ServiceRequest, kind: str, of: str, *, at: datetime) -> None:
    """One that was settled and is true again stands again, at the level where it was; for a request that is locked."""
    alarm = Alarm.objects.filter(service_request=service_request, kind=kind, of=of).first()
    if alarm is None:
        level = policy.first_level(kind)
        Alarm.objects.create(
            service_request=service_request,
            kind=kind,
            of=of,
            raised_at=at,
            level=level,
            rises_at=_rises_at(kind, level, at=at),
        )
    elif alarm.settled_at is not None:
        alarm.settled_at, alarm.rises_at = None, _rises_at(kind, alarm.level, at=at)
        alarm.save(update_fields=["settled_at", "rises_at"])


def rise(*, at: datetime) -> int:
    """Everything that nobody settled in time goes one level up; returns how many. Safe on several workers."""
    count = 0
    while risen := _rise_some(at=at):
        count += risen
    return count


@transaction.atomic
def _rise_some(*, at: datetime) -> int:
    due = Alarm.objects.due_to_rise(at=at).select_for_update(skip_locked=True).order_by("rises_at", "pk")[:AT_A_TIME]
    alarms = list(due)
    for alarm in alarms:
        alarm.level += 1
        alarm.rises_at = _rises_at(alarm.kind, alarm.level, at=at)
    return Alarm.objects.bulk_update(alarms, ["level", "rises_at"])


def _rises_at(kind: str, level: int, *, at: datetime) -> datetime | None:
    days = policy.days_at(kind, level)
    return None if days is None else add_working_days(at, days)
