"""Take a request from one status to the next."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tenants.models import User
from tenants.notifications import outbox

from .. import notifications, workflow
from ..models import ServiceRequest, StatusChange, Survey, Verdict
from ..notifications import Visits
from ..promises import add_working_days, next_word_after, promise
from ..workflow import TO_DO, Actor, Move, MoveNotAllowed, Need, Status
from . import deferring, moving_out, promise_moves, visits
from .recovery import admit, imagine, settle

__all__ = [
    "ChangedMeanwhile",
    "MoveNotAllowed",
    "NeedsMore",
    "Said",
    "apply_move",
    "lock",
    "make_move",
    "must_name_cause",
    "preview",
]


class ChangedMeanwhile(Exception):
    """Somebody changed the request after the caller looked at it; nothing was done."""


class NeedsMore(Exception):
    """The move cannot be made without these; `needs` names what is missing or wrong."""

    def __init__(self, needs: frozenset[Need]) -> None:
        super().__init__(", ".join(sorted(needs)))
        self.needs = needs


@dataclass(frozen=True, kw_only=True)
class Said:
    """What the person who makes the move says with it.

    `note` is read by the tenant. `window` is a visit's first and last instant. `visit` is what became of
    a planned visit; without it, that follows from the move. `until` is when a request that is put off comes back.
    """

    note: str = ""
    waiting_reason: str = ""
    outcome: str = ""
    window: tuple[datetime, datetime] | None = None
    craftsman: str = ""
    cause: str = ""
    visit: str = ""
    until: datetime | None = None


@transaction.atomic
def make_move(
    service_request_id: int,
    move: Move,
    *,
    actor: Actor,
    by: User | None,
    at: datetime,
    said: Said | None = None,
    seen: int | None = None,
) -> ServiceRequest:
    """Make one move of the workflow, write its history, and tell everybody who reported.

    `seen` is the version the caller looked at. Raises MoveNotAllowed, ChangedMeanwhile and NeedsMore;
    nothing has changed then.
    """
    service_request = lock(service_request_id, seen=seen)
    apply_move(service_request, move, actor=actor, by=by, at=at, said=said or Said())
    return service_request


def lock(service_request_id: int, *, seen: int | None = None) -> ServiceRequest:
    """The request, held until the transaction ends. Raises ChangedMeanwhile."""
    service_request = ServiceRequest.objects.select_for_update(of=("self",)).get(pk=service_request_id)
    if seen is not None and service_request.version != seen:
        raise ChangedMeanwhile
    return service_request


def apply_move(
    service_request: ServiceRequest, move: Move, *, actor: Actor, by: User | None, at: datetime, said: Said
) -> StatusChange:
    """As make_move, for a request that the caller has locked."""
    workflow.check(move, status=service_request.status, actor=actor)
    if move is workflow.WITHDRAW and service_request.reports.count() > 1:
        raise MoveNotAllowed(move, service_request.status, actor)  # not one person's to take back
    said = _complete(said, move, service_request, at=at)
    old_status, promised = service_request.status, service_request.fix_by

    moving_out.note_who_left(service_request, at=at)
    left = visits.settle(service_request, move, said.visit, at=at)
    if move.target == Status.SCHEDULED:
        visits.plan(service_request, said.window, said.craftsman)
    _keep_promise(service_request, move, said, actor=actor, by=by, at=at)
    _change(service_request, move, said, actor=actor, at=at)
    settle(service_request, at=at)
    recovery = admit(left, service_request, by=by, at=at) if left else None
    change = StatusChange.objects.create(
        service_request=service_request,
        move=move.name,
        old_status=old_status,
        new_status=move.target,
        waiting_reason=service_request.waiting_reason,
        outcome=service_request.outcome,
        actor=actor,
        by=by,
        at=at,
        until=service_request.deferred_until,
        note=said.note,
    )
    if move.target == Status.DONE:
        _ask(service_request, at=at)
    planned = Visits(window=said.window, craftsman=said.craftsman, left=left, recovery=recovery, promised=promised)
    for message in notifications.moved(service_request, change, planned):
        outbox.post(message, at=at)
    return change


def preview(
    service_request: ServiceRequest, move: Move, *, said: Said, at: datetime, by: User | None = None
) -> outbox.Rendered | None:
    """The mail that the first reporter would get for this move; None if nobody gets one. Changes nothing."""
    imagined = _imagine(service_request, move, said, at=at)
    left = visits.left_behind(service_request, move, said.visit, at=at)
    gives_a_day = move is workflow.DEFER or move.target == Status.SCHEDULED
    recovery = imagine(imagined, left, new_day=gives_a_day, by=by, at=at)
    if recovery and imagined.next_word_at and at < recovery.hear_by:
        imagined.next_word_at = min(imagined.next_word_at, recovery.hear_by)
    change = StatusChange(
        service_request=imagined,
        move=move.name,
        old_status=service_request.status,
        new_status=move.target,
        waiting_reason=imagined.waiting_reason,
        outcome=imagined.outcome,
        actor=Actor.STAFF,
        at=at,
        until=imagined.deferred_until,
        note=said.note,
    )
    promised = service_request.fix_by
    planned = Visits(window=said.window, craftsman=said.craftsman, left=left, recovery=recovery, promised=promised)
    messages = notifications.moved(imagined, change, planned)
    return outbox.render(messages[0]) if messages else None


def _imagine(service_request: ServiceRequest, move: Move, said: Said, *, at: datetime) -> ServiceRequest:
    """A copy as it would be after the move, not saved."""
    imagined = copy(service_request)
    imagined.status = move.target
    imagined.waiting_reason = said.waiting_reason if move.target == Status.WAITING else ""
    imagined.outcome = said.outcome or (move.outcomes[0] if len(move.outcomes) == 1 else "")
    if move.target == Status.DONE:
        imagined.done_at, imagined.times_done = at, imagined.times_done + 1
    imagined.deferred_until = said.until if move is workflow.DEFER else None
    imagined.fix_by = _fix_by_with(service_request, move, said, at=at)
    imagined.tenant_waits_for_reply = service_request.tenant_waits_for_reply and not said.note.strip()
    imagined.next_word_at = _heard_by(imagined, said, at=at)
    return imagined


def _complete(said: Said, move: Move, service_request: ServiceRequest, *, at: datetime) -> Said:
    """Fill in what has one possible answer; raises NeedsMore for what is missing."""
    if len(move.outcomes) == 1:
        said = replace(said, outcome=move.outcomes[0])
    later_than_promised = said.window is not None and said.window[1] > service_request.fix_by
    missing = {
        Need.NOTE: (Need.NOTE in move.needs or (move.target == Status.SCHEDULED and later_than_promised))
        and not said.note.strip(),
        Need.WORDS: Need.WORDS in move.needs and not said.note.strip(),
        Need.REASON: Need.REASON in move.needs and said.waiting_reason not in move.reasons,
        Need.DAY: Need.DAY in move.needs and not deferring.is_a_day(said.until, at=at),
        Need.WINDOW: Need.WINDOW in move.needs and not _window_is_right(said, at=at),
        Need.OUTCOME: Need.OUTCOME in move.needs and said.outcome not in move.outcomes,
        Need.CAUSE: Need.CAUSE in move.needs and must_name_cause(service_request) and not said.cause,
    }
    if needs := frozenset(need for need, lacking in missing.items() if lacking):
        raise NeedsMore(needs)
    return said


def must_name_cause(service_request: ServiceRequest) -> bool:
    """What came back, within this request or as a new one, is not ready until it is known why."""
    return service_request.times_reopened > 0 or service_request.repeat_of_id is not None


def _window_is_right(said: Said, *, at: datetime) -> bool:
    if said.window is None or not said.craftsman.strip():
        return False
    start, end = said.window
    return at < end and start < end <= start + timedelta(hours=12)


def _change(service_request: ServiceRequest, move: Move, said: Said, *, actor: Actor, at: datetime) -> None:
    silent = notifications.is_silent(move, before=service_request.status, note=said.note)
    service_request.status = move.target
    service_request.waiting_reason = said.waiting_reason if move.target == Status.WAITING else ""
    service_request.deferred_until = said.until if move is workflow.DEFER else None
    service_request.outcome = said.outcome if move.target == Status.CLOSED else ""
    service_request.closed_at = at if move.target == Status.CLOSED else None
    if move.target == Status.DONE:
        service_request.done_at = at
        service_request.times_done += 1
        service_request.cause_code = said.cause or service_request.cause_code
    elif move.target in TO_DO:
        service_request.done_at = None
    if move is workflow.REOPEN:
        service_request.times_reopened += 1
    service_request.needs_attention = move in (workflow.REOPEN, workflow.COME_BACK)
    if actor == Actor.STAFF and not silent:
        service_request.answered_at = service_request.answered_at or at
    if (actor == Actor.STAFF and said.note.strip() and notifications.tells(move)) or move in _ENDS_THE_QUESTION:
        service_request.tenant_waits_for_reply = False
    service_request.follow_up_failures = 0
    if not silent:
        service_request.words_given = 0
        service_request.next_word_at = _heard_by(service_request, said, at=at)
    service_request.watch_at = at  # the promise is looked at again at once
    service_request.version += 1
    service_request.save(update_fields=_CHANGED_BY_MOVES)


_ENDS_THE_QUESTION = {workflow.CONFIRM, workflow.WITHDRAW}  # the tenant says that nothing is open any more
_CHANGED_BY_MOVES = [
    "status", "waiting_reason", "outcome", "closed_at", "done_at", "times_done", "cause_code", "times_reopened",
    "needs_attention", "answered_at", "tenant_waits_for_reply", "words_given", "next_word_at", "fix_by", "version",
    "merged_into", "follow_up_failures", "deferred_until", "watch_at",
]  # fmt: skip


def _heard_by(service_request: ServiceRequest, said: Said, *, at: datetime) -> datetime | None:
    """The next word after a move. An answer that was promised to the tenant comes no later for it."""
    word_at = next_word(service_request, visit_ends=_end_of(said.window), at=at)
    answer_by = service_request.next_word_at
    if word_at is None or answer_by is None or not service_request.tenant_waits_for_reply:
        return word_at
    return min(word_at, answer_by)


def next_word(service_request: ServiceRequest, *, visit_ends: datetime | None, at: datetime) -> datetime | None:
    """By when the tenant hears something again; with a visit to come, before and after it, and within the norm.

    Who was told until when it is put off hears of it every four weeks, and on the day itself.
    """
    if service_request.status == Status.CLOSED:
        return None
    if service_request.status == Status.DONE:
        return at + settings.REMIND_AFTER
    visit_ends = visit_ends if service_request.status == Status.SCHEDULED else None
    word_at = next_word_after(service_request.urgency, service_request.category, at=at, visit_ends=visit_ends)
    if service_request.deferred_until is None:
        return word_at
    return min(service_request.deferred_until, max(word_at, add_working_days(at, deferring.WORD_EVERY)))


def _end_of(window: tuple[datetime, datetime] | None) -> datetime | None:
    return window[1] if window else None


def _keep_promise(
    service_request: ServiceRequest, move: Move, said: Said, *, actor: Actor, by: User | None, at: datetime
) -> None:
    """A visit after the promised day, the day on which it comes back, or the request in which it goes on, moves it."""
    later = _fix_by_with(service_request, move, said, at=at)
    if later > service_request.fix_by:
        promise_moves.record(service_request, later, actor=actor, by=by, at=at, reason=said.note)


def _fix_by_with(service_request: ServiceRequest, move: Move, said: Said, *, at: datetime) -> datetime:
    """By when it is promised after this move. What comes back after its promised day gets its whole term from then."""
    fix_by = service_request.fix_by
    if said.window and move.target == Status.SCHEDULED:
        return max(fix_by, said.window[1])
    if said.until and move is workflow.DEFER and said.until > fix_by:
        return promise(service_request.urgency, service_request.category, at=said.until).fix_by
    into = service_request.merged_into
    return max(fix_by, into.fix_by) if into is not None and into.fix_by > at else fix_by


def _ask(service_request: ServiceRequest, *, at: datetime) -> None:
    """Ask every reporter, apart from each other, whether it is solved and which mark they give."""
    for report in service_request.reports.told(at=at):
        Verdict.objects.create(report=report, round=service_request.times_done, asked_at=at)
        Survey.objects.update_or_create(report=report, defaults={"asked_at": at})
