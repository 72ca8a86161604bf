"""The roles that a corporation gives its people: without them only administrators could do anything."""

from typing import Any

from django.contrib.auth.management import create_permissions
from django.db import migrations

SEES = [
    "view_complex", "view_dwelling", "view_communalarea", "view_tenancy", "view_tenant", "view_servicerequest",
    "view_notification",
]  # fmt: skip
ROLES = {
    "Contact centre": [*SEES, "change_servicerequest"],
    "Planner": [*SEES, "change_servicerequest"],
    "Manager": [*SEES, "view_dashboard"],
}
APPS = ["tenants", "dwellings", "requests"]


def make_roles(apps: Any, schema_editor: Any) -> None:
    """A group of that name which is there already keeps what it may do, and may do this too."""
    _make_permissions(apps, schema_editor.connection.alias)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = Permission.objects.filter(content_type__app_label__in=APPS)
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*known.filter(codename__in=codenames))


def remove_roles(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


def _make_permissions(apps: Any, database: str) -> None:
    """Django makes them after all migrations, which is too late here."""
    for label in APPS:
        app_config = apps.get_app_config(label)
        app_config.models_module = True  # a historical app has none, and would be passed over
        create_permissions(app_config, verbosity=0, using=database, apps=apps)
        app_config.models_module = None


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0003_guards"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
        ("dwellings", "0002_initial"),
        ("tenants", "0001_initial"),
    ]

    operations = [migrations.RunPython(make_roles, remove_roles)]
