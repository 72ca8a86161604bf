"""The row of a request as it comes in, with what is promised then."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from dwellings.models import CommunalArea, Dwelling
from requests.intake import payer
from requests.intake.catalogue import Problem
from requests.models import ServiceRequest
from requests.promises import promise, statutory
from requests.services import submission


def received(
    problem: Problem, place: Dwelling | CommunalArea, *, at: datetime, source: str, covers: Collection[str] = ()
) -> ServiceRequest:
    decision = payer.decide(problem, covers=covers)
    promised = promise(problem.urgency, problem.category, at=at)
    return ServiceRequest(
        dwelling=place if isinstance(place, Dwelling) else None,
        communal_area=place if isinstance(place, CommunalArea) else None,
        **submission.naming(problem),
        location_code=problem.location_code,
        element_code=problem.element_code,
        defect_code=problem.defect_code,
        category=problem.category,
        trade=problem.trade,
        urgency=problem.urgency,
        payer=decision.payer,
        payer_rule=decision.rule,
        source=source,
        received_at=at,
        answer_by=promised.answer_by,
        first_fix_by=promised.fix_by,
        fix_by=promised.fix_by,
        next_word_at=promised.next_word_at,
        watch_at=at,
        statutory_since=at if statutory.counts(decision.payer) else None,
    )
