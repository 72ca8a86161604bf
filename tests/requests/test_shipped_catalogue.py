"""The catalogue of problems that a new installation starts with: complete, consistent, and small enough per page."""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from pathlib import Path

import pytest

from requests.intake import catalogue
from requests.intake.checks import faults

ICONS = Path(__file__).parents[2] / "static" / "icons"
MOST_THINGS = 10  # at a place, "something else" among them
MOST_PROBLEMS = 6  # of a thing
MOST_QUESTIONS = 3  # before the tenant's own words
MAINTENANCE_ABC = {f"A{number:03}" for number in range(1, 122)}
# A form never asks how people are: reasons of health are nobody’s business here.
HEALTH = re.compile(r"\b(ziek|zwanger|gezond|leeftijd|baby|ill|pregnant|health|age)\b", re.IGNORECASE)


@pytest.fixture(scope="module")
def sheets():
    return catalogue.shipped_sheets()


@pytest.fixture(scope="module")
def tree():
    return catalogue.shipped()


def symbols(sprite: str) -> set[str]:
    root = ET.parse(ICONS / sprite).getroot()
    return {symbol.attrib["id"] for symbol in root.iter("{http://www.w3.org/2000/svg}symbol")}


def test_nothing_is_wrong_with_the_shipped_catalogue(sheets):
    assert [str(fault) for fault in faults(sheets)] == []


def test_every_row_of_the_maintenance_abc_can_be_reported(sheets):
    covered = [code for row in sheets["problems"] for code in row["abc"].split()]

    assert set(covered) == MAINTENANCE_ABC


def test_no_page_of_the_tree_is_too_long_to_overlook(tree):
    things = {place.key: len(tree.things(place)) for place in tree.places()}
    problems = Counter((leaf.place.key, leaf.thing.key) for leaf in tree.leaves.values())

    assert {key: count for key, count in things.items() if count > MOST_THINGS} == {}
    assert {key: count for key, count in problems.items() if count > MOST_PROBLEMS} == {}


def test_nothing_at_a_place_reads_the_same_twice(tree):
    for place in tree.places():
        for name in ("problem_nl", "problem_en"):
            often = Counter((leaf.thing.key, getattr(leaf, name)) for leaf in tree.problems(place))

            assert [text for text, count in often.items() if count > 1] == []


def test_two_things_at_a_place_never_share_an_icon(tree):
    shared = {place.key: Counter(thing.icon for thing in tree.things(place)) for place in tree.places()}

    assert {key: icons.most_common(1)[0] for key, icons in shared.items() if icons.most_common(1)[0][1] > 1} == {}


def test_every_icon_and_picture_is_drawn_and_every_picture_used(sheets):
    icons = {row["icon"] for name in ("places", "things") for row in sheets[name]}
    pictures = {row["picture"] for row in sheets["steps"]}

    assert icons - symbols("sprite.svg") == set()
    assert pictures == symbols("steps.svg")


def test_pictures_need_no_style_that_the_content_security_policy_forbids():
    drawn = (ICONS / "steps.svg").read_text(encoding="utf-8")

    assert re.findall(r"style|<script|\son\w+=|href", drawn) == []


def test_every_thing_question_and_guide_is_used(sheets):
    used = {
        "things": {row["thing"] for row in sheets["problems"]},
        "questions": {key for row in sheets["problems"] for key in row["questions"].split()},
        "guides": {row["guide"] for row in sheets["problems"] if row["guide"]},
    }

    assert used == {name: {row["key"] for row in sheets[name]} for name in used}


def test_the_fourteen_guides_have_three_to_seven_steps_in_order(tree):
    numbers = {key: [step.number for step in guide.steps] for key, guide in tree.guides.items()}

    assert list(numbers) == [f"Z{number:02}" for number in range(1, 15)]
    assert [key for key, of in numbers.items() if of != list(range(1, len(of) + 1)) or not 3 <= len(of) <= 7] == []


def test_few_questions_are_asked_and_none_about_health(tree, sheets):
    too_many = [leaf.key for leaf in tree.leaves.values() if len(leaf.questions) > MOST_QUESTIONS]
    asked = [row[name] for row in sheets["questions"] for name in ("question_nl", "question_en")]

    assert too_many == []
    assert [question for question in asked if HEALTH.search(question)] == []


def test_an_answer_that_may_raise_the_urgency_must_be_given_where_there_is_danger(tree):
    """Somebody who skips it would be helped later than the law of the catalogue says."""
    raising = {question for leaf in tree.leaves.values() for question in leaf.questions if question.raises}
    optional = {question.key for question in raising if not question.required}

    assert optional == {"mould_returns", "other_power", "smells_sewer", "still_beeps"}


def test_a_cause_is_asked_only_where_it_changes_who_pays(tree):
    senseless = [
        leaf.key
        for leaf in tree.leaves.values()
        if leaf.causes and (leaf.phone_only or leaf.paid_by in ("own_property", "service_costs", "third_party"))
    ]

    assert senseless == []


def test_a_price_is_only_named_for_the_tenants_job(tree):
    priced = {leaf.paid_by.split("_")[0] for leaf in tree.leaves.values() if leaf.price}
    cover_without_share = [
        leaf.key for leaf in tree.leaves.values() if leaf.cover and not leaf.paid_by.startswith("law_")
    ]

    assert (priced, cover_without_share) == ({"law", "damage"}, [])


def test_neighbours_are_asked_about_shared_parts_only(tree):
    own = [leaf.key for leaf in tree.leaves.values() if leaf.shared != "no" and leaf.paid_by == "own_property"]
    by_itself = {leaf.place.key for leaf in tree.leaves.values() if leaf.shared == "automatic"}

    assert (own, by_itself) == ([], {"lift", "heating"})


def test_every_problem_can_be_found_by_everyday_words_in_both_languages(tree):
    few = [
        (leaf.key, name)
        for leaf in tree.leaves.values()
        for name in ("words_nl", "words_en")
        if not leaf.key.endswith("_other") and len(getattr(leaf, name).split()) < 4
    ]

    assert few == []
    assert [leaf.key for leaf in tree.leaves.values() if leaf.words_nl != leaf.words_nl.lower()] == []


def test_what_a_tenant_reads_is_short(tree):
    long_labels = [leaf.key for leaf in tree.leaves.values() if max(len(leaf.problem_nl), len(leaf.problem_en)) > 60]
    long_hints = [leaf.key for leaf in tree.leaves.values() if max(len(leaf.hint_nl), len(leaf.hint_en)) > 130]

    assert (long_labels, long_hints) == ([], [])
