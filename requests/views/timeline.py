"""The history of a request in plain words, for one of the people who reported it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from .. import workflow
from ..models import Objection, Report, ServiceRequest, StatusChange, Visit
from ..notifications import PRIVATE_WHEN_SHARED
from ..proof import Case
from ..workflow import TO_DO, Actor, Outcome, WaitingReason
from . import plain_words

__all__ = ["Entry", "timeline", "words_of"]


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line. `state` is done, now (the last that happened while it is open) or later (still to come)."""

    state: str
    title: str
    at: datetime | None = None
    text: str = ""

    @property
    def when(self) -> str:
        return plain_words.moment(self.at) if self.at else ""


def timeline(case: Case, *, alone: bool, said_solved: bool = False) -> list[Entry]:
    """Oldest first, and what still comes last.

    `alone`: nobody else reported it, so every word is the reader's own. Who joined reads what happened before,
    but not the words that were for others. `said_solved`: by the reader, this time.
    """
    service_request, report, since = case.service_request, case.report, case.since
    past = [
        Entry(state="done", title=_("You reported this"), at=report.at),
        *_disagreement(report),
        *_moves(case.changes, case.visits, report, alone=alone, since=since),
        *_visits_that_failed(case.visits),
        *_promises_moved(case),
    ]
    past.sort(key=lambda entry: entry.at or report.at)
    if not service_request.is_open:
        return past
    now = replace(past[-1], state="now")
    return [*past[:-1], now, *_still_to_come(service_request, said_solved=said_solved)]


def _moves(
    changes: Sequence[StatusChange], visits: Sequence[Visit], report: Report, *, alone: bool, since: datetime
) -> Iterable[Entry]:
    planned = iter(sorted(visits, key=lambda visit: visit.pk))  # made in the order in which they were planned
    for change in changes:
        if change.move == StatusChange.RECEIPT:
            continue
        visit = next(planned, None) if change.move == workflow.SCHEDULE.name else None
        own = alone or change.actor != Actor.TENANT or change.by_id == report.tenant.user_id
        text = words_of(change, report, alone=alone, since=since)
        if visit:
            text = "\n".join(filter(None, (f"{visit.craftsman}: {plain_words.window(visit)}", text)))
        yield Entry(state="done", title=_title(change, own=own, alone=alone), at=change.at, text=text)


def words_of(change: StatusChange, report: Report, *, alone: bool, since: datetime) -> str:
    """The note of a step as far as it is for this reader: not another household's words, nor what was for them."""
    if alone:
        return change.note
    if change.actor == Actor.TENANT:
        return change.note if change.by_id == report.tenant.user_id else ""
    return "" if change.move in PRIVATE_WHEN_SHARED or change.at < since else change.note


def _title(change: StatusChange, *, own: bool, alone: bool) -> str:
    move = workflow.move_named(change.move)
    if move is workflow.WAIT:
        return str(plain_words.WAITING_FOR[WaitingReason(change.waiting_reason)])
    if change.until:
        return _("We put it off until %(day)s") % {"day": plain_words.day(change.until)}
    if move is workflow.DECLINE:
        return _declined(change.outcome)
    if move is workflow.REOPEN:
        return _reopened(change, own=own)
    if move is workflow.ANSWER:
        return _("You answered our question") if own else _("A neighbour answered our question")
    return {
        workflow.REVIEW.name: _("We are looking at your request"),
        workflow.PLAN.name: _("We are looking for a craftsman"),
        workflow.SCHEDULE.name: _("Visit planned"),
        workflow.COME_BACK.name: _("We take it up again, as agreed"),
        workflow.START.name: _("The work has started"),
        workflow.FINISH.name: _("The work is finished"),
        workflow.CONFIRM.name: _("You told us that it is solved") if own else _("Everybody told us that it is solved"),
        workflow.CONFIRM_BY_PHONE.name: (
            _("You told us by telephone that it is solved") if alone else _("We heard by telephone that it is solved")
        ),
        workflow.LAPSE.name: _("Closed: we did not hear from you"),
        workflow.WITHDRAW.name: _("You withdrew this request"),
    }[move.name]


def _declined(outcome: str) -> str:
    return {
        Outcome.DECLINED: _("We will not repair this"),
        Outcome.TENANT_JOB: _("This repair is for you to do"),
        Outcome.FORWARDED: _("We passed your request on"),
        Outcome.DUPLICATE: _("This was reported already"),
    }[Outcome(outcome)]


def _reopened(change: StatusChange, *, own: bool) -> str:
    if change.actor != Actor.TENANT:
        return _("It is not solved yet: we are continuing")
    return _("You told us that it is not solved") if own else _("A neighbour told us that it is not solved")


def _visits_that_failed(visits: Iterable[Visit]) -> Iterable[Entry]:
    titles = {
        Visit.Outcome.NO_ACCESS: _("The craftsman came, but nobody was at home"),
        Visit.Outcome.MISSED: _("We did not come as agreed. We are sorry"),
        Visit.Outcome.NOT_FINISHED: _("The craftsman came, but could not finish the work"),
        Visit.Outcome.CANCELLED: _("The visit was cancelled"),
    }
    for visit in visits:
        if visit.outcome in titles:
            yield Entry(state="done", title=titles[Visit.Outcome(visit.outcome)], at=visit.settled_at)


def _promises_moved(case: Case) -> Iterable[Entry]:
    """With the reason, unless that was said with the step that moved it."""
    said = {(change.at, change.note.strip()) for change in case.changes}
    for move in case.promise_moves:
        title = _("New date: fixed by %(day)s at the latest") % {"day": plain_words.day(move.new_fix_by)}
        told = move.at < case.since or (move.at, move.reason) in said
        yield Entry(state="done", title=title, at=move.at, text="" if told else move.reason)


def _disagreement(report: Report) -> Iterable[Entry]:
    """That the reader did not agree to pay, and what we decided: nothing for those who only reported it, too."""
    objection: Objection | None = getattr(report, "objection", None)
    if objection is None:
        return
    yield Entry(state="done", title=_("You do not agree to pay"), at=objection.at, text=objection.words)
    if objection.decided_at is not None:
        decided = _("We looked at it again: we pay") if objection.upheld else _("We looked at it again: you pay")
        yield Entry(state="done", title=decided, at=objection.decided_at, text=objection.answer)


def _still_to_come(service_request: ServiceRequest, *, said_solved: bool) -> Iterable[Entry]:
    if service_request.status in TO_DO:
        yield Entry(
            state="later",
            title=_("Repair finished"),
            text=_("By %(day)s at the latest. Then we will ask you whether it is solved.")
            % {"day": plain_words.day(service_request.fix_by)},
        )
    elif said_solved:
        yield Entry(state="later", title=_("The others tell us whether it is solved"))
    else:
        yield Entry(state="later", title=_("You tell us whether it is solved"))
