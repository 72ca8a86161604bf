"""The roles that come with the software, and what each may do."""

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.loader import MigrationLoader

roles = importlib.import_module("requests.migrations.0004_roles")

pytestmark = pytest.mark.django_db
FIRST = {
    "dwellings.view_communalarea",
    "dwellings.view_complex",
    "dwellings.view_dwelling",
    "dwellings.view_tenancy",
    "requests.view_servicerequest",
    "tenants.view_notification",
    "tenants.view_tenant",
}
RULES = ("norm", "openinghours", "holidayrule", "closingday")
SEES = (
    FIRST
    | {f"requests.view_{model}" for model in ("emergency", "selfhelp", "objection", "catalogueversion", *RULES)}
    | {"requests.change_emergency", "dwellings.view_outage", "dwellings.view_servicecover"}
    | {"tenants.view_accesspreferences", "tenants.change_notification", "requests.view_gesture"}
)
GESTURES = {f"requests.{does}_gesture" for does in ("add", "change", "delete")}
WORKS = {
    "requests.add_servicerequest",
    "requests.change_servicerequest",
    "dwellings.add_outage",
    "dwellings.change_outage",
    "tenants.change_accesspreferences",
}
MANAGES = {
    "requests.view_dashboard",
    "requests.view_searchsynonym",
    *(
        f"requests.{does}_{model}"
        for model in ("catalogueversion", "searchsynonym")
        for does in ("add", "change", "delete")
    ),
    *(f"requests.{does}_{model}" for model in RULES for does in ("add", "change")),
}


def rights():
    return {
        group.name: {f"{right.content_type.app_label}.{right.codename}" for right in group.permissions.all()}
        for group in Group.objects.all()
    }


def test_a_new_installation_has_a_role_for_each_kind_of_work():
    assert rights() == {
        "Contact centre": SEES | WORKS,
        "Planner": SEES | WORKS | {"requests.change_objection"},
        "Team lead": SEES | WORKS | {"requests.change_objection", "requests.view_dashboard"} | GESTURES,
        "Manager": SEES | MANAGES | GESTURES,
    }


def test_the_roles_are_made_also_before_django_made_the_permissions():
    roles.remove_roles(apps, None)
    Permission.objects.filter(content_type__app_label__in=roles.APPS).delete()

    with connection.schema_editor(atomic=False) as editor:
        roles.make_roles(MigrationLoader(connection).project_state(("requests", "0003_guards")).apps, editor)

    assert rights() == {
        "Contact centre": FIRST | {"requests.change_servicerequest"},
        "Planner": FIRST | {"requests.change_servicerequest"},
        "Team lead": set(),  # a later one, whose rights were just taken away
        "Manager": FIRST | {"requests.view_dashboard"},
    }


def test_the_roles_go_when_the_migration_is_undone():
    Group.objects.create(name="Of their own")

    roles.remove_roles(apps, None)

    assert set(Group.objects.values_list("name", flat=True)) == {"Of their own", "Team lead"}
