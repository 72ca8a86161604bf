"""Staff report for a tenant who calls, writes or stands at the desk."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group
from django.contrib.messages import get_messages
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Outage, Tenancy
from requests import services
from requests.admin.taking_down import callers
from requests.front_door import catalogues
from requests.models import Message, Objection, Report, ServiceRequest, Source, StatusChange
from requests.workflow import Actor, Status
from tenants.models import AccessPreferences, Notification
from tests.access_world import browser_of
from tests.factories import (
    CommunalAreaFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unfold_asks_for_much")]
NEW = "admin:requests_servicerequest_new"
IN_ENGLISH = {"accept-language": "en"}
TAP, GAS, LIFT, PAID = "kitchen_tap_drips", "power_water_gas_smell", "lift_stuck", "kitchen_tap_drips"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def tenancy(db):
    """Somebody without an account, who only has a telephone."""
    return TenancyFactory(
        tenant__user=None, tenant__name="Aleida van den Bosch", tenant__phone="06-12345678", tenant__email=""
    )


def colleague(role):
    """Somebody with one of the roles that come with the software, and a second factor."""
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")
    colleague.groups.add(Group.objects.get(name=role))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague


@pytest.fixture
def contact_centre(db):
    return colleague("Contact centre")


@pytest.fixture
def desk(contact_centre):
    return browser_of(contact_centre)


def address(tenancy):
    return f"{reverse(NEW)}?tenancy={tenancy.pk}"


def show(desk, tenancy, **data):
    return desk.post(address(tenancy), data, headers=IN_ENGLISH)


def save(desk, tenancy, **more):
    """The form of a leaf that asks nothing, filled in; `more` adds to it."""
    data = {"problem": simple().key, "text": "Hij lekt sinds gisteren.", "source": "phone", "key": uuid.uuid4()}
    return desk.post(address(tenancy), data | more | {"save": "1"}, headers=IN_ENGLISH)


def leaf(fits):
    """The first problem of the catalogue in force that fits."""
    return next(one for one in catalogues.current().leaves.values() if fits(one))


def simple():
    return leaf(
        lambda one: (
            not (one.questions or one.causes or one.communal)
            and (one.paid_by, one.urgency, one.shared, one.category) == ("corporation", "N", "no", "interior")
            and one.thing.key not in ("cupboard", "tiles", "fence", "blinds", "shed", "other")
        )
    )


def acute():
    return leaf(lambda one: one.phone_only and not one.communal and not one.questions and not one.causes)


def of_the_tenant():
    """The tenant's job that the corporation does for a price, without a question."""
    return leaf(
        lambda one: (
            one.paid_by.startswith("law_")
            and one.paid_by[-1] not in "mnoqsu"
            and one.price is not None
            and not (one.questions or one.communal)
            and one.thing.key not in ("cupboard", "tiles", "fence", "blinds", "shed")
        )
    )


def automatic():
    return leaf(lambda one: one.shared == "automatic" and one.communal and not one.phone_only)


def told(response):
    return [str(message) for message in get_messages(response.wsgi_request)]


# --- who may ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [("Contact centre", 200), ("Planner", 200), ("Manager", 403)])
def test_the_roles_that_take_down_reports(role, status):
    assert browser_of(colleague(role)).get(reverse(NEW)).status_code == status


def test_a_manager_can_neither_save_a_report_nor_say_that_a_letter_is_printed(tenancy):
    manager = colleague("Manager")
    report = ReportFactory(tenant=tenancy.tenant, needs_letter=True)

    saved = save(browser_of(manager), tenancy)
    printed = browser_of(manager).post(reverse("admin:requests_report_printed", args=[report.pk]))

    assert (saved.status_code, printed.status_code) == (403, 403)
    assert list(Report.objects.filter(tenant=tenancy.tenant)) == [report]
    report.refresh_from_db()
    assert report.letter_printed_at is None


@pytest.mark.parametrize(("role", "is_there"), [("Contact centre", True), ("Manager", False)])
def test_the_queue_has_the_button_for_whoever_may(role, is_there):
    queue = browser_of(colleague(role)).get(reverse("admin:requests_servicerequest_changelist"))

    assert (f'href="{reverse(NEW)}"' in queue.content.decode()) == is_there


# --- who it is --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        "bosch",
        "ALEIDA VAN DEN",
        "Beukenhof 12a",
        "1234 AB 12a",
        "1234ab 12A",
        "+31 6 12345678",
        "06 1234 5678",
        "W99",
        "2026-123",
        "2026-000123",
        "aleida@example",
    ],
)
def test_a_tenant_is_found_as_people_say_it_on_the_phone(words):
    today = timezone.localdate()
    tenancy = TenancyFactory(
        tenant__name="Aleida van den Bosch",
        tenant__phone="06-12345678",
        tenant__email="aleida@example.org",
        dwelling__house_number="12A",
        dwelling__reference="W99",
    )
    ServiceRequestFactory(reference="2026-000123", dwelling=tenancy.dwelling, reported_by=tenancy.tenant)
    TenancyFactory(tenant__name="Iemand Anders", dwelling__postcode="9999 ZZ", dwelling__street="Eikenlaan")

    assert callers.find(words, on=today) == [tenancy]


@pytest.mark.parametrize(
    "words",
    ["", " ", "%", "_", "😀" * 300, "' OR 1=1 --", "مرحبا", "a" * 10_000, "0" * 400, "2026-99999999", "(((("],
)
def test_any_text_can_be_searched_for(desk, tenancy, words):
    page = desk.get(reverse(NEW), {"q": words})

    assert page.status_code == 200
    assert list(page.context["found"]) == []


def test_one_tenant_found_is_the_one(desk, tenancy):
    response = desk.get(reverse(NEW), {"q": "bosch"})

    assert (response.status_code, response.headers["Location"]) == (302, address(tenancy))


def test_too_many_tenants_are_not_all_shown(desk):
    TenancyFactory.create_batch(callers.AT_MOST + 1, tenant__name="De Vries")

    page = desk.get(reverse(NEW), {"q": "vries"}, headers=IN_ENGLISH)

    assert len(page.context["found"]) == callers.AT_MOST
    assert "Search more precisely" in page.content.decode()


def test_who_has_left_is_not_found_and_cannot_be_chosen(desk, tenancy):
    Tenancy.objects.filter(pk=tenancy.pk).update(period=DateRange(date(2020, 1, 1), timezone.localdate()))

    search = desk.get(reverse(NEW), {"q": "bosch"})
    chosen = desk.get(address(tenancy), headers=IN_ENGLISH)
    saved = save(desk, tenancy)

    assert list(search.context["found"]) == []
    assert (chosen.status_code, chosen.headers["Location"]) == (302, reverse(NEW))
    assert "does not rent" in told(chosen)[0]
    assert (saved.status_code, Report.objects.count()) == (302, 0)


@pytest.mark.parametrize("key", ["0", "999999", "x", "-1", "9" * 40])
def test_a_tenancy_that_is_not_there_is_404(desk, key):
    assert desk.get(reverse(NEW), {"tenancy": key}).status_code == 404


def test_the_page_says_what_is_known_of_the_home(desk, tenancy, now):
    mine = ServiceRequestFactory(dwelling=tenancy.dwelling, at=now - timedelta(days=1))
    ServiceRequestFactory(dwelling=tenancy.dwelling, at=now, status=Status.CLOSED, title_en="Done long ago")
    ServiceRequestFactory(at=now, title_en="Of somebody else")
    outage = Outage(what="water", complex=tenancy.dwelling.complex, words="Een lek in de straat.")
    outage.starts_at, outage.until, outage.made_at = now, now + timedelta(hours=3), now
    outage.save()
    AccessPreferences.objects.create(
        tenant=tenancy.tenant, call_first=True, saved_at=now, expires_at=now + timedelta(days=9)
    )

    page = desk.get(address(tenancy), headers=IN_ENGLISH)

    text = page.content.decode()
    assert page.context["call"].open_here == [mine]
    assert [one for one, _ in page.context["call"].outages_here] == [outage]
    shown = ["Een lek in de straat.", "Phone before you come", "No e-mail: the confirmation is a letter", "06-12345678"]
    assert [words for words in shown if words not in text] == []
    assert "Done long ago" not in text
    assert "Of somebody else" not in text


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
    assert said[-1] == "You get a confirmation by post."
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
    assert Report.objects.get().needs_letter is False


def test_a_tenant_without_an_address_gets_a_letter_that_stays_to_print_until_it_is(desk, tenancy):
    case_page = save(desk, tenancy).headers["Location"]
    report = Report.objects.get()
    printed = reverse("admin:requests_report_printed", args=[report.pk])

    before = desk.get(case_page, headers=IN_ENGLISH).content.decode()
    answers = [told(desk.post(printed, headers=IN_ENGLISH))[-1] for _ in range(2)]
    after = desk.get(case_page, headers=IN_ENGLISH).content.decode()

    assert Notification.objects.count() == 0
    assert ("Letter to print" in before, "Letter to print" in after) == (True, False)
    assert answers == ["Done: the letter is printed.", "This was done already."]
    assert "letter printed" in after


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
    addresses = [reverse(f"admin:requests_report_{name}", args=[999_999]) for name in ("letter", "printed")]

    assert (desk.get(addresses[0]).status_code, desk.post(addresses[1]).status_code) == (404, 404)


def test_there_is_no_letter_to_print_of_what_the_tenant_reported(db, now):
    report = ReportFactory()

    assert services.letter_printed(report.pk, at=now) is False
    report.refresh_from_db()
    assert report.letter_printed_at is None


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


# --- known already ----------------------------------------------------------------------------------------------------


@pytest.fixture
def lift(tenancy):
    return CommunalAreaFactory(complex=tenancy.dwelling.complex, name="Lift", location_code="LIF")


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
    return {f"q-{question.key}": question.choices[0][0] if question.choices else "x" for question in problem.questions}


def test_what_neighbours_reported_is_chosen_when_it_belongs_together(desk, tenancy, stuck):
    problem = automatic()

    page = show(desk, tenancy, problem=problem.key)

    assert page.context["form"].initial["joins"] == stuck.reference
    assert page.context["call"].aloud.sentences[0].startswith("We know this already")


def test_a_report_is_added_to_the_known_case(desk, contact_centre, tenancy, stuck):
    problem = automatic()

    save(desk, tenancy, problem=problem.key, joins=stuck.reference, **answers_of(problem))

    report = Report.objects.get(tenant=tenancy.tenant)
    assert (report.service_request, report.by, report.source, report.needs_letter) == (
        stuck, contact_centre, "phone", True,
    )  # fmt: skip
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
