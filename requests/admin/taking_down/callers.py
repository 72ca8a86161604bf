"""Whoever calls, writes or stands at the desk: found among those who rent today."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from dwellings.models import Tenancy
from tenants.models import Tenant

from ...models import Report
from .. import search

__all__ = ["AT_MOST", "find", "renting"]

AT_MOST = 20  # nobody reads more with somebody on the line
LONGEST = 100  # of what is typed


def renting(*, on: date) -> QuerySet[Tenancy]:
    """Who rents today, with what the pages say of them."""
    return Tenancy.objects.current(on=on).select_related("tenant__access_preferences", "dwelling__complex")


def find(words: str, *, on: date) -> list[Tenancy]:
    """Whom these words may mean; one more than AT_MOST when there are too many. Any text is safe."""
    term = " ".join(words.replace("\x00", "").split())[:LONGEST]
    if not term:
        return []
    found = renting(on=on).filter(_meant_by(term))
    return list(found.order_by("tenant__name", "dwelling__street", "dwelling__house_number", "pk")[: AT_MOST + 1])


def _meant_by(term: str) -> Q:
    """A telephone number, an e-mail address, a number, a postcode; otherwise an address or a name."""
    if search.PHONE.fullmatch(term):
        return Q(tenant__in=Tenant.objects.with_phone(term))
    if match := search.REFERENCE.fullmatch(term):
        reference = f"{match['year']}-{int(match['number']):06d}"
        return Q(pk__in=Report.objects.filter(service_request__reference=reference).values("tenancy"))
    if match := search.POSTCODE.fullmatch(term):
        return Q(dwelling__in=search.by_postcode(match["digits"], match["letters"], match["number"]))
    if "@" in term:
        return Q(tenant__email__icontains=term)
    by_name = Q(tenant__in=Tenant.objects.filter(name__icontains=term))
    return by_name | Q(dwelling__in=search.by_street(term)) | Q(dwelling__reference__iexact=term)
