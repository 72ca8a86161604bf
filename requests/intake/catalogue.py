"""What can be wrong in a home or a building: place → thing → problem, with everything that follows from the choice.

A tree is six sheets of rows (`SHEETS`). It is shipped as files (`shipped/`), kept and edited in the database
(`requests.models.catalogue`) and exchanged as a workbook; all three are read here, and checked by `check`.
The codes are VERA's (`vera/`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from pathlib import Path

from django.conf import settings
from django.utils.translation import get_language

__all__ = [
    "ACUTE", "CATEGORIES", "PAID_BY", "PHONE", "SHARED", "SHEETS", "URGENCIES", "Guide", "Place", "Problem", "Question",
    "Row", "Sheets", "Step", "Thing", "Tree", "identity", "in_language", "read_folder", "shipped", "shipped_sheets",
]  # fmt: skip

CATEGORIES = (
    "water", "drains", "heating", "doors_windows", "electricity", "interior", "roof_facade", "ventilation", "damp",
    "communal", "other",
)  # fmt: skip
URGENCIES = ("A", "S", "U", "N", "P")
ACUTE = "A"
PHONE = "{phone}"  # where a text gives the emergency number
LAW_LETTERS = tuple("abcdefghijklmnopqrstuv")
# Who pays: `requests.intake.payer` turns the rule into an answer.
PAID_BY = (
    "corporation", *(f"law_{letter}" for letter in LAW_LETTERS), "damage", "own_property", "service_costs",
    "third_party",
)  # fmt: skip
COVERS = ("", "plan", "glass", "drain")  # what buys off the tenant's share
# What neighbours may have reported already: nothing, offered within the stack or the complex, or joined by itself.
SHARED = ("no", "stack", "complex", "automatic")
QUESTION_KINDS = ("yes_no", "choice", "text")
YES_NO = (("yes", "Ja", "Yes"), ("no", "Nee", "No"))

Row = dict[str, str]
Sheets = dict[str, list[Row]]


def in_language(*, nl: str, en: str) -> str:
    """The text in the language of whoever looks."""
    return en if (get_language() or "nl").startswith("en") else nl


@dataclass(frozen=True)
class Place:
    """A part of the home or the building, as a tenant would name it."""

    key: str
    communal: bool
    for_storage: bool  # also at a storage room or a parking place
    icon: str
    name_nl: str
    name_en: str

    @property
    def label(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


@dataclass(frozen=True)
class Thing:
    """What can break, wherever it is: a tap, a door."""

    key: str
    icon: str
    name_nl: str
    name_en: str

    @property
    def label(self) -> str:
        return in_language(nl=self.name_nl, en=self.name_en)


@dataclass(frozen=True)
class Question:
    """Something to know beforehand. `raises` is the answer that makes it one class more urgent."""

    key: str
    kind: str
    question_nl: str
    question_en: str
    options_nl: tuple[str, ...]
    options_en: tuple[str, ...]
    raises: str
    required: bool

    @property
    def label(self) -> str:
        return in_language(nl=self.question_nl, en=self.question_en)

    @property
    def choices(self) -> list[tuple[str, str]]:
        """Value and label of each answer; nothing for a question in words. A choice is known by its number."""
        return [(value, in_language(nl=nl, en=en)) for value, nl, en in self.answers]

    @property
    def answers(self) -> list[tuple[str, str, str]]:
        """Value, Dutch and English of each answer."""
        if self.kind == "yes_no":
            return list(YES_NO)
        pairs = zip(self.options_nl, self.options_en, strict=False)
        return [(str(number), nl, en) for number, (nl, en) in enumerate(pairs, start=1)]


@dataclass(frozen=True)
class Step:
    """One thing to do, with the name of its picture."""

    number: int
    picture: str
    text_nl: str
    text_en: str

    @property
    def label(self) -> str:
        return in_language(nl=self.text_nl, en=self.text_en).replace(PHONE, settings.EMERGENCY_PHONE)


@dataclass(frozen=True)
class Guide:
    """How to help oneself, step by step."""

    key: str
    title_nl: str
    title_en: str
    steps: tuple[Step, ...] = ()

    @property
    def label(self) -> str:
        return in_language(nl=self.title_nl, en=self.title_en)


@dataclass(frozen=True)
class Problem:
    """One leaf of the tree: a thing at a place, and what is wrong with it."""

    key: str
    place: Place
    thing: Thing
    location_code: str
    element_code: str
    defect_code: str
    category: str
    trade: str
    urgency: str
    paid_by: str  # of PAID_BY
    cover: str  # of COVERS
    price: int | None  # whole euros for which the corporation does the tenant's job; not offered when unset
    causes: tuple[str, ...]  # VERA causes to ask about, besides ordinary use
    questions: tuple[Question, ...]
    guide: Guide | None
    shared: str  # of SHARED
    problem_nl: str
    problem_en: str
    hint_nl: str
    hint_en: str
    words_nl: str  # what else people call it, for the search
    words_en: str
    abc: str = ""  # the rows of the maintenance ABC that this covers

    @property
    def label(self) -> str:
        return in_language(nl=self.problem_nl, en=self.problem_en)

    @property
    def title(self) -> str:
        """Place and problem in one line, as VERA writes them: "Keuken: de kraan druppelt"."""
        return f"{self.place.label}: {self.label[:1].lower()}{self.label[1:]}"

    @property
    def hint(self) -> str:
        """What the tenant can do now, the emergency number filled in."""
        return in_language(nl=self.hint_nl, en=self.hint_en).replace(PHONE, settings.EMERGENCY_PHONE)

    @property
    def communal(self) -> bool:
        return self.place.communal

    @property
    def phone_only(self) -> bool:
        """Too dangerous for a form: the tenant must call."""
        return self.urgency == ACUTE


@dataclass(frozen=True, eq=False)
class Tree:
    """A whole catalogue that passed its checks; never changes."""

    leaves: Mapping[str, Problem]
    guides: Mapping[str, Guide] = field(default_factory=dict)

    @cached_property
    def _places(self) -> dict[str, Place]:
        return {problem.place.key: problem.place for problem in self.leaves.values()}

    def get(self, key: str) -> Problem:
        """The problem with this key. Raises KeyError."""
        return self.leaves[key]

    def find(self, key: str) -> Problem | None:
        return self.leaves.get(key)

    def places(self, *, communal: bool | None = None) -> list[Place]:
        """Places in the order of the sheet: of the home, of the building, or both."""
        return [place for place in self._places.values() if communal is None or place.communal == communal]

    def place(self, key: str) -> Place | None:
        return self._places.get(key)

    def things(self, place: Place | str) -> list[Thing]:
        """What there is at a place, "something else" last; nothing for a place that does not exist."""
        return list(dict.fromkeys(problem.thing for problem in self.problems(place)))

    def problems(self, place: Place | str, thing: Thing | str = "") -> list[Problem]:
        """What can be wrong at a place, of one thing when it is named, "something else" last."""
        at = place if isinstance(place, str) else place.key
        of = thing if isinstance(thing, str) else thing.key
        return [leaf for leaf in self.leaves.values() if leaf.place.key == at and of in ("", leaf.thing.key)]


# --- rows become a tree -----------------------------------------------------------------------------------------------

SHEETS: dict[str, tuple[str, ...]] = {
    "places": tuple(f.name for f in fields(Place)),
    "things": tuple(f.name for f in fields(Thing)),
    "questions": tuple(f.name for f in fields(Question)),
    "guides": ("key", "title_nl", "title_en"),
    "steps": ("guide", *(f.name for f in fields(Step))),
    "problems": tuple(f.name for f in fields(Problem)),
}
"""Each sheet and its columns, in the order of the files. Lists in a cell are separated by a space, answers by "|"."""


def identity(row: Row) -> str:
    """What makes it the same row in another version: its key, or the guide and the number of a step."""
    return row["key"] if "key" in row else f"{row['guide']} {row['number']}"


def build(sheets: Sheets) -> Tree:
    """The tree of sheets that `requests.intake.checks.faults` has nothing against."""
    places = {row["key"]: _place(row) for row in sheets["places"]}
    things = {row["key"]: Thing(**row) for row in sheets["things"]}
    questions = {row["key"]: _question(row) for row in sheets["questions"]}
    guides = {row["key"]: Guide(**row, steps=_steps(row["key"], sheets["steps"])) for row in sheets["guides"]}
    order = {key: number for number, key in enumerate(places)}
    rows = sorted(sheets["problems"], key=lambda row: order[row["place"]])
    return Tree({row["key"]: _problem(row, places, things, questions, guides) for row in rows}, guides)


def _place(row: Row) -> Place:
    return Place(**row | {"communal": row["communal"] == "yes", "for_storage": row["for_storage"] == "yes"})  # type: ignore[arg-type]  # a row has a text for each field; tests load every row


def _question(row: Row) -> Question:
    split = {name: tuple(filter(None, row[name].split("|"))) for name in ("options_nl", "options_en")}
    return Question(**row | split | {"required": row["required"] == "yes"})  # type: ignore[arg-type]  # as above


def _steps(guide: str, rows: Iterable[Row]) -> tuple[Step, ...]:
    of = (row for row in rows if row["guide"] == guide)
    steps = (Step(int(row["number"]), row["picture"], row["text_nl"], row["text_en"]) for row in of)
    return tuple(sorted(steps, key=lambda step: step.number))


def _problem(
    row: Row,
    places: Mapping[str, Place],
    things: Mapping[str, Thing],
    questions: Mapping[str, Question],
    guides: Mapping[str, Guide],
) -> Problem:
    return Problem(
        **row  # type: ignore[arg-type]  # as above
        | {
            "place": places[row["place"]],
            "thing": things[row["thing"]],
            "price": int(row["price"]) if row["price"] else None,
            "causes": tuple(row["causes"].split()),
            "questions": tuple(questions[key] for key in row["questions"].split()),
            "guide": guides[row["guide"]] if row["guide"] else None,
        }
    )


def read_folder(folder: Path) -> Sheets:
    """The sheets of a folder of CSV files, as they are: `checks.faults` says what is wrong with them."""
    return {name: _read(folder / f"{name}.csv") for name in SHEETS}


def _read(file: Path) -> list[Row]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter=";", strict=True))


@cache
def shipped_sheets() -> Sheets:
    return read_folder(Path(__file__).parent / "shipped")


@cache
def shipped() -> Tree:
    """The catalogue that a new installation starts with."""
    return build(shipped_sheets())
