"""What the figures are held against, and whether we may say that a figure meets it."""

from __future__ import annotations

from enum import StrEnum

# Aedes-benchmark 2023, tenants with a repair: the mean of the sector.
SECTOR_MARK = 7.7
# Aedes-benchmark 2023: with more than 15 % dissatisfied "the basic process is not in order".
MOST_DISSATISFIED = 0.15
DISSATISFIED_FROM = 5  # this mark and lower
# Promises kept, all classes of urgency together.
LEAST_ON_TIME = 0.90


class Signal(StrEnum):
    """Whether a figure meets its norm, as far as its margin lets us say."""

    GOOD = "good"
    BAD = "bad"
    UNSURE = "unsure"


def at_least(norm: float, *, low: float, high: float) -> Signal:
    """Good when even the low end of the margin reaches the norm, bad when not even the high end does."""
    if low >= norm:
        return Signal.GOOD
    return Signal.BAD if high < norm else Signal.UNSURE


def at_most(norm: float, *, low: float, high: float) -> Signal:
    if high <= norm:
        return Signal.GOOD
    return Signal.BAD if low > norm else Signal.UNSURE
