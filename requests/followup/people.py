"""Who of staff hears of an alarm. A level at which there is nobody is passed over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db.models import QuerySet

from tenants.models import User

from ..models import Alarm

__all__ = ["from_level", "readers", "team_leads"]

Level = Alarm.Level
Above = Callable[[int], Sequence[User]]
_GROUPS = {Level.TEAM_LEAD: "Team lead", Level.MANAGER: "Manager"}


def team_leads() -> QuerySet[User]:
    return _in_group(_GROUPS[Level.TEAM_LEAD])


def readers(level: int, assignee: User | None, *, above: Above | None = None) -> Sequence[User]:
    """Whoever has the request, for what a planner should know; otherwise whoever is `above`."""
    if level == Level.PLANNER and assignee and assignee.is_active and assignee.is_staff:
        return [assignee]
    return (above or from_level)(level)


def from_level(level: int) -> Sequence[User]:
    """The team leads, the managers, the administrators: the first from this level on who are there."""
    for above, group in _GROUPS.items():
        if above >= level and (found := list(_in_group(group))):
            return found
    return list(_at_work().filter(is_superuser=True))


def _in_group(name: str) -> QuerySet[User]:
    return _at_work().filter(groups__name=name)


def _at_work() -> QuerySet[User]:
    return User.objects.filter(is_active=True, is_staff=True).order_by("pk")
