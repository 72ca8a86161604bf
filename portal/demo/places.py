"""Where the tenants of the synthetic corporation live: twelve complexes, their homes and what they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from dwellings.models import CommunalArea, Complex, Dwelling

from .texts import read

LETTERS = ("SA", "SD", "SS")  # never issued in a Dutch postcode
FEWEST = 100  # below this some complexes would be too small for what the demo shows
WITH_GARAGE = "Stationskade"
Plan = dict[str, Any]  # one table of places.toml


@dataclass
class Place:
    """A complex with its rows, and how well it is kept: below 1 repairs come later and come back more often."""

    complex: Complex
    care: float
    storeys: int
    dwellings: list[Dwelling] = field(default_factory=list)
    communal_areas: list[CommunalArea] = field(default_factory=list)

    @property
    def homes(self) -> list[Dwelling]:
        return [dwelling for dwelling in self.dwellings if dwelling.kind == Dwelling.Kind.HOME]


def places(dwellings: int) -> list[Place]:
    """All complexes with `dwellings` units together; unsaved rows. Raises ValueError below `FEWEST`."""
    if dwellings < FEWEST:
        raise ValueError(f"a corporation with twelve complexes has at least {FEWEST} dwellings, not {dwellings}")
    plans = read("places")["complexes"]
    sizes = _sizes(plans, dwellings)
    return [_place(index, plan, sizes[index - 1]) for index, plan in enumerate(plans, 1)]


def _sizes(plans: list[Plan], dwellings: int) -> list[int]:
    """How many units each complex gets, by weight; what rounding leaves goes to the first."""
    weight = sum(plan["share"] for plan in plans)
    sizes = [int(dwellings * plan["share"] / weight) for plan in plans]
    sizes[0] += dwellings - sum(sizes)
    return sizes


def _place(index: int, plan: Plan, size: int) -> Place:
    row = Complex(name=plan["name"], city=plan["city"], kind=plan["kind"], built_in=plan["built"])
    place = Place(row, plan["care"], plan["storeys"])
    place.communal_areas = [
        CommunalArea(complex=row, name=name, location_code=code)
        for name, code in read("places")["communal_areas"][plan["kind"]]
    ]
    beside = _beside(plan, size)
    place.dwellings = [_home(place, plan, index, number, size - len(beside)) for number in range(size - len(beside))]
    place.dwellings += [_unit(place, plan, index, size - n, *extra) for n, extra in enumerate(beside)]
    return place


def _beside(plan: Plan, size: int) -> list[tuple[str, str]]:
    """What is let beside the homes: parking places in the one garage, storage rooms in the flats."""
    if plan["name"] == WITH_GARAGE:
        return [(Dwelling.Kind.PARKING, f"P{n}") for n in range(1, max(2, size // 6) + 1)]
    if plan["kind"] == Complex.Kind.HIGH_RISE:
        return [(Dwelling.Kind.STORAGE, f"B{n}") for n in range(1, max(1, size // 25) + 1)]
    return []


def _home(place: Place, plan: Plan, index: int, number: int, homes: int) -> Dwelling:
    """The `number`-th home: spread over the streets one after another, and over the floors of a building."""
    streets = len(plan["streets"])
    per_street = -(-homes // streets)
    street, in_street = divmod(number, per_street)
    if plan["kind"] == Complex.Kind.HOUSES:
        floor, shown = 0, 2 * in_street + 1 + street % 2
    else:
        floor, shown = in_street * plan["storeys"] // per_street, in_street + 1
    home = _dwelling(place, plan, index, number + 1, street=street, house_number=str(shown), floor=floor)
    if plan["kind"] != Complex.Kind.HOUSES:
        home.stack = _stack(in_street, per_street, street, floor, plan["storeys"])
    return home


def _stack(in_street: int, per_street: int, street: int, floor: int, storeys: int) -> str:
    """The flats above each other on the same pipes, such as "A-2": a letter for the building, and which column."""
    first_of_the_floor = -(-floor * per_street // storeys)
    return f"{chr(ord('A') + street)}-{in_street - first_of_the_floor + 1}"


def _unit(place: Place, plan: Plan, index: int, serial: int, kind: str, house_number: str) -> Dwelling:
    return _dwelling(place, plan, index, serial, street=0, house_number=house_number, floor=-1, kind=kind)


def _dwelling(
    place: Place,
    plan: Plan,
    index: int,
    serial: int,
    *,
    street: int,
    house_number: str,
    floor: int,
    kind: str = Dwelling.Kind.HOME,
) -> Dwelling:
    return Dwelling(
        complex=place.complex,
        reference=f"{index:02d}{serial:05d}",
        kind=kind,
        street=plan["streets"][street],
        house_number=house_number,
        postcode=f"{plan['postcode']} {LETTERS[street]}",
        city=plan["city"],
        floor=floor,
    )
