"""What tenants were told, as rows of the outbox: sent then, leaving now, or never delivered.

Of every report, that it arrived; of the stories also what was told last.
"""

from __future__ import annotations

from copy import copy
from datetime import datetime, timedelta

from requests import notifications
from requests.models import Report, ServiceRequest, Visit
from requests.notifications import Visits
from requests.promises import next_word_after, promise
from requests.workflow import SCHEDULE
from tenants.models import Notification
from tenants.notifications import outbox

from .case import Case
from .rows import insert

State = Notification.State
REFUSED = "address refused [550]"  # as it is kept when a mail server says so
ON_ITS_WAY = timedelta(seconds=2)


def write(
    cases: list[Case], *, stories: list[Case], leaving: list[Case], undelivered: list[Case], at: datetime
) -> None:
    """One mail to everybody who reported, when they did, and the last one about each of `stories`.

    Those of `leaving` go out when the workers start, so that the mailbox of the demo is not empty.
    """
    last = _last(stories, leaving=leaving, undelivered=undelivered, at=at)
    written = {row.occasion for row in last}
    rows = [
        _row(message, at=report.at)
        for case in cases
        for report in case.reports
        if report.tenant.email and (message := _arrived(case, report)).occasion not in written
    ]
    insert(Notification, [*rows, *_decided(cases), *last])


def _decided(cases: list[Case]) -> list[Notification]:
    """Who pays after all."""
    return [
        _row(message, at=objection.decided_at)
        for case in cases
        for objection in case.objections
        if objection.decided_at and objection.report.tenant.email
        for message in notifications.objection_decided(case.row, objection, at=objection.decided_at)
    ]


def _last(cases: list[Case], *, leaving: list[Case], undelivered: list[Case], at: datetime) -> list[Notification]:
    """Only the last mail can be written as it was."""
    rows = []
    for case in cases:
        told_at, told = _last_told(case)
        rows += [_row(message, at=told_at) for message in told if message.tenant.email]
    for row in rows:
        if row.about in {case.row.reference for case in leaving}:
            row.state, row.sent_at, row.due_at, row.attempts = State.QUEUED, None, at, 0
        elif row.about in {case.row.reference for case in undelivered}:
            row.state, row.sent_at, row.error = State.FAILED, None, REFUSED
    return rows


def _arrived(case: Case, report: Report) -> outbox.Message:
    """The first who reports opens the case, the others join it."""
    then = _as_it_was(case, at=report.at)
    if report is case.reports[0]:
        return notifications.received(then, report, objects=bool(case.objections))
    return notifications.joined(then, report, at=report.at)


def _as_it_was(case: Case, *, at: datetime) -> ServiceRequest:
    """The request with what was promised about it at that moment."""
    then = copy(case.row)
    moved = [move.new_fix_by for move in case.promise_moves if move.at <= at]
    then.fix_by = moved[-1] if moved else then.first_fix_by
    then.next_word_at = promise(then.urgency, then.category, at=then.received_at).next_word_at
    if then.next_word_at <= at:
        then.next_word_at = next_word_after(then.urgency, then.category, at=at)
    return then


def _last_told(case: Case) -> tuple[datetime, list[outbox.Message]]:
    for change in reversed(case.history[1:]):
        visits = [visit for visit in case.visits if visit.outcome == Visit.Outcome.PLANNED]
        if change.move == SCHEDULE.name and visits:
            window, craftsman = (visits[0].window.lower, visits[0].window.upper), visits[0].craftsman
            return change.at, notifications.moved(case.row, change, Visits(window=window, craftsman=craftsman))
        if change.move != SCHEDULE.name and (told := notifications.moved(case.row, change, Visits())):
            return change.at, told
    return case.row.received_at, [_arrived(case, report) for report in case.reports]


def _row(message: outbox.Message, *, at: datetime) -> Notification:
    rendered = outbox.render(message)
    return Notification(
        tenant=message.tenant,
        channel="email",
        address=message.tenant.email,
        kind=message.kind,
        occasion=message.occasion,
        about=message.about,
        attaches=message.attaches,
        subject=rendered.subject,
        body=rendered.body,
        html=rendered.html,
        state=State.SENT,
        queued_at=at,
        sent_at=at + ON_ITS_WAY,
        attempts=1,
    )
