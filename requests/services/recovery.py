"""After a broken promise: alarms that are not true any more are settled, a new day is written down, and a gesture."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from tenants.models import User
from tenants.notifications import outbox, quiet_hours

from .. import notifications
from ..models import Alarm, Gesture, Recovery, ServiceRequest, Visit
from ..models.recovery import RecoveryQuerySet
from ..promises import Facts, VisitFacts, in_force, standing
from ..workflow import Status

__all__ = [
    "GestureDecided", "NoGesture", "admit", "facts_of", "give_gesture", "hand_over", "hears_by", "imagine", "no_later",
    "settle",
]  # fmt: skip

NEW_DAY_WITHIN = 1  # working days
OF_THE_TERM = 2  # what was promised in hours gets a new day within half of those


class NoGesture(Exception):
    """The corporation gives nothing for this class."""


class GestureDecided(Exception):
    """Somebody was first; nothing was done."""


def facts_of(service_request: ServiceRequest) -> Facts:
    """What its promise stands on, as it is in the database now."""
    visit = service_request.visits.planned().first()
    moved_from = service_request.promise_moves.count_from().first()
    missed = _waiting(service_request).filter(why=Recovery.Why.VISIT_MISSED).first()
    return Facts(
        status=service_request.status,
        received_at=service_request.received_at,
        first_fix_by=service_request.first_fix_by,
        counts_from=moved_from or service_request.received_at,
        fix_by=service_request.fix_by,
        visit=VisitFacts(visit.pk, visit.window.upper) if visit else None,
        statutory_since=service_request.statutory_since,
        deferred_until=service_request.deferred_until,
        missed=missed.of if missed else "",
    )


def settle(service_request: ServiceRequest, *, at: datetime) -> None:
    """What somebody did may carry on a recovery and end alarms; for a request that the caller has locked.

    As long as there is no new day it stays on top of the queue, and the tenant hears something by the moment that the
    apology named.
    """
    for recovery in Recovery.objects.running().filter(service_request=service_request):
        _carry_on(recovery, service_request, at=at)
    if alarms := list(Alarm.objects.standing().filter(service_request=service_request)):
        true = standing(facts_of(service_request), calendar=in_force().calendar, at=at).true
        over = [alarm.pk for alarm in alarms if (alarm.kind, alarm.of) not in true]
        Alarm.objects.filter(pk__in=over).update(settled_at=at, rises_at=None)


def hears_by(service_request: ServiceRequest, *, at: datetime) -> datetime:
    """By when the tenant hears a new day after what is broken at `at`: always while somebody is in the office.

    Hours count in office hours, and from when the apology can leave.
    """
    now = in_force()
    hours = now.norms.of(service_request.urgency, service_request.category, on=timezone.localdate(at)).fix_hours
    by = now.calendar.add_working_days(at, NEW_DAY_WITHIN)
    if hours is None:
        return by
    return min(by, now.calendar.add_working_time(quiet_hours.earliest(at), timedelta(hours=hours) / OF_THE_TERM))


def admit(visit: Visit, service_request: ServiceRequest, *, by: User | None, at: datetime) -> Recovery | None:
    """Staff say that we missed this visit: what is done after a broken promise is done, whether the clock knew or not.

    Returns the recovery in which the tenant waits for a new day: the mail of the move says sorry, and what that
    promises. For a request that the caller has locked and settled.
    """
    if visit.outcome != Visit.Outcome.MISSED:
        return None
    if waits := _waiting(service_request).first():
        return waits
    recovery = Recovery.objects.filter(service_request=service_request, of=_of(visit)).first()
    if recovery is None:
        recovery = _begun(visit, service_request, by=by, at=at)
        recovery.save()
    elif recovery.settled_at is not None:  # somebody said before that the craftsman came
        recovery.settled_at, recovery.hear_by = None, hears_by(service_request, at=at)
        recovery.save(update_fields=["settled_at", "hear_by"])
    _carry_on(recovery, service_request, at=at)
    return recovery if recovery.waits else None


def imagine(
    service_request: ServiceRequest, left: Visit | None, *, new_day: bool, by: User | None, at: datetime
) -> Recovery | None:
    """The recovery in which the tenant would wait after a move that leaves this visit behind. Changes nothing.

    `service_request` is as it would be then, `new_day` whether the move gives one.
    """
    if new_day or not service_request.is_to_do:
        return None
    missed = left is not None and left.outcome == Visit.Outcome.MISSED
    waits = _waiting(service_request).first()
    if waits and left and waits.of == _of(left) and left.outcome in Visit.CAME:
        return None
    return waits or (_begun(left, service_request, by=by, at=at) if left and missed else None)


def hand_over(old: ServiceRequest, new: ServiceRequest, *, at: datetime) -> None:
    """What goes on as another request keeps the moment by which its tenants hear a new day, unless they have one there.

    For requests that the caller has locked; `new` is saved by them.
    """
    waits = _waiting(old).filter(hear_by__gt=at).first()
    if waits is None or new.visits.upcoming(at=at).exists():
        return
    if waits.why == Recovery.Why.BROKEN and new.fix_by > at:
        return
    assert new.next_word_at is not None
    new.next_word_at = min(new.next_word_at, waits.hear_by)
    _waiting(new).filter(hear_by__gt=waits.hear_by).update(hear_by=waits.hear_by)


def _begun(visit: Visit, service_request: ServiceRequest, *, by: User | None, at: datetime) -> Recovery:
    """Not saved."""
    return Recovery(
        service_request=service_request,
        why=Recovery.Why.VISIT_MISSED,
        of=_of(visit),
        promised=visit.window.upper,
        begun_at=at,
        contact=by,
        hear_by=hears_by(service_request, at=at),
    )


def _of(visit: Visit) -> str:
    return f"visit-{visit.pk}"


def _waiting(service_request: ServiceRequest) -> RecoveryQuerySet:
    return Recovery.objects.without_a_day().filter(service_request=service_request)


def _carry_on(recovery: Recovery, service_request: ServiceRequest, *, at: datetime) -> None:
    if recovery.dated_at is None and (new_day := _new_day(recovery, service_request, at=at)):
        recovery.new_day, recovery.dated_at = new_day, at
    if not service_request.is_to_do or _somebody_came(recovery, service_request):
        recovery.settled_at = at
    recovery.save(update_fields=["new_day", "dated_at", "settled_at"])
    if recovery.waits:
        assert service_request.next_word_at is not None
        service_request.needs_attention = True
        service_request.next_word_at = _no_later(service_request.next_word_at, recovery, at=at)
        service_request.save(update_fields=["needs_attention", "next_word_at"])


def _somebody_came(recovery: Recovery, service_request: ServiceRequest) -> bool:
    """It was written down later that the craftsman was there: the work began, or that visit is over."""
    if (visit := recovery.visit) is None:
        return False
    begun = service_request.status == Status.IN_PROGRESS and visit.outcome == Visit.Outcome.PLANNED
    return begun or visit.outcome in Visit.CAME


def no_later(service_request: ServiceRequest, word_at: datetime, *, at: datetime) -> datetime:
    """The next word, and by when the tenant was told to hear a new day: whichever comes first."""
    waits = _waiting(service_request).first()
    return _no_later(word_at, waits, at=at) if waits else word_at


def _no_later(word_at: datetime, recovery: Recovery, *, at: datetime) -> datetime:
    return min(word_at, recovery.hear_by) if at < recovery.hear_by else word_at


def _new_day(recovery: Recovery, service_request: ServiceRequest, *, at: datetime) -> datetime | None:
    """A visit to come, a promise that was moved since, or the day until which it is put off."""
    if not service_request.is_to_do:
        return None
    if visit := service_request.visits.upcoming(at=at).first():
        end: datetime = visit.window.upper
        return end
    moved = service_request.promise_moves.filter(at__gte=recovery.begun_at).exists()
    if moved and service_request.fix_by > at:
        return service_request.fix_by
    until = service_request.deferred_until
    return until if until is not None and until > at else None


@transaction.atomic
def give_gesture(recovery_id: int, *, by: User, at: datetime) -> Recovery:
    """Staff decide that the tenants get what the corporation has for this class; they are told.

    Raises Recovery.DoesNotExist, NoGesture and GestureDecided.
    """
    recovery = Recovery.objects.select_for_update(of=("self",)).select_related("service_request").get(pk=recovery_id)
    if recovery.gesture_at is not None:
        raise GestureDecided
    gesture = Gesture.objects.filter(urgency=recovery.service_request.urgency).first()
    if gesture is None:
        raise NoGesture
    recovery.gesture_nl, recovery.gesture_en = gesture.what_nl, gesture.what_en
    recovery.gesture_by, recovery.gesture_at = by, at
    recovery.save(update_fields=["gesture_nl", "gesture_en", "gesture_by", "gesture_at"])
    for message in notifications.gesture(recovery, at=at):
        outbox.post(message, at=at)
    return recovery
