"""A catalogue much larger than anybody's, to search in."""

from datetime import datetime
from random import Random

from requests import services
from requests.front_door import search
from requests.intake import catalogue
from requests.models import CatalogueVersion

NOTE = "for measuring the search"
PROBLEMS = 2_000
SYLLABLES = (
    "ba",
    "den",
    "gel",
    "hout",
    "kas",
    "lin",
    "mor",
    "naal",
    "pers",
    "raam",
    "sti",
    "tel",
    "vuur",
    "wag",
    "zon",
)
OTHER_NAMES = 8  # words of its own, in each language, of every problem
ASKED = (
    "kraan lekt", "kraan lekd", "verwarming doet het niet", "verwaming", "wc loopt niet door", "geen warm water",
    "keukenkraan", "deur bel", "boiler is leaking", "the toilet won't flush", "stopkontakt vonkt",
    "Goedemiddag, sinds gisteren komt er bruin water uit het plafond van de badkamer en het wordt steeds erger",
)  # fmt: skip


def version(at: datetime) -> int:
    """The version with so many problems, made when it is not there yet. Raises DraftExists if another draft is."""
    made = CatalogueVersion.objects.filter(note=NOTE).first()
    if made is None:
        made = services.make_version(by=None, at=at, sheets=_sheets())
        made.note = NOTE
        made.save(update_fields=["note"])
    search.index(made.pk)
    return made.pk


def _sheets() -> catalogue.Sheets:
    """The shipped catalogue, its problems many times over, each time with other words besides."""
    chance = Random(1)
    shipped = catalogue.shipped_sheets()
    rows = shipped["problems"]
    more = [_variant(rows[number % len(rows)], number, chance) for number in range(PROBLEMS - len(rows))]
    return {**shipped, "problems": [*more, *rows]}


def _variant(row: catalogue.Row, number: int, chance: Random) -> catalogue.Row:
    other = {language: " ".join(_name(chance) for _ in range(OTHER_NAMES)) for language in ("nl", "en")}
    words = {f"words_{language}": f"{other[language]} {row[f'words_{language}']}"[:600] for language in other}
    return row | words | {"key": f"{row['key'][:50]}_{number}"}


def _name(chance: Random) -> str:
    return "".join(chance.choices(SYLLABLES, k=3))
