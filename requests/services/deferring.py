"""What is put off until a day: which days, and who still lives there when it goes on."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from ..models import ServiceRequest

__all__ = ["LONGEST", "WORD_EVERY", "drop_who_left", "is_a_day"]

# Working days. The day itself was told, so a word in every week would say the same again and again.
WORD_EVERY = 20
LONGEST = timedelta(days=366)  # a whole year round: what waits longer is planned maintenance, not a request


def is_a_day(until: datetime | None, *, at: datetime) -> bool:
    """Whether something can be put off until then: a later day, and at most a year."""
    if until is None:
        return False
    return timezone.localdate(until) > timezone.localdate(at) and until <= at + LONGEST


def drop_who_left(service_request: ServiceRequest, *, at: datetime) -> int:
    """Whoever does not live there any more hears nothing more of it; returns how many. Their report stays."""
    gone = service_request.reports.told().exclude(tenancy__period__contains=timezone.localdate(at))
    return gone.update(left_at=at)
