"""Who and what these tests are about."""

import pytest

from requests.workflow import Status
from tests.factories import ServiceRequestFactory
from tests.requests.my_requests.just_now import just_now


@pytest.fixture
def of_tenant(tenant):
    """Make a request of the tenant, an hour old."""

    def make(status=Status.RECEIVED, **fields):
        return ServiceRequestFactory(reported_by=tenant, status=status, at=just_now(), **fields)

    return make
