"""What follows a broken promise, who of staff hears of it, and who may do something about it."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

EVERYBODY = ["view_gesture", "change_notification"]
GESTURES = ["add_gesture", "change_gesture", "delete_gesture"]
ROLES = {
    "Contact centre": EVERYBODY,
    "Planner": EVERYBODY,
    "Team lead": [*EVERYBODY, *GESTURES, "view_dashboard"],
    "Manager": [*EVERYBODY, *GESTURES],
}


def make_team_leads(apps: Any, schema_editor: Any) -> None:
    """A team lead may do what a planner may, and see the figures."""
    import_module("requests.migrations.0004_roles")._make_permissions(apps, schema_editor.connection.alias)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = Permission.objects.filter(content_type__app_label__in=["tenants", "dwellings", "requests"])
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*known.filter(codename__in=codenames))
    planners = Group.objects.get(name="Planner")
    Group.objects.get(name="Team lead").permissions.add(*planners.permissions.all())


def remove_team_leads(apps: Any, schema_editor: Any) -> None:
    apps.get_model("auth", "Group").objects.filter(name="Team lead").delete()


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0015_watch"),
        ("tenants", "0005_signs_of_life"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DigestDay",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False, verbose_name="day")),
                ("written_at", models.DateTimeField(verbose_name="written")),
            ],
            options={
                "verbose_name": "daily mail",
                "verbose_name_plural": "daily mails",
            },
        ),
        migrations.CreateModel(
            name="Gesture",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "urgency",
                    models.CharField(
                        choices=[
                            ("A", "Emergency"),
                            ("S", "Within 24 hours"),
                            ("U", "Urgent"),
                            ("N", "Normal"),
                            ("P", "Can be planned"),
                        ],
                        max_length=1,
                        unique=True,
                        verbose_name="urgency",
                    ),
                ),
                (
                    "what_nl",
                    models.CharField(
                        help_text="such as: een bon van € 15", max_length=120, verbose_name="what, in Dutch"
                    ),
                ),
                (
                    "what_en",
                    models.CharField(
                        help_text="such as: a voucher of € 15", max_length=120, verbose_name="what, in English"
                    ),
                ),
            ],
            options={
                "verbose_name": "gesture",
                "verbose_name_plural": "gestures",
                "ordering": ["urgency"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("urgency__in", ["A", "S", "U", "N", "P"])), name="gesture_urgency_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("what_nl", ""), _negated=True), models.Q(("what_en", ""), _negated=True)
                        ),
                        name="gesture_says_what",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Recovery",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "why",
                    models.CharField(
                        choices=[("broken", "the promised day was over"), ("visit_missed", "nobody came")],
                        max_length=12,
                        verbose_name="why",
                    ),
                ),
                ("of", models.CharField(help_text="which promise or visit", max_length=40, verbose_name="of")),
                ("promised", models.DateTimeField(verbose_name="promised")),
                ("begun_at", models.DateTimeField(verbose_name="begun")),
                ("hear_by", models.DateTimeField(verbose_name="hears a new day by")),
                ("new_day", models.DateTimeField(blank=True, null=True, verbose_name="new day")),
                ("dated_at", models.DateTimeField(blank=True, null=True, verbose_name="new day given")),
                ("gesture_nl", models.CharField(blank=True, max_length=120, verbose_name="gesture, in Dutch")),
                ("gesture_en", models.CharField(blank=True, max_length=120, verbose_name="gesture, in English")),
                ("gesture_at", models.DateTimeField(blank=True, null=True, verbose_name="gesture decided")),
                ("settled_at", models.DateTimeField(blank=True, null=True, verbose_name="settled")),
                (
                    "contact",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="looked after by",
                    ),
                ),
                (
                    "gesture_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="gesture decided by",
                    ),
                ),
                (
                    "service_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recoveries",
                        to="requests.servicerequest",
                    ),
                ),
            ],
            options={
                "verbose_name": "recovery",
                "verbose_name_plural": "recoveries",
                "ordering": ["begun_at", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("service_request", "of"), name="recovery_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("dated_at__isnull", True), ("settled_at__isnull", True)),
                        fields=("service_request",),
                        name="recovery_one_waits_for_a_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("why__in", ["broken", "visit_missed"])), name="recovery_why_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("dated_at__isnull", True), ("new_day__isnull", True)),
                            models.Q(("dated_at__isnull", False), ("new_day__isnull", False)),
                            _connector="OR",
                        ),
                        name="recovery_dated_iff_new_day",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("gesture_at__isnull", True),
                                ("gesture_by__isnull", True),
                                ("gesture_en", ""),
                                ("gesture_nl", ""),
                            ),
                            models.Q(
                                models.Q(("gesture_nl", ""), _negated=True),
                                models.Q(("gesture_en", ""), _negated=True),
                                ("gesture_at__isnull", False),
                                ("gesture_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="recovery_gesture_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("hear_by__gt", models.F("begun_at")),
                            models.Q(
                                ("dated_at__isnull", True), ("dated_at__gte", models.F("begun_at")), _connector="OR"
                            ),
                            models.Q(
                                ("settled_at__isnull", True), ("settled_at__gte", models.F("begun_at")), _connector="OR"
                            ),
                        ),
                        name="recovery_in_order_of_time",
                    ),
                ],
            },
        ),
        migrations.RunPython(make_team_leads, remove_team_leads),
    ]
