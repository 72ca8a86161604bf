"""What a craftsman must know to get in: said once, shown on every visit, asked again after a year."""

import re
from datetime import date, timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Permission
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from requests import services, workflow
from requests.models import Visit
from requests.services import Said
from requests.workflow import Actor, Status
from tenants import preferences
from tenants.models import AccessPreferences, Notification, Tenant
from tests.factories import NOON, CommunalAreaFactory, DraftFactory, ServiceRequestFactory, StaffFactory, TenancyFactory

pytestmark = pytest.mark.django_db
URL = "/toegang/"
SAID = {
    "at_home": ["OCH"],
    "not_on": "donderdag",
    "call_first": "on",
    "key_with": "de buren op 12",
    "pet": "on",
    "hearing": "on",
    "language": "nl",
}
LINES = [
    "At home in the morning (8–12)",
    "Better not: donderdag",
    "Phone before you come",
    "The key is with: de buren op 12",
    "There is a pet",
    "Ring long or knock: the bell is not always heard",
]
KEPT = {"at_home": ["OCH"], "not_on": "", "call_first": False, "key_with": "", "pet": True, "hearing": False}


def text_of(response):
    return " ".join(response.content.decode().split())


def lines(tenant, *, at, language="en"):
    with translation.override(language):
        return preferences.told(Tenant.objects.get(pk=tenant.pk), at=at, on=at.date()).lines


def staff_browser(*codenames):
    colleague = StaffFactory()
    colleague.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    browser = Client()
    browser.force_login(colleague)
    return browser


# --- the tenant's page


def test_what_a_tenant_says_is_kept_for_a_year_and_told_in_words(tenant_client, tenant):
    before = timezone.now()

    answer = tenant_client.post(URL, SAID)

    kept = AccessPreferences.objects.get(tenant=tenant)
    assert answer.url == URL
    assert kept.expires_at - kept.saved_at == timedelta(days=365)
    assert kept.saved_at >= before
    assert lines(tenant, at=before) == LINES


def test_nothing_has_to_be_filled_in(tenant_client, tenant):
    tenant_client.post(URL, {"language": "nl"})

    assert lines(tenant, at=timezone.now()) == []
    assert preferences.offer(Tenant.objects.get(), at=timezone.now()) == preferences.Offer([], asks=False, is_old=False)


def test_the_page_says_that_it_never_asks_about_health(tenant_client):
    tenant_client.post(reverse("set_language"), {"language": "en"})

    assert "never about your health" in text_of(tenant_client.get(URL))


def test_changing_it_replaces_what_was_said(tenant_client, tenant):
    tenant_client.post(URL, SAID)

    tenant_client.post(URL, {"language": "nl", "at_home": ["OCH", "MID"]})

    assert lines(tenant, at=timezone.now()) == ["At home in the morning and in the afternoon"]


def test_another_language_is_for_the_mails_too(tenant_client, tenant):
    answer = tenant_client.post(URL, SAID | {"language": "en"}, follow=True)

    tenant.refresh_from_db()
    assert tenant.language == "en"
    assert "Saved. The craftsman knows this from now on." in text_of(answer)


@pytest.mark.parametrize(
    "said",
    [
        {"at_home": ["NAC"]},
        {"language": "xx"},
        {"language": ""},
        {"not_on": "x" * 121},
        {"key_with": "\x00"},
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(tenant_client, said):
    answer = tenant_client.post(URL, SAID | said | {"pet": "on"})

    assert answer.status_code == 200
    assert answer.context["form"].errors
    assert AccessPreferences.objects.count() == 0
    assert re.search(r'name="pet"[^>]* checked', text_of(answer))


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "\u202emorf txet", "\U0001f511" * 60, "{{ 7*7 }}"])
def test_hostile_words_are_words(tenant_client, tenant, words):
    tenant_client.post(URL, SAID | {"key_with": words})

    assert f"The key is with: {words}" in lines(tenant, at=timezone.now())
    assert "<script>alert(1)" not in text_of(tenant_client.get(URL))


def test_what_only_staff_set_cannot_be_slipped_in(tenant_client, tenant):
    tenant_client.post(URL, SAID | {"two_people_until": "2030-01-01", "two_people": "on", "tenant": "1"})

    kept = AccessPreferences.objects.get()
    assert (kept.tenant, kept.two_people_until) == (tenant, None)


def test_what_staff_set_survives_what_the_tenant_says_and_stays_hidden(tenant_client, tenant):
    preferences.come_with_two(tenant, until=timezone.localdate() + timedelta(days=30))

    asks = tenant_client.get(URL)
    tenant_client.post(URL, SAID)

    assert asks.context["access"].asks
    assert AccessPreferences.objects.get().two_people_until == timezone.localdate() + timedelta(days=30)
    assert "two_people" not in text_of(tenant_client.get(URL))


@pytest.mark.parametrize(
    "where", ["https://kwaad.example/", "//kwaad.example", "javascript:alert(1)", "/\\kwaad.example"]
)
def test_it_leads_back_only_to_pages_of_ours(tenant_client, where):
    assert tenant_client.post(URL, SAID | {"next": where}).url == URL
    assert tenant_client.post(URL, SAID | {"next": "/meldingen/"}).url == "/meldingen/"


def test_nobody_else_comes_in(client, planner_client):
    assert planner_client.get(URL).status_code == 404
    assert Client().get(URL).url.startswith("/account/login/")


# --- a year later


def test_after_a_year_it_is_not_told_any_more_and_one_tap_makes_it_right_again(tenant_client, tenant):
    long_ago = timezone.now() - timedelta(days=366)
    preferences.keep(tenant, KEPT, language="nl", at=long_ago)

    old = tenant_client.get(URL).context["access"]
    not_told = lines(tenant, at=timezone.now())
    tenant_client.post(URL, {"still_right": "yes"})

    assert (old.is_old, not_told) == (True, [])
    assert lines(tenant, at=timezone.now()) == ["At home in the morning (8–12)", "There is a pet"]
    assert lines(tenant, at=timezone.now() + timedelta(days=364)) != []
    assert lines(tenant, at=timezone.now() + timedelta(days=366)) == []


def test_nothing_said_cannot_be_still_right(tenant_client):
    answer = tenant_client.post(URL, {"still_right": "yes"})

    assert answer.status_code == 200
    assert AccessPreferences.objects.count() == 0


def test_two_people_end_on_their_day(tenant):
    preferences.come_with_two(tenant, until=date(2026, 3, 10))

    two = [preferences.told(tenant, at=NOON, on=date(2026, 3, day)).two for day in (10, 11)]

    assert two == [date(2026, 3, 10), None]


@pytest.mark.parametrize(
    "lie", [{"expires_at": None}, {"saved_at": None}, {"expires_at": NOON}, {"at_home": ["NAC"]}], ids=str
)
def test_a_row_that_lies_is_refused(tenant, lie):
    preferences.keep(tenant, KEPT, language="nl", at=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        AccessPreferences.objects.update(**lie)


# --- shown on every visit


def visited(tenant, **more):
    home = tenant.tenancies.get().dwelling
    case = ServiceRequestFactory(dwelling=home, reported_by=tenant, status=Status.SCHEDULED, at=timezone.now(), **more)
    start = timezone.now() + timedelta(days=1)
    Visit.objects.create(
        service_request=case, window=DateTimeTZRange(start, start + timedelta(hours=2)), craftsman="Carla"
    )
    return case


@pytest.mark.ignore_template_errors
def test_staff_see_it_with_the_visits_and_when_they_plan_one(tenant, planner_client):
    preferences.keep(tenant, KEPT | {"key_with": "Achmed"}, language="nl", at=timezone.now())
    preferences.come_with_two(tenant, until=timezone.localdate())
    planned, to_plan = (
        visited(tenant),
        ServiceRequestFactory(
            dwelling=tenant.tenancies.get().dwelling, reported_by=tenant, status=Status.PLANNED, at=timezone.now()
        ),
    )
    address = "admin:requests_servicerequest_change"

    once = text_of(planner_client.get(reverse(address, args=[planned.pk])))
    twice = text_of(planner_client.get(reverse(address, args=[to_plan.pk]), {"move": "schedule"}))

    assert [page.count("Achmed") for page in (once, twice)] == [1, 2]
    assert once.count('class="q-access"') == 1


@pytest.mark.ignore_template_errors
def test_nobody_comes_in_for_what_is_shared(tenant, planner_client):
    preferences.keep(tenant, KEPT | {"key_with": "Achmed"}, language="nl", at=timezone.now())
    area = CommunalAreaFactory(complex=tenant.tenancies.get().dwelling.complex)
    shared = ServiceRequestFactory(dwelling=None, communal_area=area, reported_by=tenant, at=timezone.now())

    assert "Achmed" not in text_of(planner_client.get(f"/admin/requests/servicerequest/{shared.pk}/change/"))


def test_the_tenant_sees_what_the_craftsman_knows_and_not_what_staff_set(tenant_client, tenant):
    preferences.keep(tenant, KEPT | {"key_with": "Achmed"}, language="nl", at=timezone.now())
    preferences.come_with_two(tenant, until=timezone.localdate())
    case = visited(tenant)

    answer = tenant_client.get(reverse("requests:detail", args=[case.reference]))

    assert len(answer.context["access"].lines) == 3
    assert "Achmed" in text_of(answer)


def test_a_housemate_sees_their_own_and_not_somebody_elses(tenant, client):
    preferences.keep(tenant, KEPT | {"key_with": "Achmed"}, language="nl", at=timezone.now())
    housemate = TenancyFactory(dwelling=tenant.tenancies.get().dwelling, role="co_tenant").tenant
    case = visited(
        housemate,
    )
    client.force_login(housemate.user)

    assert "Achmed" not in text_of(client.get(reverse("requests:detail", args=[case.reference])))


@pytest.mark.parametrize(("language", "line"), [("nl", "- Er is een huisdier"), ("en", "- There is a pet")])
def test_the_mail_about_a_visit_says_it_in_the_tenants_language(tenant, language, line):
    now = timezone.now()
    preferences.keep(tenant, KEPT, language=language, at=now)
    preferences.come_with_two(tenant, until=date(2099, 1, 1))
    home = tenant.tenancies.get().dwelling
    case = ServiceRequestFactory(dwelling=home, reported_by=tenant, status=Status.PLANNED, at=now)
    start = now + timedelta(days=1)

    services.make_move(
        case.pk,
        workflow.SCHEDULE,
        actor=Actor.STAFF,
        by=StaffFactory(),
        at=now,
        said=Said(window=(start, start + timedelta(hours=2)), craftsman="Carla"),
    )

    mail = Notification.objects.get(kind="request_scheduled", channel="email").body
    assert line in mail.splitlines()
    assert "2099" not in mail


def test_the_mail_about_a_visit_says_nothing_when_nothing_was_said(tenant):
    now = timezone.now()
    home = tenant.tenancies.get().dwelling
    case = ServiceRequestFactory(dwelling=home, reported_by=tenant, status=Status.PLANNED, at=now)
    start = now + timedelta(days=1)
    said = Said(window=(start, start + timedelta(hours=2)), craftsman="Carla")

    services.make_move(case.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=now, said=said)

    mail = Notification.objects.get(kind="request_scheduled", channel="email").body
    assert [line for line in mail.splitlines() if line.startswith("- ")] == []


# --- asked once


def test_checking_and_sending_offer_it_and_come_back(tenant_client, tenant):
    draft = DraftFactory(tenant=tenant, dwelling=tenant.tenancies.get().dwelling, details_given=True, reachable=False)
    check = reverse("requests:report_check", args=[draft.pk])

    asked = tenant_client.get(check)
    back = tenant_client.post(URL, SAID | {"next": check})
    told = tenant_client.get(check)

    assert f"{URL}?next={check}" in text_of(asked)
    assert back.url == check
    assert [asked.context["access"].asks, told.context["access"].asks] == [True, False]


# --- staff on the tenant's page


@pytest.mark.ignore_template_errors
def test_staff_write_down_what_somebody_says_by_telephone_and_that_two_come(tenant):
    browser = staff_browser("view_tenant", "view_accesspreferences", "change_accesspreferences")
    url = reverse("admin:tenants_tenant_access", args=[tenant.pk])
    until = timezone.localdate() + timedelta(days=60)

    answer = browser.post(url, SAID | {"two_people_until": until.isoformat()})
    shown = text_of(browser.get(answer.url))

    assert answer.url == reverse("admin:tenants_tenant_change", args=[tenant.pk])
    assert lines(tenant, at=timezone.now()) == LINES
    assert AccessPreferences.objects.get().two_people_until == until
    assert "de buren op 12" in shown


@pytest.mark.ignore_template_errors
def test_setting_two_people_makes_nothing_newer_that_the_tenant_said(tenant):
    long_ago = timezone.now() - timedelta(days=300)
    preferences.keep(tenant, KEPT, language="nl", at=long_ago)
    browser = staff_browser("view_tenant", "change_accesspreferences")
    same = {"at_home": ["OCH"], "pet": "on", "language": "nl"}
    until = timezone.localdate() + timedelta(days=60)

    browser.post(
        reverse("admin:tenants_tenant_access", args=[tenant.pk]), same | {"two_people_until": until.isoformat()}
    )

    kept = AccessPreferences.objects.get()
    assert (kept.saved_at, kept.two_people_until) == (long_ago, until)


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("days", [-1, 400])
def test_two_people_end_within_a_year(tenant, days):
    browser = staff_browser("change_accesspreferences")
    until = timezone.localdate() + timedelta(days=days)

    answer = browser.post(
        reverse("admin:tenants_tenant_access", args=[tenant.pk]), SAID | {"two_people_until": until.isoformat()}
    )

    assert answer.context["form"].errors.keys() == {"two_people_until"}
    assert AccessPreferences.objects.count() == 0


@pytest.mark.ignore_template_errors
def test_without_the_right_staff_neither_see_nor_change_it(tenant):
    preferences.keep(tenant, KEPT | {"key_with": "Achmed"}, language="nl", at=timezone.now())
    browser = staff_browser("view_tenant", "view_servicerequest")
    url = reverse("admin:tenants_tenant_access", args=[tenant.pk])

    assert "Achmed" not in text_of(browser.get(reverse("admin:tenants_tenant_change", args=[tenant.pk])))
    assert [browser.get(url).status_code, browser.post(url, SAID).status_code] == [403, 403]
