""" "Not again": recognised at reporting, and not ready without a cause."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from requests import services, workflow
from requests.front_door.repeats import before
from requests.intake import catalogue
from requests.models import Repeat, ServiceRequest
from requests.services import NeedsMore, Said
from requests.workflow import Actor, Need, Outcome, Status
from tests.factories import NOON, CommunalAreaFactory, DwellingFactory, ServiceRequestFactory, StaffFactory
from tests.requests.tenant_pages import words_of

pytestmark = pytest.mark.django_db

TREE = catalogue.shipped()
TAP = TREE.get("kitchen_tap_drips")
LEAK = TREE.get("kitchen_pipe_leaks")


def case_of(leaf, *, status=Status.CLOSED, at=NOON - timedelta(days=30), **fields):
    codes = {name: getattr(leaf, name) for name in ("location_code", "element_code", "defect_code", "category")}
    return ServiceRequestFactory(problem=leaf.key, thing=leaf.thing.key, status=status, at=at, **codes, **fields)


def found(dwelling, leaf, area=None):
    last = before(dwelling, area, leaf, NOON)
    return last and (last.service_request, last.why)


@pytest.mark.parametrize("fields", [{}, {"outcome": Outcome.UNANSWERED}, {"status": Status.DONE}])
def test_what_was_mended_here_this_year_comes_back(fields):
    home = DwellingFactory()
    earlier = case_of(TAP, dwelling=home, **fields)

    assert found(home, TAP) == (earlier, Repeat.SAME_HOME)


def test_the_last_of_several_times_is_named():
    home = DwellingFactory()
    case_of(TAP, dwelling=home, at=NOON - timedelta(days=200))
    last = case_of(TAP, dwelling=home, at=NOON - timedelta(days=20))

    assert found(home, TAP) == (last, Repeat.SAME_HOME)


@pytest.mark.parametrize(("days", "again"), [(364, True), (366, False)])
def test_a_year_is_long_enough(days, again):
    home = DwellingFactory()
    case_of(TAP, dwelling=home, at=NOON - timedelta(days=days))

    assert bool(found(home, TAP)) == again


@pytest.mark.parametrize(
    "fields",
    [
        {"outcome": Outcome.DECLINED},
        {"outcome": Outcome.WITHDRAWN},
        {"outcome": Outcome.DUPLICATE},
        {"status": Status.RECEIVED},
        {"status": Status.IN_PROGRESS},
    ],
)
def test_what_was_not_mended_does_not_come_back(fields):
    home = DwellingFactory()
    case_of(TAP, dwelling=home, **fields)

    assert found(home, TAP) is None


@pytest.mark.parametrize("codes", [{"element_code": "AFV"}, {"defect_code": "LEK"}, {"thing": "shower"}])
def test_another_part_or_defect_is_no_repeat(codes):
    home = DwellingFactory()
    earlier = case_of(TAP, dwelling=home)
    ServiceRequest.objects.filter(pk=earlier.pk).update(**codes)

    assert found(home, TAP) is None


def test_the_neighbours_repair_is_no_repeat():
    home = DwellingFactory()
    case_of(TAP, dwelling=DwellingFactory(complex=home.complex))

    assert found(home, TAP) is None


def test_something_else_twice_is_no_repeat():
    home, other = DwellingFactory(), TREE.get("kitchen_other")
    case_of(other, dwelling=home)

    assert found(home, other) is None


def test_a_shared_area_has_its_own_repeats():
    home = DwellingFactory()
    lift = next(leaf for leaf in TREE.leaves.values() if leaf.element_code == "LIF" and not leaf.phone_only)
    here, there = (CommunalAreaFactory(complex=home.complex, name=name) for name in ("Lift A", "Lift B"))
    earlier = case_of(lift, dwelling=None, communal_area=here)

    assert found(home, lift, here) == (earlier, Repeat.SAME_HOME)
    assert found(home, lift, there) is None


def in_stack(home, **fields):
    return DwellingFactory(complex=home.complex, **({"stack": home.stack} | fields))


def test_the_third_leak_in_a_stack_is_a_repeat():
    home = DwellingFactory(stack="A-1")
    case_of(LEAK, dwelling=in_stack(home), at=NOON - timedelta(days=90))
    last = case_of(LEAK, dwelling=in_stack(home), at=NOON - timedelta(days=9), status=Status.IN_PROGRESS)

    assert found(home, LEAK) == (last, Repeat.STACK_LEAKS)


def test_the_second_leak_in_a_stack_is_none():
    home = DwellingFactory(stack="A-1")
    case_of(LEAK, dwelling=in_stack(home))
    case_of(LEAK, dwelling=in_stack(home, stack="A-2"))
    case_of(LEAK, dwelling=DwellingFactory(stack="A-1"))
    case_of(LEAK, dwelling=in_stack(home), outcome=Outcome.DUPLICATE)
    case_of(LEAK, dwelling=in_stack(home), at=NOON - timedelta(days=400))

    assert found(home, LEAK) is None


def test_houses_have_no_stack():
    home = DwellingFactory(stack="")
    for _ in range(2):
        case_of(LEAK, dwelling=in_stack(home))

    assert found(home, LEAK) is None


def repeat(**fields):
    home = DwellingFactory()
    earlier = case_of(TAP, dwelling=home)
    again = case_of(TAP, dwelling=home, at=NOON, **fields)
    ServiceRequest.objects.filter(pk=again.pk).update(repeat_of=earlier, repeat_why=Repeat.SAME_HOME)
    return earlier, again


def finish(case, **said):
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=Said(**said))


def test_a_repeat_is_not_ready_without_a_cause():
    _earlier, again = repeat(status=Status.IN_PROGRESS)

    with pytest.raises(NeedsMore) as lacking:
        finish(again)

    again.refresh_from_db()
    assert (lacking.value.needs, again.status) == ({Need.CAUSE}, Status.IN_PROGRESS)


def test_a_repeat_with_a_cause_is_ready():
    _earlier, again = repeat(status=Status.IN_PROGRESS)

    finish(again, cause="SLT")

    again.refresh_from_db()
    assert (again.status, again.cause_code) == (Status.DONE, "SLT")


def test_the_database_keeps_a_repeat_without_a_cause_from_being_ready():
    _earlier, again = repeat(status=Status.IN_PROGRESS)

    with pytest.raises(IntegrityError, match="request_repeat_done_only_with_a_cause"), transaction.atomic():
        ServiceRequest.objects.filter(pk=again.pk).update(status=Status.DONE, done_at=NOON)


@pytest.mark.usefixtures("unfold_asks_for_much")
def test_staff_see_that_we_were_here_before(planner_client):
    earlier, again = repeat(status=Status.IN_PROGRESS)
    page = reverse("admin:requests_servicerequest_change", args=[again.pk])
    queue = reverse("admin:requests_servicerequest_changelist")

    on_page, on_queue = (words_of(planner_client.get(url, headers={"accept-language": "en"})) for url in (page, queue))

    assert "Not again" in on_page
    assert reverse("admin:requests_servicerequest_change", args=[earlier.pk]) in on_page
    assert "Not again" in on_queue


@pytest.mark.usefixtures("unfold_asks_for_much")
def test_the_form_of_a_repeat_asks_for_the_cause(planner_client):
    _earlier, again = repeat(status=Status.IN_PROGRESS)
    address = reverse("admin:requests_servicerequest_move", args=[again.pk, "finish"])

    response = planner_client.post(address, {"seen": again.version, "note": "", "cause": ""})

    assert list(response.context["move_form"].errors) == ["cause"]
