"""Communal areas of a building: what they are called, and which part of the tree they belong to."""

import re
from collections import Counter

from django.utils.translation import get_language

from dwellings.models import CommunalArea

from . import catalogue

__all__ = ["name_of", "place_of"]

# Areas whose VERA location the tree does not name itself.
_NEXT_OF_KIN = {"GAL": "stairwell"}
_OTHERWISE = "shared_spaces"
# In English for what tenants share most; the place of the tree names the rest.
_ENGLISH = {
    "BER": "Storage corridor", "CON": "Bin room", "ENT": "Entrance hall", "FIE": "Bicycle room", "GAL": "Gallery",
    "LIF": "Lift", "POR": "Stairwell", "SCO": "Mobility scooter room",
}  # fmt: skip
# "Trappenhuis B", "Lift 2": which of several.
_WHICH = re.compile(r"\s([A-Z]|\d+\w*)$")


def place_of(location_code: str, tree: catalogue.Tree) -> catalogue.Place:
    """The place under which a tenant finds most of what can be wrong in an area with this VERA location.

    A tree without communal places has none for it either. Raises LookupError.
    """
    communal = {place.key: place for place in tree.places(communal=True)}
    if not communal:
        raise LookupError(location_code)
    codes = Counter(
        (problem.location_code, place.key) for place in communal.values() for problem in tree.problems(place)
    )
    best = max(communal, key=lambda key: codes[location_code, key])
    if codes[location_code, best]:
        return communal[best]
    last = list(communal.values())[-1]
    return communal.get(_NEXT_OF_KIN.get(location_code, _OTHERWISE), last)


def name_of(area: CommunalArea) -> str:
    """What the corporation calls it; in English, which the corporation does not write, what kind of area it is."""
    if not (get_language() or "nl").startswith("en"):
        return area.name
    english = _ENGLISH.get(area.location_code) or place_of(area.location_code, catalogue.shipped()).label
    which = _WHICH.search(area.name)
    return english + (which[0] if which else "")
