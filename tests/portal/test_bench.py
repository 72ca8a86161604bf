import pytest
from allauth.mfa.models import Authenticator
from django.utils import timezone

from portal.bench.cases import CASES, EMPTY, World
from portal.bench.measuring import WrongAnswer, measure
from portal.demo.views import EMAIL_OF_ROLE
from tests.factories import ServiceRequestFactory, StaffFactory, TenancyFactory

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.ignore_template_errors]


@pytest.fixture
def world(live_server, settings):
    """A web server with one tenant and the staff of the demo behind it."""
    settings.ROOT_URLCONF = "portal.bench.urls"
    ServiceRequestFactory(reference="2020-000001", at=timezone.now(), reported_by=TenancyFactory().tenant)
    for role in ("planner", "manager"):
        user = StaffFactory(email=EMAIL_OF_ROLE[role], is_superuser=True)
        Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    world = World(live_server.thread.port, timezone.now())
    yield world
    world.close()


@pytest.mark.long
def test_every_case_can_be_measured_and_the_empty_page_comes_first(world):
    measured = {case.name: measure(case.prepare(world), times=2) for case in CASES}

    assert next(iter(measured)) == EMPTY
    assert len(measured) == len(CASES)
    assert all(each.times == 2 and each.p50 > 0 for each in measured.values())


def test_a_page_that_answers_something_else_is_not_measured(world):
    browser = world.browser()

    with pytest.raises(WrongAnswer, match="/meldingen/: 302 instead of 200"):
        measure(lambda: browser.get("/meldingen/"), times=2)
