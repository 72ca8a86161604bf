"""Who and what these tests are about."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group

from requests import services
from requests.models import (
    CatalogueVersion,
)
from tests.factories import NOON, StaffFactory


@pytest.fixture
def manager():
    """Staff with the role that a new installation has for managers, and nothing more."""
    manager = StaffFactory(first_name="Yvonne", last_name="de Boer")
    manager.groups.add(Group.objects.get(name="Manager"))
    Authenticator.objects.create(user=manager, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return manager


@pytest.fixture
def site(client, manager):
    client.force_login(manager)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


@pytest.fixture
def published():
    return CatalogueVersion.objects.get(status="published")


@pytest.fixture
def draft(manager):
    return services.make_version(by=manager, at=NOON)
