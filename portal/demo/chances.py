"""How often, when and through which door tenants report: the numbers of a middle-sized Dutch corporation.

Pure draws from a seeded `random.Random`; nothing here knows the database.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from random import Random
from statistics import NormalDist
from typing import TypeVar

T = TypeVar("T")

REQUESTS_PER_HOME_PER_YEAR = 1.4
HOME_SPREAD = 1.2  # shape of the gamma over homes: some never report, some every month
TURNOVER_PER_YEAR = 0.07
MEAN_STAY_YEARS = 14


@dataclass(frozen=True)
class Category:
    """A kind of repair: its share of the year, how it follows the seasons, and how it is worked on."""

    name: str
    share: float
    seasons: tuple[float, float, float, float]  # winter, spring, summer, autumn
    mean_visits: float


CATEGORIES = (
    Category("water", 0.22, (1.05, 1.0, 0.95, 1.0), 1.15),
    Category("drains", 0.10, (1.0, 0.95, 0.95, 1.1), 1.10),
    Category("heating", 0.19, (1.7, 0.8, 0.35, 1.15), 1.25),
    Category("doors_windows", 0.18, (1.0, 1.0, 1.0, 1.0), 1.15),
    Category("electricity", 0.10, (1.15, 0.95, 0.9, 1.0), 1.10),
    Category("interior", 0.06, (0.95, 1.05, 1.0, 1.0), 1.3),
    Category("roof_facade", 0.05, (1.3, 0.8, 0.7, 1.2), 1.4),
    Category("ventilation", 0.03, (1.0, 1.0, 1.0, 1.0), 1.15),
    Category("damp", 0.03, (1.6, 0.9, 0.4, 1.1), 2.1),
    Category("communal", 0.02, (1.0, 1.0, 1.05, 0.95), 1.2),
    Category("other", 0.02, (0.5, 1.1, 1.6, 0.8), 1.2),
)
BY_NAME = {category.name: category for category in CATEGORIES}

WEEKDAYS = (1.35, 1.1, 1.0, 0.95, 0.9, 0.3, 0.2)
STORMS_PER_YEAR = 4
STORM_FACTOR = 8.0  # on the roof, the day of a storm

PHONE, PORTAL, EMAIL, WHATSAPP, DESK = "phone", "portal", "email", "whatsapp", "desk"
CHANNELS = {PHONE: 0.55, PORTAL: 0.25, EMAIL: 0.10, WHATSAPP: 0.07, DESK: 0.03}
WITH_ACCOUNT = 0.85

# Office hours by the clock on the wall; the portal is used in the evening and at night as well.
_OFFICE = {8: 9, 9: 14, 10: 14, 11: 12, 12: 6, 13: 9, 14: 10, 15: 9, 16: 7}
_AROUND_THE_CLOCK = _OFFICE | {0: 1, 6: 2, 7: 7, 17: 7, 18: 6, 19: 9, 20: 10, 21: 8, 22: 5, 23: 2}


def pick(weights: Mapping[T, float], rng: Random) -> T:
    """One key, by weight."""
    return rng.choices(list(weights), list(weights.values()))[0]


def poisson(mean: float, rng: Random) -> int:
    """How many of something that happens `mean` times on average (Knuth; fine for the small means here)."""
    limit, product, count = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        count += 1
    return count


def yearly_rate(rng: Random) -> float:
    """How many requests one home makes in a year, on average: a lasting trait of the home."""
    return REQUESTS_PER_HOME_PER_YEAR * rng.gammavariate(HOME_SPREAD, 1 / HOME_SPREAD)


def season(on: date) -> int:
    """0 winter (December to February), 1 spring, 2 summer, 3 autumn."""
    return on.month % 12 // 3


def storm_days(first: date, last: date, rng: Random) -> frozenset[date]:
    """Days on which roofs suffer; four a year, outside the summer."""
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    windy = [day for day in days if season(day) != 2]
    return frozenset(rng.sample(windy, min(len(windy), round(STORMS_PER_YEAR * len(days) / 365))))


class Calendar:
    """On which day something of which category is reported, between two days (both included)."""

    def __init__(self, first: date, last: date, storms: frozenset[date]) -> None:
        self.storms = storms
        self.days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        self._until = list(accumulate(self._weight(day) for day in self.days))

    def _weight(self, day: date) -> float:
        return WEEKDAYS[day.weekday()] * sum(self._categories(season(day), day in self.storms).values())

    @staticmethod
    @lru_cache
    def _categories(season_of_year: int, storm: bool) -> dict[str, float]:
        return {
            category.name: category.share
            * category.seasons[season_of_year]
            * (STORM_FACTOR if storm and category.name == "roof_facade" else 1)
            for category in CATEGORIES
        }

    def day(self, rng: Random) -> date:
        return self.days[bisect_left(self._until, rng.random() * self._until[-1])]

    def category(self, day: date, rng: Random) -> Category:
        return BY_NAME[pick(self._categories(season(day), day in self.storms), rng)]


def channel(*, has_account: bool, rng: Random) -> str:
    """Who has no account cannot use the portal; the others make up for it, so that the mix comes out."""
    portal = CHANNELS[PORTAL] / WITH_ACCOUNT if has_account else 0
    rest = (1 - portal) / (1 - CHANNELS[PORTAL])
    return pick({name: portal if name == PORTAL else share * rest for name, share in CHANNELS.items()}, rng)


def minute_of_day(through: str, rng: Random) -> tuple[int, int]:
    """Hour and minute; people phone when the contact centre is there, and click when it suits them."""
    hours = _OFFICE if through in {PHONE, DESK} else _AROUND_THE_CLOCK
    return pick(hours, rng), rng.randrange(60)


def lateness(share_late: float, rng: Random) -> float:
    """Lead time as a part of the norm: median 0.4, above 1 in `share_late` of the cases (lognormal)."""
    spread = math.log(1 / 0.4) / _z(1 - share_late)
    return 0.4 * math.exp(rng.gauss(0, spread))


@lru_cache
def _z(probability: float) -> float:
    return NormalDist().inv_cdf(probability)


def visits(mean: float, rng: Random) -> int:
    """How many visits a repair takes: one, and sometimes more."""
    return 1 + min(3, poisson(mean - 1, rng))
