"""Norms and the calendar become rows; they are taken back, never changed or removed."""

from importlib import import_module
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RULES = """
CREATE FUNCTION requests_rule_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.taken_back_at IS NULL
        AND to_jsonb(OLD) - '{taken_back_at,taken_back_by_id}'::text[]
          = to_jsonb(NEW) - '{taken_back_at,taken_back_by_id}'::text[]
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are taken back, never changed or removed', TG_TABLE_NAME
        USING ERRCODE = 'check_violation', CONSTRAINT = 'rule_stays';
END $$;

CREATE TRIGGER rule_stays BEFORE UPDATE OR DELETE ON requests_norm
    FOR EACH ROW EXECUTE FUNCTION requests_rule_stays();
CREATE TRIGGER rule_stays BEFORE UPDATE OR DELETE ON requests_openinghours
    FOR EACH ROW EXECUTE FUNCTION requests_rule_stays();
CREATE TRIGGER rule_stays BEFORE UPDATE OR DELETE ON requests_holidayrule
    FOR EACH ROW EXECUTE FUNCTION requests_rule_stays();
CREATE TRIGGER rule_stays BEFORE UPDATE OR DELETE ON requests_closingday
    FOR EACH ROW EXECUTE FUNCTION requests_rule_stays();
"""
BACK = """
DROP TRIGGER rule_stays ON requests_norm;
DROP TRIGGER rule_stays ON requests_openinghours;
DROP TRIGGER rule_stays ON requests_holidayrule;
DROP TRIGGER rule_stays ON requests_closingday;
DROP FUNCTION requests_rule_stays;
"""

MODELS = ["norm", "openinghours", "holidayrule", "closingday"]
SEES = [f"view_{model}" for model in MODELS]
ROLES = {
    "Contact centre": SEES,
    "Planner": SEES,
    "Manager": [*SEES, *(f"{does}_{model}" for model in MODELS for does in ("add", "change"))],
}


def widen_roles(apps: Any, schema_editor: Any) -> None:
    import_module("requests.migrations.0004_roles")._make_permissions(apps, schema_editor.connection.alias)
    Group, Permission = apps.get_model("auth", "Group"), apps.get_model("auth", "Permission")
    known = Permission.objects.filter(content_type__app_label="requests")
    for name, codenames in ROLES.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*known.filter(codename__in=codenames))


class Migration(migrations.Migration):
    dependencies = [
        ("requests", "0011_catalogue_uploads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ClosingDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                ("day", models.DateField(verbose_name="day")),
                ("name", models.CharField(help_text="for example: company outing", max_length=60, verbose_name="name")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "closing day",
                "verbose_name_plural": "calendar",
                "ordering": ["day", "pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)), fields=("day",), name="closing_day_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_by__isnull", True), ("made_at__date__lte", models.F("day")), _connector="OR"
                        ),
                        name="closing_day_not_from_the_past",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_back_at__isnull", True), ("taken_back_by__isnull", True)),
                            models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="closing_day_taken_back_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True),
                            ("taken_back_at__date__lte", models.F("day")),
                            _connector="OR",
                        ),
                        name="closing_day_taken_back_before_it_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="closing_day_has_a_name"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HolidayRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                (
                    "holiday",
                    models.CharField(
                        choices=[
                            ("Nieuwjaarsdag", "New Year's Day"),
                            ("Goede vrijdag", "Good Friday"),
                            ("Eerste paasdag", "Easter Sunday"),
                            ("Tweede paasdag", "Easter Monday"),
                            ("Koningsdag", "King's Day"),
                            ("Bevrijdingsdag", "Liberation Day"),
                            ("Hemelvaartsdag", "Ascension Day"),
                            ("Eerste pinksterdag", "Whit Sunday"),
                            ("Tweede pinksterdag", "Whit Monday"),
                            ("Eerste kerstdag", "Christmas Day"),
                            ("Tweede kerstdag", "Boxing Day"),
                        ],
                        max_length=20,
                        verbose_name="public holiday",
                    ),
                ),
                ("worked", models.BooleanField(verbose_name="we work on this day")),
                ("valid_from", models.DateField(verbose_name="counts from")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "rule for a public holiday",
                "verbose_name_plural": "rules for public holidays",
                "ordering": ["holiday", "-valid_from", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("holiday", "valid_from"),
                        name="holiday_rule_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_by__isnull", True), ("made_at__date__lte", models.F("valid_from")), _connector="OR"
                        ),
                        name="holiday_rule_not_from_the_past",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_back_at__isnull", True), ("taken_back_by__isnull", True)),
                            models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="holiday_rule_taken_back_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True),
                            ("taken_back_at__date__lte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="holiday_rule_taken_back_before_it_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "holiday__in",
                                [
                                    "Nieuwjaarsdag",
                                    "Goede vrijdag",
                                    "Eerste paasdag",
                                    "Tweede paasdag",
                                    "Koningsdag",
                                    "Bevrijdingsdag",
                                    "Hemelvaartsdag",
                                    "Eerste pinksterdag",
                                    "Tweede pinksterdag",
                                    "Eerste kerstdag",
                                    "Tweede kerstdag",
                                ],
                            )
                        ),
                        name="holiday_rule_holiday_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Norm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
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
                        verbose_name="urgency",
                    ),
                ),
                (
                    "category",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("water", "Water, taps and leaks"),
                            ("drains", "Drains and toilet"),
                            ("heating", "Heating and hot water"),
                            ("doors_windows", "Doors, windows and locks"),
                            ("electricity", "Electricity and lighting"),
                            ("interior", "Kitchen, stairs, floors and walls"),
                            ("roof_facade", "Roof, gutter and outside walls"),
                            ("ventilation", "Ventilation"),
                            ("damp", "Damp and mould"),
                            ("communal", "Lift and communal areas"),
                            ("other", "Something else"),
                        ],
                        help_text="empty: for all categories",
                        max_length=15,
                        verbose_name="category",
                    ),
                ),
                (
                    "answer",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="working days", null=True, verbose_name="first answer within"
                    ),
                ),
                (
                    "fix",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="working days", null=True, verbose_name="repaired within"
                    ),
                ),
                (
                    "fix_hours",
                    models.PositiveSmallIntegerField(
                        blank=True,
                        help_text="hours by the clock, day and night",
                        null=True,
                        verbose_name="or repaired within",
                    ),
                ),
                (
                    "word",
                    models.PositiveSmallIntegerField(
                        blank=True, help_text="working days", null=True, verbose_name="news at least every"
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="counts from")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "norm",
                "verbose_name_plural": "norms",
                "ordering": ["urgency", "category", "-valid_from", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("urgency", "category", "valid_from"),
                        name="norm_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_by__isnull", True), ("made_at__date__lte", models.F("valid_from")), _connector="OR"
                        ),
                        name="norm_not_from_the_past",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_back_at__isnull", True), ("taken_back_by__isnull", True)),
                            models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="norm_taken_back_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True),
                            ("taken_back_at__date__lte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="norm_taken_back_before_it_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("urgency__in", ["A", "S", "U", "N", "P"])), name="norm_urgency_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "category__in",
                                [
                                    "",
                                    "water",
                                    "drains",
                                    "heating",
                                    "doors_windows",
                                    "electricity",
                                    "interior",
                                    "roof_facade",
                                    "ventilation",
                                    "damp",
                                    "communal",
                                    "other",
                                ],
                            )
                        ),
                        name="norm_category_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer__isnull", False),
                                ("fix__isnull", False),
                                ("fix_hours__isnull", True),
                                ("word__isnull", False),
                            ),
                            models.Q(
                                ("answer__isnull", False),
                                ("fix__isnull", True),
                                ("fix_hours__isnull", False),
                                ("word__isnull", False),
                            ),
                            models.Q(
                                models.Q(("category", ""), _negated=True),
                                ("answer__isnull", True),
                                ("fix__isnull", True),
                                ("fix_hours__isnull", True),
                                ("word__isnull", True),
                            ),
                            _connector="OR",
                        ),
                        name="norm_all_terms_or_none",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answer__isnull", True),
                                models.Q(("answer__gte", 1), ("answer__lte", 20)),
                                _connector="OR",
                            ),
                            models.Q(
                                ("word__isnull", True), models.Q(("word__gte", 1), ("word__lte", 10)), _connector="OR"
                            ),
                            models.Q(
                                ("fix__isnull", True), models.Q(("fix__gte", 1), ("fix__lte", 130)), _connector="OR"
                            ),
                            models.Q(
                                ("fix_hours__isnull", True),
                                models.Q(("fix_hours__gte", 1), ("fix_hours__lte", 168)),
                                _connector="OR",
                            ),
                        ),
                        name="norm_within_bounds",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("fix__isnull", True), ("answer__lte", models.F("fix")), _connector="OR"),
                        name="norm_answers_before_it_is_fixed",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OpeningHours",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("taken_back_at", models.DateTimeField(blank=True, null=True, verbose_name="taken back")),
                (
                    "weekday",
                    models.PositiveSmallIntegerField(
                        choices=[
                            (0, "Monday"),
                            (1, "Tuesday"),
                            (2, "Wednesday"),
                            (3, "Thursday"),
                            (4, "Friday"),
                            (5, "Saturday"),
                            (6, "Sunday"),
                        ],
                        verbose_name="day of the week",
                    ),
                ),
                ("opens", models.TimeField(blank=True, null=True, verbose_name="opens")),
                ("closes", models.TimeField(blank=True, null=True, verbose_name="closes")),
                ("valid_from", models.DateField(verbose_name="counts from")),
                (
                    "made_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="made by",
                    ),
                ),
                (
                    "taken_back_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="taken back by",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening hours",
                "verbose_name_plural": "opening hours",
                "ordering": ["weekday", "-valid_from", "-pk"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("taken_back_at__isnull", True)),
                        fields=("weekday", "valid_from"),
                        name="opening_hours_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("made_by__isnull", True), ("made_at__date__lte", models.F("valid_from")), _connector="OR"
                        ),
                        name="opening_hours_not_from_the_past",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("taken_back_at__isnull", True), ("taken_back_by__isnull", True)),
                            models.Q(("taken_back_at__isnull", False), ("taken_back_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="opening_hours_taken_back_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("taken_back_at__isnull", True),
                            ("taken_back_at__date__lte", models.F("valid_from")),
                            _connector="OR",
                        ),
                        name="opening_hours_taken_back_before_it_counted",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("weekday__in", [0, 1, 2, 3, 4, 5, 6])), name="opening_hours_weekday_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closes__isnull", True), ("opens__isnull", True)),
                            models.Q(
                                ("closes__isnull", False), ("opens__isnull", False), ("opens__lt", models.F("closes"))
                            ),
                            _connector="OR",
                        ),
                        name="opening_hours_end_after_they_begin",
                    ),
                ],
            },
        ),
        migrations.RunSQL(RULES, BACK),
        migrations.RunPython(widen_roles, migrations.RunPython.noop),
    ]
