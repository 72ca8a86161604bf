"""Who and what these tests are about."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.factories import ServiceRequestFactory, StaffFactory


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def service_request(now):
    return ServiceRequestFactory(at=now - timedelta(hours=1))


@pytest.fixture
def colleague(db):
    colleague = StaffFactory()
    colleague.user_permissions.set(Permission.objects.filter(codename__endswith="_servicerequest"))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague
