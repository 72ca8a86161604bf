"""Whether we were here before for the same thing, so that it is not mended once more without finding out why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from dwellings.models import CommunalArea, Dwelling

from ..intake import vera
from ..intake.catalogue import Problem
from ..models import Repeat, ServiceRequest
from ..models.service_request import ServiceRequestQuerySet
from ..workflow import OPEN, OUTCOMES_AFTER_DONE

__all__ = ["WITHIN", "Before", "before"]

WITHIN = timedelta(days=365)
LEAK = "LEK"
ANYTHING_ELSE = "OVE"  # the defect of "something else": two of those need not be the same
LEAKS_BEFORE = 2  # the third in one stack is no coincidence


@dataclass(frozen=True)
class Before:
    """The last time, and why the next one is a repeat."""

    service_request: ServiceRequest
    why: Repeat


def before(dwelling: Dwelling, area: CommunalArea | None, problem: Problem, at: datetime) -> Before | None:
    """What this problem repeats: the same one here within a year, or the leaks before it in the stack."""
    if last := _same_here(dwelling, area, problem, at=at):
        return Before(last, Repeat.SAME_HOME)
    if last := _third_leak(dwelling, area, problem, at=at):
        return Before(last, Repeat.STACK_LEAKS)
    return None


def _same_here(
    dwelling: Dwelling, area: CommunalArea | None, problem: Problem, *, at: datetime
) -> ServiceRequest | None:
    """Mended within the year: element and defect are the same, and say something."""
    if problem.element_code in ("", vera.NOT_SPECIFIED) or problem.defect_code in ("", ANYTHING_ELSE):
        return None
    here = Q(communal_area=area) if area else Q(dwelling=dwelling)
    same = ServiceRequest.objects.filter(
        here, thing=problem.thing.key, element_code=problem.element_code, defect_code=problem.defect_code
    )
    return same.filter(done_at__gt=at - WITHIN, done_at__lte=at).order_by("done_at", "pk").last()


def _third_leak(
    dwelling: Dwelling, area: CommunalArea | None, problem: Problem, *, at: datetime
) -> ServiceRequest | None:
    if area or problem.defect_code != LEAK or not dwelling.stack:
        return None
    leaks = list(_leaks_in_the_stack(dwelling, at=at)[:LEAKS_BEFORE])
    return leaks[0] if len(leaks) == LEAKS_BEFORE else None


def _leaks_in_the_stack(dwelling: Dwelling, *, at: datetime) -> ServiceRequestQuerySet:
    """The last first. What was withdrawn, declined or reported twice was no leak of its own."""
    return ServiceRequest.objects.filter(
        Q(status__in=sorted(OPEN)) | Q(outcome__in=sorted(OUTCOMES_AFTER_DONE)),
        dwelling__complex=dwelling.complex_id,
        dwelling__stack=dwelling.stack,
        defect_code=LEAK,
        received_at__gt=at - WITHIN,
        received_at__lte=at,
    ).order_by("-received_at", "-pk")
