"""Where a tenant can go when we do not do what we promised, and from when on.

1. A complaint to us, about how we handle it: as soon as a promise to them was broken, we said sorry for a visit, or we
   refused to repair it.
2. The complaints committee (article 55b Woningwet): when they complained, and got an answer that they do not agree
   with, or none within six weeks. Committees differ (some take three weeks, or a month); six is what most of them ask,
   so that nobody is sent away for being too early. A complaint is about how it went: that it is ready ends nothing.
3. The Huurcommissie: after the six weeks that the law gives for a defect that they reported. A lower rent goes back no
   more than six months before it was asked for (article 7:257 paragraph 3 BW), so they are told not to wait.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from django.db.models import CharField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from ..models import Message, PromiseMove, Recovery, Report, ServiceRequest, StatusChange, Visit
from ..promises import statutory
from ..workflow import Outcome, Status

__all__ = ["REFUSED", "Case", "NextStep", "Where", "case_of", "next_steps", "steps_of"]

REFUSED = frozenset({Outcome.DECLINED, Outcome.TENANT_JOB, Outcome.FORWARDED})


class Where(StrEnum):
    """Called as in the address of the page."""

    COMPLAINT = "klacht"
    COMMITTEE = "klachtencommissie"
    TRIBUNAL = "huurcommissie"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What one household may read of a case. `since`: they were on it from then on; older words were for others.

    `has_ended`: there is nothing left to repair, as it is ready or nobody asks for it any more.
    """

    service_request: ServiceRequest
    report: Report
    since: datetime
    changes: Sequence[StatusChange]
    promise_moves: Sequence[PromiseMove]
    visits: Sequence[Visit]
    talk: Sequence[Message]
    has_ended: bool

    def then(self, at: datetime) -> Case:
        """As it was at that moment, when it was still to do."""
        return replace(
            self,
            changes=[change for change in self.changes if change.at <= at],
            promise_moves=[move for move in self.promise_moves if move.at <= at],
            visits=[visit for visit in self.visits if visit.settled_at and visit.settled_at <= at],
            talk=[said for said in self.talk if said.at <= at],
            has_ended=False,
        )

    @property
    def complaint(self) -> Message | None:
        return next((said for said in self.talk if said.is_complaint and said.tenant_id == self.report.tenant_id), None)

    @property
    def answer(self) -> Message | None:
        """What we wrote after the complaint."""
        asked = self.complaint
        return next((said for said in self.talk if asked and said.tenant_id is None and said.at > asked.at), None)


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """`opens_at`: None as long as something else has to be done before. `done_at`: when the tenant did it."""

    where: Where
    opens_at: datetime | None
    is_open: bool
    done_at: datetime | None = None


_APOLOGY = Recovery.objects.filter(
    service_request=OuterRef("service_request"),
    why=Recovery.Why.VISIT_MISSED,
    of=Concat(Value("visit-"), Cast(OuterRef("pk"), CharField())),
)


def case_of(service_request: ServiceRequest, report: Report) -> Case:
    """All that this household may read of their request."""
    return Case(
        service_request=service_request,
        report=report,
        since=report.stays()[-1].since,
        changes=list(service_request.history.all()),
        promise_moves=list(service_request.promise_moves.all()),
        visits=list(service_request.visits.annotate(apologised_at=Subquery(_APOLOGY.values("begun_at")[:1]))),
        talk=list(Message.objects.read_by(report)),
        has_ended=not service_request.is_to_do and service_request.outcome not in REFUSED,
    )


def next_steps(case: Case, *, at: datetime) -> list[NextStep]:
    """In the order in which they come; nothing when nothing went wrong. Of what is ready only a complaint goes on."""
    if case.has_ended and case.complaint is None:
        return []
    steps = steps_of(case, at=at)
    return steps if any(step.is_open for step in steps) else []


def steps_of(case: Case, *, at: datetime) -> list[NextStep]:
    """Also when nothing went wrong."""
    complained_at = case.complaint.at if case.complaint else None
    steps = [
        _step(Where.COMPLAINT, min(_went_wrong(case)), at=at, done_at=complained_at),
        _step(Where.COMMITTEE, _answered_or_too_late(case), at=at),
    ]
    if statutory.counts(case.service_request.payer) and not case.has_ended:
        steps.append(_step(Where.TRIBUNAL, statutory.over_at(case.report.at), at=at))
    return steps


def _step(where: Where, opens_at: datetime | None, *, at: datetime, done_at: datetime | None = None) -> NextStep:
    is_open = done_at is not None or (opens_at is not None and opens_at <= at)
    return NextStep(where=where, opens_at=opens_at, is_open=is_open, done_at=done_at)


def _went_wrong(case: Case) -> Iterator[datetime]:
    """When something that was promised to this household was not kept, or will not be."""
    service_request, report = case.service_request, case.report
    yield max(service_request.first_fix_by, report.at)
    if statutory.counts(service_request.payer):
        yield statutory.over_at(report.at)
    if service_request.closed_at:
        yield service_request.closed_at
    for visit in case.visits:
        if visit.outcome == Visit.Outcome.MISSED and visit.settled_at and visit.settled_at >= case.since:
            yield visit.settled_at
        if (apologised_at := _apologised_at(visit, case)) and apologised_at >= case.since:
            yield apologised_at


def _apologised_at(visit: Visit, case: Case) -> datetime | None:
    """When we said sorry for it; not when somebody of us said since that the craftsman was there."""
    is_there = visit.outcome == Visit.Outcome.PLANNED and case.service_request.status == Status.IN_PROGRESS
    came = is_there or visit.outcome in Visit.CAME
    return None if came else visit.apologised_at  # type: ignore[attr-defined]  # annotated by case_of


def _answered_or_too_late(case: Case) -> datetime | None:
    if case.complaint is None:
        return None
    too_late = statutory.over_at(case.complaint.at)
    return min(case.answer.at, too_late) if case.answer else too_late
