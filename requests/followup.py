"""Nobody's request is forgotten: whoever should hear something now, hears it.

A holding message is the last resort: any word of staff sets the next moment, so that a request that
is worked on never gets here. What gets here is also raised in the queue.
"""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from tenants.notifications import outbox

from . import notifications, workflow
from .models import Report, ServiceRequest, Verdict
from .promises import next_word_after
from .services.moves import Said, apply_move
from .workflow import Actor, Status

logger = logging.getLogger(__name__)

TRY_AGAIN_AFTER = timedelta(hours=1)

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
    if service_request.status != Status.DONE:
        _hold(service_request, at=at)
    elif at >= _closes_at(service_request):
        said = Said()
        apply_move(service_request, workflow.LAPSE, actor=Actor.CLOCK, by=None, at=at, said=said)
    else:
        _remind(service_request, at=at)


def _hold(service_request: ServiceRequest, *, at: datetime) -> None:
    """Still open and nothing new: say so, say why, say when they hear more, and raise it in the queue."""
    next_word_at = next_word_after(service_request.urgency, at=at)
    for message in notifications.holding(service_request, next_word_at=next_word_at, at=at):
        outbox.post(message, at=at)
    service_request.next_word_at = next_word_at
    service_request.words_given += 1
    service_request.needs_attention = True
    service_request.version += 1
    service_request.save(update_fields=["next_word_at", "words_given", "needs_attention", "version"])


def _remind(service_request: ServiceRequest, *, at: datetime) -> None:
    """Ask once more, and look again when the time to answer is over."""
    closes_at = _closes_at(service_request)
    undecided = Verdict.objects.filter(
        report__service_request=service_request,
        round=service_request.times_done,
        answer__in=["", Verdict.Answer.DONT_KNOW],
        reminded_at=None,
    )
    reports = list(Report.objects.filter(verdicts__in=undecided).select_related("tenant"))
    for message in notifications.closing_reminder(service_request, reports, closes_at=closes_at):
        outbox.post(message, at=at)
    undecided.update(reminded_at=at)
    service_request.next_word_at = closes_at
    service_request.version += 1
    service_request.save(update_fields=["next_word_at", "version"])


def _closes_at(service_request: ServiceRequest) -> datetime:
    assert service_request.done_at is not None
    return service_request.done_at + settings.ANSWER_WINDOW


def _put_off(pk: int, *, at: datetime) -> None:
    ServiceRequest.objects.filter(pk=pk).update(next_word_at=at + TRY_AGAIN_AFTER, needs_attention=True)
