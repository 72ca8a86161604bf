"""What staff can do from the page of one request, and the forms of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from requests import services
from requests.admin.forms import MoveForm
from requests.models import ServiceRequest, Visit
from requests.services import Said
from requests.workflow import MOVES, Actor, Need, Status, move_named, moves_from
from tests.factories import ServiceRequestFactory
from tests.requests.case_page.page import STAFF_MOVES, address, look, make

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


NEXT_YEAR = timezone.localdate() + timedelta(days=365)

# --- what is offered ------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status.values)
def test_the_page_offers_exactly_the_moves_that_the_workflow_allows(planner_client, now, status):
    request = ServiceRequestFactory(at=now, status=status)

    page = look(planner_client, request)

    allowed = moves_from(status, actor=Actor.STAFF)
    assert page.context["moves"] == allowed
    assert [move.name for move in MOVES if f'href="?move={move.name}#now"' in page.content.decode()] == [
        move.name for move in allowed
    ]


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_the_form_of_a_move_asks_what_the_move_needs(move, now):
    request = ServiceRequestFactory(at=now, status=sorted(move.sources)[0])

    fields = set(MoveForm(move, request, at=now).fields) - {"seen", "note"}

    needs = {
        Need.WINDOW: {"day", "start", "end", "craftsman"},
        Need.REASON: {"waiting_reason"},
        Need.OUTCOME: {"outcome"},
        Need.DAY: {"until"},
        Need.CAUSE: {"cause"},
        Need.NOTE: set(),
        Need.WORDS: set(),
    }
    assert fields == {field for need in move.needs for field in needs[need]}


@pytest.mark.parametrize("move", STAFF_MOVES, ids=str)
def test_every_move_of_staff_can_be_made_from_the_page(planner_client, planner, now, move):
    request = ServiceRequestFactory(at=now - timedelta(hours=1), status=sorted(move.sources)[0])

    response = make(planner_client, request, move)

    assert response.status_code == 302
    change = ServiceRequest.objects.get(pk=request.pk).history.last()
    assert (change.move, change.new_status, change.by, change.note) == (
        move.name,
        move.target,
        planner,
        "Omdat het zo is.",
    )


@pytest.mark.parametrize("move", [move for move in MOVES if Actor.STAFF not in move.actors], ids=str)
def test_a_move_that_is_not_for_staff_is_not_made(planner_client, now, move):
    request = ServiceRequestFactory(at=now, status=sorted(move.sources)[0])

    response = make(planner_client, request, move)

    assert response.status_code == 409
    assert ServiceRequest.objects.get(pk=request.pk).status == request.status


def test_a_move_that_does_not_exist_is_not_found(planner_client, service_request):
    url = address("move", service_request, "explode")

    assert planner_client.post(url, {"seen": 1}).status_code == 404


# --- forms that are not complete ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "data", "field"),
    [
        ("decline", {"note": ""}, "note"),
        ("decline", {"outcome": "solved"}, "outcome"),
        ("wait", {"waiting_reason": "boredom"}, "waiting_reason"),
        ("schedule", {"end": "07:00"}, "end"),
        ("schedule", {"day": "2020-01-01"}, "day"),
        ("schedule", {"craftsman": ""}, "craftsman"),
        ("schedule", {"day": "0001-01-01", "start": "00:00", "end": "00:10"}, "day"),
        ("schedule", {"day": "9999-12-31"}, "day"),
        ("schedule", {"day": NEXT_YEAR.isoformat(), "note": ""}, "note"),
    ],
)
def test_a_form_that_is_not_complete_says_where_and_changes_nothing(planner_client, service_request, name, data, field):
    response = make(planner_client, service_request, move_named(name), **data)

    assert list(response.context["move_form"].errors) == [field]
    assert ServiceRequest.objects.get(pk=service_request.pk).status == Status.RECEIVED


def test_finishing_what_was_reopened_needs_a_cause(planner_client, now):
    request = ServiceRequestFactory(at=now, status="in_progress", times_reopened=1)
    finish = move_named("finish")

    without, with_cause = make(planner_client, request, finish), make(planner_client, request, finish, cause="SLT")

    assert list(without.context["move_form"].errors) == ["cause"]
    assert with_cause.status_code == 302
    assert ServiceRequest.objects.get(pk=request.pk).cause_code == "SLT"


def with_a_visit(now, planner, *, begins_in, status=Status.SCHEDULED):
    """A request with a planned visit of three hours that begins then."""
    request = ServiceRequestFactory(at=now - timedelta(days=2))
    window = (now + begins_in, now + begins_in + timedelta(hours=3))
    for move in ("schedule", "start") if status == Status.IN_PROGRESS else ("schedule",):
        services.make_move(
            request.pk,
            move_named(move),
            actor=Actor.STAFF,
            by=planner,
            at=now - timedelta(hours=5),
            said=Said(window=window, craftsman="Ali Demir"),
        )
    request.refresh_from_db()
    return request


BEGUN, TO_COME = timedelta(hours=-2), timedelta(hours=2)


@pytest.mark.parametrize(
    ("move", "status", "begins_in", "proposed"),
    [
        ("wait", Status.SCHEDULED, BEGUN, ""),  # nobody at home, or did we not come? Only the craftsman knows
        ("schedule", Status.SCHEDULED, BEGUN, ""),
        ("decline", Status.SCHEDULED, BEGUN, ""),
        ("finish", Status.SCHEDULED, BEGUN, "done"),
        ("finish", Status.IN_PROGRESS, BEGUN, "done"),
        ("wait", Status.IN_PROGRESS, BEGUN, "not_finished"),
        ("wait", Status.IN_PROGRESS, TO_COME, "not_finished"),  # the craftsman came early
        ("wait", Status.SCHEDULED, TO_COME, None),
        ("start", Status.SCHEDULED, BEGUN, None),
    ],
)
def test_how_a_visit_went_is_asked_when_it_has_begun(now, planner, move, status, begins_in, proposed):
    request = with_a_visit(now, planner, begins_in=begins_in, status=status)

    form = MoveForm(move_named(move), request, at=now)

    assert (form["visit"].value() or "" if "visit" in form.fields else None) == proposed


@pytest.mark.parametrize(("visit", "outcome"), [("", "planned"), ("no_access", "no_access"), ("missed", "missed")])
def test_nobody_says_how_a_visit_went_by_leaving_it_open(planner_client, planner, now, visit, outcome):
    request = with_a_visit(now, planner, begins_in=BEGUN)

    response = make(planner_client, request, move_named("wait"), waiting_reason="tenant", visit=visit)

    assert Visit.objects.get().outcome == outcome
    assert (response.status_code == 200) == (outcome == "planned")
