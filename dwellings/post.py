"""Letters find people where they live."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from .models import Tenancy

__all__ = ["addresses_of"]


def addresses_of(tenants: Collection[int], at: datetime) -> dict[int, str]:
    """The lines below the name, of the home that each rents then, moved into last. Who rents none is not in it."""
    current = Tenancy.objects.current(on=timezone.localdate(at)).filter(tenant__in=tenants).select_related("dwelling")
    latest = current.order_by("tenant", "-period__startswith", "-pk").distinct("tenant")
    homes = ((tenancy.tenant_id, tenancy.dwelling) for tenancy in latest)
    return {tenant: f"{home.street} {home.house_number}\n{home.postcode}  {home.city}" for tenant, home in homes}
