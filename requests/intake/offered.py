"""Which places of the tree there are at a home: its own rooms, and the areas of its building."""

from collections.abc import Sequence

from dwellings.models import CommunalArea, Dwelling

from . import communal
from .catalogue import Place, Tree

__all__ = ["areas_at", "places_in_building", "places_of_home"]


def places_of_home(tree: Tree, kind: str) -> list[Place]:
    """Who rents no rooms is not asked about the kitchen."""
    return [place for place in tree.places(communal=False) if kind == Dwelling.Kind.HOME or place.for_storage]


def places_in_building(tree: Tree, areas: Sequence[CommunalArea]) -> list[Place]:
    """What the building has, in the order of the tree."""
    there = {communal.place_of(area.location_code, tree).key for area in areas} if tree.places(communal=True) else set()
    return [place for place in tree.places(communal=True) if place.key in there]


def areas_at(place: Place | None, tree: Tree, areas: Sequence[CommunalArea]) -> list[CommunalArea]:
    """The areas of the building that a communal place of the tree stands for."""
    if place is None or not place.communal:
        return []
    return [area for area in areas if communal.place_of(area.location_code, tree).key == place.key]
