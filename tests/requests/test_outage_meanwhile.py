"""An outage beside what else goes on with a request: what was put off, and what is ready or closed just before."""

from datetime import timedelta

import pytest

from requests import services, workflow
from requests.intake import catalogue
from requests.models import Verdict
from requests.services import Said, outages
from requests.workflow import Actor, Status
from tenants.notifications.models import Notification
from tests.factories import NOON, CommunalAreaFactory, OutageFactory, ServiceRequestFactory, StaffFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LIFT = next(
    leaf for leaf in catalogue.shipped().leaves.values() if leaf.shared == "automatic" and leaf.element_code == "LIF"
)


def lift_case(**fields):
    codes = {name: getattr(LIFT, name) for name in ("location_code", "element_code", "defect_code", "category")}
    place = {"dwelling": None, "communal_area": CommunalAreaFactory()}
    return ServiceRequestFactory(problem=LIFT.key, thing=LIFT.thing.key, **place, **codes, **fields)


def outage_of(case):
    return OutageFactory.build(complex=case.communal_area.complex, until=NOON + 9 * DAY)


def move(case, one, **said):
    services.make_move(case.pk, one, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=Said(**said))


def test_what_was_put_off_comes_back_on_its_day_however_long_the_outage_lasts():
    case = lift_case(status=Status.IN_REVIEW)
    move(case, workflow.DEFER, waiting_reason="parts", until=NOON + 3 * DAY, note="Woensdag komt het onderdeel.")

    services.announce_outage(outage_of(case), by=StaffFactory(), at=NOON)

    case.refresh_from_db()
    assert case.next_word_at == NOON + 3 * DAY


def make_ready(case):
    move(case, workflow.FINISH)


def solve(case):
    make_ready(case)
    services.answer_verdict(case.reports.get().pk, round=1, answer=Verdict.Answer.SOLVED, by=None, at=NOON)


@pytest.mark.parametrize(
    ("happens", "next_word_at"), [(make_ready, NOON + 7 * DAY), (solve, None)], ids=["ready", "closed"]
)
def test_what_is_ready_or_closed_before_it_is_locked_hears_nothing_of_the_outage(monkeypatch, happens, next_word_at):
    case = lift_case(status=Status.IN_PROGRESS)
    explained_by = outages.explained_by

    def and_meanwhile(outage):
        found = explained_by(outage)
        happens(case)
        return found

    monkeypatch.setattr(outages, "explained_by", and_meanwhile)
    services.announce_outage(outage_of(case), by=StaffFactory(), at=NOON)

    case.refresh_from_db()
    assert case.next_word_at == next_word_at
    assert not Notification.objects.filter(kind="outage_known").exists()
