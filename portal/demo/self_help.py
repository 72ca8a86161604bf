"""What tenants mended themselves with a guide, and what they could not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from django.utils import timezone

from dwellings.models import Tenancy
from requests.intake import catalogue
from requests.intake.catalogue import Problem
from requests.models import Report, SelfHelp, Source

from .case import Case
from .people import Household

# Of those who were shown a guide, how many needed nobody: it is easy to top up a boiler, hard to unjam a door.
SOLVED = {"heating": 0.17, "drains": 0.15, "electricity": 0.14}
SOLVED_ELSEWHERE = 0.06
CAME_BACK = 0.07  # of the reports: the guide had seemed to help
TRIED = 0.6  # of the other reports; who did not, skipped the guide
BACK_AFTER_DAYS = (1, 24)
MOMENT = timedelta(minutes=6)  # between the guide and the report


def guided(cases: Iterable[Case], households: dict[str, list[Household]], rng: Random) -> list[SelfHelp]:
    """Before every report through the portal about something that has a guide; and those that needed no report."""
    rows = []
    for case in cases:
        problem, report = catalogue.shipped().get(case.row.problem), case.reports[0]
        if report.source != Source.PORTAL or problem.guide is None or problem.phone_only:
            continue
        rows.append(_before(report, problem, rng))
        share = SOLVED.get(problem.category, SOLVED_ELSEWHERE)
        if rng.random() < share / (1 - share):
            rows += _avoided(report, problem, households, rng)
    return sorted(rows, key=lambda row: row.at)


def _before(report: Report, problem: Problem, rng: Random) -> SelfHelp:
    at, drawn = report.at - MOMENT, rng.random()
    days = timedelta(days=rng.randint(*BACK_AFTER_DAYS))
    moved_in = report.tenancy.period.lower
    if drawn < CAME_BACK and timezone.localtime(at - days).date() >= moved_in:
        return _row(report.tenancy, problem, SelfHelp.Result.SOLVED, at=at - days, reopened_at=at)
    tried = drawn < CAME_BACK + TRIED * (1 - CAME_BACK)
    result = SelfHelp.Result.NOT_SOLVED if tried else SelfHelp.Result.SKIPPED
    return _row(report.tenancy, problem, result, at=at)


def _avoided(report: Report, problem: Problem, households: dict[str, list[Household]], rng: Random) -> list[SelfHelp]:
    """Somebody else in the complex, that same evening: they had the same, and mended it."""
    day = timezone.localtime(report.at).date()
    around = households[report.tenancy.dwelling.complex.name]
    others = [
        one.tenancies[0]
        for one in around
        if one.lives_there(day) and one.tenancies[0].tenant.user and one.dwelling is not report.tenancy.dwelling
    ]
    at = report.at - timedelta(minutes=rng.randint(20, 600))
    chosen = [rng.choice(others)] if others else []
    return [
        _row(tenancy, problem, SelfHelp.Result.SOLVED, at=at)
        for tenancy in chosen
        if timezone.localtime(at).date() >= tenancy.period.lower
    ]


def _row(
    tenancy: Tenancy, problem: Problem, result: str, *, at: datetime, reopened_at: datetime | None = None
) -> SelfHelp:
    assert problem.guide
    return SelfHelp(
        tenant=tenancy.tenant,
        dwelling=tenancy.dwelling,
        problem=problem.key,
        guide=problem.guide.key,
        result=result,
        at=at,
        reopened_at=reopened_at,
    )
