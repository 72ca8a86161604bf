"""How soon: every reason raises the class, together by at most one; a repeat by one more; never into the telephone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from requests.intake import catalogue
from requests.intake.urgency import FROM_LOW_TO_HIGH, asks_extra_hard, urgency_of

LEAVES = list(catalogue.shipped().leaves.values())
PIPE = replace(catalogue.shipped().get("kitchen_no_hot_water"), category="water", urgency="N")
QUESTION = catalogue.Question("much", "yes_no", "?", "?", (), (), "yes", required=True)

leaves = st.sampled_from(LEAVES)


@st.composite
def answered(draw):
    leaf = draw(leaves)
    values = {question.key: draw(st.sampled_from(["", "yes", "no", "1", "2", "3"])) for question in leaf.questions}
    return leaf, values


@given(answered=answered(), hard=st.booleans(), repeat=st.booleans())
def test_every_answer_gives_a_class_that_is_no_lower_and_not_for_the_telephone(answered, hard, repeat):
    leaf, answers = answered

    urgency = urgency_of(leaf, answers=answers, extra_hard=hard, repeat=repeat)

    if leaf.phone_only:
        assert urgency == "A"
    else:
        raised = FROM_LOW_TO_HIGH.index(urgency) - FROM_LOW_TO_HIGH.index(leaf.urgency)
        assert 0 <= raised <= 1 + repeat


@pytest.mark.parametrize(
    ("urgency", "answers", "extra_hard", "repeat", "becomes"),
    [
        ("N", {}, False, False, "N"),
        ("N", {"much": "no"}, False, False, "N"),
        ("N", {"much": "yes"}, False, False, "U"),
        ("N", {}, True, False, "U"),
        ("N", {"much": "yes"}, True, False, "U"),
        ("N", {}, False, True, "U"),
        ("N", {"much": "yes"}, True, True, "S"),
        ("U", {"much": "yes"}, True, True, "S"),
        ("S", {"much": "yes"}, True, True, "S"),
        ("P", {}, True, False, "P"),  # nobody was asked
        ("P", {"much": "yes"}, False, True, "U"),
        ("A", {"much": "yes"}, True, True, "A"),
        ("N", {"other_problem": "yes"}, False, False, "N"),
    ],
)
def test_the_class(urgency, answers, extra_hard, repeat, becomes):
    problem = replace(PIPE, urgency=urgency, questions=(QUESTION,))

    assert urgency_of(problem, answers=answers, extra_hard=extra_hard, repeat=repeat) == becomes


def test_extra_hard_is_asked_about_what_nobody_can_do_without():
    asked = {leaf.category for leaf in LEAVES if asks_extra_hard(leaf)}

    assert asked == {"water", "drains", "heating", "electricity", "doors_windows", "communal"}
    assert {leaf.thing.key for leaf in LEAVES if asks_extra_hard(leaf) and leaf.category == "communal"} == {"lift"}
    assert [leaf.key for leaf in LEAVES if asks_extra_hard(leaf) and leaf.urgency in "AP"] == []
