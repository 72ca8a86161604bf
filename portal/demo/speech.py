"""Which words somebody of the synthetic corporation uses, in which language."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from requests.intake import catalogue

from .chances import pick
from .texts import read


@dataclass(frozen=True)
class Theme:
    """What tenants write about some problems of the catalogue, and what is noted when they are fixed."""

    name: str
    problems: dict[str, float]
    nl: tuple[str, ...]
    en: tuple[str, ...]
    done: tuple[str, ...]
    seasons: tuple[float, float, float, float] = (1.0, 1.0, 1.0, 1.0)

    def words(self, language: str, rng: Random) -> str:
        return rng.choice(self.en if language == "en" else self.nl)


@cache
def themes() -> tuple[Theme, ...]:
    return tuple(Theme(name, **_hashable(table)) for name, table in read("problems").items())


@cache
def _choices(category: str, season: int) -> dict[tuple[int, str], float]:
    """Theme (by number) and problem, each with its weight within the category in this season."""
    return {
        (number, key): weight * theme.seasons[season]
        for number, theme in enumerate(themes())
        for key, weight in theme.problems.items()
        if catalogue.shipped().get(key).category == category
    }


def draw(category: str, season: int, rng: Random) -> tuple[Theme, catalogue.Problem]:
    """Something that is wrong, of this category."""
    number, key = pick(_choices(category, season), rng)
    return themes()[number], catalogue.shipped().get(key)


def about(problem: str) -> Theme:
    """The first theme of a problem. Raises StopIteration for a problem nobody has words for."""
    return next(theme for theme in themes() if problem in theme.problems)


def line(topic: str, *path: str, language: str = "nl", rng: Random) -> Any:
    """One of the lines about this topic in `words.toml`; English people hear English."""
    lines = read("words")[topic][language]
    for step in path:
        lines = lines[step]
    return rng.choice(lines)


def craftsman(trade: str, rng: Random) -> tuple[str, bool]:
    """Who comes, and whether they are the corporation's own."""
    names = read("names")
    if contractor := names["contractors"].get(trade):
        return contractor, False
    return f"{rng.choice(names['craftsmen'])} (De Linde)", True


def _hashable(table: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
