"""After a broken promise: alarms that are not true any more are settled, a new day is written down, and a gesture."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from tenants.models import User
from tenants.notifications import outbox

from .. import notifications
from ..models import Alarm, Gesture, Recovery, ServiceRequest, Visit
from ..promises import Facts, VisitFacts, in_force, standing
from ..workflow import TO_DO

__all__ = ["GestureDecided", "NoGesture", "admit", "facts_of", "give_gesture", "settle"]


class NoGesture(Exception):
    """The corporation gives nothing for this class."""


class GestureDecided(Exception):
    """Somebody was first; nothing was done."""


def facts_of(service_request: ServiceRequest) -> Facts:
    """What its promise stands on, as it is in the database now."""
    visit = service_request.visits.planned().first()
    moved = service_request.promise_moves.order_by("-pk").first()
    return Facts(
        status=service_request.status,
        received_at=service_request.received_at,
        first_fix_by=service_request.first_fix_by,
        promised_at=moved.at if moved else service_request.received_at,
        fix_by=service_request.fix_by,
        visit=VisitFacts(visit.pk, visit.window.upper) if visit else None,
        statutory_since=service_request.statutory_since,
        deferred_until=service_request.deferred_until,
    )


def settle(service_request: ServiceRequest, *, at: datetime) -> None:
    """What somebody did may end alarms and carry on a recovery; for a request that the caller has locked.

    As long as there is no new day, the tenant hears something by the moment that the apology named.
    """
    alarms = list(Alarm.objects.standing().filter(service_request=service_request))
    recoveries = list(Recovery.objects.running().filter(service_request=service_request))
    if alarms:
        true = standing(facts_of(service_request), calendar=in_force().calendar, at=at).true
        over = [alarm.pk for alarm in alarms if (alarm.kind, alarm.of) not in true]
        Alarm.objects.filter(pk__in=over).update(settled_at=at, rises_at=None)
    for recovery in recoveries:
        _carry_on(recovery, service_request, at=at)


def admit(visit: Visit, *, new_day: datetime, by: User | None, at: datetime) -> None:
    """With a new visit staff say that we missed this one, before the clock finds out: the mail of the new one says
    sorry, and what is done after a broken promise is done here, too. For a request that the caller has locked.
    """
    if visit.outcome != Visit.Outcome.MISSED:
        return
    Recovery.objects.get_or_create(
        service_request=visit.service_request,
        of=f"visit-{visit.pk}",
        defaults={
            "why": Recovery.Why.VISIT_MISSED,
            "promised": visit.window.upper,
            "begun_at": at,
            "contact": by,
            "hear_by": new_day,
            "new_day": new_day,
            "dated_at": at,
        },
    )


def _carry_on(recovery: Recovery, service_request: ServiceRequest, *, at: datetime) -> None:
    if recovery.dated_at is None and (new_day := _new_day(recovery, service_request, at=at)):
        recovery.new_day, recovery.dated_at = new_day, at
    if service_request.status not in TO_DO:
        recovery.settled_at = at
    recovery.save(update_fields=["new_day", "dated_at", "settled_at"])
    waits = recovery.dated_at is None and recovery.settled_at is None
    heard_later = service_request.next_word_at is not None and at < recovery.hear_by < service_request.next_word_at
    if waits and heard_later:
        service_request.next_word_at = recovery.hear_by
        service_request.save(update_fields=["next_word_at"])


def _new_day(recovery: Recovery, service_request: ServiceRequest, *, at: datetime) -> datetime | None:
    """A visit to come, or a promise that was moved since."""
    if service_request.status not in TO_DO:
        return None
    if visit := service_request.visits.upcoming(at=at).first():
        end: datetime = visit.window.upper
        return end
    moved = service_request.promise_moves.filter(at__gte=recovery.begun_at).exists()
    return service_request.fix_by if moved and service_request.fix_by > at else None


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
