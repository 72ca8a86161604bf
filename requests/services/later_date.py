"""Staff promise a later day, without a visit: the tenant hears it at once, with the reason."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from tenants.models import User
from tenants.notifications import outbox

from .. import notifications
from ..models import PromiseMove, ServiceRequest
from ..workflow import TO_DO, Actor
from . import promise_moves
from .conversation import TOLD, count_as_news
from .moves import lock
from .recovery import settle

__all__ = ["CannotMovePromise", "move_promise", "preview_later_date"]

LONGEST = timedelta(days=366)


class CannotMovePromise(Exception):
    """Nothing was done; `why` is one of the words below."""

    NOT_TO_DO = "not_to_do"  # ready, or closed: nothing is promised any more
    NOT_LATER = "not_later"  # not after the day that is promised now, or over already
    TOO_LATE = "too_late"  # more than a year away
    NO_REASON = "no_reason"

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def move_promise(
    service_request_id: int, *, to: datetime, reason: str, by: User, at: datetime, seen: int | None = None
) -> PromiseMove:
    """Promise `to` instead of the day that is promised now. It counts as a word to the tenant, and as an answer.

    The first promise stays, and is what is measured. Raises CannotMovePromise and ChangedMeanwhile.
    """
    service_request = lock(service_request_id, seen=seen)
    _check(service_request, to=to, reason=reason, at=at)
    move = promise_moves.record(service_request, to, actor=Actor.STAFF, by=by, at=at, reason=reason)
    service_request.tenant_waits_for_reply = False
    service_request.watch_at = at
    count_as_news(service_request, at=at)
    service_request.save(update_fields=[*TOLD, "fix_by", "watch_at"])
    settle(service_request, at=at)
    for message in notifications.promise_moved(service_request, move):
        outbox.post(message, at=at)
    return move


def preview_later_date(
    service_request: ServiceRequest, *, to: datetime, reason: str, at: datetime
) -> outbox.Rendered | None:
    """The mail that the first reporter would get; None when nobody is told. Changes nothing."""
    imagined = PromiseMove(
        service_request=service_request, old_fix_by=service_request.fix_by, new_fix_by=to, at=at, reason=reason
    )
    messages = notifications.promise_moved(service_request, imagined)
    return outbox.render(messages[0]) if messages else None


def _check(service_request: ServiceRequest, *, to: datetime, reason: str, at: datetime) -> None:
    if service_request.status not in TO_DO:
        raise CannotMovePromise(CannotMovePromise.NOT_TO_DO)
    if to <= max(service_request.fix_by, at):
        raise CannotMovePromise(CannotMovePromise.NOT_LATER)
    if to > at + LONGEST:
        raise CannotMovePromise(CannotMovePromise.TOO_LATE)
    if not reason.strip():
        raise CannotMovePromise(CannotMovePromise.NO_REASON)
