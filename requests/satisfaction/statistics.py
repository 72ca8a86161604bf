"""How sure a figure is: means and shares with their 95 % intervals, and quantiles.

Pure arithmetic on numbers that the database counted; it knows no models and no pages.
A figure that cannot be computed is None, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from statistics import NormalDist

Z_95 = NormalDist().inv_cdf(0.975)

# Two-sided 95 % points of Student's t where the series below is too coarse.
# Source: NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
_T_95_FEW_DEGREES = {1: 12.7062, 2: 4.3027, 3: 3.1824, 4: 2.7764}


@dataclass(frozen=True)
class Mean:
    """A mean and the half-width of its 95 % interval, both in the unit of the values.

    `margin` is None below two values: one answer says nothing about the next.
    """

    n: int
    value: float
    margin: float | None

    @property
    def low(self) -> float | None:
        return None if self.margin is None else self.value - self.margin

    @property
    def high(self) -> float | None:
        return None if self.margin is None else self.value + self.margin


@dataclass(frozen=True)
class Share:
    """`count` of `n`, with `value`, `low` and `high` as fractions from 0 to 1 (Wilson, 95 %)."""

    count: int
    n: int
    value: float
    low: float
    high: float


@lru_cache(maxsize=1024)
def student_t(degrees: int) -> float:
    """The factor t for a two-sided 95 % interval, accurate to 0.001.

    Abramowitz & Stegun, Handbook of Mathematical Functions, 26.7.5: Student's t as a
    series around the normal quantile.
    """
    if degrees < 1:
        raise ValueError("Student's t needs at least one degree of freedom")
    if degrees in _T_95_FEW_DEGREES:
        return _T_95_FEW_DEGREES[degrees]

    z = Z_95
    terms = (
        z,
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return sum(term / degrees**power for power, term in enumerate(terms))


def mean(*, n: int, total: int, squares: int) -> Mean | None:
    """The mean of `n` whole numbers, given their sum and the sum of their squares."""
    if n == 0:
        return None
    if n == 1:
        return Mean(n=1, value=float(total), margin=None)

    deviation = sqrt((n * squares - total * total) / (n * (n - 1)))
    margin = student_t(n - 1) * deviation / sqrt(n)
    return Mean(n=n, value=total / n, margin=margin)


def share(*, count: int, n: int) -> Share | None:
    """A share with its Wilson score interval, which also holds near 0 and 1 and for small n.

    Wilson, Journal of the American Statistical Association 22 (1927), p. 209.
    """
    if n == 0:
        return None

    value = count / n
    z2 = Z_95 * Z_95
    centre = (value + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 / (1 + z2 / n) * sqrt(value * (1 - value) / n + z2 / (4 * n * n))
    # With nobody, or everybody, the limit is exact; rounding must not push it outside 0..1.
    low = 0.0 if count == 0 else centre - half
    high = 1.0 if count == n else centre + half
    return Share(count=count, n=n, value=value, low=low, high=high)


@lru_cache
def widened(comparisons: int) -> float:
    """By how much to widen a 95 % margin before one of so many is singled out (Bonferroni).

    Of 700 equals some twenty lie outside their own margin by chance alone.
    """
    return NormalDist().inv_cdf(1 - 0.025 / max(comparisons, 1)) / Z_95


def quantile(counts: Mapping[int, int], fraction: float) -> int | None:
    """The smallest value that at least `fraction` of the cases do not exceed (nearest rank).

    `counts` says how often each value occurs. This is PostgreSQL's `percentile_disc`, chosen
    because "half were done within 4 days" is then literally true.
    """
    n = sum(counts.values())
    if n == 0:
        return None

    # Rounded first: 0.9 * 10 must be rank 9, not the 10 that a stray last bit would make of it.
    rank = max(ceil(round(fraction * n, 9)), 1)
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    raise AssertionError("a rank within n is always reached")
