"""How often a trial is made: a few times every day, a tenth with `make faults` or `thorough`, all of it with FULL=1.

Of the many cases of one test `make test` tries a FEW; who names a test gets them all.
"""

import os
import random

FULL = os.environ.get("FULL") == "1"
LONG = FULL or os.environ.get("FAULTS") == "1" or os.environ.get("THOROUGH") == "1"
SAMPLED = not LONG and os.environ.get("SAMPLED") == "1"
FEW = 4
SEED = os.environ.get("SEED") or str(random.SystemRandom().randrange(10**6))


def times(full: int, short: int | None = None) -> int:
    """`short` is for the everyday run, when a tenth would take too long."""
    if FULL:
        return full
    return full // 10 if LONG or short is None else short


def chance(trial: str) -> random.Random:
    """The same for the same SEED and trial, whatever ran before it."""
    return random.Random(f"{SEED} {trial}")


def few(cases):
    """FEW of them, spread evenly, with the first and the last."""
    if len(cases) <= FEW:
        return cases
    return [cases[number * (len(cases) - 1) // (FEW - 1)] for number in range(FEW)]
