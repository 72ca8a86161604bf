"""What became of the promises, how long people heard nothing, and what they were told."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from statistics import median

from django.utils import timezone, translation
from django.utils.translation import gettext

from dwellings.models import Tenancy
from tenants.models import Tenant
from tenants.notifications import outbox
from tenants.notifications.models import Channel, Notification

from ..holding import MOST, masked, sentences
from ..models import Report, ServiceRequest, Visit
from ..workflow import DEFER, READY, SCHEDULE
from .silence import Silence, listen, silences

__all__ = ["Figures", "figures"]

_LINK = re.compile(r"https?://\S+")
Told = dict[tuple[str, int], list[Notification]]  # by the reference of the request and the key of the tenant


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
    merged: int = 0  # goes on as another one, and is measured there
    put_off: int = 0  # requests, until a day
    moved_before: int = 0  # requests of which a promise was moved to a later day before it was broken
    moved_by_itself: int = 0  # of those: not by a later visit, and not put off
    moved_out: int = 0  # households, while their request was open
    silences: dict[str, Silence] = field(default_factory=dict)
    by_letter: dict[str, Silence] = field(default_factory=dict)  # the same, of who gets letters
    letters: int = 0  # printed: one envelope is one
    told_after_leaving: list[str] = field(default_factory=list)
    messages: Counter[int] = field(default_factory=Counter)  # how many a household got: how many households
    repeated_messages: list[str] = field(default_factory=list)
    repeated_sentences: Counter[str] = field(default_factory=Counter)

    @property
    def median_messages(self) -> float:
        return median(self.messages.elements()) if self.messages else 0


def figures(*, at: datetime) -> Figures:
    """Of everything in the database, which stands at `at`."""
    found = Figures(silences=silences(by_letter=False, at=at), by_letter=silences(by_letter=True, at=at))
    told, left = _what_was_told(), _who_left()
    cases = ServiceRequest.objects.prefetch_related(
        "history", "promise_moves", "visits", "recoveries", "messages", "merged", "reports__tenant"
    )
    for case in cases:
        _count_promise(found, case, at=at)
        _count_moves(found, case)
        for report in case.reports.all():
            _hear_out(found, case, report, told, left.get(report.tenant_id), at=at)
    return found


def _what_was_told() -> Told:
    """By mail and by letter. Texts only say what one of those says."""
    told: Told = defaultdict(list)
    rows = Notification.objects.filter(channel__in=(Channel.EMAIL, Channel.LETTER), sent_at__isnull=False)
    for notification in rows.exclude(about="").order_by("sent_at", "pk"):
        told[notification.about, notification.tenant_id or 0].append(notification)
    return told


def _who_left() -> dict[int, datetime]:
    """The midnight from which each tenant who has no contract any more does not live there."""
    ended = Tenancy.objects.filter(period__upper_inf=False).values_list("tenant", "period")
    return {tenant: _midnight(period.upper) for tenant, period in ended}


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


# --- promises ---------------------------------------------------------------------------------------------------------


def _count_promise(found: Figures, case: ServiceRequest, *, at: datetime) -> None:
    """Each request once: what became of what was promised about it."""
    found.made += 1
    ready = next((step.at for step in case.history.all() if step.new_status in READY), None)
    ended = ready or case.closed_at or at
    day_was_over = any(promised < min(until, ended) for promised, until in _promises(case))
    if case.merged_into_id is not None:
        found.merged += 1
    elif day_was_over or _nobody_came(case):
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


def _count_moves(found: Figures, case: ServiceRequest) -> None:
    """How the promise moved while it could still be kept."""
    steps = {step.at: step.move for step in case.history.all()}
    in_time = [move for move in case.promise_moves.all() if move.at <= move.old_fix_by]
    found.put_off += DEFER.name in steps.values()
    found.moved_before += bool(in_time)
    found.moved_by_itself += any(steps.get(move.at) not in (SCHEDULE.name, DEFER.name) for move in in_time)


# --- each household ---------------------------------------------------------------------------------------------------


def _hear_out(
    found: Figures, case: ServiceRequest, report: Report, told: Told, left: datetime | None, *, at: datetime
) -> None:
    """What one household heard of its request, and how long it heard nothing."""
    mine = told[case.reference, report.tenant_id]
    ended = case.closed_at or at
    if left and report.at < left <= ended:
        found.moved_out += 1
        ended = left
    if left:
        found.told_after_leaving += [
            f"{case.reference}: {one.kind}" for one in mine if one.sent_at and one.sent_at >= left
        ]
    letters = outbox.channel_of(report.tenant) == Channel.LETTER
    listen(found.by_letter if letters else found.silences, case, report, mine, until=ended)
    found.letters += len({one.sent_at for one in mine}) if letters else 0
    _look_for_repeats(found, report.tenant, mine)
    if case.closed_at and case.merged_into_id is None:
        with_merged = [*mine, *(one for old in case.merged.all() for one in told[old.reference, report.tenant_id])]
        found.messages[_how_many(with_merged)] += 1


def _how_many(told: list[Notification]) -> int:
    """What left as one mail, or in one envelope, is one."""
    letters = {one.sent_at for one in told if one.channel == Channel.LETTER}
    mails = {one.goes_with_id or one.pk for one in told if one.channel == Channel.EMAIL}
    return len(letters) + len(mails)


# --- repeats ----------------------------------------------------------------------------------------------------------


def _look_for_repeats(found: Figures, tenant: Tenant, told: list[Notification]) -> None:
    """The same message twice about one request, or the same sentence too often in what says that we still have it.

    Another link makes no other message, nor other numbers and days another sentence. The promise that ends each of
    them is to be there each time.
    """
    read = Counter(_LINK.sub("…", one.body) for one in told if one.body)
    found.repeated_messages += [f"{told[0].about}: {body}" for body, times in read.items() if times > 1]
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
    context = {"tenant": tenant, "by_letter": outbox.channel_of(tenant) == Channel.LETTER}
    frame = outbox.render_text("_greeting", context, language=tenant.language).body
    with translation.override(tenant.language):
        promise = gettext("You will hear from us again by %(day)s.") % {"day": "maandag 2 maart"}
    return f"{frame}\n{promise}"
