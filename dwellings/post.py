"""Letters find people where they live."""

from datetime import datetime

from django.utils import timezone

from tenants.models import Tenant

from .models import Tenancy

__all__ = ["address_of"]


def address_of(tenant: Tenant, at: datetime) -> str:
    """The lines below the name, of the home that they rent then, moved into last; empty when there is none."""
    current = Tenancy.objects.of(tenant).current(on=timezone.localdate(at)).select_related("dwelling")
    tenancy = current.order_by("-period__startswith", "-pk").first()
    if tenancy is None:
        return ""
    home = tenancy.dwelling
    return f"{home.street} {home.house_number}\n{home.postcode}  {home.city}"
