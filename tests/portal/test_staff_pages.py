"""The plain pages of the admin: to find and to look up, and for hardly anybody to change."""

from datetime import date

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.db.backends.postgresql.psycopg_any import DateRange
from django.template import engines
from django.urls import reverse
from django.utils import timezone, translation

from portal.context import environment
from tenants.models import User
from tenants.notifications import pulse
from tenants.notifications.models import Pulse
from tests.factories import (
    CommunalAreaFactory,
    ComplexFactory,
    DwellingFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
)
from tests.tenants.signing_in import sign_in

pytestmark = [pytest.mark.django_db, pytest.mark.ignore_template_errors]  # Unfold asks for what it does not have
LISTS = ["dwellings_complex", "dwellings_dwelling", "dwellings_tenancy", "tenants_tenant", "tenants_user"]
ROWS = {
    "dwellings_complex": ComplexFactory,
    "dwellings_dwelling": DwellingFactory,
    "dwellings_tenancy": TenancyFactory,
    "tenants_tenant": TenantFactory,
    "tenants_user": StaffFactory,
}


def staff(*permissions):
    colleague = StaffFactory()
    colleague.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    Authenticator.objects.create(user=colleague, type=Authenticator.Type.TOTP, data={"secret": "not-used"})
    return colleague


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_number_of_questions_for_one_row_and_for_three(
    planner_client, name, count, django_assert_max_num_queries
):
    ROWS[name].create_batch(count)

    with django_assert_max_num_queries(9):
        response = planner_client.get(reverse(f"admin:{name}_changelist"))

    assert response.status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_nothing_is_deleted(planner_client, name):
    row = ROWS[name]()

    answer = planner_client.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", [name for name in LISTS if name != "tenants_user"])
def test_nothing_but_colleagues_is_added(planner_client, name):
    assert planner_client.get(reverse(f"admin:{name}_add")).status_code == 403


@pytest.mark.parametrize("name", [name for name in LISTS if name != "tenants_user"])
def test_what_is_looked_up_is_not_changed(planner_client, name):
    row = ROWS[name]()
    before = type(row).objects.values().get(pk=row.pk)
    url = reverse(f"admin:{name}_change", args=[row.pk])

    shown, changed = planner_client.get(url), planner_client.post(url, {"name": "Anders", "street": "Anders"})

    assert (shown.status_code, changed.status_code) == (200, 403)
    assert type(row).objects.values().get(pk=row.pk) == before


@pytest.mark.parametrize(
    ("name", "term"),
    [
        ("dwellings_dwelling", "lindelaan"),
        ("dwellings_dwelling", "lindelaan 12A"),
        ("dwellings_dwelling", "3581 KN"),
        ("dwellings_dwelling", "3581kn 12A"),
        ("dwellings_dwelling", "3581"),
        ("dwellings_tenancy", "3581kn"),
        ("dwellings_tenancy", "bouzid"),
        ("dwellings_tenancy", "lindelaan 12A"),
        ("tenants_tenant", "fatima"),
        ("tenants_tenant", "fatima@example.org"),
    ],
)
def test_people_and_homes_are_found(planner_client, name, term):
    tenancy = TenancyFactory(
        tenant=TenantFactory(name="Fatima Bouzid", email="fatima@example.org"),
        dwelling=DwellingFactory(street="Lindelaan", house_number="12A", postcode="3581 KN"),
    )
    TenancyFactory()
    wanted = {"dwellings_dwelling": tenancy.dwelling, "dwellings_tenancy": tenancy, "tenants_tenant": tenancy.tenant}

    response = planner_client.get(reverse(f"admin:{name}_changelist"), {"q": term})

    assert list(response.context["cl"].result_list) == [wanted[name]]


def test_a_home_shows_who_rents_it_and_who_did(planner_client):
    dwelling = DwellingFactory()
    TenancyFactory(dwelling=dwelling, tenant__name="Wim Vroeger", period=DateRange(date(2010, 5, 1), date(2020, 1, 1)))
    TenancyFactory(dwelling=dwelling, tenant__name="Ewa Nu")

    with translation.override("nl"):
        html = planner_client.get(reverse("admin:dwellings_dwelling_change", args=[dwelling.pk])).content.decode()

    assert [words in html for words in ("Wim Vroeger", "1 mei 2010", "31 dec 2019", "Ewa Nu", "nu nog")] == [True] * 5


def test_a_complex_shows_its_communal_areas(planner_client):
    area = CommunalAreaFactory(name="Trappenhuis A")

    html = planner_client.get(reverse("admin:dwellings_complex_change", args=[area.complex.pk])).content.decode()

    assert "Trappenhuis A" in html


def test_only_who_rents_today_can_be_listed(planner_client):
    today = TenancyFactory()
    TenancyFactory(period=DateRange(date(2010, 5, 1), date(2020, 1, 1)))

    response = planner_client.get(reverse("admin:dwellings_tenancy_changelist"), {"current": "yes"})

    assert list(response.context["cl"].result_list) == [today]


def test_a_tenants_name_is_shown_as_text(planner_client):
    tenant = TenantFactory(name="<script>alert(1)</script>")
    TenancyFactory(tenant=tenant)

    pages = [
        planner_client.get(reverse(name, args=args)).content.decode()
        for name, args in [
            ("admin:tenants_tenant_changelist", []),
            ("admin:tenants_tenant_change", [tenant.pk]),
            ("admin:dwellings_tenancy_changelist", []),
        ]
    ]

    assert [("<script>alert" in html, "&lt;script&gt;alert(1)" in html) for html in pages] == [(False, True)] * 3


def test_an_administrator_lets_a_colleague_go(planner_client):
    colleague = StaffFactory(first_name="Karim", last_name="El Idrissi")

    planner_client.post(
        reverse("admin:tenants_user_change", args=[colleague.pk]),
        {"first_name": "Karim", "last_name": "El Idrissi", "is_staff": "on", "email": "other@example.org"},
    )

    after = User.objects.get(pk=colleague.pk)
    assert (after.is_active, after.is_staff, after.email) == (False, True, colleague.email)


ADD = "admin:tenants_user_add"
NEW = {"email": "Karim@Example.org", "first_name": "Karim", "last_name": "El Idrissi"}


def test_an_administrator_adds_a_colleague_who_then_signs_in_with_a_code(planner_client, client):
    role = Group.objects.get(name="Planner")

    planner_client.post(reverse(ADD), {**NEW, "groups": [role.pk]})
    client.logout()
    signed_in = sign_in(client, "karim@example.org")

    added = User.objects.get(first_name="Karim")
    assert (added.email, added.last_name, added.is_staff, added.is_superuser, added.has_usable_password()) == (
        "karim@example.org",
        "El Idrissi",
        True,
        False,
        False,
    )
    assert list(added.groups.all()) == [role]
    assert signed_in.url == "/admin/"


def test_an_address_that_is_known_is_not_added_twice(planner_client, monkeypatch):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
    TenantFactory(user__email="karim@example.org")

    response = planner_client.post(reverse(ADD), NEW, headers={"accept-language": "en"})

    assert "Somebody already signs in with this e-mail address." in response.content.decode()
    assert User.objects.filter(email__iexact="karim@example.org").count() == 1


def test_only_an_administrator_adds_colleagues(client):
    client.force_login(staff("view_user", "add_user", "change_user"))

    assert client.post(reverse(ADD), NEW).status_code == 403
    assert not User.objects.filter(first_name="Karim").exists()


def test_roles_have_dutch_names_where_they_are_given(planner_client):
    pages = [planner_client.get(reverse(name)).content.decode() for name in (ADD, "admin:tenants_user_changelist")]

    assert ["Klantcontact" in html and "Contact centre" not in html for html in pages] == [True, True]


def test_nobody_gives_themselves_a_role(client):
    colleague = staff("view_user", "change_user")
    role = Group.objects.create(name="Alles")
    client.force_login(colleague)

    response = client.post(
        reverse("admin:tenants_user_change", args=[colleague.pk]),
        {"first_name": "x", "last_name": "y", "is_active": "on", "is_staff": "on", "groups": [role.pk]},
    )

    assert response.status_code == 403
    assert list(colleague.groups.all()) == []


@pytest.mark.parametrize(
    ("permissions", "begins_at"),
    [
        (["view_servicerequest", "change_servicerequest"], "/admin/requests/servicerequest/"),
        (["view_servicerequest"], "/admin/requests/servicerequest/"),
        (["view_servicerequest", "view_dashboard"], "/dashboard/"),
        (["view_servicerequest", "change_servicerequest", "view_dashboard"], "/admin/requests/servicerequest/"),
    ],
)
def test_staff_begin_where_their_work_is(client, permissions, begins_at):
    client.force_login(staff(*permissions))

    assert client.get("/admin/").url == begins_at


def test_the_menu_offers_what_a_colleague_may_see(client):
    client.force_login(staff("view_servicerequest", "view_tenant"))

    response = client.get(reverse("admin:tenants_tenant_changelist"))

    offered = [
        str(item["link"])
        for group in response.context["sidebar_navigation"]
        for item in group["items"]
        if item["has_permission"]
    ]
    assert offered == [
        "/admin/requests/servicerequest/",
        "/admin/tenants/letter/",
        "/admin/tenants/tenant/",
        "/admin/requests/gesture/policy/",
    ]


def test_the_admin_wears_the_corporations_name_and_colour(planner_client, settings):
    settings.CORPORATION_NAME = "Stichting De Eik"
    settings.BRAND = {**settings.BRAND, "brand": "#123456"}

    html = planner_client.get(reverse("admin:tenants_tenant_changelist")).content.decode()

    assert "Thuisbalie — Stichting De Eik" in html
    assert "--color-primary-600: color-mix(in oklab, #123456 100%, white)" in html


@pytest.mark.parametrize(("demo", "label"), [(True, ["Demo", "warning"]), (False, None)])
def test_only_the_demo_says_it_is_one(settings, rf, demo, label):
    settings.DEMO = demo
    pulse.give("worker", Pulse.Kind.WORKER, at=timezone.now())

    assert environment(rf.get("/")) == label
