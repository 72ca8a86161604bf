"""Outages beside requests: which open requests an outage explains, and which outage a request may come from."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from dwellings.models import Outage

from ..intake import outages
from ..models import ServiceRequest

__all__ = ["explained_by", "explaining"]


def explained_by(outage: Outage) -> list[ServiceRequest]:
    """Open requests within its reach that say the same; the oldest first."""
    within = Q(dwelling__complex=outage.complex_id)
    if outage.stack:
        within &= Q(dwelling__stack=outage.stack)
    else:
        within |= Q(communal_area__complex=outage.complex_id)
    found = ServiceRequest.objects.to_do().filter(within).order_by("pk")
    return [one for one in found if _says_the_same(outage, one)]


def explaining(service_requests: Iterable[ServiceRequest], *, at: datetime) -> dict[int, Outage]:
    """The outage that goes on now for each request that it explains, by the request's key. One query.

    The requests come with their dwelling or communal area.
    """
    to_do = [one for one in service_requests if one.is_to_do]
    complexes = {one.place.complex_id for one in to_do}
    if not complexes:
        return {}
    current = list(Outage.objects.current(at=at).filter(complex__in=complexes).order_by("-starts_at", "-pk"))
    return {
        one.pk: outage for one in to_do for outage in current if _reaches(outage, one) and _says_the_same(outage, one)
    }


def _reaches(outage: Outage, service_request: ServiceRequest) -> bool:
    if outage.complex_id != service_request.place.complex_id:
        return False
    stack = service_request.dwelling.stack if service_request.dwelling else ""
    return outage.stack in ("", stack)


def _says_the_same(outage: Outage, service_request: ServiceRequest) -> bool:
    return outages.explains(outage.what, service_request, communal=service_request.communal_area_id is not None)
