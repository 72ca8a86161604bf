"""Whether there is more to ask about a problem before the tenant's own words."""

from .catalogue import Problem
from .payer import asks_own_property, asks_reach

__all__ = ["asks_details"]


def asks_details(problem: Problem) -> bool:
    return bool(problem.questions or problem.causes) or asks_reach(problem) or asks_own_property(problem)
