from datetime import timedelta

import pytest

from requests import services, workflow
from requests.models import StatusChange
from requests.services import NeedsMore, Said
from requests.workflow import Actor, MoveNotAllowed, Need, Status

from ..factories import NOON, ServiceRequestFactory, StaffFactory

pytestmark = [pytest.mark.django_db, pytest.mark.whole]

EVERYTHING_SAID = Said(
    note="Wij bestellen een nieuwe kraan.",
    waiting_reason="parts",
    outcome="declined",
    window=(NOON.replace(day=5, hour=10), NOON.replace(day=5, hour=12)),
    craftsman="Loodgieter",
    cause="SLT",
    until=NOON + timedelta(days=30),
)
MOVES_AND_SOURCES = [(move, source) for move in workflow.MOVES for source in sorted(move.sources)]


@pytest.mark.parametrize(("move", "source"), MOVES_AND_SOURCES, ids=lambda value: str(value))
def test_every_move_leaves_a_request_that_the_database_accepts(move, source):
    service_request = ServiceRequestFactory(status=source)
    actor = min(move.actors)
    by = StaffFactory() if actor == Actor.STAFF else None

    services.make_move(service_request.pk, move, actor=actor, by=by, at=NOON, said=EVERYTHING_SAID)

    service_request.refresh_from_db()
    change = service_request.history.last()
    assert service_request.status == move.target
    assert (change.move, change.old_status, change.new_status) == (move.name, source, move.target)


@pytest.mark.parametrize("move", workflow.MOVES, ids=str)
def test_a_move_that_is_not_in_the_table_changes_nothing(move):
    for source in set(Status) - move.sources:
        service_request = ServiceRequestFactory(status=source)
        version = service_request.version

        with pytest.raises(MoveNotAllowed):
            services.make_move(service_request.pk, move, actor=min(move.actors), by=None, at=NOON, said=EVERYTHING_SAID)

        service_request.refresh_from_db()
        assert (service_request.status, service_request.version) == (source, version)


def test_every_status_can_be_reached_and_only_closed_is_final():
    reached = {move.target for move in workflow.MOVES} | {Status.RECEIVED}
    left = {source for move in workflow.MOVES for source in move.sources}

    assert reached == set(Status)
    assert set(Status) - left == workflow.FINAL


def test_what_a_tenant_is_offered():
    offered = {status: [move.name for move in workflow.moves_from(status, actor=Actor.TENANT)] for status in Status}

    assert offered == {
        "received": ["withdraw"],
        "in_review": ["withdraw"],
        "planned": ["withdraw"],
        "scheduled": ["withdraw"],
        "in_progress": [],
        "waiting": ["answer", "withdraw"],
        "done": ["confirm", "reopen"],
        "closed": [],
    }


def test_every_status_has_a_name_in_vera():
    named = {status: workflow.vera_status(status, "solved") for status in Status}

    assert named == {
        "received": "REG",
        "in_review": "BEO",
        "planned": "INB",
        "scheduled": "INB",
        "in_progress": "INB",
        "waiting": "INB",
        "done": "TEC",
        "closed": "AFG",
    }
    assert {outcome: workflow.vera_status(Status.CLOSED, outcome) for outcome in workflow.Outcome} == {
        "solved": "AFG",
        "unanswered": "AFG",
        "declined": "GEA",
        "tenant_job": "GEA",
        "forwarded": "GEA",
        "withdrawn": "GEA",
        "duplicate": "GEA",
    }


def test_a_move_of_another_actor_is_refused():
    service_request = ServiceRequestFactory(status=Status.RECEIVED)

    with pytest.raises(MoveNotAllowed):
        services.make_move(service_request.pk, workflow.REVIEW, actor=Actor.TENANT, by=None, at=NOON)


@pytest.mark.parametrize(
    ("move", "source", "needs"),
    [
        (workflow.WAIT, Status.RECEIVED, {Need.REASON}),
        (workflow.DEFER, Status.RECEIVED, {Need.NOTE, Need.REASON, Need.DAY}),
        (workflow.SCHEDULE, Status.PLANNED, {Need.WINDOW}),
        (workflow.DECLINE, Status.RECEIVED, {Need.NOTE, Need.OUTCOME}),
        (workflow.REOPEN, Status.DONE, {Need.WORDS}),
    ],
    ids=str,
)
def test_a_move_says_what_it_still_needs(move, source, needs):
    service_request = ServiceRequestFactory(status=source)

    with pytest.raises(NeedsMore) as missing:
        services.make_move(service_request.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=NOON)

    assert missing.value.needs == needs
    assert StatusChange.objects.filter(move=move.name).count() == 0


def test_a_request_that_was_reopened_needs_a_cause_before_it_is_ready_again():
    service_request = ServiceRequestFactory(status=Status.IN_PROGRESS, times_reopened=1)

    with pytest.raises(NeedsMore) as missing:
        services.make_move(service_request.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=NOON)

    assert missing.value.needs == {Need.CAUSE}
