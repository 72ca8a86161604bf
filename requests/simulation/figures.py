"""What became of the promises, how long people heard nothing, and what they were told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext

from tenants.models import Tenant
from tenants.notifications import outbox
from tenants.notifications.models import Channel, Notification

from ..holding import MOST, masked, sentences
from ..models import Report, ServiceRequest, Visit
from ..promises import Urgency, add_working_days, in_force
from ..workflow import READY, SCHEDULE, TO_DO

__all__ = ["Figures", "Silence", "figures"]

A_MOMENT = settings.MAILS_TOGETHER_FOR + timedelta(minutes=1)  # a word may wait for what just left


@dataclass
class Silence:
    """The longest of one class, in working days; `excess`: references of those that lasted longer than the norm."""

    norm: int
    longest: int = 0
    before_a_visit: int = 0  # they knew when somebody would come
    excess: list[str] = field(default_factory=list)


@dataclass
class Figures:
    made: int = 0
    kept: int = 0  # ready by the first promised day
    moved: int = 0  # with a reason, before it was broken, and ready by the new day
    broken: int = 0  # not ready on a promised day, or nobody came
    only_missed: int = 0  # of the broken ones: a visit, and no promised day
    recovered: int = 0  # of the broken ones: promised anew, and ready by then
    apologised: int = 0  # of the broken ones: the tenant heard it from us first
    running: int = 0  # not due yet
    without_repair: int = 0
    silences: dict[str, Silence] = field(default_factory=dict)
    messages: Counter[int] = field(default_factory=Counter)  # how many a household got: how many households
    repeated_messages: list[str] = field(default_factory=list)
    repeated_sentences: Counter[str] = field(default_factory=Counter)

    @property
    def median_messages(self) -> float:
        return median(self.messages.elements()) if self.messages else 0


def figures(*, at: datetime) -> Figures:
    """Of everything in the database, which stands at `at`."""
    found = Figures(silences={urgency.value: Silence(norm=_norm(urgency, at)) for urgency in Urgency})
    cases = ServiceRequest.objects.prefetch_related(
        "history", "promise_moves", "visits", "recoveries", "reports__tenant"
    )
    told: dict[tuple[str, int], list[Notification]] = defaultdict(list)
    for notification in Notification.objects.filter(channel=Channel.EMAIL).exclude(about="").order_by("sent_at", "pk"):
        told[notification.about, notification.tenant_id or 0].append(notification)
    for case in cases:
        _count_promise(found, case, at=at)
        for report in case.reports.all():
            if report.tenant.email:
                _listen(found, case, report, told[case.reference, report.tenant_id], at=at)
    return found


def _norm(urgency: Urgency, at: datetime) -> int:
    return in_force().norms.of(urgency, "", on=timezone.localdate(at)).word


# --- promises ---------------------------------------------------------------------------------------------------------


def _count_promise(found: Figures, case: ServiceRequest, *, at: datetime) -> None:
    """Each request once: what became of what was promised about it."""
    found.made += 1
    ready = next((step.at for step in case.history.all() if step.new_status in READY), None)
    ended = ready or case.closed_at or at
    day_was_over = any(promised < min(until, ended) for promised, until in _promises(case))
    if day_was_over or _nobody_came(case):
        _count_broken(found, case, ready, only_missed=not day_was_over)
    elif ready is None:
        found.without_repair += case.closed_at is not None
        found.running += case.closed_at is None
    elif ready <= case.first_fix_by:
        found.kept += 1
    else:
        found.moved += 1


def _count_broken(found: Figures, case: ServiceRequest, ready: datetime | None, *, only_missed: bool) -> None:
    anew = only_missed or case.fix_by != case.first_fix_by
    found.broken += 1
    found.only_missed += only_missed
    found.recovered += bool(ready and case.fix_by >= ready and anew)
    found.apologised += bool(case.recoveries.all())


def _nobody_came(case: ServiceRequest) -> bool:
    return any(visit.outcome == Visit.Outcome.MISSED for visit in case.visits.all())


def _promises(case: ServiceRequest) -> Iterator[tuple[datetime, datetime]]:
    """Each promised moment, and until when it was the promise."""
    for move in case.promise_moves.all():
        yield move.old_fix_by, move.at
    yield case.fix_by, datetime.max.replace(tzinfo=timezone.get_default_timezone()) - timedelta(days=2)


# --- silence ----------------------------------------------------------------------------------------------------------


def _listen(found: Figures, case: ServiceRequest, report: Report, told: list[Notification], *, at: datetime) -> None:
    if case.closed_at:
        found.messages[len({one.goes_with_id or one.pk for one in told})] += 1  # what left as one mail is one
    words = [*(one.sent_at for one in told if one.sent_at), *_at_the_door(case)]
    heard = [report.at, *sorted(word for word in words if word > report.at)]
    silence = found.silences[case.urgency]
    for since, until in zip(heard, [*heard[1:], at], strict=True):
        until = min(until, case.closed_at or at)
        if until > since and _works_on_it(case, since):
            _measure(silence, case, since, until)
    _look_for_repeats(found, report.tenant, told)


def _at_the_door(case: ServiceRequest) -> Iterator[datetime]:
    """A craftsman who came is a word. When nobody came there is none."""
    for visit in case.visits.all():
        if visit.outcome not in (Visit.Outcome.MISSED, *Visit.DROPPED) and visit.settled_at is not None:
            yield visit.window.upper


def _works_on_it(case: ServiceRequest, at: datetime) -> bool:
    """It is our turn: what is ready is for the tenant to judge."""
    before = [step.new_status for step in case.history.all() if step.at <= at]
    return not before or before[-1] in TO_DO


def _measure(silence: Silence, case: ServiceRequest, since: datetime, until: datetime) -> None:
    """The norm is in working days: who is to come in the evening, comes on that day or is apologised for on it."""
    visit = _visit_ahead(case, since)
    if visit and timezone.localdate(visit.window.upper) == timezone.localdate(until):
        until = max(since, min(until, timezone.localtime(until).replace(hour=12, minute=0)))
    days = _working_days(since, until)
    if visit is None:
        silence.longest = max(silence.longest, days)
    else:
        silence.before_a_visit = max(silence.before_a_visit, days)
    if until > add_working_days(since, silence.norm) + A_MOMENT:
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


# --- repeats ----------------------------------------------------------------------------------------------------------


def _look_for_repeats(found: Figures, tenant: Tenant, told: list[Notification]) -> None:
    """The same message twice about one request, or the same sentence too often in what says that we still have it.

    Other numbers and days make no other sentence. The promise that ends each of them is to be there each time.
    """
    found.repeated_messages += [
        body for body, times in Counter(one.body for one in told if one.body).items() if times > 1
    ]
    holding = [one.body for one in told if one.kind == "request_holding"]
    always = {masked(sentence) for sentence in sentences(_shell(tenant))}
    said = Counter(
        one
        for body in holding
        for one in {masked(text) for text in sentences(body) if told[0].about not in text} - always
    )
    found.repeated_sentences.update(sentence for sentence, times in said.items() if times > MOST)


def _shell(tenant: Tenant) -> str:
    """What is around every message, and so no repeat."""
    frame = outbox.render_text("_greeting", {"tenant": tenant}, language=tenant.language).body
    with translation.override(tenant.language):
        promise = gettext("You will hear from us again by %(day)s.") % {"day": "maandag 2 maart"}
    return f"{frame}\n{promise}"
