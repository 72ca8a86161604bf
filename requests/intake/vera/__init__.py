"""The VERA code lists that describe a defect: location, element, defect, cause, and the trade that mends it."""

import csv
from functools import cache
from pathlib import Path

__all__ = ["CAUSE", "DEFECT", "ELEMENT", "LOCATION", "NOT_SPECIFIED", "TRADE", "codes", "name"]

LOCATION = "DEFECTLOCATIE"
ELEMENT = "BOUWKUNDIGELEMENTDETAILSOORT"
DEFECT = "DEFECTSOORT"
CAUSE = "DEFECTOORZAAK"
TRADE = "ONDERHOUDSPECIALISME"
NOT_SPECIFIED = "NVO"  # the element when nobody knows it yet


@cache
def codes(kind: str) -> dict[str, str]:
    """The codes of one list that are in force, with their Dutch names."""
    with (Path(__file__).parent / f"{kind}.csv").open(encoding="utf-8", newline="") as lines:
        return {row["Code"]: row["Naam"] for row in csv.DictReader(lines, delimiter=";") if not row["Einddatum"]}


def name(kind: str, code: str) -> str:
    """The Dutch name of a code; the code itself when the list does not know it (a withdrawn code on an old row)."""
    return codes(kind).get(code, code)
