"""Who reported something and does not live there any more."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Case, Q, Value, When

from ..models import ServiceRequest

__all__ = ["note_who_left"]


def note_who_left(service_request: ServiceRequest, *, at: datetime) -> None:
    """Write down, for staff, since when we know it; their report stays. What they are told follows from `Report.told`.

    Who has a contract again lives there again, unless the others were asked meanwhile whether it is solved.
    """
    here = Q(pk__in=service_request.reports.told(at=at).values("pk"))
    came_back = here & Q(left_at__isnull=False) if service_request.is_to_do else Q(pk=None)
    changed = service_request.reports.filter((~here & Q(left_at__isnull=True)) | came_back)
    changed.update(left_at=Case(When(left_at__isnull=True, then=Value(at)), default=None))
