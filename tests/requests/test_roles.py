"""The roles that come with the software, and what each may do."""

import importlib

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.db.migrations.loader import MigrationLoader

roles = importlib.import_module("requests.migrations.0004_roles")

pytestmark = pytest.mark.django_db
SEES = {
    "dwellings.view_communalarea",
    "dwellings.view_complex",
    "dwellings.view_dwelling",
    "dwellings.view_tenancy",
    "requests.view_servicerequest",
    "tenants.view_notification",
    "tenants.view_tenant",
}


def rights():
    return {
        group.name: {f"{right.content_type.app_label}.{right.codename}" for right in group.permissions.all()}
        for group in Group.objects.all()
    }


def test_a_new_installation_has_a_role_for_each_kind_of_work():
    assert rights() == {
        "Contact centre": SEES | {"requests.change_servicerequest"},
        "Planner": SEES | {"requests.change_servicerequest"},
        "Manager": SEES | {"requests.view_dashboard"},
    }


def test_the_roles_are_made_also_before_django_made_the_permissions():
    before = rights()
    roles.remove_roles(apps, None)
    Permission.objects.filter(content_type__app_label__in=roles.APPS).delete()

    with connection.schema_editor(atomic=False) as editor:
        roles.make_roles(MigrationLoader(connection).project_state(("requests", "0003_guards")).apps, editor)

    assert rights() == before


def test_the_roles_go_when_the_migration_is_undone():
    Group.objects.create(name="Of their own")

    roles.remove_roles(apps, None)

    assert list(Group.objects.values_list("name", flat=True)) == ["Of their own"]
