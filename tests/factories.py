"""Valid rows in any status, and nothing surprising. Instants follow from NOON."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import factory
from django.db.backends.postgresql.psycopg_any import DateRange

from dwellings.models import CommunalArea, Complex, Dwelling, Outage, Tenancy
from requests.models import CatalogueVersion, Draft, Report, ServiceRequest, Source, StatusChange, Survey, Verdict
from requests.promises import shipped
from requests.workflow import FINAL, OPEN, OUTCOMES_AFTER_DONE, Actor, Outcome, Status, WaitingReason
from tenants.models import Tenant, User
from tenants.notifications.models import Channel, Notification

promise = shipped().promise  # what a new installation promises; asks no database
NOON = datetime(2026, 3, 2, 12, tzinfo=ZoneInfo("Europe/Amsterdam"))  # a Monday


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda n: f"person{n}@example.org")


class StaffFactory(UserFactory):
    email = factory.Sequence(lambda n: f"staff{n}@example.org")
    first_name = "Sanne"
    last_name = factory.Sequence(lambda n: f"Planner{n}")
    is_staff = True


class TenantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tenant

    user = factory.SubFactory(UserFactory)
    name = factory.Sequence(lambda n: f"Huurder {n}")
    email = factory.LazyAttribute(lambda tenant: tenant.user.email if tenant.user else "")


class ComplexFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Complex

    name = factory.Sequence(lambda n: f"Complex {n}")
    city = "Lindendam"


class CommunalAreaFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CommunalArea

    complex = factory.SubFactory(ComplexFactory)
    name = "Lift"
    location_code = "LIF"


class DwellingFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Dwelling

    complex = factory.SubFactory(ComplexFactory)
    reference = factory.Sequence(lambda n: f"W{n:05}")
    street = "Beukenhof"
    house_number = factory.Sequence(lambda n: str(n + 1))
    postcode = "1234 AB"
    city = "Lindendam"


class OutageFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Outage

    complex = factory.SubFactory(ComplexFactory)
    what = "lift"
    starts_at = NOON
    until = NOON + timedelta(days=1)
    made_at = NOON


class TenancyFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Tenancy

    tenant = factory.SubFactory(TenantFactory)
    dwelling = factory.SubFactory(DwellingFactory)
    period = DateRange(date(2020, 1, 1), None)


class ServiceRequestFactory(factory.django.DjangoModelFactory):
    """A valid request in any status, with one report: the dates follow from the status.

    `ServiceRequestFactory(reported_by=tenant)` says who reported it.
    """

    class Meta:
        model = ServiceRequest
        skip_postgeneration_save = True

    class Params:
        at = NOON

    reference = factory.Sequence(lambda n: f"2026-{n + 500_001}")  # far from the numbers that are given out
    dwelling = factory.SubFactory(DwellingFactory)
    problem = "kitchen_tap_drips"
    thing = "tap"
    subject = "Keuken: de kraan druppelt"
    title_nl = "De kraan druppelt"
    title_en = "The tap drips"
    room_nl = "Keuken"
    room_en = "Kitchen"
    location_code = "KEU"
    element_code = "WAT"
    defect_code = "DRP"
    category = "water"
    trade = "LOO"
    urgency = "N"
    status = Status.RECEIVED
    waiting_reason = factory.LazyAttribute(lambda r: WaitingReason.PARTS if r.status == Status.WAITING else "")
    outcome = factory.LazyAttribute(lambda r: Outcome.SOLVED if r.status in FINAL else "")
    source = Source.PORTAL
    received_at = factory.LazyAttribute(lambda r: r.at)
    answer_by = factory.LazyAttribute(lambda r: promise(r.urgency, at=r.received_at).answer_by)
    first_fix_by = factory.LazyAttribute(lambda r: promise(r.urgency, at=r.received_at).fix_by)
    fix_by = factory.LazyAttribute(lambda r: r.first_fix_by)
    next_word_at = factory.LazyAttribute(
        lambda r: (
            (r.at + timedelta(days=7) if r.status == Status.DONE else promise(r.urgency, at=r.at).next_word_at)
            if r.status in OPEN
            else None
        )
    )
    watch_at = factory.LazyAttribute(lambda r: r.at)
    payer = "corporation"
    statutory_since = factory.LazyAttribute(lambda r: r.received_at if r.payer == "corporation" else None)
    done_at = factory.LazyAttribute(
        lambda r: r.at if r.status == Status.DONE or r.outcome in OUTCOMES_AFTER_DONE else None
    )
    closed_at = factory.LazyAttribute(lambda r: r.at if r.status in FINAL else None)
    times_done = factory.LazyAttribute(lambda r: 1 if r.done_at else 0)

    @factory.post_generation
    def reported_by(self, create, tenant, **kwargs):
        tenant = tenant or TenantFactory()
        report = ReportFactory(service_request=self, tenant=tenant, at=self.received_at)
        StatusChange.objects.create(
            service_request=self,
            move=StatusChange.RECEIPT,
            new_status=Status.RECEIVED,
            actor=Actor.TENANT,
            by=tenant.user,
            at=self.received_at,
        )
        if self.done_at:
            Verdict.objects.create(report=report, round=self.times_done, asked_at=self.done_at)
            Survey.objects.create(report=report, asked_at=self.done_at)


class ReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Report

    service_request = factory.SubFactory(ServiceRequestFactory)
    tenant = factory.SubFactory(TenantFactory)
    tenancy = factory.LazyAttribute(lambda r: r.tenant.tenancies.first() or _moved_in(r.tenant, r.service_request))
    text = "De kraan druppelt al drie dagen."
    source = Source.PORTAL
    at = NOON


def _moved_in(tenant, service_request):
    """Somebody who reports something lives there."""
    dwelling = service_request.dwelling or DwellingFactory(complex=service_request.communal_area.complex)
    return TenancyFactory(tenant=tenant, dwelling=dwelling, role="co_tenant")


def moves_out(*reports, on):
    """Their contracts end; `on` is the first day on which they do not live there."""
    Tenancy.objects.filter(pk__in=[report.tenancy_id for report in reports]).update(
        period=DateRange(date(2020, 1, 1), on)
    )


class DraftFactory(factory.django.DjangoModelFactory):
    """A complete draft of somebody who rents the home."""

    class Meta:
        model = Draft

    catalogue = factory.LazyFunction(lambda: CatalogueVersion.objects.filter(status="published").first())

    tenant = factory.SubFactory(TenantFactory)
    dwelling = factory.LazyAttribute(lambda d: TenancyFactory(tenant=d.tenant).dwelling)
    place = "kitchen"
    thing = "other"
    problem = "kitchen_other"  # asks nothing else, and costs the tenant nothing
    text = "De kraan druppelt al drie dagen."
    started_at = NOON
    touched_at = NOON


class NotificationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Notification

    tenant = factory.SubFactory(TenantFactory)
    channel = Channel.EMAIL
    address = factory.LazyAttribute(lambda n: n.tenant.email if n.tenant else "somebody@example.org")
    kind = "request_received"
    occasion = factory.Sequence(lambda n: f"occasion-{n}")
    subject = "Wij hebben uw melding ontvangen"
    body = "Beste huurder"
    queued_at = NOON
    due_at = NOON


class LetterFactory(NotificationFactory):
    """To print; `LetterFactory(sent_at=…, state="sent")` was printed."""

    class Meta:
        skip_postgeneration_save = True

    channel = Channel.LETTER
    address = "Beukenhof 1\n1234 AB  Lindendam"
    due_at = None

    @factory.post_generation
    def lives_there(self, create, extracted, **kwargs):
        if not self.tenant.tenancies.exists():
            TenancyFactory(tenant=self.tenant, dwelling__house_number="1")
