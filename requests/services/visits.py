"""What a move of a request does to its visits. The caller has locked the request."""

from __future__ import annotations

from copy import copy
from datetime import datetime

from .. import workflow
from ..models import ServiceRequest, Visit
from ..workflow import Move

__all__ = ["left_behind", "plan", "settle"]


def plan(service_request: ServiceRequest, window: tuple[datetime, datetime] | None, craftsman: str) -> None:
    Visit.objects.create(service_request=service_request, window=window, craftsman=craftsman.strip())


def settle(service_request: ServiceRequest, move: Move, said: str, *, at: datetime) -> Visit | None:
    """A planned visit does not stay planned when the request leaves it behind; returns that visit."""
    visit = left_behind(service_request, move, said, at=at)
    if visit is not None:
        visit.save(update_fields=["outcome", "settled_at"])
    return visit


def left_behind(service_request: ServiceRequest, move: Move, said: str, *, at: datetime) -> Visit | None:
    """The planned visit as this move leaves it, not saved. `said`: what became of it, if known."""
    if move is workflow.START:
        return None  # that is the visit
    planned = (visit for visit in service_request.visits.all() if visit.outcome == Visit.Outcome.PLANNED)
    if (visit := copy(next(planned, None))) is None:  # of those that the page may have at hand
        return None
    visit.outcome = said or _outcome_of(visit, move, at=at)
    visit.settled_at = at
    return visit


def _outcome_of(visit: Visit, move: Move, *, at: datetime) -> str:
    """What follows from the move, when nobody said."""
    if move is workflow.FINISH:
        return Visit.Outcome.DONE
    if move is workflow.WITHDRAW:
        return Visit.Outcome.CANCELLED
    if at >= visit.window.lower:
        return Visit.Outcome.NOT_FINISHED
    return Visit.Outcome.MOVED if move is workflow.SCHEDULE else Visit.Outcome.CANCELLED
