"""The tables of an empty database, in half the time.

Before each step of a migration Django makes the class of its model anew, and those of all models around it. Here
nearly all models are around each other, so one column costs twenty classes. Two kinds of steps need none: who points
at a model sees neither its constraints and indexes nor its next column. Those are set on the class that is there.

Only for who migrates from nothing: a database with data goes the way that Django made for it.
"""

from __future__ import annotations

from typing import Any, cast

from django.db import models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState
from django.db.models.fields import NOT_PROVIDED
from django.db.models.options import Options
from django.utils.functional import cached_property


class QuickExecutor(MigrationExecutor):
    """Quick when no migration was ever applied."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        state: ProjectState = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]  # the stubs do not know it
        return state if self.loader.applied_migrations else QuickState(state.models, state.real_apps)


class QuickState(ProjectState):
    """What the models look like halfway the migrations. Equal to Django's own, and so are its classes."""

    def clone(self) -> ProjectState:
        state = super().clone()
        state.__class__ = QuickState
        return state

    def add_field(
        self, app_label: str, model_name: str, name: str, field: models.Field[Any, Any], preserve_default: bool
    ) -> None:
        model = self._class_of(app_label, model_name)
        if model is None or field.is_relation or model.__subclasses__():
            super().add_field(app_label, model_name, name, field, preserve_default)
            return
        if not preserve_default:
            field = field.clone()
            field.default = NOT_PROVIDED
        self.models[app_label, model_name].fields[name] = field
        field.clone().contribute_to_class(model, name)
        _forget_what_was_looked_up(model._meta)

    def _append_option(self, app_label: str, model_name: str, option_name: str, obj: Any) -> None:
        options = self.models[app_label, model_name].options
        self._set_option(app_label, model_name, option_name, [*options[option_name], obj])

    def _remove_option(self, app_label: str, model_name: str, option_name: str, obj_name: str) -> None:
        options = self.models[app_label, model_name].options
        left = [each for each in options[option_name] if each.name != obj_name]
        self._set_option(app_label, model_name, option_name, left)

    def _set_option(self, app_label: str, model_name: str, option_name: str, value: list[Any]) -> None:
        """Constraints or indexes."""
        self.models[app_label, model_name].options[option_name] = value
        if model := self._class_of(app_label, model_name):
            setattr(model._meta, option_name, list(value))
            _forget_what_was_looked_up(model._meta)

    def _class_of(self, app_label: str, model_name: str) -> type[models.Model] | None:
        """None as long as nobody asked for classes."""
        if "apps" not in self.__dict__:
            return None
        return cast("type[models.Model]", self.apps.get_model(app_label, model_name))


def _forget_what_was_looked_up(options: Any) -> None:
    options._expire_cache()
    for name in [name for name in options.__dict__ if isinstance(getattr(Options, name, None), cached_property)]:
        delattr(options, name)
