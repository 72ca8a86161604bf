"""The classes halfway the migrations of an empty database are those that Django would have made."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Upper

from portal.quick_migrations import QuickExecutor, QuickState

GROWN_UP = models.CheckConstraint(condition=models.Q(age__gte=18), name="person_grown_up")
BY_NAME = models.Index(fields=["name"], name="pet_by_name")
STEPS = {
    "a column": migrations.AddField("Person", "age", models.IntegerField(default=0)),
    "a column whose default is for today": migrations.AddField(
        "Person", "email", models.CharField(max_length=99, default="-"), preserve_default=False
    ),
    "a column of a parent": migrations.AddField("Pet", "weight", models.FloatField(null=True)),
    "a key": migrations.AddField("Person", "best", models.ForeignKey("shop.Pet", models.CASCADE, null=True)),
    "a constraint": migrations.AddConstraint("Person", GROWN_UP),
    "an index": migrations.AddIndex("Pet", BY_NAME),
    "a constraint less": migrations.RemoveConstraint("Pet", "pet_named"),
    "an index less": migrations.RemoveIndex("Person", "person_by_name"),
}


def shop(kind, *, made=True):
    """A project of three models around each other, with their classes unless these are made after the steps."""
    key = ("id", models.BigAutoField(primary_key=True))
    name = ("name", models.CharField(max_length=99))
    owner = ("owner", models.ForeignKey("shop.Person", models.CASCADE, related_name="pets"))
    named = models.CheckConstraint(condition=~models.Q(name=""), name="pet_named")
    by_name = models.Index(fields=["name"], name="person_by_name")
    states = [
        ModelState("shop", "Person", [key, name], {"indexes": [by_name]}),
        ModelState("shop", "Pet", [key, name, owner], {"constraints": [named]}),
        ModelState("shop", "Dog", [("barks", models.BooleanField())], bases=("shop.pet",)),
    ]
    state = kind({(each.app_label, each.name_lower): each for each in states})
    if made:
        state.apps  # noqa: B018 -- makes them
    return state


def told(state):
    """All that can be asked about the classes."""
    return {
        model._meta.label: (
            [field.deconstruct() for field in model._meta.concrete_fields],
            sorted(field.name for field in model._meta.get_fields()),
            model._meta.constraints,
            model._meta.indexes,
            [field.remote_field.model is state.apps.get_model("shop", field.related_model.__name__)
             for field in model._meta.concrete_fields if field.is_relation],
        )
        for model in state.apps.get_models()
    }  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_after_a_step_the_classes_are_djangos(name):
    quick, plain = shop(QuickState), shop(ProjectState, made=False)
    before = told(quick)

    STEPS[name].state_forwards("shop", quick)
    STEPS[name].state_forwards("shop", plain)

    assert told(quick) == told(plain) != before
    assert quick == plain


def test_after_all_steps_too():
    quick, plain = shop(QuickState), shop(ProjectState, made=False)

    for step in STEPS.values():
        for state in (quick, plain):
            step.state_forwards("shop", state)

    assert told(quick) == told(plain)


@pytest.mark.parametrize("name", ["a column", "a constraint", "an index", "a constraint less", "an index less"])
def test_nobody_is_made_anew_for_what_only_one_model_has(name):
    state = shop(QuickState)
    classes = state.apps.get_models()

    STEPS[name].state_forwards("shop", state)

    assert state.apps.get_models() == classes


def test_what_was_looked_up_before_a_step_is_looked_up_again():
    state = shop(QuickState)
    known = state.apps.get_model("shop", "Person")._meta
    shout = models.GeneratedField(expression=Upper("name"), output_field=models.TextField(), db_persist=True)
    once = models.UniqueConstraint(fields=["name"], name="person_once")
    before = [field.name for field in known.db_returning_fields], known.total_unique_constraints

    migrations.AddField("Person", "shout", shout).state_forwards("shop", state)
    migrations.AddConstraint("Person", once).state_forwards("shop", state)

    assert before == (["id"], [])
    assert [field.name for field in known.db_returning_fields] == ["id", "shout"]
    assert known.total_unique_constraints == [once]


def test_only_a_database_without_tables_is_made_so(db):
    executor = QuickExecutor(connection)
    with_tables = executor._create_project_state(with_applied_migrations=True)
    executor.loader.applied_migrations = {}

    assert (type(with_tables), type(executor._create_project_state())) == (ProjectState, QuickState)
    assert type(executor._create_project_state().clone()) is QuickState
