"""One person, one telephone: from the home page to the confirmation."""

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import ServiceCover
from requests.models import Draft, Emergency, Objection, Report, ServiceRequest
from requests.workflow import Status
from tenants.models import Notification

from .steps import begin, fields, finish

pytestmark = pytest.mark.long

TAP = {"problem": "kitchen_tap_drips", "location_code": "KEU", "element_code": "WAT", "defect_code": "DRP"}


@pytest.fixture
def plan(home):
    """The tenancy pays for small repairs every month, as most do."""
    tenancy = home.tenancies.get()
    ServiceCover.objects.create(tenancy=tenancy, kind="plan", period=DateRange(timezone.localdate(), None))


def assert_a_proof_is_mailed(report):
    mail = Notification.objects.get(kind="request_received", channel="email")
    assert (mail.tenant, mail.about, mail.attaches) == (
        report.tenant, report.service_request.reference, f"proof:{report.pk}",
    )  # fmt: skip


def test_gas_stops_the_form_and_is_signalled(walker, home, tenant, note):
    walker.open("/")
    walker.tap("Reparatie melden")
    walker.tap("Ik ruik gas")

    assert walker.main.get_by_role("link", name="0800-9009").first.get_attribute("href") == "tel:08009009"
    assert "U hoeft niets in te vullen." in walker.said
    assert walker.main.get_by_role("textbox").count() == 0
    emergency = Emergency.objects.get()
    assert (emergency.tenant, emergency.danger, emergency.dwelling, emergency.seen_at) == (tenant, "gas", home, None)
    assert [Draft.objects.count(), ServiceRequest.objects.count()] == [0, 0]
    note("a smell of gas", walker, sent=False)


def test_a_leaking_tap_by_tapping(walker, home, plan, tenant, note):
    begin(walker)
    walker.tap("Keuken")
    walker.unfold("Kraan of waterleiding")
    walker.tap("De kraan druppelt")
    walker.choose("Eén hendel", of="Wat voor kraan is het?")
    walker.tap("Volgende")
    walker.tap("Niet opgelost: ga verder")
    finish(walker, "Hij druppelt al drie dagen.")

    report = Report.objects.select_related("service_request").get()
    assert fields(report.service_request, *TAP) == TAP
    assert fields(report.service_request, "dwelling", "status", "urgency", "payer", "payer_rule", "trade") == {
        "dwelling": home, "status": "received", "urgency": "N", "payer": "plan", "payer_rule": "cover_plan",
        "trade": "LOO",
    }  # fmt: skip
    assert (report.tenant, report.text) == (tenant, "Hij druppelt al drie dagen.")
    assert report.answered == [("Wat voor kraan is het?", "Eén hendel")]
    assert report.service_request.reference in walker.said
    assert_a_proof_is_mailed(report)
    note("a leaking tap, by tapping", walker)


def test_a_leaking_tap_by_typing(walker, home, plan, tenant, note):
    begin(walker)
    walker.type("kraan lekd", into="Beschrijf het in uw eigen woorden")
    walker.tap("Zoeken")
    walker.tap("De kraan druppelt")
    walker.tap("Volgende")
    walker.tap("Niet opgelost: ga verder")
    finish(walker, "Hij druppelt al drie dagen.")

    report = Report.objects.select_related("service_request").get()
    assert fields(report.service_request, "dwelling", "urgency", *TAP) == {"dwelling": home, "urgency": "N", **TAP}
    assert (report.tenant, report.text) == (tenant, "Hij druppelt al drie dagen.")
    assert_a_proof_is_mailed(report)
    note("the same, by typing “kraan lekd”", walker)


def test_a_job_of_the_tenant_who_does_not_agree(walker, home, tenant, note):
    begin(walker)
    walker.tap("Toilet")
    walker.unfold("Toilet")
    walker.tap("De toiletbril zit los of is kapot")
    assert "letter d" in walker.said
    walker.type("De bril was al kapot toen ik hier kwam wonen.", into="Waarom bent u het er niet mee eens?")
    walker.tap("Niet mee eens: ga verder")
    finish(walker, "De bril is gebroken.")

    service_request = ServiceRequest.objects.get()
    objection = Objection.objects.get()
    assert fields(service_request, "problem", "dwelling", "status", "needs_attention", "agreed_price") == {
        "problem": "toilet_seat_loose", "dwelling": home, "status": Status.IN_REVIEW, "needs_attention": True,
        "agreed_price": None,
    }  # fmt: skip
    assert (objection.service_request, objection.report.tenant, objection.rule, objection.decided_at) == (
        service_request, tenant, "law_d", None,
    )  # fmt: skip
    assert objection.words == "De bril was al kapot toen ik hier kwam wonen."
    assert "Tot die tijd kost het u niets." in walker.said
    note("the tenant's own job, and no agreement", walker)
