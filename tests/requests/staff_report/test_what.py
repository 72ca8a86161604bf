"""What is wrong, what comes of it, and who pays."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests.models import Objection, Report, ServiceRequest, Source, StatusChange
from requests.workflow import Actor, Status
from tenants.models import Notification
from tests.factories import (
    CommunalAreaFactory,
    ServiceRequestFactory,
    TenancyFactory,
)
from tests.requests.staff_report.calls import (
    IN_ENGLISH,
    TAP,
    address,
    automatic,
    leaf,
    of_the_tenant,
    save,
    show,
    simple,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]


def acute():
    return leaf(lambda one: one.phone_only and not one.communal and not one.questions and not one.causes)


# --- what is wrong ----------------------------------------------------------------------------------------------------


def test_words_find_problems_with_how_soon_and_who_pays(desk, tenancy):
    page = show(desk, tenancy, find="kraan druppelt keuken")

    (group,) = page.context["call"].groups
    assert TAP in [choice.problem.key for choice in group[1]]
    assert all(" · pays: " in choice.note for choice in group[1])


def test_a_place_shows_all_its_problems_by_thing(desk, tenancy):
    page = show(desk, tenancy, place="kitchen")

    call = page.context["call"]
    shown = [choice.problem for _, choices in call.groups for choice in choices]
    assert sorted(one.key for one in shown) == sorted(one.key for one in call.tree.problems("kitchen"))
    assert [name for name, _ in call.groups] == [thing.label for thing in call.tree.things("kitchen")]


def test_a_place_that_the_building_does_not_have_is_not_offered(desk, tenancy):
    CommunalAreaFactory(complex=tenancy.dwelling.complex, name="Lift", location_code="LIF")
    elsewhere = TenancyFactory()

    here, there = (desk.get(address(one)).context["call"].place_keys for one in (tenancy, elsewhere))

    assert ("lift" in here, "lift" in there) == (True, False)
    assert show(desk, elsewhere, problem=automatic().key).context["call"].problem is None


@pytest.mark.parametrize("words", ["", "\x00", "%_", "😀" * 300, "' OR 1=1 --", "مرحبا", "kraan " * 2_000])
def test_any_words_can_be_looked_for_in_the_catalogue(desk, tenancy, words):
    assert show(desk, tenancy, find=words, place="<x>", problem="\x00", source="\x00").status_code == 200


def test_what_was_typed_is_still_there_after_choosing_something_else(desk, tenancy):
    page = show(desk, tenancy, find="kraan", text="Zij zegt: <b>druppelt</b>", source="letter", problem=TAP)

    text = page.content.decode()
    assert "Zij zegt: &lt;b&gt;druppelt&lt;/b&gt;" in text
    assert 'value="letter" id="id_source_4" checked' in text.replace("required ", "")
    assert page.context["form"].errors == {}
    assert Report.objects.count() == 0


def test_everything_that_is_missing_is_said_at_once_and_nothing_is_lost(desk, tenancy):
    paid = of_the_tenant()

    page = save(desk, tenancy, problem=paid.key, text=" ", source="")

    assert page.status_code == 200
    assert set(page.context["form"].errors) == {"text", "source", "costs"}
    assert page.context["call"].problem == paid
    assert Report.objects.count() == 0


def test_a_report_without_a_problem_is_not_saved(desk, tenancy):
    page = save(desk, tenancy, problem="not_there")

    assert "Choose what is wrong." in page.content.decode()
    assert "Hij lekt sinds gisteren." in page.content.decode()
    assert Report.objects.count() == 0


# --- what comes of it -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", [source for source in Source if source != Source.PORTAL])
def test_a_report_keeps_how_it_came_in_and_who_took_it_down(desk, contact_centre, tenancy, source):
    problem = simple()

    response = save(desk, tenancy, source=source)

    report = Report.objects.select_related("service_request").get()
    case = report.service_request
    assert response.headers["Location"] == (
        reverse("admin:requests_servicerequest_change", args=[case.pk]) + f"?said={report.pk}"
    )
    assert (report.tenant, report.tenancy, report.text, report.source, report.by) == (
        tenancy.tenant, tenancy, "Hij lekt sinds gisteren.", source, contact_centre,
    )  # fmt: skip
    assert (case.problem, case.dwelling, case.status, case.source) == (
        problem.key, tenancy.dwelling, Status.RECEIVED, source,
    )  # fmt: skip
    change = StatusChange.objects.get()
    assert (change.move, change.actor, change.by) == (StatusChange.RECEIPT, Actor.STAFF, contact_centre)


def test_the_portal_is_no_way_to_take_down_a_report(desk, tenancy):
    page = save(desk, tenancy, source="portal")

    assert set(page.context["form"].errors) == {"source"}
    assert Report.objects.count() == 0


def test_after_saving_staff_read_aloud_the_number_and_the_days(desk, contact_centre, tenancy):
    response = save(desk, tenancy)

    page = desk.get(response.headers["Location"], headers=IN_ENGLISH)

    case = ServiceRequest.objects.get()
    said = page.context["said"].sentences
    assert said[0] == f"Your number is {case.reference}."
    assert said[-1] == "You will get a confirmation by post."
    assert len(said) == 4
    assert "taken down by Karim El Idrissi" in page.content.decode()


def test_the_page_of_a_case_says_nothing_aloud_for_a_report_of_another_case(desk, now):
    case, other = ServiceRequestFactory(at=now), ServiceRequestFactory(at=now)
    page = reverse("admin:requests_servicerequest_change", args=[case.pk])

    said = [desk.get(f"{page}?said={pk}").context["said"] for pk in (other.reports.get().pk, "x", "")]

    assert said == [None, None, None]


def test_a_tenant_with_an_address_gets_a_mail_and_no_letter(desk):
    tenancy = TenancyFactory(tenant__email="aleida@example.org", tenant__user=None)

    save(desk, tenancy)

    assert [(one.kind, one.address) for one in Notification.objects.all()] == [
        ("request_received", "aleida@example.org")
    ]


def test_a_tenant_without_an_address_is_confirmed_by_a_letter_and_staff_are_led_to_print_it(desk, tenancy):
    case_page = save(desk, tenancy).headers["Location"]

    page = desk.get(case_page, headers=IN_ENGLISH)

    letter = Notification.objects.get()
    assert (letter.channel, letter.kind, letter.state, letter.due_at) == ("letter", "request_received", "queued", None)
    assert letter.attaches == f"proof:{Report.objects.get().pk}"
    assert reverse("admin:tenants_letter_changelist") in page.content.decode()
    assert page.context["said"].by_letter is True


def test_the_letter_is_the_proof_with_the_tenants_address(desk, tenancy):
    save(desk, tenancy)
    report = Report.objects.get()

    letter = desk.get(reverse("admin:requests_report_letter", args=[report.pk]))

    assert (letter.status_code, letter.headers["Content-Type"]) == (200, "application/pdf")
    assert letter.headers["Content-Disposition"] == (
        f'inline; filename="bewijs-{report.service_request.reference}.pdf"'
    )
    assert "no-store" in letter.headers["Cache-Control"]
    assert letter.content.startswith(b"%PDF")


def test_a_letter_of_nobody_is_404(desk):
    assert desk.get(reverse("admin:requests_report_letter", args=[999_999])).status_code == 404


def test_staff_may_register_what_a_tenant_may_only_phone_about(desk, tenancy):
    problem = acute()

    page = show(desk, tenancy, problem=problem.key)
    save(desk, tenancy, problem=problem.key)

    assert "Danger. Say this first:" in page.content.decode()
    assert problem.hint in page.content.decode() or "&#x27;" in page.content.decode()
    case = ServiceRequest.objects.get()
    assert (case.urgency, case.payer, case.payer_rule) == ("A", "corporation", "emergency")
    assert case.fix_by - case.received_at == timedelta(hours=4)


# --- who pays ---------------------------------------------------------------------------------------------------------


def test_the_price_the_tenant_agrees_to_is_kept(desk, tenancy):
    problem = of_the_tenant()

    save(desk, tenancy, problem=problem.key, costs=f"paid-{problem.price}")

    case = ServiceRequest.objects.get()
    assert (case.payer, case.agreed_price, case.status) == ("tenant", problem.price, Status.RECEIVED)


def test_another_price_than_the_present_one_is_no_agreement(desk, tenancy):
    problem = of_the_tenant()

    page = save(desk, tenancy, problem=problem.key, costs=f"paid-{problem.price - 1}")

    assert set(page.context["form"].errors) == {"costs"}
    assert ServiceRequest.objects.count() == 0


def test_who_does_not_agree_is_looked_at_again(desk, tenancy):
    problem = of_the_tenant()

    without = save(desk, tenancy, problem=problem.key, costs="disagree")
    save(desk, tenancy, problem=problem.key, costs="disagree", objection="Het is oud.")

    assert set(without.context["form"].errors) == {"objection"}
    objection = Objection.objects.select_related("service_request").get()
    assert (objection.words, objection.service_request.status) == ("Het is oud.", Status.IN_REVIEW)


def test_the_costs_can_wait_for_a_colleague(desk, tenancy):
    problem = of_the_tenant()

    save(desk, tenancy, problem=problem.key, costs="later", objection="not used")

    case = ServiceRequest.objects.get()
    assert (case.payer, case.agreed_price, Objection.objects.count()) == ("tenant", None, 0)
