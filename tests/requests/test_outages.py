"""Outages: made by staff, shown to everybody concerned, and an answer to their reports."""

from datetime import timedelta

import pytest
from django.template import engines
from django.urls import reverse
from django.utils import timezone

from dwellings.models import Outage
from requests import followup, services
from requests.front_door.outages import explained_by, explaining
from requests.intake import catalogue
from requests.models import OutageFollower, Recovery
from requests.promises import next_word_after
from requests.workflow import Status
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import (
    NOON,
    CommunalAreaFactory,
    ComplexFactory,
    DwellingFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
)
from tests.requests.tenant_pages import words_of

pytestmark = pytest.mark.django_db

AT = NOON + timedelta(hours=3)
UNTIL = NOON + timedelta(days=1)
LEAVES = catalogue.shipped().leaves.values()
LIFT = next(leaf for leaf in LEAVES if leaf.shared == "automatic" and leaf.element_code == "LIF")


@pytest.fixture
def by():
    return StaffFactory()


def lift_case(complex=None, **fields):
    codes = {name: getattr(LIFT, name) for name in ("location_code", "element_code", "defect_code", "category")}
    area = CommunalAreaFactory(complex=complex or ComplexFactory())
    return ServiceRequestFactory(
        problem=LIFT.key, thing=LIFT.thing.key, dwelling=None, communal_area=area, **codes, **fields
    )


def outage_at(complex, **fields):
    return Outage(**({"what": "lift", "complex": complex, "starts_at": NOON, "until": UNTIL} | fields))


def announced(complex, by, **fields):
    return services.announce_outage(outage_at(complex, **fields), by=by, at=AT)


@pytest.mark.parametrize(
    ("late", "says"),
    [
        (timedelta(0), "Wij denken dat het op dinsdag 3 maart om 12:00 uur voorbij is."),
        (
            timedelta(days=2),
            "Wij dachten dat het op dinsdag 3 maart om 12:00 uur voorbij zou zijn, maar het duurt langer.",
        ),
    ],
)
def test_the_word_in_between_names_the_outage_and_its_end_to_whom_it_concerns(by, late, says):
    case = lift_case(at=NOON, next_word_at=AT + late)
    elsewhere = lift_case(at=NOON, next_word_at=AT + late)
    Outage.objects.bulk_create([outage_at(case.communal_area.complex, made_at=AT, made_by=by)])

    followup.follow_up(at=AT + late)
    delivery.deliver_due(now=lambda: AT + late)

    body = {mail.about: mail.body for mail in Notification.objects.filter(kind="request_holding")}
    named = f"De lift doet het niet in {case.communal_area.complex}. Daar gaat uw melding over.\n{says}"
    assert (named in body[case.reference], "lift doet het niet in" in body[elsewhere.reference]) == (True, False)


# --- answering reports ------------------------------------------------------------------------------------------------


def test_an_outage_answers_the_reports_that_it_explains(by):
    case = lift_case()
    tap = ServiceRequestFactory(dwelling=DwellingFactory(complex=case.place.complex))
    elsewhere = lift_case()

    outage = announced(case.place.complex, by)

    mail = Notification.objects.get()
    case.refresh_from_db()
    assert (mail.kind, mail.occasion, mail.about) == ("outage_known", f"outage-{outage.pk}", case.reference)
    assert (case.next_word_at, case.answered_at, case.status) == (UNTIL, AT, Status.RECEIVED)
    assert [one.version for one in (case, tap, elsewhere)] == [2, 1, 1]


def test_a_tenant_with_two_requests_is_told_once(by):
    tenant = TenantFactory()
    case = lift_case(reported_by=tenant)
    ReportFactory(service_request=lift_case_in(case.place.complex), tenant=tenant)

    announced(case.place.complex, by)

    assert Notification.objects.filter(tenant=tenant).count() == 1


def lift_case_in(complex):
    area = CommunalAreaFactory(complex=complex, name="Lift 2")
    return ServiceRequestFactory(
        problem=LIFT.key, dwelling=None, communal_area=area, element_code="LIF", defect_code=LIFT.defect_code
    )


def test_an_unanswered_message_keeps_its_own_moment(by):
    case = lift_case()
    services.write_to_staff(case.pk, tenant=case.reports.get().tenant, body="Hoe lang nog?", at=NOON)
    case.refresh_from_db()
    promised = case.next_word_at

    announced(case.place.complex, by, until=NOON + timedelta(days=9))

    case.refresh_from_db()
    assert case.next_word_at == promised


def test_so_does_a_new_day_that_was_promised(by):
    case = lift_case()
    followup.watch(at=case.fix_by)
    hear_by = Recovery.objects.get().hear_by
    outage = outage_at(case.place.complex, starts_at=case.fix_by, until=case.fix_by + timedelta(days=9))

    services.announce_outage(outage, by=by, at=case.fix_by + timedelta(hours=1))

    case.refresh_from_db()
    assert case.next_word_at == hear_by


def test_planned_work_that_is_still_to_come_explains_nothing_yet(by):
    case = lift_case()

    announced(case.place.complex, by, planned=True, starts_at=AT + timedelta(days=1), until=AT + timedelta(days=2))

    case.refresh_from_db()
    assert (case.version, Notification.objects.count()) == (1, 0)


def test_an_outage_of_one_stack_does_not_reach_the_other_homes(by):
    complex = ComplexFactory()
    cases = [
        ServiceRequestFactory(
            dwelling=DwellingFactory(complex=complex, stack=stack),
            category="heating",
            element_code="KET",
            defect_code="TEM",
        )
        for stack in ("A-1", "A-2", "")
    ]

    outage = announced(complex, by, what="hot_water", stack="A-1")

    assert explained_by(outage) == [cases[0]]


# --- how it goes on ---------------------------------------------------------------------------------------------------


def test_when_it_takes_longer_everybody_who_waits_hears_so(by):
    case = lift_case()
    follower = TenancyFactory(dwelling__complex=case.place.complex).tenant
    outage = announced(case.place.complex, by)
    services.follow_outage(follower, outage, AT)

    services.extend_outage(outage.pk, until=UNTIL + timedelta(days=2), words="Het onderdeel is besteld.", at=UNTIL)

    case.refresh_from_db()
    mails = Notification.objects.filter(kind="outage_until")
    assert {mail.tenant for mail in mails} == {follower, case.reports.get().tenant}
    assert all("Het onderdeel is besteld." in mail.body for mail in mails)
    assert case.next_word_at == UNTIL + timedelta(days=2)


def test_another_explanation_alone_tells_nobody(by):
    case = lift_case()
    outage = announced(case.place.complex, by)
    Notification.objects.all().delete()

    services.extend_outage(outage.pk, until=UNTIL, words="Wij zoeken de oorzaak.", at=AT)

    outage.refresh_from_db()
    assert (outage.words, Notification.objects.count()) == ("Wij zoeken de oorzaak.", 0)


def test_when_it_is_over_everybody_who_waits_hears_so_and_their_requests_stay_open(by):
    case = lift_case()
    follower = TenancyFactory(dwelling__complex=case.place.complex).tenant
    outage = announced(case.place.complex, by)
    services.follow_outage(follower, outage, AT)

    services.end_outage(outage.pk, at=AT + timedelta(hours=2))

    case.refresh_from_db()
    told = Notification.objects.filter(kind="outage_over").values_list("tenant", "about")
    assert set(told) == {(follower.pk, ""), (case.reports.get().tenant_id, case.reference)}
    assert case.status == Status.RECEIVED
    assert case.next_word_at == next_word_after(case.urgency, at=AT + timedelta(hours=2))


def test_what_is_over_stays_over(by):
    outage = announced(ComplexFactory(), by)
    services.end_outage(outage.pk, at=AT)

    for change in (
        lambda: services.end_outage(outage.pk, at=AT),
        lambda: services.extend_outage(outage.pk, until=UNTIL + timedelta(days=1), at=AT),
    ):
        with pytest.raises(services.OutageIsOver):
            change()


def test_who_follows_twice_hears_it_once(by):
    tenant, outage = TenantFactory(), announced(ComplexFactory(), by)

    for _ in range(2):
        services.follow_outage(tenant, outage, AT)

    assert OutageFollower.objects.count() == 1


# --- the tenant's home page -------------------------------------------------------------------------------------------


def now():
    return timezone.now()


def kept(complex, by, **fields):
    given = {"starts_at": now() - timedelta(hours=1), "until": now() + timedelta(days=1), "made_at": now()} | fields
    return Outage.objects.create(complex=complex, made_by=by, **({"what": "lift"} | given))


def test_everybody_concerned_reads_of_it_at_home(tenant_client, tenant, by):
    kept(tenant.tenancies.get().dwelling.complex, by, words="De monteur is onderweg.")

    said = words_of(tenant_client.get("/"))

    assert "De lift doet het niet" in said
    assert "De monteur is onderweg." in said


@pytest.mark.parametrize("fields", [{"ended_at": NOON}, {"stack": "Z-9"}])
def test_what_is_over_or_of_another_stack_is_not_at_home(tenant_client, tenant, by, fields):
    kept(tenant.tenancies.get().dwelling.complex, by, **fields)

    assert "De lift doet het niet" not in words_of(tenant_client.get("/"))


def test_an_outage_of_another_complex_is_not_at_home(tenant_client, by):
    kept(ComplexFactory(), by)

    assert "De lift doet het niet" not in words_of(tenant_client.get("/"))


def test_what_takes_longer_than_was_said_says_so(tenant_client, tenant, by):
    kept(tenant.tenancies.get().dwelling.complex, by, until=now() - timedelta(minutes=1))

    assert "Het duurt langer dan wij dachten" in words_of(tenant_client.get("/"))


def test_planned_work_is_announced(tenant_client, tenant, by):
    days = {"starts_at": now() + timedelta(days=3), "until": now() + timedelta(days=4)}
    kept(tenant.tenancies.get().dwelling.complex, by, what="water", planned=True, **days)

    assert "Wij werken aan de waterleiding" in words_of(tenant_client.get("/"))


@pytest.mark.parametrize("count", [1, 3])
def test_more_outages_ask_no_more_queries(tenant_client, tenant, by, count, django_assert_max_num_queries):
    tenant_client.get("/")
    for _ in range(count):
        kept(tenant.tenancies.get().dwelling.complex, by)

    with django_assert_max_num_queries(8):
        tenant_client.get("/")


# --- staff ------------------------------------------------------------------------------------------------------------


LIST, ADD = "admin:dwellings_outage_changelist", "admin:dwellings_outage_add"
staff_pages = pytest.mark.ignore_template_errors  # those of Unfold's templates
IN_ENGLISH = {"accept-language": "en"}


def filled_in(place, **more):
    until = timezone.localtime(now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    return {"what": "lift", "complex": place.pk, "until": until, "stack": "", "words": "", "starts_at": ""} | more


@staff_pages
def test_three_answers_make_an_outage_that_began_now(planner_client, planner):
    complex = ComplexFactory()

    response = planner_client.post(reverse(ADD), filled_in(complex))

    outage = Outage.objects.get()
    assert response.status_code == 302
    assert (outage.what, outage.complex, outage.stack, outage.planned) == ("lift", complex, "", False)
    assert (outage.made_by, outage.ended_at) == (planner, None)
    assert abs(outage.starts_at - now()) < timedelta(minutes=1)


@staff_pages
@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"until": "2020-01-01T12:00"}, "until"),
        ({"until": ""}, "until"),
        ({"starts_at": "2099-01-01T12:00"}, "until"),
        ({"stack": "Z-9"}, "stack"),
        ({"what": "weather"}, "what"),
        ({"complex": "999999"}, "complex"),
    ],
)
def test_an_outage_that_cannot_be_says_what_is_wrong(planner_client, more, field, monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
    response = planner_client.post(reverse(ADD), filled_in(ComplexFactory(), **more))

    assert response.status_code == 200
    assert list(response.context["adminform"].form.errors) == [field]
    assert not Outage.objects.exists()


@staff_pages
def test_the_page_to_make_one_opens(planner_client):
    assert planner_client.get(reverse(ADD)).status_code == 200


@staff_pages
def test_what_goes_on_stands_on_top_of_the_list(planner_client, by):
    over = kept(ComplexFactory(name="Voorbij"), by, ended_at=now())
    current = kept(ComplexFactory(name="Nu"), by, starts_at=now() - timedelta(days=3))

    said = words_of(planner_client.get(reverse(LIST)))

    assert said.index(current.complex.name) < said.index(over.complex.name)
    assert said.count("/over/") == 1


@staff_pages
def test_it_is_over_with_one_click_and_a_second_changes_nothing(planner_client, by):
    outage = kept(ComplexFactory(), by)
    address = reverse("admin:dwellings_outage_over", args=[outage.pk])

    for _ in range(2):
        assert planner_client.post(address).status_code == 302

    outage.refresh_from_db()
    assert outage.ended_at is not None
    assert planner_client.get(address).status_code == 405


@staff_pages
def test_staff_extend_it_on_its_page_and_nothing_else(planner_client, by):
    outage = kept(ComplexFactory(), by)
    page = reverse("admin:dwellings_outage_change", args=[outage.pk])
    later = timezone.localtime(now() + timedelta(days=5)).replace(second=0, microsecond=0)

    assert planner_client.get(page).status_code == 200
    planner_client.post(page, {"until": later.strftime("%Y-%m-%dT%H:%M"), "words": "Later.", "what": "heating"})

    outage.refresh_from_db()
    assert (outage.until, outage.words, outage.what) == (later, "Later.", "lift")


@staff_pages
def test_the_queue_and_the_case_show_staff_the_outage(planner_client, by):
    case = lift_case(at=now() - timedelta(hours=2))
    queue = reverse("admin:requests_servicerequest_changelist")
    page = reverse("admin:requests_servicerequest_change", args=[case.pk])
    before = [words_of(planner_client.get(address, headers=IN_ENGLISH)) for address in (queue, page)]

    kept(case.place.complex, by)

    after = [words_of(planner_client.get(address, headers=IN_ENGLISH)) for address in (queue, page)]
    assert ["Outage: lift" in before[0], "Known outage" in before[1]] == [False, False]
    assert ["Outage: lift" in after[0], "Known outage" in after[1]] == [True, True]


def test_one_query_finds_the_outages_of_a_whole_page(by, django_assert_num_queries):
    cases = [lift_case() for _ in range(3)]
    outages = {case.pk: kept(case.place.complex, by) for case in cases}
    kept(cases[0].place.complex, by, what="heating")

    with django_assert_num_queries(1):
        found = explaining(cases, at=now())

    assert found == outages


def test_a_tenant_hears_when_announced_work_is_called_off(by):
    tenancy = TenancyFactory()
    days = {"starts_at": AT + timedelta(days=3), "until": AT + timedelta(days=4), "planned": True}
    outage = announced(tenancy.dwelling.complex, by, **days)
    services.follow_outage(tenancy.tenant, outage, AT)

    services.end_outage(outage.pk, at=AT + timedelta(days=1))

    assert "gaan niet door" in Notification.objects.get().subject
