"""What can be wrong in a home or a building: place → problem, with everything that follows from the choice.

The tree is data (`places.csv`, `catalogue.csv`): a corporation may edit the rows, and a row that cannot be
right stops the start with its line named. The codes are VERA's (`vera/`).
"""

import csv
from collections.abc import Collection, Iterable
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

from . import vera

__all__ = ["CATEGORIES", "InvalidCatalogue", "Place", "Problem", "get", "load", "places", "problems"]

CATEGORIES = (
    "water", "drains", "heating", "doors_windows", "electricity", "interior", "roof_facade", "ventilation", "damp",
    "communal", "other",
)  # fmt: skip
URGENCIES = ("A", "S", "U", "N", "P")
PAYERS = ("corporation", "tenant", "plan")
ACUTE = "A"
PHONE = "{phone}"  # where a hint gives the emergency number


class InvalidCatalogue(ValueError):
    """The shipped tree has a row that cannot be right; the message names the file and the line."""


@dataclass(frozen=True)
class Place:
    """A part of the home or the building, as a tenant would name it."""

    key: str
    communal: bool
    name_nl: str
    name_en: str

    @property
    def label(self) -> str:
        return _in_active_language(nl=self.name_nl, en=self.name_en)


@dataclass(frozen=True)
class Problem:
    """One leaf of the tree: a thing and what is wrong with it."""

    key: str
    place: Place
    location_code: str
    element_code: str
    defect_code: str
    category: str
    trade: str
    urgency: str
    payer: str
    problem_nl: str
    problem_en: str
    hint_nl: str
    hint_en: str

    @property
    def label(self) -> str:
        return _in_active_language(nl=self.problem_nl, en=self.problem_en)

    @property
    def title(self) -> str:
        """Place and problem in one line, as VERA writes them: "Keuken: de kraan druppelt"."""
        return f"{self.place.label}: {self.label[:1].lower()}{self.label[1:]}"

    @property
    def hint(self) -> str:
        """What the tenant can do now, the emergency number filled in."""
        return _in_active_language(nl=self.hint_nl, en=self.hint_en).replace(PHONE, settings.EMERGENCY_PHONE)

    @property
    def communal(self) -> bool:
        return self.place.communal

    @property
    def phone_only(self) -> bool:
        """Too dangerous for a form: the tenant must call."""
        return self.urgency == ACUTE


def places(*, communal: bool | None = None) -> list[Place]:
    """Places in the order of the file: of the home, of the building, or both."""
    every = dict.fromkeys(problem.place for problem in _shipped().values())
    return [place for place in every if communal is None or place.communal == communal]


def problems(place: Place | str) -> list[Problem]:
    """What can be wrong at a place, "something else" last; nothing for a place that does not exist."""
    key = place if isinstance(place, str) else place.key
    return [problem for problem in _shipped().values() if problem.place.key == key]


def get(key: str) -> Problem:
    """The problem with this key. Raises KeyError."""
    return _shipped()[key]


def load(folder: Path) -> dict[str, Problem]:
    """Read and check a tree. Raises InvalidCatalogue."""
    known_places = {
        row["key"]: Place(row["key"], row["communal"] == "yes", row["name_nl"], row["name_en"])
        for _, row in _rows(folder / "places.csv", of=Place)
    }
    tree: dict[str, Problem] = {}
    for where, row in _rows(folder / "catalogue.csv", of=Problem):
        _check(where, row, known_places)
        place = known_places[row.pop("place")]
        tree[row["key"]] = Problem(place=place, **row)
    _check_every_place(known_places.values(), tree)
    return tree


@cache
def _shipped() -> dict[str, Problem]:
    return load(Path(__file__).parent)


def _rows(file: Path, *, of: type[Place] | type[Problem]) -> Iterable[tuple[str, dict[str, str]]]:
    """The rows of a file, each with its line in words; refuses empty cells, cells too many and a key twice."""
    seen: set[str] = set()
    with file.open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter=";", strict=True)
        columns = [field.name for field in fields(of)]
        _refuse_if(rows.fieldnames != columns, file.name, f"the columns must be {';'.join(columns)}")
        for row in rows:
            where = f"{file.name}, line {rows.line_num} ({row['key']})"
            empty = [str(column) for column, cell in row.items() if column is None or not (cell or "").strip()]
            _refuse_if(bool(empty), where, f"no text, or cells too many, in {', '.join(empty)}")
            _refuse_if(row["key"] in seen, where, "this key was used before")
            seen.add(row["key"])
            yield where, row


def _check(where: str, row: dict[str, str], known_places: Collection[str]) -> None:
    allowed: dict[str, Collection[str]] = {
        "place": known_places,
        "location_code": vera.codes(vera.LOCATION),
        "element_code": vera.codes(vera.ELEMENT),
        "defect_code": vera.codes(vera.DEFECT),
        "trade": vera.codes(vera.TRADE),
        "category": CATEGORIES,
        "urgency": URGENCIES,
        "payer": PAYERS,
    }
    for column, values in allowed.items():
        _refuse_if(row[column] not in values, where, f"{row[column]!r} is not a known {column}")
    if row["urgency"] == ACUTE:
        for column in ("hint_nl", "hint_en"):
            _refuse_if(PHONE not in row[column], where, f"an acute problem must give {PHONE} in {column}")


def _check_every_place(known_places: Iterable[Place], tree: dict[str, Problem]) -> None:
    """Whatever the tree does not name can be reported too: the last choice of every place is something else."""
    for place in known_places:
        choices = [problem.key for problem in tree.values() if problem.place == place]
        other = f"{place.key}_other"
        _refuse_if(choices[-1:] != [other], f"places.csv ({place.key})", f"its last problem must be {other!r}")


def _refuse_if(wrong: bool, where: str, why: str) -> None:
    if wrong:
        raise InvalidCatalogue(f"{where}: {why}")


def _in_active_language(*, nl: str, en: str) -> str:
    return en if (get_language() or "nl").startswith("en") else nl
