import csv
import shutil
from pathlib import Path

import pytest
from django.utils import translation

from requests.intake import catalogue, vera
from requests.models import Category, Payer, ServiceRequest
from requests.promises import Urgency

SHIPPED = Path(catalogue.__file__).parent


def every_problem():
    return [problem for place in catalogue.places() for problem in catalogue.problems(place)]


@pytest.fixture
def rewrite(tmp_path):
    """Change one cell of a copy of the shipped tree, and say where the copy is."""
    for name in ("places.csv", "catalogue.csv"):
        shutil.copy(SHIPPED / name, tmp_path / name)

    def rewrite_cell(file: str, key: str, column: str, value: str) -> Path:
        with (tmp_path / file).open(encoding="utf-8", newline="") as lines:
            rows = list(csv.DictReader(lines, delimiter=";"))
        next(row for row in rows if row["key"] == key)[column] = value
        with (tmp_path / file).open("w", encoding="utf-8", newline="") as lines:
            writer = csv.DictWriter(lines, rows[0].keys(), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)
        return tmp_path

    return rewrite_cell


def test_a_home_and_a_building_have_places_of_their_own():
    of_the_home = [place.key for place in catalogue.places(communal=False)]
    of_the_building = [place.key for place in catalogue.places(communal=True)]

    assert of_the_home == [
        "kitchen", "bathroom", "toilet", "rooms", "hall", "heating", "power_water_gas", "outside",
    ]  # fmt: skip
    assert of_the_building == ["entrance", "stairwell", "lift", "shared_spaces"]
    assert [place.key for place in catalogue.places()] == of_the_home + of_the_building


def test_every_place_ends_with_something_else():
    last = [catalogue.problems(place)[-1].key for place in catalogue.places()]

    assert last == [f"{place.key}_other" for place in catalogue.places()]


def test_a_place_that_does_not_exist_has_no_problems():
    assert catalogue.problems("attic") == []


def test_a_problem_carries_everything_that_follows_from_choosing_it():
    problem = catalogue.get("kitchen_tap_drips")

    assert (problem.place.key, problem.location_code, problem.element_code, problem.defect_code) == (
        "kitchen", "KEU", "WAT", "DRP",
    )  # fmt: skip
    assert (problem.category, problem.trade, problem.urgency, problem.payer) == ("water", "LOO", "N", "plan")
    assert (problem.communal, problem.phone_only) == (False, False)


def test_an_unknown_key_is_a_key_error():
    with pytest.raises(KeyError):
        catalogue.get("kitchen_unicorn")


@pytest.mark.parametrize(
    ("language", "place", "problem"),
    [("nl", "Keuken", "De kraan druppelt"), ("en", "Kitchen", "The tap drips"), ("en-gb", "Kitchen", "The tap drips")],
)
def test_labels_follow_the_active_language(language, place, problem):
    with translation.override(language):
        leaf = catalogue.get("kitchen_tap_drips")

        assert (leaf.place.label, leaf.label) == (place, problem)


def test_labels_are_dutch_where_no_language_is_active():
    with translation.override(None):
        assert catalogue.get("kitchen_tap_drips").label == "De kraan druppelt"


@pytest.mark.parametrize("language", ["nl", "en"])
def test_exactly_the_acute_problems_are_for_the_phone_and_give_the_number(language, settings):
    settings.EMERGENCY_PHONE = "010 123 45 67"

    with translation.override(language):
        acute = [problem for problem in every_problem() if problem.phone_only]
        without_number = [problem.key for problem in acute if "010 123 45 67" not in problem.hint]

    assert [problem.key for problem in acute] == [
        "toilet_sewage", "front_door_not_locking", "carbon_monoxide", "gas_smell", "water_pipe_burst", "no_power",
        "sparking_socket", "person_in_lift",
    ]  # fmt: skip
    assert without_number == []


@pytest.mark.parametrize("language", ["nl", "en"])
def test_no_hint_shows_a_placeholder(language):
    with translation.override(language):
        assert [problem.key for problem in every_problem() if "{" in problem.hint] == []


def test_every_category_that_is_reported_on_can_be_chosen():
    assert {problem.category for problem in every_problem()} == set(catalogue.CATEGORIES)


def test_the_tree_and_the_database_know_the_same_words():
    assert set(catalogue.CATEGORIES) == set(Category.values)
    assert set(catalogue.URGENCIES) == set(Urgency.values)
    assert set(catalogue.PAYERS) == set(Payer.values)


def test_every_problem_fits_in_its_column():
    longest = {name: ServiceRequest._meta.get_field(name).max_length for name in ("problem", "subject")}

    too_long = [
        one.key for one in every_problem() if len(one.key) > longest["problem"] or len(one.label) > longest["subject"]
    ]

    assert too_long == []


def test_only_codes_in_force_are_known():
    assert vera.name(vera.LOCATION, "KEU") == "Keuken"
    assert "ZAN" not in vera.codes(vera.TRADE)  # withdrawn on 8-9-2023
    assert vera.name(vera.TRADE, "ZAN") == "ZAN"


@pytest.mark.parametrize(
    ("column", "value", "complaint"),
    [
        ("place", "attic", "'attic' is not a known place"),
        ("location_code", "XYZ", "'XYZ' is not a known location_code"),
        ("element_code", "XYZ", "'XYZ' is not a known element_code"),
        ("defect_code", "ZAN", "'ZAN' is not a known defect_code"),
        ("trade", "ZAN", "'ZAN' is not a known trade"),
        ("category", "taps", "'taps' is not a known category"),
        ("urgency", "X", "'X' is not a known urgency"),
        ("payer", "insurer", "'insurer' is not a known payer"),
        ("problem_en", " ", "no text, or cells too many, in problem_en"),
        ("hint_nl", "", "no text, or cells too many, in hint_nl"),
        ("key", "kitchen_tap_drips", "this key was used before"),
    ],
)
def test_a_row_that_cannot_be_right_is_named(rewrite, column, value, complaint):
    folder = rewrite("catalogue.csv", "kitchen_pipe_leaks", column, value)
    key = value if column == "key" else "kitchen_pipe_leaks"

    with pytest.raises(catalogue.InvalidCatalogue) as refused:
        catalogue.load(folder)

    assert str(refused.value) == f"catalogue.csv, line 3 ({key}): {complaint}"


@pytest.mark.parametrize("column", ["hint_nl", "hint_en"])
def test_an_acute_problem_without_the_number_is_refused(rewrite, column):
    folder = rewrite("catalogue.csv", "gas_smell", column, "Bel ons.")

    with pytest.raises(catalogue.InvalidCatalogue, match=rf"\(gas_smell\): an acute problem must give .* in {column}"):
        catalogue.load(folder)


def test_a_place_without_something_else_is_refused(rewrite):
    folder = rewrite("catalogue.csv", "lift_other", "key", "lift_rest")

    with pytest.raises(catalogue.InvalidCatalogue, match=r"\(lift\): its last problem must be 'lift_other'"):
        catalogue.load(folder)


def test_a_file_with_other_columns_is_refused(tmp_path):
    (tmp_path / "places.csv").write_text("key;name\nkitchen;Keuken\n", encoding="utf-8")

    with pytest.raises(catalogue.InvalidCatalogue, match=r"places\.csv: the columns must be key;communal"):
        catalogue.load(tmp_path)


def test_a_row_with_a_cell_too_many_is_refused(tmp_path):
    (tmp_path / "places.csv").write_text(
        "key;communal;name_nl;name_en\nkitchen;no;Keuken;Kitchen;Cuisine\n", encoding="utf-8"
    )

    with pytest.raises(catalogue.InvalidCatalogue, match=r"line 2 \(kitchen\): no text, or cells too many"):
        catalogue.load(tmp_path)
