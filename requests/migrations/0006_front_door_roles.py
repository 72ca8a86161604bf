"""What the corporation's people may do with what the front door brought."""

from importlib import import_module
from typing import Any

from django.db import migrations

EVERYBODY = [
    "view_emergency", "change_emergency", "view_selfhelp", "view_objection", "view_outage", "view_servicecover",
    "view_accesspreferences", "view_catalogueversion",
]  # fmt: skip
ROLES = {
    "Contact centre": [*EVERYBODY, "add_servicerequest", "add_outage", "change_outage", "change_accesspreferences"],
    "Planner": [
        *EVERYBODY, "add_servicerequest", "add_outage", "change_outage", "change_objection", "change_accesspreferences",
    ],
    "Manager": [
        *EVERYBODY, "add_catalogueversion", "change_catalogueversion", "delete_catalogueversion", "add_searchsynonym",
        "change_searchsynonym", "delete_searchsynonym", "view_searchsynonym",
    ],
}  # fmt: skip


def widen_roles(apps: Any, schema_editor: Any) -> None:
    import_module("requests.migrations.0004_roles")._make_permissions(apps, schema_editor.connection.alias)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = Permission.objects.filter(content_type__app_label__in=["tenants", "dwellings", "requests"])
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*known.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0005_front_door"),
        ("dwellings", "0003_stacks_covers_outages"),
        ("tenants", "0003_access_and_attachments"),
    ]

    operations = [migrations.RunPython(widen_roles, migrations.RunPython.noop)]
