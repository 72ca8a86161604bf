"""What every test may use."""

import gc
from collections import defaultdict
from itertools import count

import pytest
from allauth.mfa.models import Authenticator
from django.template import engines
from django.test import TransactionTestCase
from django.utils import translation

from tenants.models import Tenant

from . import kept_rows
from .factories import StaffFactory, TenancyFactory
from .size import LONG, SAMPLED, few


def pytest_collection_modifyitems(config, items):
    """What takes a minute is not for every day, and of the many cases of one test a few are, from first to last."""
    kept = items
    if not LONG:
        kept = [item for item in kept if not item.get_closest_marker("long")]
    if SAMPLED:
        cases = defaultdict(list)
        for item in kept:
            cases[item.nodeid.partition("[")[0]].append(item)
        kept = []
        for each in cases.values():
            kept += each if each[0].get_closest_marker("whole") else few(each)
    config.hook.pytest_deselected(items=[*set(items) - set(kept)])
    items[:] = kept


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        kept_rows.keep()
    TransactionTestCase._fixture_teardown = lambda case: kept_rows.bring_back()
    gc.collect()
    gc.freeze()  # what is loaded by now stays: no need to look through it again and again
    gc.set_threshold(50_000)


@pytest.fixture(autouse=True)
def _template_string_if_invalid_marker(request, monkeypatch):
    """Pages of the admin's theme leave variables unset: where a test says so, a template does as in production.

    Instead of pytest-django's own, which looks through the whole stack at each of them: a sixth of all our time.
    """
    if request.node.get_closest_marker("ignore_template_errors"):
        monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")


@pytest.fixture(autouse=True)
def _in_dutch():
    """Whatever language the page of the test before was in."""
    translation.activate("nl")


@pytest.fixture(scope="session")
def _folders(tmp_path_factory):
    """A folder for each test. pytest's own looks through those of all others before it makes one."""
    here = tmp_path_factory.mktemp("files")
    return (here / str(number) for number in count())


@pytest.fixture(autouse=True)
def _files_of_this_test(settings, _folders):
    """Photos and text messages of a test go to its own folder."""
    here = next(_folders)
    here.mkdir()
    settings.MEDIA_ROOT = here / "media"
    settings.SMS_FILE_PATH = str(here / "texts")


@pytest.fixture
def tenant(db) -> Tenant:
    """Somebody who rents a home and has an account."""
    return TenancyFactory().tenant


@pytest.fixture
def tenant_client(client, tenant):
    """A browser in which `tenant` is signed in."""
    client.force_login(tenant.user)
    return client


@pytest.fixture
def planner(db):
    """Staff with a second factor, as the middleware wants."""
    planner = StaffFactory(is_superuser=True)
    Authenticator.objects.create(user=planner, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return planner


@pytest.fixture
def planner_client(client, planner):
    client.force_login(planner)
    return client
