"""Who and what these tests are about."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.utils import timezone

from tests.factories import (
    StaffFactory,
)


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def colleague(db):
    """Staff who may work in the queue and nothing else."""
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    wanted = ["view_servicerequest", "change_servicerequest"]
    colleague.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague
