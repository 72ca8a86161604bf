"""What tenants in the stories were told last, as rows of the outbox: sent then, leaving now, or never delivered."""

from __future__ import annotations

from datetime import datetime

from requests import notifications
from requests.models import Visit
from requests.notifications import Visits
from requests.workflow import SCHEDULE
from tenants.models import Notification
from tenants.notifications import outbox

from .case import Case

State = Notification.State
REFUSED = "550 5.1.1 mailbox unavailable"


def write(cases: list[Case], *, leaving: list[Case], undelivered: list[Case], at: datetime) -> None:
    """One mail to everybody who reported one of these: only the last one can be written as it was.

    Those of `leaving` go out when the workers start, so that the mailbox of the demo is not empty.
    """
    rows = []
    for case in cases:
        last, told = _last_told(case)
        rows += [_row(message, case, at=last) for message in told if message.tenant.email]
    for row in rows:
        if row.about in {case.row.reference for case in leaving}:
            row.state, row.sent_at, row.due_at, row.attempts = State.QUEUED, None, at, 0
        elif row.about in {case.row.reference for case in undelivered}:
            row.state, row.sent_at, row.error = State.FAILED, None, REFUSED
    Notification.objects.bulk_create(rows)


def _last_told(case: Case) -> tuple[datetime, list[outbox.Message]]:
    for change in reversed(case.history[1:]):
        visits = [visit for visit in case.visits if visit.outcome == Visit.Outcome.PLANNED]
        if change.move == SCHEDULE.name and visits:
            window, craftsman = (visits[0].window.lower, visits[0].window.upper), visits[0].craftsman
            return change.at, notifications.moved(case.row, change, Visits(window=window, craftsman=craftsman))
        if change.move != SCHEDULE.name and (told := notifications.moved(case.row, change, Visits())):
            return change.at, told
    return case.row.received_at, [notifications.received(case.row, report) for report in case.reports]


def _row(message: outbox.Message, case: Case, *, at: datetime) -> Notification:
    rendered = outbox.render(message)
    return Notification(
        tenant=message.tenant,
        channel="email",
        address=message.tenant.email,
        kind=message.kind,
        occasion=message.occasion,
        about=message.about,
        subject=rendered.subject,
        body=rendered.body,
        html=rendered.html,
        state=State.SENT,
        queued_at=at,
        sent_at=at,
        attempts=1,
    )
