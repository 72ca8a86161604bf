"""How soon: the class of a problem, and what makes it more urgent for this household."""

from __future__ import annotations

from collections.abc import Mapping

from .catalogue import ACUTE, Problem

__all__ = ["asks_extra_hard", "urgency_of"]

FROM_LOW_TO_HIGH = ("P", "N", "U", "S")  # what is above is for the telephone
# Where a small child, illness or a wheelchair makes it harder to wait.
HARD_TO_DO_WITHOUT = frozenset({"water", "drains", "heating", "electricity", "doors_windows"})
HARD_THINGS = frozenset({"lift"})
MAY_BE_HARD = frozenset({"S", "U", "N"})


def asks_extra_hard(problem: Problem) -> bool:
    """Whether it matters that this is extra hard for the household."""
    needed = problem.category in HARD_TO_DO_WITHOUT or problem.thing.key in HARD_THINGS
    return needed and problem.urgency in MAY_BE_HARD


def urgency_of(problem: Problem, *, answers: Mapping[str, str], extra_hard: bool, repeat: bool) -> str:
    """The class for this report. Whatever is said, it goes up one class at most; one more when we were here before.

    An answer for every problem: what is acute stays acute, and nothing else becomes it.
    """
    if problem.urgency == ACUTE:
        return ACUTE
    worse = any(question.raises and answers.get(question.key) == question.raises for question in problem.questions)
    steps = int(worse or (extra_hard and asks_extra_hard(problem))) + int(repeat)
    highest = len(FROM_LOW_TO_HIGH) - 1
    return FROM_LOW_TO_HIGH[min(FROM_LOW_TO_HIGH.index(problem.urgency) + steps, highest)]
