"""Whoever should hear something now, hears it: `ServiceRequest.next_word_at`.

A holding message is the last resort: any word of staff sets the next moment, so that a request that
is worked on never gets here. What gets here is also raised in the queue.
"""

import logging
import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from tenants.notifications import outbox
from tenants.notifications.models import Notification

from .. import notifications, workflow
from ..front_door.outages import explaining
from ..holding import holding_of
from ..models import Report, ServiceRequest, Verdict, Visit
from ..promises import in_force, looked_up_once, next_word_after
from ..services import moving_out
from ..services.moves import Said, apply_move, next_word
from ..services.recovery import no_later
from ..workflow import Actor, Status
from . import closing, plain

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(hours=1)
TRIES = 5  # in a row; then it is parked
PARKED_FOR = timedelta(days=1)
CLAIMED_AT_ONCE = 10
REMINDED_BEFORE = 2  # working days before a visit, at most: earlier is no reminder
LOCKED_FOR = 0.015  # seconds, and the one that is being done then: whoever opens a request waits no longer for it

__all__ = ["follow_up", "follow_up_next", "follow_up_one_by_one"]


def follow_up(*, at: datetime) -> int:
    """Follow up on everything that is due; returns how many requests. Nearly all are plain, and done by the hundred."""
    return plain.follow_up(at=at) + follow_up_one_by_one(at=at)


def follow_up_one_by_one(*, at: datetime) -> int:
    """The same, also for what is not plain."""
    count = 0
    while done := _follow_up_some(at=at, most=CLAIMED_AT_ONCE):
        count += len(done)
    return count


def follow_up_next(*, at: datetime) -> ServiceRequest | None:
    """Follow up on one request that is due and set its next moment; None when none is left."""
    return next(iter(_follow_up_some(at=at, most=1)), None)


def _follow_up_some(*, at: datetime, most: int) -> list[ServiceRequest]:
    """Follow up on what is due first, as many as fit in a short transaction; none when none is left.

    Rows that another worker holds are skipped, and those that do not fit are let go, so this may run
    twice, stop half-way, or run on several workers at once.
    """
    with transaction.atomic():
        due = ServiceRequest.objects.due_for_a_word(at=at).order_by("next_word_at", "pk")
        claimed = list(due.select_for_update(of=("self",), skip_locked=True)[:most])
        done, let_go_at = list[ServiceRequest](), time.monotonic() + LOCKED_FOR
        with looked_up_once():
            for service_request in claimed:
                _follow_up_on(service_request, at=at)
                done.append(service_request)
                if time.monotonic() > let_go_at:
                    break
        return done


def _follow_up_on(service_request: ServiceRequest, *, at: datetime) -> None:
    """One request that cannot be followed up must not hold up the rest."""
    try:
        with transaction.atomic():
            _say_what_is_true(service_request, at=at)
    except Exception:
        logger.exception("Could not follow up on request %s", service_request.reference)
        _put_off(service_request.pk, at=at)


def _say_what_is_true(service_request: ServiceRequest, *, at: datetime) -> None:
    """A tenant who waits for our answer is never asked, reminded or closed over it."""
    if service_request.deferred_until is not None and service_request.deferred_until <= at:
        apply_move(service_request, workflow.COME_BACK, actor=Actor.CLOCK, by=None, at=at, said=Said())
        return
    if service_request.status != Status.DONE or service_request.tenant_waits_for_reply:
        _hold(service_request, at=at)
        return
    not_reminded = closing.undecided(service_request, at=at).filter(reminded_at=None)
    if not_reminded.exists():
        _remind(service_request, not_reminded, at=at)
        return
    closes_at = closing.closes_at(service_request, at=at)
    if closes_at is None:
        _leave_to_people(service_request, at=at)
    elif closes_at > at:
        _look_again(service_request, closes_at)
    else:
        apply_move(service_request, workflow.LAPSE, actor=Actor.CLOCK, by=None, at=at, said=Said())


def _hold(service_request: ServiceRequest, *, at: datetime) -> None:
    """Still open and nothing new: say so, say why, say when they hear more, and raise it in the queue.

    A visit to come is news enough: it is confirmed in time, and one or two working days before it they are reminded.
    """
    moving_out.note_who_left(service_request, at=at)
    outage = explaining([service_request], at=at).get(service_request.pk)
    still = holding_of(service_request, outage=outage, at=at)
    visit_ends = still.visit.window.upper if still.visit else None
    next_word_at = next_word(service_request, visit_ends=visit_ends, at=at)
    assert next_word_at is not None
    next_word_at = no_later(service_request, next_word_at, at=at)
    is_near = still.visit is not None and _is_near(still.visit, next_word_at, at=at)
    if still.visit and is_near and not service_request.tenant_waits_for_reply:
        messages = notifications.visit_soon(service_request, still.visit, at=at)
    else:
        messages = notifications.holding(service_request, still=still, next_word_at=next_word_at)
    for message in messages:
        outbox.post(message, at=at)
    told = _told(messages)
    service_request.words_given += bool(told or not messages)  # a word that nobody got is none
    is_unheard = len(told) < len(messages)
    if still.is_our_turn or service_request.tenant_waits_for_reply or still.waits_for_tenant or is_unheard:
        service_request.needs_attention = True
    _look_again(service_request, next_word_at)


def _told(messages: list[outbox.Message]) -> set[int | None]:
    """Who of them got it: a reminder of a visit would come too late by post, so somebody has to phone."""
    occasions = {message.occasion for message in messages}
    return set(Notification.objects.filter(occasion__in=occasions).values_list("tenant", flat=True))


def _is_near(visit: Visit, next_word_at: datetime, *, at: datetime) -> bool:
    """No working day lies between now and the visit; or one, and nothing else is due before it."""
    calendar, starts = in_force().calendar, visit.window.lower
    days = REMINDED_BEFORE if starts < next_word_at else 1
    return at >= calendar.opens_before(starts, days)


def _remind(service_request: ServiceRequest, silent: QuerySet[Verdict], *, at: datetime) -> None:
    """Ask once more when a week is over, and look again when the time to answer is."""
    assert service_request.done_at is not None
    if at < (remind_at := service_request.done_at + settings.REMIND_AFTER):
        _look_again(service_request, remind_at)
        return
    closes_at = closing.soonest(service_request, reminded_at=at)
    reports = list(Report.objects.filter(verdicts__in=silent).select_related("tenant"))
    for message in notifications.closing_reminder(service_request, reports, closes_at=closes_at):
        outbox.post(message, at=at)
    silent.update(reminded_at=at)
    _look_again(service_request, closes_at)


def _leave_to_people(service_request: ServiceRequest, *, at: datetime) -> None:
    """Nobody closes what nobody was asked about: somebody has to call them."""
    service_request.needs_attention = True
    _look_again(service_request, next_word_after(service_request.urgency, service_request.category, at=at))


def _look_again(service_request: ServiceRequest, next_word_at: datetime) -> None:
    service_request.next_word_at = next_word_at
    service_request.follow_up_failures = 0
    service_request.version += 1
    service_request.save(
        update_fields=["next_word_at", "words_given", "needs_attention", "follow_up_failures", "version"]
    )


def _put_off(pk: int, *, at: datetime) -> None:
    """Soon again a few times, then once a day: staff see it in the queue from the first time on."""
    row = ServiceRequest.objects.filter(pk=pk)
    row.update(follow_up_failures=F("follow_up_failures") + 1, needs_attention=True)
    tries = row.values_list("follow_up_failures", flat=True).get()
    row.update(next_word_at=at + (TRY_AGAIN_AFTER if tries < TRIES else PARKED_FOR))
