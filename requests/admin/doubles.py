"""The same form sent twice: a double click, or Back and once more."""

from datetime import datetime, timedelta

from tenants.models import User

from ..models import ServiceRequest
from ..services import Said
from ..workflow import Actor, Move, Need
from .forms import MoveForm

WITHIN = timedelta(minutes=1)


def was_just_made(pk: int, move: Move, form: MoveForm, *, by: User, at: datetime) -> bool:
    """True when the last thing that happened is what this form asks, by the same person, a moment ago.

    Anything that was filled in differently is not the same: what somebody wrote is never dropped without a word.
    """
    service_request = ServiceRequest.objects.get(pk=pk)
    last = service_request.history.last()
    if last is None or service_request.version != form.cleaned_data["seen"] + 1:
        return False
    said = form.said()
    is_same_move = (last.move, last.actor, last.by_id) == (move.name, Actor.STAFF, by.pk) and at - last.at <= WITHIN
    is_same_text = (last.note, last.waiting_reason, last.until) == (said.note, said.waiting_reason, said.until)
    is_same_end = Need.OUTCOME not in move.needs or last.outcome == said.outcome
    return is_same_move and is_same_text and is_same_end and _same_visit(service_request, move, said)


def _same_visit(service_request: ServiceRequest, move: Move, said: Said) -> bool:
    if Need.WINDOW not in move.needs:
        return True
    visit = service_request.visits.planned().first()
    return visit is not None and (visit.window.lower, visit.window.upper, visit.craftsman) == (
        *(said.window or ()),
        said.craftsman.strip(),
    )
