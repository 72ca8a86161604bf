"""The promised day moves, with the reason that the tenant reads. The first promise stays, and is what is measured."""

from __future__ import annotations

from datetime import datetime

from tenants.models import User

from ..models import PromiseMove, ServiceRequest
from ..workflow import Actor

__all__ = ["record"]


def record(
    service_request: ServiceRequest, new_fix_by: datetime, *, actor: Actor, by: User | None, at: datetime, reason: str
) -> PromiseMove:
    """The caller has locked the request, and saves its `fix_by`."""
    move = PromiseMove.objects.create(
        service_request=service_request,
        old_fix_by=service_request.fix_by,
        new_fix_by=new_fix_by,
        actor=actor,
        by=by,
        at=at,
        reason=reason.strip()[:500],
    )
    service_request.fix_by = new_fix_by
    return move
