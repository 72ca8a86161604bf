"""How long people heard nothing from us, beside what we promise for that class, or for what is put off.

A mail is a word when it leaves. A letter is one when it is printed, as it goes by post then: whoever reads letters
would say so. What is written after the printing of the morning goes with that of the next working day, so the norm
of a letter is one working day more. A telephone call to who reads letters, a craftsman at the door and what they
reported themselves are words, too. Who moved out listens no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from tenants.notifications.models import Notification

from ..models import Report, ServiceRequest, StatusChange, Visit
from ..promises import Urgency, add_working_days, in_force
from ..services.deferring import WORD_EVERY
from ..workflow import SCHEDULE, TO_DO

__all__ = ["PHONED", "PUT_OFF", "Silence", "listen", "silences"]

PUT_OFF = "put off"
PHONED = "Gebeld: het bezoek gaat door."  # what staff note then: who reads letters gets no reminder of a visit
UNTIL_PRINTED = 1  # working days
A_MOMENT = settings.MAILS_TOGETHER_FOR + timedelta(minutes=1)  # a word may wait for what just left


@dataclass
class Silence:
    """The longest of one class, in working days; `excess`: references of those that lasted longer than the norm."""

    norm: int
    longest: int = 0
    before_a_visit: int = 0  # they knew when somebody would come
    excess: list[str] = field(default_factory=list)


def silences(*, by_letter: bool, at: datetime) -> dict[str, Silence]:
    """Nothing was heard yet: each class with its norm, and what is put off with that of its own."""
    norms, more = in_force().norms, UNTIL_PRINTED if by_letter else 0
    words = {urgency.value: norms.of(urgency, "", on=timezone.localdate(at)).word for urgency in Urgency}
    return {name: Silence(norm=norm + more) for name, norm in (words | {PUT_OFF: WORD_EVERY}).items()}


def listen(
    found: dict[str, Silence], case: ServiceRequest, report: Report, told: list[Notification], *, until: datetime
) -> None:
    """With the ears of one household, from its report until then: closed, moved out, or the end of what is played."""
    words = [*(one.sent_at for one in told if one.sent_at), *_at_the_door(case), *_on_the_phone(case, report)]
    heard = [report.at, *sorted(word for word in words if word > report.at)]
    for since, next_word in zip(heard, [*heard[1:], until], strict=True):
        ended = min(next_word, until)
        step = _last_step(case, since)
        if ended > since and (step is None or step.new_status in TO_DO):  # what is ready is for the tenant to judge
            put_off_until = step.until if step else None
            silence = found[PUT_OFF if put_off_until else case.urgency]
            _measure(silence, case, since, ended, put_off_until=put_off_until)


def _at_the_door(case: ServiceRequest) -> Iterator[datetime]:
    """A craftsman who came is a word. When nobody came there is none."""
    for visit in case.visits.all():
        if visit.outcome not in (Visit.Outcome.MISSED, *Visit.DROPPED) and visit.settled_at is not None:
            yield visit.window.upper


def _on_the_phone(case: ServiceRequest, report: Report) -> Iterator[datetime]:
    if report.tenant.wants_letters or not report.tenant.email:
        yield from (message.at for message in case.messages.all() if message.internal and message.body == PHONED)


def _last_step(case: ServiceRequest, at: datetime) -> StatusChange | None:
    return next((step for step in reversed(case.history.all()) if step.at <= at), None)


def _measure(
    silence: Silence, case: ServiceRequest, since: datetime, until: datetime, *, put_off_until: datetime | None
) -> None:
    """The norm is in working days: who is to come in the evening, comes on that day or is apologised for on it.

    The day until which it is put off was told, so it is the end of the norm, too.
    """
    visit = _visit_ahead(case, since)
    if visit and timezone.localdate(visit.window.upper) == timezone.localdate(until):
        until = max(since, min(until, timezone.localtime(until).replace(hour=12, minute=0)))
    days = _working_days(since, until)
    if visit is None:
        silence.longest = max(silence.longest, days)
    else:
        silence.before_a_visit = max(silence.before_a_visit, days)
    by = add_working_days(since, silence.norm)
    if put_off_until:
        by = min(by, put_off_until)
    if until > by + A_MOMENT:
        silence.excess.append(case.reference)


def _working_days(since: datetime, until: datetime) -> int:
    """The silence that a norm of so many working days allows."""
    days = in_force().calendar.working_days_between(since, until)
    return days if until <= add_working_days(since, max(days, 1)) else days + 1


def _visit_ahead(case: ServiceRequest, at: datetime) -> Visit | None:
    """The visit that the tenant knew of: each move that plans one made one."""
    planned = [step.at for step in case.history.all() if step.move == SCHEDULE.name]
    visits = sorted(case.visits.all(), key=lambda visit: visit.pk)
    ahead = [
        visit
        for known, visit in zip(planned, visits, strict=True)
        if known <= at < visit.window.upper and (visit.settled_at is None or visit.settled_at > at)
    ]
    return ahead[-1] if ahead else None
