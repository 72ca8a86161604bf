"""Nobody's request is forgotten: whoever should hear something now, hears it.

A holding message is the last resort: any word of staff sets the next moment, so that a request that
is worked on never gets here. What gets here is also raised in the queue.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, QuerySet

from tenants.notifications import outbox
from tenants.notifications.models import Notification

from . import notifications, workflow
from .models import Report, ServiceRequest, Verdict
from .promises import next_word_after
from .services.moves import Said, apply_move
from .workflow import Actor, Status

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(hours=1)
TRIES = 5  # in a row; then it is parked
PARKED_FOR = timedelta(days=1)

__all__ = ["follow_up", "follow_up_next"]


def follow_up(*, at: datetime) -> int:
    """Follow up on everything that is due; returns how many requests."""
    count = 0
    while follow_up_next(at=at) is not None:
        count += 1
    return count


def follow_up_next(*, at: datetime) -> ServiceRequest | None:
    """Follow up on one request that is due and set its next moment; None when none is left.

    One request is one transaction, and a row that another worker holds is skipped, so this may run
    twice, stop half-way, or run on several workers at once.
    """
    with transaction.atomic():
        due = ServiceRequest.objects.due_for_a_word(at=at).order_by("next_word_at", "pk")
        service_request = due.select_for_update(of=("self",), skip_locked=True).first()
        if service_request is None:
            return None
        try:
            with transaction.atomic():
                _say_what_is_true(service_request, at=at)
        except Exception:  # one request that cannot be followed up must not hold up the rest
            logger.exception("Could not follow up on request %s", service_request.reference)
            _put_off(service_request.pk, at=at)
        return service_request


def _say_what_is_true(service_request: ServiceRequest, *, at: datetime) -> None:
    """A tenant who waits for our answer is never asked, reminded or closed over it."""
    if service_request.status != Status.DONE or service_request.tenant_waits_for_reply:
        _hold(service_request, at=at)
        return
    undecided = Verdict.objects.filter(
        report__service_request=service_request,
        round=service_request.times_done,
        answer__in=["", Verdict.Answer.DONT_KNOW],
    )
    if undecided.filter(reminded_at=None).exists():
        _remind(service_request, undecided, at=at)
    elif _out_of_reach(service_request, undecided):
        _leave_to_people(service_request, at=at)
    else:
        apply_move(service_request, workflow.LAPSE, actor=Actor.CLOCK, by=None, at=at, said=Said())


def _hold(service_request: ServiceRequest, *, at: datetime) -> None:
    """Still open and nothing new: say so, say why, say when they hear more, and raise it in the queue."""
    next_word_at = next_word_after(service_request.urgency, service_request.category, at=at)
    for message in notifications.holding(service_request, next_word_at=next_word_at, at=at):
        outbox.post(message, at=at)
    service_request.words_given += 1
    service_request.needs_attention = True
    _look_again(service_request, next_word_at)


def _remind(service_request: ServiceRequest, undecided: QuerySet[Verdict], *, at: datetime) -> None:
    """Ask once more, and look again when the time to answer is over."""
    closes_at = _closes_at(service_request, at=at)
    silent = undecided.filter(reminded_at=None)
    reports = list(Report.objects.filter(verdicts__in=silent).select_related("tenant"))
    for message in notifications.closing_reminder(service_request, reports, closes_at=closes_at):
        outbox.post(message, at=at)
    silent.update(reminded_at=at)
    _look_again(service_request, closes_at)


def _leave_to_people(service_request: ServiceRequest, *, at: datetime) -> None:
    """Nobody closes what nobody was asked about: somebody has to call them."""
    service_request.needs_attention = True
    _look_again(service_request, next_word_after(service_request.urgency, service_request.category, at=at))


def _out_of_reach(service_request: ServiceRequest, undecided: QuerySet[Verdict]) -> bool:
    """Somebody who did not answer got no question of ours either: no address, or it did not arrive."""
    asked = Notification.objects.filter(
        about=service_request.reference,
        kind__in=notifications.ASKS_VERDICT,
        state=Notification.State.SENT,
        queued_at__gte=service_request.done_at,
    )
    return undecided.exclude(report__tenant__in=asked.values("tenant")).exists()


def _look_again(service_request: ServiceRequest, next_word_at: datetime) -> None:
    service_request.next_word_at = next_word_at
    service_request.follow_up_failures = 0
    service_request.version += 1
    service_request.save(
        update_fields=["next_word_at", "words_given", "needs_attention", "follow_up_failures", "version"]
    )


def _closes_at(service_request: ServiceRequest, *, at: datetime) -> datetime:
    """Two weeks after it was ready, and never sooner than a week after the reminder."""
    assert service_request.done_at is not None
    window, until_reminder = settings.ANSWER_WINDOW, settings.REMIND_AFTER
    return max(service_request.done_at + window, at + window - until_reminder)


def _put_off(pk: int, *, at: datetime) -> None:
    """Soon again a few times, then once a day: staff see it in the queue from the first time on."""
    row = ServiceRequest.objects.filter(pk=pk)
    row.update(follow_up_failures=F("follow_up_failures") + 1, needs_attention=True)
    tries = row.values_list("follow_up_failures", flat=True).get()
    row.update(next_word_at=at + (TRY_AGAIN_AFTER if tries < TRIES else PARKED_FOR))
