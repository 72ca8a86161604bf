"""Letters find people where they live."""

from datetime import datetime

from django.utils import timezone

from tenants.models import Tenant

from .models import Tenancy

__all__ = ["address_of"]


def address_of(tenant: Tenant, at: datetime) -> str:
    """The lines below the name, of the home that they moved into last by then; empty when there is none."""
    today = timezone.localdate(at)
    known = Tenancy.objects.of(tenant).filter(period__startswith__lte=today).select_related("dwelling")
    tenancy = known.order_by("-period__startswith", "-pk").first()
    if tenancy is None:
        return ""
    home = tenancy.dwelling
    return f"{home.street} {home.house_number}\n{home.postcode}  {home.city}"
