"""Which part of the tree a communal area of a building belongs to."""

from collections import Counter

from . import catalogue

__all__ = ["place_of"]

# Areas whose VERA location the tree does not name itself.
_NEXT_OF_KIN = {"GAL": "stairwell"}
_OTHERWISE = "shared_spaces"


def place_of(location_code: str) -> catalogue.Place:
    """The place under which a tenant finds most of what can be wrong in an area with this VERA location."""
    communal = {place.key: place for place in catalogue.places(communal=True)}
    codes = Counter(
        (problem.location_code, place.key) for place in communal.values() for problem in catalogue.problems(place)
    )
    best = max(communal, key=lambda key: codes[location_code, key])
    if codes[location_code, best]:
        return communal[best]
    return communal[_NEXT_OF_KIN.get(location_code, _OTHERWISE)]
