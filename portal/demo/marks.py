"""Which mark a tenant gives, and whether they answer at all.

A mark is a rank on the sector's distribution: what happened (late, a visit too many, nobody came), who the
tenant is and plain chance add up to a normal score, and the score's place among all scores is the mark's place
among all marks. So the effects show, and the whole still looks like the sector: mean 7.67, 11 % at 5 or lower.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from statistics import NormalDist

SHARES = {1: 0.025, 2: 0.01, 3: 0.015, 4: 0.02, 5: 0.04, 6: 0.07, 7: 0.16, 8: 0.33, 9: 0.18, 10: 0.15}
SPREAD = 1.94  # standard deviation of SHARES
RESIDENT_SPREAD = 0.9  # some people never give a 9, others always do

BASE_RESPONSE = 0.22
SENIOR_RESPONSE, YOUNG_RESPONSE = 1.4, 0.6
LOW_MARK_RESPONSE, HIGH_MARK_RESPONSE = 1.3, 1.15


@dataclass(frozen=True)
class Experience:
    """What one household went through with one request."""

    over_norm: bool = False
    extra_visits: int = 0
    missed_visits: int = 0  # the corporation did not come
    callback: bool = False  # it was not solved the first time
    without_word: bool = False
    damp: bool = False
    own_craftsman: bool = False
    senior: bool = False

    @property
    def effect(self) -> float:
        """Points up or down, before anything about the person."""
        return (
            -0.8 * self.over_norm
            - 0.6 * self.extra_visits
            - 1.5 * self.missed_visits
            - 0.9 * self.callback
            - 0.4 * self.without_word
            - 0.8 * self.damp
            + 0.15 * self.own_craftsman
            + 0.4 * self.senior
        )


# Mean and standard deviation of `effect` over two years of the corporation, in which 10 % is late and a quarter takes a
# visit too many. The mean is a little lower than that, as the angry answer more often than the content.
USUAL_EFFECT, EFFECT_SPREAD = -0.2, 0.68
_CHANCE_SPREAD = (SPREAD**2 - RESIDENT_SPREAD**2 - EFFECT_SPREAD**2) ** 0.5
_STANDARD = NormalDist()
_UNTIL = list(accumulate(SHARES.values()))


def resident_effect(rng: Random) -> float:
    """How mild or strict this person is, in points; a lasting trait."""
    return rng.gauss(0, RESIDENT_SPREAD)


def mark(experience: Experience, *, resident: float, rng: Random) -> int:
    score = (experience.effect - USUAL_EFFECT + resident + rng.gauss(0, _CHANCE_SPREAD)) / SPREAD
    return 1 + min(9, bisect_right(_UNTIL, _STANDARD.cdf(score)))


def response(given: int, *, age: int) -> float:
    """The chance that somebody of this age sends in this mark: the angry and the delighted answer more often."""
    chance = BASE_RESPONSE
    if age >= 65:
        chance *= SENIOR_RESPONSE
    elif age < 30:
        chance *= YOUNG_RESPONSE
    if given <= 4:
        chance *= LOW_MARK_RESPONSE
    elif given >= 9:
        chance *= HIGH_MARK_RESPONSE
    return chance
