"""Reports that are not alone: of forty neighbours, of before, of two devices; and one without any script."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from requests import services, workflow
from requests.intake import catalogue
from requests.models import Draft, Report, ServiceRequest
from requests.services import NeedsMore, Said
from requests.workflow import Actor, Need, Status
from tests.factories import CommunalAreaFactory, DwellingFactory, ServiceRequestFactory, StaffFactory, TenancyFactory
from tests.requests.tenant_pages import a_photo
from tests.walks.walker import Walker

from .steps import begin, fields, finish

pytestmark = pytest.mark.long

TREE = catalogue.shipped()
NEIGHBOURS = 39


def picture():
    photo = a_photo(size=(800, 600))
    return {"name": photo.name, "mimeType": photo.content_type, "buffer": photo.read()}


def reported(tenancy, lift, *, joins, at):
    """A neighbour reports that the lift stands still, as the pages do it."""
    draft = services.start_draft(tenant=tenancy.tenant, at=at)
    answers = {"dwelling": tenancy.dwelling, "place": "lift", "communal_area": lift, "problem": "lift_stuck"}
    told = {"thing": "lift", "details_given": True, "text": "Hij doet niets.", "joins": joins, "known_seen": True}
    services.keep_answers(draft.pk, tenant=tenancy.tenant, at=at, **answers, **told)
    return services.submit(draft.pk, tenant=tenancy.tenant, at=at)


def test_the_fortieth_household_is_told_that_the_lift_is_known(walker, home, tenant, note):
    lift, at = CommunalAreaFactory(complex=home.complex), timezone.now() - timedelta(hours=2)
    case = None
    for _ in range(NEIGHBOURS):
        neighbour = TenancyFactory(dwelling=DwellingFactory(complex=home.complex))
        case = reported(neighbour, lift, joins=case, at=at)

    begin(walker)
    walker.tap("Lift")
    walker.unfold("Lift")
    walker.tap("De lift doet het niet")
    walker.tap("Volgende")
    assert "Dit is bij ons bekend" in walker.said
    walker.tap("Voeg mijn melding erbij")
    finish(walker, "Ik woon op de vijfde.", said="Uw melding is erbij gevoegd")

    assert "Anderen hebben dit ook gemeld." in walker.said
    assert ServiceRequest.objects.get() == case
    assert case.reports.values("tenant").distinct().count() == case.reports.count() == NEIGHBOURS + 1
    assert case.reports.get(tenant=tenant).text == "Ik woon op de vijfde."
    note(f"a lift that {NEIGHBOURS} households reported", walker)


def test_what_comes_back_goes_first_and_is_not_ready_without_a_cause(walker, home, note):
    leaf, staff = TREE.get("radiator_valve_stuck"), StaffFactory()
    codes = {name: getattr(leaf, name) for name in ("location_code", "element_code", "defect_code", "category")}
    earlier = ServiceRequestFactory(
        problem=leaf.key, thing=leaf.thing.key, **codes, dwelling=home, status=Status.CLOSED,
        at=timezone.now() - timedelta(days=30),
    )  # fmt: skip

    begin(walker)
    walker.tap("Verwarming en warm water")
    walker.unfold("Radiator of vloerverwarming")
    walker.tap("De knop van de radiator zit vast of is kapot")
    assert "Wij zijn hier eerder voor geweest" in walker.said
    finish(walker, "De knop zit weer vast.")

    again = ServiceRequest.objects.exclude(pk=earlier.pk).get()
    assert (leaf.urgency, again.urgency, again.repeat_of, again.repeat_why) == ("N", "U", earlier, "same_home")
    by_staff = {"actor": Actor.STAFF, "by": staff, "at": timezone.now()}
    services.make_move(again.pk, workflow.PLAN, **by_staff)
    with pytest.raises(NeedsMore) as lacking:
        services.make_move(again.pk, workflow.FINISH, said=Said(), **by_staff)
    again.refresh_from_db()
    assert (lacking.value.needs, again.status) == ({Need.CAUSE}, Status.PLANNED)
    note("what was repaired a month ago", walker)


@pytest.fixture
def tablet(page, live_server, browser, browser_context_args, home, look):
    """A second device of the same person."""
    other = browser.new_context(**browser_context_args)
    other.add_cookies(page.context.cookies())
    yield Walker(other.new_page(), live_server.url, look)
    other.close()


def test_a_report_begun_on_a_telephone_is_sent_from_a_tablet(walker, tablet, home, tenant, note):
    begin(walker)
    walker.tap("Badkamer")
    walker.unfold("Stroom of licht")
    walker.tap("De vaste lamp in de badkamer is kapot")
    walker.type("De lamp flikkert.", into="In uw eigen woorden")
    walker.add_photo(picture(), to="Foto’s")
    walker.tap("Eerst nalezen")
    draft = Draft.objects.get()
    assert (draft.text, draft.photos.count(), draft.sent_as) == ("De lamp flikkert.", 1, None)

    tablet.open("/")
    tablet.tap("Reparatie melden")
    tablet.tap("Verder")
    tablet.tap("Versturen")
    note("begun on a telephone, sent from a tablet, with a photo", walker, tablet)

    walker.tap("Versturen")  # which did not know yet
    report = Report.objects.select_related("service_request").get()
    draft.refresh_from_db()
    assert walker.screens[-1] == tablet.screens[-1]
    assert (report.text, report.photos.count(), report.tenant) == ("De lamp flikkert.", 1, tenant)
    assert [draft.sent_as] == list(ServiceRequest.objects.all()) == [report.service_request]
    assert fields(draft.sent_as, "problem", "dwelling") == {"problem": "bathroom_light_broken", "dwelling": home}


@pytest.fixture
def without_scripts(browser, browser_context_args, live_server, page, home, look):
    """Somebody whose browser runs no script. Axe is one: it reads each page in a browser that gets none of ours."""
    bare, read = (browser.new_context(**browser_context_args | {"java_script_enabled": on}) for on in (False, True))
    for context in (bare, read):
        context.add_cookies(page.context.cookies())
    reader = read.new_page()
    reader.route("**/*.js", lambda route: route.abort())

    yield Walker(bare.new_page(), live_server.url, partial(look, reader=reader))
    bare.close()
    read.close()


def test_without_javascript_the_way_is_the_same(without_scripts, home, tenant, note):
    walker = without_scripts
    begin(walker)
    walker.tap("Keuken")
    walker.unfold("Kraan of waterleiding")
    walker.tap("De kraan druppelt")
    walker.choose("Thermostaatkraan", of="Wat voor kraan is het?")
    walker.tap("Volgende")
    walker.tap("Niet opgelost: ga verder")
    walker.tap("Doe het voor mij. Ik betaal € 45")
    walker.add_photo(picture(), to="Foto’s")
    finish(walker, "Hij druppelt al drie dagen.")

    report = Report.objects.select_related("service_request").get()
    assert fields(report.service_request, "problem", "dwelling", "payer", "agreed_price") == {
        "problem": "kitchen_tap_drips", "dwelling": home, "payer": "tenant", "agreed_price": 45,
    }  # fmt: skip
    assert (report.tenant, report.text, report.photos.count()) == (tenant, "Hij druppelt al drie dagen.", 1)
    note("without JavaScript, for a price", walker)
