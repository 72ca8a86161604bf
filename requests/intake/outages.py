"""Which problems an outage explains. By VERA's codes, which stay when the corporation renames a thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from dwellings.models import Outage

from .catalogue import Problem

__all__ = ["explains", "explains_problem", "headline"]

NO_SUPPLY = frozenset({"STO", "TEM", "DRU", "DEF"})  # it does nothing, is cold, or has no pressure; it does not leak
BLOCKED = frozenset({"VS0", "VS1", "VS2"})
DARK_OR_DEAD = frozenset({"STO", "VWE", "SPR", "STA"})
PERSON_INSIDE = "PER"
RADIATOR = "RAD"


@dataclass(frozen=True)
class _Rule:
    """What all have to hold; nothing named means that anything will do."""

    categories: frozenset[str] = frozenset()
    elements: frozenset[str] = frozenset()
    defects: frozenset[str] = frozenset()
    only_communal: bool = False
    never: frozenset[str] = frozenset()  # elements and defects


_RULES = {
    Outage.What.HEATING: _Rule(categories=frozenset({"heating"}), defects=NO_SUPPLY),
    Outage.What.HOT_WATER: _Rule(
        categories=frozenset({"heating", "water"}), defects=frozenset({"TEM"}), never=frozenset({RADIATOR})
    ),
    Outage.What.WATER: _Rule(categories=frozenset({"water"}), defects=NO_SUPPLY - {"DEF"}),
    Outage.What.POWER: _Rule(categories=frozenset({"electricity", "communal"}), defects=DARK_OR_DEAD),
    Outage.What.LIFT: _Rule(elements=frozenset({"LIF"}), never=frozenset({PERSON_INSIDE})),
    Outage.What.DRAINS: _Rule(categories=frozenset({"drains"}), defects=BLOCKED),
    Outage.What.ENTRANCE: _Rule(elements=frozenset({"DEU", "COM"}), only_communal=True),
    Outage.What.LIGHTING: _Rule(elements=frozenset({"VER"}), only_communal=True),
}  # something else explains nothing by itself: people read what it is


class Coded(Protocol):
    """A problem of the catalogue, or a request that came of one."""

    @property
    def category(self) -> str: ...

    @property
    def element_code(self) -> str: ...

    @property
    def defect_code(self) -> str: ...


def explains(what: str, coded: Coded, *, communal: bool) -> bool:
    """Whether somebody who reports this may well be looking at that outage."""
    rule = _RULES.get(Outage.What(what))
    if rule is None or (rule.only_communal and not communal):
        return False
    pairs = (
        (rule.categories, coded.category), (rule.elements, coded.element_code), (rule.defects, coded.defect_code),
    )  # fmt: skip
    return all(not named or code in named for named, code in pairs) and not rule.never & {
        coded.element_code, coded.defect_code,
    }  # fmt: skip


def explains_problem(what: str, problem: Problem) -> bool:
    return explains(what, problem, communal=problem.communal)


_OUT = {
    Outage.What.HEATING: _("The heating does not work"),
    Outage.What.WATER: _("There is no water"),
    Outage.What.HOT_WATER: _("There is no hot water"),
    Outage.What.POWER: _("There is no power"),
    Outage.What.LIFT: _("The lift does not work"),
    Outage.What.DRAINS: _("The drains are blocked"),
    Outage.What.ENTRANCE: _("The front door or intercom of the building does not work"),
    Outage.What.LIGHTING: _("The lights in the shared areas do not work"),
    Outage.What.OTHER: _("Something is out of order"),
}
_WORK = {
    Outage.What.HEATING: _("Work on the heating"),
    Outage.What.WATER: _("Work on the water pipes"),
    Outage.What.HOT_WATER: _("Work on the hot water"),
    Outage.What.POWER: _("Work on the power"),
    Outage.What.LIFT: _("Work on the lift"),
    Outage.What.DRAINS: _("Work on the drains"),
    Outage.What.ENTRANCE: _("Work on the front door or intercom of the building"),
    Outage.What.LIGHTING: _("Work on the lights in the shared areas"),
    Outage.What.OTHER: _("Work in your building"),
}


def headline(outage: Outage) -> str | Promise:
    """What is going on, as a tenant would say it."""
    return (_WORK if outage.planned else _OUT)[Outage.What(outage.what)]
