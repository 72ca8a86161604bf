"""What is known already about what a tenant is going to report: in their home, their stack, their complex.

It says that something was reported, where and when; never by whom or in which words. What may be looked at
follows from the problem: `shared` of the catalogue says whether neighbours can have the same one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q
from django.utils import timezone

from dwellings.models import CommunalArea, Dwelling, Outage, Tenancy

from ..intake import outages
from ..intake.catalogue import Problem
from ..models import Report, ServiceRequest

__all__ = ["COMPLEX", "HOME", "STACK", "Known", "KnownCase", "known_to"]

HOME, STACK, COMPLEX = "home", "stack", "complex"
AT_MOST = 20  # nobody reads more; the nearest and the oldest first
ANYTHING_ELSE = "other"  # the thing of "something else": two of those need not be the same


@dataclass(frozen=True, kw_only=True)
class KnownCase:
    """An open request that may be the same one. `mine`: somebody of this home reported it."""

    service_request: ServiceRequest
    where: str
    since: datetime
    joined: int  # households
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Known:
    """`automatic` is the one that such a report is joined to without a question; it is not among `cases`."""

    outages: list[Outage] = field(default_factory=list)
    cases: list[KnownCase] = field(default_factory=list)
    automatic: ServiceRequest | None = None

    def __bool__(self) -> bool:
        return bool(self.outages or self.cases or self.automatic)

    def __contains__(self, service_request: ServiceRequest) -> bool:
        return service_request == self.automatic or any(case.service_request == service_request for case in self.cases)


def known_to(dwelling: Dwelling, problem: Problem, *, area: CommunalArea | None = None, at: datetime) -> Known:
    """Whatever may be the same as this problem in this home, or in this area of its complex. Two queries."""
    found = _may_be_the_same(dwelling, problem, area, at=at)
    automatic = next((one for one in found if _joins_itself(one, problem)), None)
    return Known(
        outages=_outages(dwelling, problem, at=at),
        cases=[_known(one, dwelling) for one in found if one is not automatic],
        automatic=automatic,
    )


def _outages(dwelling: Dwelling, problem: Problem, *, at: datetime) -> list[Outage]:
    """What goes on or is announced here and explains it, what began first on top."""
    here = Outage.objects.announced(at=at).at_dwelling(dwelling).select_related("complex").order_by("starts_at", "pk")
    return [outage for outage in here if outages.explains_problem(outage.what, problem)]


def _may_be_the_same(
    dwelling: Dwelling, problem: Problem, area: CommunalArea | None, *, at: datetime
) -> list[ServiceRequest]:
    """To do still: what is ready is for its own reporters to judge."""
    if problem.thing.key == ANYTHING_ELSE:
        return []
    living_here = Tenancy.objects.current(on=timezone.localdate(at)).filter(dwelling=dwelling)
    by_the_home = Report.objects.filter(
        service_request=OuterRef("pk"), tenancy__dwelling=dwelling, tenant__in=living_here.values("tenant")
    )
    found = (
        ServiceRequest.objects.to_do()
        .annotate(by_the_home=Exists(by_the_home), households=Count("reports__tenancy__dwelling", distinct=True))
        .filter(_same_thing(problem), _near(dwelling, problem, area))
        .select_related("dwelling", "communal_area__complex")
        .order_by("received_at", "pk")
    )
    return sorted(found[:AT_MOST], key=lambda one: (not one.by_the_home, one.received_at))  # type: ignore[attr-defined]  # annotated


def _same_thing(problem: Problem) -> Q:
    alike = Q(location_code=problem.location_code) | Q(defect_code=problem.defect_code) | Q(communal_area__isnull=False)
    return Q(problem=problem.key) | (Q(thing=problem.thing.key) & alike)


def _near(dwelling: Dwelling, problem: Problem, area: CommunalArea | None) -> Q:
    """Where it may have been reported: in the home or by it, and as far as neighbours can have the same one."""
    near = Q(dwelling=dwelling) | Q(by_the_home=True)
    if problem.shared == "stack" and dwelling.stack:
        near |= Q(dwelling__complex=dwelling.complex_id, dwelling__stack=dwelling.stack)
    if problem.shared in ("complex", "automatic"):
        near |= Q(dwelling__complex=dwelling.complex_id)
        near |= Q(communal_area=area) if area else Q(communal_area__complex=dwelling.complex_id)
    return near


def _joins_itself(service_request: ServiceRequest, problem: Problem) -> bool:
    return problem.shared == "automatic" and service_request.problem == problem.key


def _known(found: ServiceRequest, dwelling: Dwelling) -> KnownCase:
    return KnownCase(
        service_request=found,
        where=_where(found, dwelling),
        since=found.received_at,
        joined=found.households,  # type: ignore[attr-defined]  # annotated
        mine=found.by_the_home,  # type: ignore[attr-defined]  # annotated
    )


def _where(found: ServiceRequest, dwelling: Dwelling) -> str:
    if found.dwelling is None:
        return COMPLEX
    if found.dwelling == dwelling:
        return HOME
    same_stack = dwelling.stack and (found.dwelling.complex_id, found.dwelling.stack) == (
        dwelling.complex_id,
        dwelling.stack,
    )
    return STACK if same_stack else COMPLEX
