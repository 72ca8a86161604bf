"""The history of a request in plain words, for one of the people who reported it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _

from .. import workflow
from ..models import PromiseMove, Report, ServiceRequest, StatusChange, Visit
from ..notifications import PRIVATE_WHEN_SHARED
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


def timeline(
    service_request: ServiceRequest,
    report: Report,
    *,
    changes: Sequence[StatusChange],
    promise_moves: Iterable[PromiseMove],
    visits: Sequence[Visit],
    alone: bool,
    since: datetime,
) -> list[Entry]:
    """Oldest first, and what still comes last.

    `alone`: nobody else reported it, so every word is the reader's own. Who joined reads what happened before,
    but not the words that were for others; `since` is when.
    """
    past = [
        Entry(state="done", title=_("You reported this"), at=report.at),
        *_moves(changes, visits, report, alone=alone, since=since),
        *_visits_that_failed(visits),
        *(_promise_moved(move, since=since) for move in promise_moves),
    ]
    past.sort(key=lambda entry: entry.at or report.at)
    if not service_request.is_open:
        return past
    now = replace(past[-1], state="now")
    return [*past[:-1], now, *_still_to_come(service_request)]


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
    if move is workflow.DECLINE:
        return _declined(change.outcome)
    if move is workflow.REOPEN:
        return _reopened(change, own=own)
    return {
        workflow.REVIEW.name: _("We are looking at your request"),
        workflow.PLAN.name: _("We are looking for a craftsman"),
        workflow.SCHEDULE.name: _("Visit planned"),
        workflow.START.name: _("The work has started"),
        workflow.FINISH.name: _("The work is ready"),
        workflow.CONFIRM.name: _("You told us that it is solved") if own else _("Everybody told us that it is solved"),
        workflow.CONFIRM_BY_PHONE.name: (
            _("You told us by telephone that it is solved") if alone else _("We heard by telephone that it is solved")
        ),
        workflow.LAPSE.name: _("Closed: we did not hear from you"),
        workflow.WITHDRAW.name: _("You withdrew this request"),
    }[move.name]


def _declined(outcome: str) -> str:
    return {
        Outcome.DECLINED: _("We do not repair this"),
        Outcome.TENANT_JOB: _("This repair is for you to do"),
        Outcome.FORWARDED: _("We passed your request on"),
        Outcome.DUPLICATE: _("This was reported already"),
    }[Outcome(outcome)]


def _reopened(change: StatusChange, *, own: bool) -> str:
    if change.actor != Actor.TENANT:
        return _("It is not solved yet: we go on")
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


def _promise_moved(move: PromiseMove, *, since: datetime) -> Entry:
    title = _("New date: ready on %(day)s at the latest") % {"day": plain_words.day(move.new_fix_by)}
    return Entry(state="done", title=title, at=move.at, text=move.reason if move.at >= since else "")


def _still_to_come(service_request: ServiceRequest) -> Iterable[Entry]:
    if service_request.status in TO_DO:
        yield Entry(
            state="later",
            title=_("Repair ready"),
            text=_("On %(day)s at the latest. Then we ask you whether it is solved.")
            % {"day": plain_words.day(service_request.fix_by)},
        )
    else:
        yield Entry(state="later", title=_("You tell us whether it is solved"))
