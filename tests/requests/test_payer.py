"""Who pays: an answer for every problem and everything that a tenant may say."""

from dataclasses import replace
from itertools import product

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from requests.intake import catalogue, payer, vera
from requests.intake.payer import Payer

LEAVES = list(catalogue.shipped().leaves.values())
TAP = catalogue.shipped().get("kitchen_tap_drips")

problems = st.builds(
    replace,
    st.sampled_from(LEAVES),
    urgency=st.sampled_from(catalogue.URGENCIES),
    paid_by=st.sampled_from(catalogue.PAID_BY),
    cover=st.sampled_from(catalogue.COVERS),
    price=st.none() | st.integers(0, 5000),
)
said = st.fixed_dictionaries(
    {
        "covers": st.frozensets(st.sampled_from(["plan", "glass", "drain"])),
        "cause": st.sampled_from(["", *vera.codes(vera.CAUSE), "???"]),
        "reachable": st.sampled_from([None, True, False]),
        "own_property": st.booleans(),
    }
)


@given(problem=problems, said=said)
def test_there_is_always_one_answer_with_a_reason_and_a_source(problem, said):
    decision = payer.decide(problem, **said)

    for language in ("nl", "en"):
        with translation.override(language):
            assert decision.reason
            assert decision.source
            assert "%" not in decision.source
    assert decision.payer in Payer
    assert decision.free == (decision.payer not in (Payer.TENANT, Payer.OTHER))
    assert decision == payer.decide(problem, **said)


@given(problem=problems, said=said)
def test_only_what_the_tenant_pays_has_a_price(problem, said):
    decision = payer.decide(problem, **said)

    assert decision.price == (problem.price if decision.payer == Payer.TENANT else None)


@given(problem=problems, said=said)
def test_another_cover_never_makes_it_dearer(problem, said):
    without = payer.decide(problem, **said | {"covers": frozenset()})
    with_all = payer.decide(problem, **said | {"covers": frozenset({"plan", "glass", "drain"})})

    assert with_all.free or not without.free


@given(problem=problems, said=said)
def test_nobody_talks_about_costs_in_danger(problem, said):
    assert payer.decide(replace(problem, urgency="A"), **said).payer == Payer.CORPORATION


@pytest.mark.parametrize(
    ("paid_by", "said", "payer_and_rule"),
    [
        ("corporation", {}, ("corporation", "corporation")),
        ("corporation", {"cause": "BEW"}, ("tenant", "damage")),
        ("corporation", {"own_property": True}, ("tenant", "own_property")),
        ("law_d", {}, ("tenant", "law_d")),
        ("law_d", {"covers": {"plan"}}, ("plan", "cover_plan")),
        ("law_d", {"covers": {"glass"}}, ("tenant", "law_d")),
        ("law_d", {"covers": {"plan"}, "cause": "BEW"}, ("tenant", "damage")),
        ("law_d", {"cause": "STO"}, ("corporation", "corporation")),
        ("law_d", {"reachable": False}, ("tenant", "law_d")),  # the law does not ask it of this letter
        ("law_n", {"reachable": False}, ("corporation", "not_reachable")),
        ("law_n", {"reachable": True}, ("tenant", "law_n")),
        ("law_n", {"reachable": None}, ("tenant", "law_n")),
        ("service_costs", {}, ("service_costs", "service_costs")),
        ("third_party", {}, ("other", "third_party")),
        ("own_property", {"cause": "STO"}, ("tenant", "own_property")),
        ("damage", {}, ("tenant", "damage")),
        ("damage", {"cause": "SLT"}, ("corporation", "corporation")),
    ],
)
def test_the_rule(paid_by, said, payer_and_rule):
    decision = payer.decide(replace(TAP, paid_by=paid_by, cover="plan"), **said)

    assert (decision.payer, decision.rule) == payer_and_rule


def test_the_letter_of_the_law_is_named():
    with translation.override("en"):
        decision = payer.decide(replace(TAP, paid_by="law_d"))

        assert decision.source == "Small repairs decree (Besluit kleine herstellingen), letter d"


def test_reach_is_asked_exactly_where_the_law_asks_it():
    asked = {paid_by for paid_by in catalogue.PAID_BY if payer.asks_reach(replace(TAP, paid_by=paid_by))}

    assert asked == {f"law_{letter}" for letter in "mnoqsu"}


def test_whether_it_is_the_tenants_own_is_asked_seldom():
    asked = [leaf for leaf in LEAVES if payer.asks_own_property(leaf)]

    assert 0 < len(asked) < len(LEAVES) / 10
    assert [leaf.key for leaf in asked if leaf.communal or leaf.urgency in "ASU"] == []


def test_every_rule_has_a_reason_and_a_source():
    rules = {
        payer.decide(leaf, covers=covers, cause=cause, reachable=reachable, own_property=own).rule
        for leaf, covers, cause, reachable, own in product(
            LEAVES, [(), ("plan", "glass", "drain")], ["", "BEW", "STO"], [None, False], [True, False]
        )
    }

    assert rules <= set(payer.REASONS)
    assert {rule for rule in rules if not rule.startswith("law_")} <= set(payer.SOURCES)
