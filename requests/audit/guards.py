"""The database guards what it can: every constraint and trigger that the software relies on is there and at work."""

from __future__ import annotations

from django.apps import apps
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db.models import CheckConstraint, UniqueConstraint

from ..models import SHEET_MODELS, ClosingDay, HolidayRule, Norm, OpeningHours
from .invariant import Invariant

__all__ = ["guards"]

APPS = ("tenants", "dwellings", "requests")
TRIGGERS = (  # of the migrations
    ("requests_statuschange", "history_is_appended"),
    ("requests_promisemove", "history_is_appended"),
    ("requests_reportmove", "history_is_appended"),
    ("requests_servicerequest", "request_promise_moves_with_a_reason"),
    ("requests_catalogueversion", "catalogue_goes_forward"),
    *((model._meta.db_table, "catalogue_published_stays") for model in SHEET_MODELS),
    *((model._meta.db_table, "rule_stays") for model in (Norm, OpeningHours, HolidayRule, ClosingDay)),
)

_ROWS = """
SELECT guard.relation || '.' || guard.name AS named, found.name IS NOT NULL AS holds
FROM (VALUES {guards}) AS guard (relation, name)
LEFT JOIN (
    SELECT conrelid AS relation, conname AS name FROM pg_constraint
    WHERE convalidated AND coalesce((to_jsonb(pg_constraint)->>'conenforced')::boolean, true)  -- from version 18 on
    UNION
    SELECT indrelid, relname FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
    WHERE indisunique AND indisvalid
    UNION
    SELECT tgrelid, tgname FROM pg_trigger WHERE tgenabled IN ('O', 'A')
) found ON found.relation = to_regclass(guard.relation) AND found.name = guard.name
"""


def guards() -> Invariant:
    """Asked when it is proved, because a guard may be added to a model."""
    values = ", ".join(f"('{relation}', '{name}')" for relation, name in [*_constraints(), *TRIGGERS])
    return Invariant(
        "guards_are_at_work",
        "Every constraint and trigger that refuses wrong rows is there and was checked for all rows",
        _ROWS.replace("{guards}", values),
    )


def _constraints() -> list[tuple[str, str]]:
    kinds = (CheckConstraint, UniqueConstraint, ExclusionConstraint)
    return [
        (model._meta.db_table, constraint.name)
        for app in APPS
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, kinds)
    ]
