"""Who and what these tests are about."""

import pytest
from django.utils import timezone

from tests.access_world import browser_of
from tests.factories import (
    CommunalAreaFactory,
    TenancyFactory,
)
from tests.requests.staff_report.calls import colleague


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def tenancy(db):
    """Somebody without an account, who only has a telephone."""
    return TenancyFactory(
        tenant__user=None, tenant__name="Aleida van den Bosch", tenant__phone="06-12345678", tenant__email=""
    )


@pytest.fixture
def contact_centre(db):
    return colleague("Contact centre")


@pytest.fixture
def desk(contact_centre):
    return browser_of(contact_centre)


@pytest.fixture
def lift(tenancy):
    return CommunalAreaFactory(complex=tenancy.dwelling.complex, name="Lift", location_code="LIF")
