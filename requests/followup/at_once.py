"""What cannot wait for the daily mail: of an emergency that we broke each level hears at once, in a mail of its own."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from tenants.models import User
from tenants.notifications import outbox

from ..models import Alarm, ServiceRequest
from . import people, policy
from .reasons import about, in_short, reason, what_helps

__all__ = ["tell"]

AT_MOST = 10  # alarms an hour; after that everybody knows, and the others are in the daily mail
HOUR = timedelta(hours=1)


def tell(alarm: Alarm, service_request: ServiceRequest, *, at: datetime) -> None:
    """Whoever has the request hears of it first too; for an alarm that the caller has locked, at its present level.

    With nobody to tell, or too many at once, it is left to the daily mail.
    """
    if not policy.of_alarm(alarm.kind, service_request.urgency).at_once or _is_flood(at=at):
        return
    levels = [alarm.level] if alarm.told is not None else [Alarm.Level.PLANNER, alarm.level]
    readers = {user.pk: user for level in levels for user in people.readers(level, service_request.assignee)}
    for user in readers.values():
        _post(user, alarm, service_request, at=at)
    if readers:
        alarm.told = alarm.level
        alarm.save(update_fields=["told"])


def _is_flood(*, at: datetime) -> bool:
    lately = Alarm.objects.standing().filter(kind__in=policy.AT_ONCE, raised_at__gt=at - HOUR, told__isnull=False)
    told = lately.filter(service_request__urgency__in=policy.EMERGENCIES).aggregate(n=Count("pk"))
    return bool(told["n"] >= AT_MOST)


def _post(user: User, alarm: Alarm, service_request: ServiceRequest, *, at: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        outbox.post_to_staff(
            address=user.email,
            kind="staff_alarm",
            occasion=f"alarm-{alarm.pk}-{alarm.level}-{user.pk}",
            context={
                "name": user.first_name or user.email,
                "urgency": service_request.get_urgency_display(),
                "reference": service_request.reference,
                "short": in_short(alarm.kind, service_request),
                "about": about(service_request),
                "reason": reason(alarm.kind, service_request),
                "what_helps": what_helps(alarm.kind, service_request),
            },
            action=(_("Open the request"), reverse("admin:requests_servicerequest_change", args=[service_request.pk])),
            at=at,
        )
