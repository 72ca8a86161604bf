import copy

import pytest
from django.utils import translation

from requests.intake import catalogue, checks, vera
from requests.models import Category, ServiceRequest
from requests.promises import Urgency


@pytest.fixture
def sheets():
    """A copy of what is shipped, to spoil."""
    return copy.deepcopy(catalogue.shipped_sheets())


def row_of(sheets, sheet, key):
    return next(row for row in sheets[sheet] if row["key"] == key)


def every_problem():
    return list(catalogue.shipped().leaves.values())


def test_every_place_ends_with_something_else():
    tree = catalogue.shipped()

    last = [tree.problems(place)[-1].key for place in tree.places()]

    assert last == [f"{place.key}_other" for place in tree.places()]


def test_places_are_of_the_home_or_of_the_building():
    tree = catalogue.shipped()

    of_the_home = tree.places(communal=False)
    of_the_building = tree.places(communal=True)

    assert of_the_home
    assert of_the_building
    assert tree.places() == of_the_home + of_the_building


def test_a_place_that_does_not_exist_has_no_things_and_no_problems():
    tree = catalogue.shipped()

    assert (tree.place("moon"), tree.things("moon"), tree.problems("moon")) == (None, [], [])


def test_the_problems_of_a_place_are_those_of_its_things():
    tree = catalogue.shipped()

    for place in tree.places():
        of_things = [problem for thing in tree.things(place) for problem in tree.problems(place, thing)]

        assert sorted(of_things, key=lambda leaf: leaf.key) == sorted(tree.problems(place), key=lambda leaf: leaf.key)


def test_a_problem_carries_everything_that_follows_from_choosing_it():
    problem = catalogue.shipped().get("kitchen_tap_drips")

    assert (problem.place.key, problem.thing.key) == ("kitchen", "tap")
    assert (problem.location_code, problem.defect_code) == ("KEU", "DRP")
    assert (problem.category, problem.trade, problem.urgency, problem.paid_by) == ("water", "LOO", "N", "law_d")
    assert (problem.cover, problem.communal, problem.phone_only) == ("plan", False, False)


def test_an_unknown_key_is_a_key_error():
    with pytest.raises(KeyError):
        catalogue.shipped().get("kitchen_unicorn")


@pytest.mark.parametrize(
    ("language", "place", "problem"),
    [("nl", "Keuken", "De kraan druppelt"), ("en", "Kitchen", "The tap drips"), ("en-gb", "Kitchen", "The tap drips")],
)
def test_labels_follow_the_active_language(language, place, problem):
    with translation.override(language):
        leaf = catalogue.shipped().get("kitchen_tap_drips")

        assert (leaf.place.label, leaf.label) == (place, problem)


def test_labels_are_dutch_where_no_language_is_active():
    with translation.override(None):
        assert catalogue.shipped().get("kitchen_tap_drips").label == "De kraan druppelt"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_acute_problem_gives_the_number(language, settings):
    settings.EMERGENCY_PHONE = "010 123 45 67"

    with translation.override(language):
        acute = [problem for problem in every_problem() if problem.phone_only]
        without_number = [problem.key for problem in acute if "010 123 45 67" not in problem.hint]

    assert {"gas_smell", "carbon_monoxide", "person_in_lift"} <= {problem.key for problem in acute}
    assert without_number == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_text_shows_a_placeholder(language):
    guides = catalogue.shipped().guides.values()

    with translation.override(language):
        texts = [problem.hint for problem in every_problem()] + [s.label for guide in guides for s in guide.steps]

    assert [text for text in texts if "{" in text] == []


def test_the_tree_and_the_database_know_the_same_words():
    assert set(catalogue.CATEGORIES) == set(Category.values)
    assert set(catalogue.URGENCIES) == set(Urgency.values)
    assert {problem.category for problem in every_problem()} == set(catalogue.CATEGORIES)


def test_every_text_fits_in_its_column():
    longest = {name: ServiceRequest._meta.get_field(name).max_length for name in ("problem", "subject", "title_nl")}

    too_long = [
        one.key
        for one in every_problem()
        if len(one.key) > longest["problem"]
        or len(one.title) > longest["subject"]
        or max(len(one.problem_nl), len(one.problem_en)) > longest["title_nl"]
    ]

    assert too_long == []


def test_only_codes_in_force_are_known():
    assert vera.name(vera.LOCATION, "KEU") == "Keuken"
    assert "ZAN" not in vera.codes(vera.TRADE)  # withdrawn on 8-9-2023
    assert vera.name(vera.TRADE, "ZAN") == "ZAN"


def test_what_is_shipped_has_no_faults():
    assert checks.faults(catalogue.shipped_sheets()) == []


SPOILED = [
    ("problems", "place", "attic", "“attic” is not a known place"),
    ("problems", "thing", "unicorn", "“unicorn” is not a known thing"),
    ("problems", "location_code", "XYZ", "“XYZ” is not a known location_code"),
    ("problems", "element_code", "XYZ", "“XYZ” is not a known element_code"),
    ("problems", "defect_code", "ZAN", "“ZAN” is not a known defect_code"),
    ("problems", "trade", "ZAN", "“ZAN” is not a known trade"),
    ("problems", "category", "taps", "“taps” is not a known category"),
    ("problems", "urgency", "X", "“X” is not a known urgency"),
    ("problems", "paid_by", "insurer", "“insurer” is not a known paid_by"),
    ("problems", "cover", "roof", "“roof” is not a known cover"),
    ("problems", "shared", "street", "“street” is not a known shared"),
    ("problems", "causes", "BEW XXX", "“XXX” is not a known causes"),
    ("problems", "questions", "how_many", "“how_many” is not a known questions"),
    ("problems", "guide", "Z99", "“Z99” is not a known guide"),
    ("problems", "price", "12,50", "price must be whole euros"),
    ("problems", "problem_en", " ", "problem_en is empty"),
    ("problems", "hint_nl", "", "hint_nl is empty"),
    ("problems", "problem_nl", "x" * 103, "problem_nl is 3 characters too long"),
]


@pytest.mark.parametrize(("sheet", "column", "value", "complaint"), SPOILED)
def test_a_row_that_cannot_be_right_is_named(sheets, sheet, column, value, complaint):
    number = next(n for n, row in enumerate(sheets[sheet]) if row["key"] == "kitchen_pipe_leaks")
    sheets[sheet][number][column] = value

    with translation.override("en"):
        found = checks.faults(sheets)

    assert found == [checks.Fault(sheet, number + 2, "kitchen_pipe_leaks", complaint)]


def test_everything_that_is_wrong_is_said_at_once(sheets):
    for sheet, column, value, _ in SPOILED[:15]:
        row_of(sheets, sheet, "kitchen_pipe_leaks")[column] = value
    row_of(sheets, "places", "kitchen")["communal"] = "perhaps"

    with translation.override("en"), pytest.raises(checks.InvalidCatalogue) as refused:
        checks.refuse(sheets)

    whys = {fault.why for fault in refused.value.faults}
    assert {complaint for *_, complaint in SPOILED[:15]} | {"“perhaps” is not a known communal"} <= whys
    assert len(str(refused.value).splitlines()) == len(refused.value.faults)


def test_a_key_that_is_used_twice_is_said_at_both_rows(sheets):
    sheets["things"].append(dict(sheets["things"][0]))

    with translation.override("en"):
        found = checks.faults(sheets)

    assert [(fault.sheet, fault.line, fault.why) for fault in found] == [
        ("things", 2, "this key is used more than once"),
        ("things", len(sheets["things"]) + 1, "this key is used more than once"),
    ]


@pytest.mark.parametrize("column", ["hint_nl", "hint_en"])
def test_an_acute_problem_without_the_number_is_refused(sheets, column):
    row_of(sheets, "problems", "gas_smell")[column] = "Bel ons."

    with translation.override("en"):
        (fault,) = checks.faults(sheets)

    assert (fault.key, fault.why) == ("gas_smell", f"an emergency must give {{phone}} in {column}")


def test_a_place_without_something_else_is_a_dead_end(sheets):
    row_of(sheets, "problems", "lift_other")["key"] = "lift_rest"

    with translation.override("en"):
        (fault,) = checks.faults(sheets)

    assert (fault.sheet, fault.key, fault.why) == (
        "places", "lift", "the last problem of a place must be “lift_other”",
    )  # fmt: skip


@pytest.mark.parametrize("lost", [{"name_en": None}, {"surname": "x"}])
def test_a_sheet_with_other_columns_is_refused_before_its_cells_are_read(sheets, lost):
    sheets["places"][0] |= lost

    with translation.override("en"):
        found = checks.faults(sheets)

    columns = ", ".join(catalogue.SHEETS["places"])
    assert found == [checks.Fault("places", 2, "", f"the columns must be {columns}")]


def test_a_sheet_that_is_missing_is_named(sheets):
    del sheets["steps"]

    with translation.override("en"):
        assert [str(fault) for fault in checks.faults(sheets)] == ["steps: this sheet is missing"]


def test_a_guide_without_steps_is_a_dead_end(sheets):
    sheets["guides"].append({"key": "Z99", "title_nl": "Leeg", "title_en": "Empty"})

    with translation.override("en"):
        (fault,) = checks.faults(sheets)

    assert (fault.key, fault.why) == ("Z99", "this guide has no steps")


def test_a_choice_has_as_many_answers_in_both_languages(sheets):
    question = {
        "key": "colour", "kind": "choice", "question_nl": "Welke kleur?", "question_en": "Which colour?",
        "options_nl": "rood|groen", "options_en": "red", "raises": "3", "required": "no",
    }  # fmt: skip
    sheets["questions"].append(question)

    with translation.override("en"):
        found = [fault.why for fault in checks.faults(sheets)]

    assert found == [
        "a choice needs at least two options, as many in English as in Dutch",
        "“3” is not a known raises",
    ]
