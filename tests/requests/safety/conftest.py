"""Who and what these tests are about."""

import pytest
from django.utils import timezone

from requests.models import Emergency


@pytest.fixture
def emergency(tenant):
    tenant.phone = "06 1234 5678"
    tenant.save(update_fields=["phone"])
    home = tenant.tenancies.get().dwelling
    return Emergency.objects.create(tenant=tenant, dwelling=home, danger="gas", at=timezone.now())
