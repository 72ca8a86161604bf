"""What is known already when somebody calls, and what happens once."""

import threading
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests import services
from requests.forms import field_name
from requests.models import Message, Report, ServiceRequest, Source
from tests.factories import (
    CommunalAreaFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
)
from tests.requests.staff_report.calls import NEW, TAP, address, automatic, of_the_tenant, save, show, simple

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


# --- known already ----------------------------------------------------------------------------------------------------


@pytest.fixture
def stuck(desk, lift, tenancy, now):
    """A neighbour reported the lift."""
    neighbour = TenancyFactory(dwelling__complex=tenancy.dwelling.complex)
    problem = automatic()
    return services.take_down(
        services.Intake(tenancy=neighbour, problem=problem, text="Stil.", area=lift, by=StaffFactory()),
        key=uuid.uuid4(),
        at=now - timedelta(hours=1),
    ).service_request


def answers_of(problem):
    """Something for each question that must be answered."""
    return {field_name(question): question.choices[0][0] if question.choices else "x" for question in problem.questions}


def test_what_neighbours_reported_is_chosen_when_it_belongs_together(desk, tenancy, stuck):
    problem = automatic()

    page = show(desk, tenancy, problem=problem.key)

    assert page.context["form"].initial["joins"] == stuck.reference
    assert page.context["call"].aloud.sentences[0].startswith("We know about this already")


def test_a_report_is_added_to_the_known_case(desk, contact_centre, tenancy, stuck):
    problem = automatic()

    save(desk, tenancy, problem=problem.key, joins=stuck.reference, **answers_of(problem))

    report = Report.objects.get(tenant=tenancy.tenant)
    assert (report.service_request, report.by, report.source) == (stuck, contact_centre, "phone")
    assert ServiceRequest.objects.count() == 1


@pytest.mark.parametrize(("answer", "is_said"), [("", True), ("new", True), ("2026-900001", False)])
def test_who_pays_is_said_unless_it_is_being_done_already(desk, tenancy, now, answer, is_said):
    problem = of_the_tenant()
    ServiceRequestFactory(
        dwelling=tenancy.dwelling, problem=problem.key, thing=problem.thing.key, at=now, reference="2026-900001"
    )

    page = show(desk, tenancy, problem=problem.key, joins=answer)

    assert list(page.context["form"].cases) == ["2026-900001"]
    assert ("Who pays: the tenant" in page.content.decode()) == is_said


def test_it_may_be_something_new_after_all(desk, tenancy, stuck):
    problem = automatic()

    save(desk, tenancy, problem=problem.key, joins="new", **answers_of(problem))

    assert Report.objects.get(tenant=tenancy.tenant).service_request != stuck


def test_what_is_known_is_seen_before_it_is_saved(desk, tenancy, stuck):
    problem = automatic()

    page = save(desk, tenancy, problem=problem.key, **answers_of(problem))

    assert set(page.context["form"].errors) == {"joins"}
    assert Report.objects.filter(tenant=tenancy.tenant).count() == 0


def test_a_case_of_another_complex_cannot_be_guessed(desk, tenancy, lift, stuck):
    elsewhere = ServiceRequestFactory(problem=automatic().key, reference="2026-900001")
    problem = automatic()

    page = save(desk, tenancy, problem=problem.key, joins=elsewhere.reference, **answers_of(problem))

    assert set(page.context["form"].errors) == {"joins"}
    assert elsewhere.reports.count() == 1


def test_what_a_tenant_adds_to_their_own_report_is_a_message_once(desk, tenancy, stuck, now):
    problem, key = automatic(), uuid.uuid4()
    save(desk, tenancy, problem=problem.key, joins=stuck.reference, **answers_of(problem))

    more = {"problem": problem.key, "joins": stuck.reference, "text": "Nog steeds stil.", "key": key}
    for _ in range(2):
        save(desk, tenancy, **more, **answers_of(problem))

    assert Report.objects.filter(tenant=tenancy.tenant).count() == 1
    assert [message.body for message in Message.objects.all()] == ["Nog steeds stil."]


def test_which_of_two_lifts_is_asked(desk, tenancy, lift):
    other = CommunalAreaFactory(complex=tenancy.dwelling.complex, name="Lift 2", location_code="LIF")
    elsewhere = CommunalAreaFactory(name="Lift", location_code="LIF")
    problem = automatic()

    answers = [
        save(desk, tenancy, problem=problem.key, area=area, **answers_of(problem))
        for area in ("", elsewhere.pk, other.pk)
    ]

    assert [response.status_code for response in answers] == [200, 200, 302]
    assert ServiceRequest.objects.get().communal_area == other


def test_an_area_of_another_building_is_refused_by_the_service(tenancy, lift, now):
    elsewhere = CommunalAreaFactory(name="Lift", location_code="LIF")
    intake = services.Intake(tenancy=tenancy, problem=automatic(), text="Stil.", area=elsewhere, by=StaffFactory())

    with pytest.raises(services.NotYourHome):
        services.take_down(intake, key=uuid.uuid4(), at=now)


# --- once -------------------------------------------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_makes_one_report(desk, tenancy):
    key = desk.get(address(tenancy)).context["form"]["key"].value()

    answers = [save(desk, tenancy, key=key) for _ in range(2)]

    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert Report.objects.count() == 1


def test_other_words_from_the_same_form_are_another_report(desk, tenancy):
    key = uuid.uuid4()

    for text in ("De deur klemt.", "De deur klemt, en nu ook die van de gang."):
        save(desk, tenancy, key=key, text=text, joins="new")

    assert [report.text for report in Report.objects.order_by("pk")] == [
        "De deur klemt.",
        "De deur klemt, en nu ook die van de gang.",
    ]


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_make_one_report(now):
    tenancy, by, key, problem = TenancyFactory(), StaffFactory(), uuid.uuid4(), simple()
    intake = services.Intake(tenancy=tenancy, problem=problem, text="Lekt.", source=Source.PHONE, by=by)
    start, made = threading.Barrier(4), []

    def take_down():
        start.wait()
        made.append(services.take_down(intake, key=key, at=now).pk)
        connection.close()

    tabs = [threading.Thread(target=take_down) for _ in range(4)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert (len(made), len(set(made)), Report.objects.count()) == (4, 1, 1)


# --- how much it asks -------------------------------------------------------------------------------------------------


def world(count, now):
    """A home with as many of everything."""
    home = TenancyFactory(tenant__name="Aleida").dwelling
    for number in range(count):
        TenancyFactory(tenant__name=f"Aleida {number}", role="co_tenant", dwelling=home)
        CommunalAreaFactory(complex=home.complex, name=f"Trappenhuis {number}")
        reference = f"2026-9{home.pk:03}{number:02}"
        ServiceRequestFactory(dwelling=home, problem=TAP, at=now - timedelta(hours=1), reference=reference)
    return home.tenancies.first()


def test_the_pages_ask_as_much_of_the_database_however_much_there_is(desk, now):
    asked = []
    for count in (1, 3):
        tenancy = world(count, now)
        show(desk, tenancy)  # what is kept in memory is there by now
        with CaptureQueriesContext(connection) as who:
            assert desk.get(reverse(NEW), {"q": "aleida"}).status_code == 200
        with CaptureQueriesContext(connection) as what:
            assert desk.get(address(tenancy)).status_code == 200
        with CaptureQueriesContext(connection) as chosen:
            page = show(desk, tenancy, find="kraan druppelt", problem=TAP)
        assert len(page.context["form"].cases) == count
        asked.append((len(who), len(what), len(chosen)))

    assert asked[0] == asked[1]
    assert [number <= most for number, most in zip(asked[0], (9, 14, 22), strict=True)] == [True, True, True], asked
