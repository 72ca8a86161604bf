"""What staff do with a request: mostly what they should, sometimes late, and now and then they forget it.

What is forgotten or late is only found again because the follow-up raises it in the queue, or warns of it. What is
promised by the hour has somebody on duty, also in the evening and on Sunday: whoever promises that, has.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random

from django.utils import timezone

from tenants.models import User
from tenants.notifications.models import Channel
from tenants.notifications.outbox import channel_of

from .. import services, workflow
from ..models import Alarm, ServiceRequest, Visit
from ..promises import Urgency, add_working_days, in_force, next_working_moment
from ..services import Said
from ..workflow import TO_DO, Actor, Move, Outcome, Status, WaitingReason
from .clock import Clock
from .silence import PHONED

LATE, FORGOTTEN = 0.10, 0.06
AFTER_THE_PROMISE, PARTS = 0.10, 0.10
PUTS_OFF = 0.06  # what need not be done by the hour
PROMISES_LATER = 0.15  # each morning on which a promise is in danger
DECLINES = 0.3  # what nobody is left for
NOT_AT_HOME, MISSED, NOT_FINISHED = 0.05, 0.04, 0.08
SEES_THE_QUEUE = 0.6  # a day, for each request that is raised in it
FIRST_LOOK = {Urgency.ACUTE: 1, Urgency.RUSH: 2, Urgency.URGENT: 6, Urgency.NORMAL: 24, Urgency.PLANNABLE: 48}  # hours
CAUSE = "SLT"  # wear
HOUR = timedelta(hours=1)
ON_DUTY = (Urgency.ACUTE, Urgency.RUSH)
DUTY_HOURS = (time(7), time(20))  # of day in which a visit may begin; the last one ends at ten
REMINDED_BEFORE = 2  # working days before a visit, in which who reads letters is phoned
PUT_OFF_FOR = {  # why, how many days at least and at most, and what the tenant reads
    WaitingReason.WEATHER: (7, 40, "Bij dit weer kan het niet."),
    WaitingReason.QUOTE: (7, 30, "Er komt eerst een offerte."),
    WaitingReason.PLANNED_WORK: (30, 150, "Wij doen het met het onderhoud van het hele blok."),
    WaitingReason.SEASON: (30, 120, "Dit kan pas in een ander seizoen."),
}

Step = Callable[[ServiceRequest, datetime], None]


class Staff:
    """One planner, who plans acts on the clock for each request."""

    def __init__(self, clock: Clock, user: User, rng: Random) -> None:
        self._clock, self._user, self._rng = clock, user, rng
        self._busy: set[int] = set()  # requests about which somebody is going to do something
        self._phoned: set[int] = set()  # about these visits

    def receive(self, service_request: ServiceRequest) -> None:
        mean = FIRST_LOOK[Urgency(service_request.urgency)]
        self._soon(service_request.pk, self._hours(mean), self._plan)

    def answer_message(self, service_request_id: int) -> None:
        if self._rng.random() < 0.8:
            at = self._office(self._clock.at + self._hours(6))
            self._clock.plan(at, lambda now: self._write(service_request_id, now))

    def look_at_the_queue(self, at: datetime) -> None:
        """Each working morning: what was raised, or is late, and with which nobody is busy; and each warning."""
        alarms = Alarm.objects.standing()
        warned = set(alarms.values_list("service_request", flat=True))
        in_danger = set(alarms.filter(kind=Alarm.Kind.AT_RISK).values_list("service_request", flat=True))
        for one in ServiceRequest.objects.to_do().work_queue(at=at):
            if one.needs_attention:
                self._phone(one, at)
            raised = one.needs_attention or one.tenant_waits_for_reply or one.fix_by < at
            lies_there = one.pk in warned or (raised and one.pk not in self._busy)
            if one.pk in in_danger and self._rng.random() < PROMISES_LATER:
                self._promise_later(one, at)
            elif lies_there and self._rng.random() < SEES_THE_QUEUE:
                if one.tenant_waits_for_reply:
                    self._write(one.pk, at)
                self._soon(one.pk, self._hours(3), self._plan)

    def _phone(self, one: ServiceRequest, at: datetime) -> None:
        """Who gets letters gets no reminder of a visit, so it is raised: phone them, once for each visit."""
        visit = one.visits.upcoming(at=at).first()
        if (
            visit is None
            or visit.pk in self._phoned
            or at < in_force().calendar.opens_before(visit.window.lower, REMINDED_BEFORE)
        ):
            return
        reports = one.reports.told(at=at).select_related("tenant")
        if any(channel_of(report.tenant) == Channel.LETTER for report in reports):
            self._phoned.add(visit.pk)
            services.note(one.pk, by=self._user, body=PHONED, at=at)

    def _promise_later(self, one: ServiceRequest, at: datetime) -> None:
        """Before it is broken, with the reason; without a visit yet."""
        if one.urgency in ON_DUTY or one.fix_by <= at or one.visits.upcoming(at=at).exists():
            return
        later = add_working_days(one.fix_by, self._rng.randint(2, 8))
        services.move_promise(one.pk, to=later, reason="De vakman is ziek.", by=self._user, at=at)

    # --- one request -------------------------------------------------------------------------------------------------

    def _soon(self, pk: int, delay: timedelta, step: Step) -> None:
        """Do it after that delay, when somebody is at work; later than one should, or not at all."""
        chance = self._rng.random()
        if chance < FORGOTTEN:
            self._busy.discard(pk)
            return
        if chance < FORGOTTEN + LATE:
            delay += timedelta(days=self._rng.randint(2, 12))
        self._busy.add(pk)
        due = self._at_work(ServiceRequest.objects.get(pk=pk), self._clock.at + delay)
        self._clock.plan(due, lambda now: self._do(pk, step, now))

    def _do(self, pk: int, step: Step, at: datetime) -> None:
        self._busy.discard(pk)
        service_request = ServiceRequest.objects.get(pk=pk)
        if service_request.status in TO_DO:
            step(service_request, at)

    def _plan(self, one: ServiceRequest, at: datetime) -> None:
        if one.deferred_until is not None or one.visits.upcoming(at=at).exists():
            return
        if (first := self._reported_before(one)) is not None:
            services.merge(one, first, by=self._user, at=at)
        elif not one.reports.told(at=at).exists() and self._rng.random() < DECLINES:
            note = "Er woont niemand meer die het meldde."
            self._move(one, workflow.DECLINE, at, outcome=Outcome.DECLINED, note=note)
        elif one.urgency not in ON_DUTY and self._rng.random() < PUTS_OFF:
            self._put_off(one, at)
        elif one.status not in (Status.WAITING, Status.SCHEDULED) and self._rng.random() < PARTS:
            self._move(one, workflow.WAIT, at, waiting_reason=WaitingReason.PARTS)
            self._soon(one.pk, timedelta(days=self._rng.randint(2, 14)), self._schedule_unless_planned)
        elif one.status == Status.RECEIVED and self._rng.random() < 0.5:
            self._move(one, workflow.PLAN, at)
            self._soon(one.pk, self._hours(FIRST_LOOK[Urgency(one.urgency)]), self._schedule_unless_planned)
        else:
            self._schedule(one, at)

    @staticmethod
    def _reported_before(one: ServiceRequest) -> ServiceRequest | None:
        """The same household reported the same, and that is open, too; nobody counts on a visit for this one."""
        if one.visits.planned().exists():
            return None
        same = ServiceRequest.objects.to_do().filter(dwelling=one.dwelling_id, problem=one.problem).exclude(pk=one.pk)
        theirs = same.filter(dwelling__isnull=False, reports__tenant__in=one.reports.values("tenant"))
        return theirs.filter(first_fix_by__lte=one.first_fix_by).order_by("pk").first()

    def _put_off(self, one: ServiceRequest, at: datetime) -> None:
        """Until the office opens on that day, when it comes back by itself."""
        reason = self._rng.choice(list(PUT_OFF_FOR))
        least, most, note = PUT_OFF_FOR[reason]
        day = timezone.localdate(at) + timedelta(days=self._rng.randint(least, most))
        until = next_working_moment(timezone.make_aware(datetime.combine(day, time())))
        visit = self._of_the_visit_before(one, at)
        self._move(one, workflow.DEFER, at, waiting_reason=reason, until=until, note=note, visit=visit)

    def _schedule_unless_planned(self, one: ServiceRequest, at: datetime) -> None:
        """A colleague may have done it, after a warning, or have put it off."""
        if one.deferred_until is None and not one.visits.upcoming(at=at).exists():
            self._schedule(one, at)

    def _schedule(self, one: ServiceRequest, at: datetime, *, visit: str = "") -> None:
        start = self._window(one, at)
        window = (start, start + 2 * HOUR)
        note = "Eerder lukt niet: er is geen vakman vrij." if window[1] > one.fix_by else ""
        visit = visit or self._of_the_visit_before(one, at)
        self._move(one, workflow.SCHEDULE, at, window=window, craftsman="Carla", note=note, visit=visit)
        self._busy.add(one.pk)
        self._clock.plan(window[0], lambda now: self._do(one.pk, self._visit, now))

    @staticmethod
    def _of_the_visit_before(one: ServiceRequest, at: datetime) -> str:
        """Whoever plans anew finds out that nobody went."""
        before = one.visits.planned().first()
        missed = before is not None and before.window.upper <= at and one.status == Status.SCHEDULED
        return Visit.Outcome.MISSED if missed else ""

    def _window(self, one: ServiceRequest, at: datetime) -> datetime:
        """Before the promised day if that can be, and seldom after it; if not, within a few working days."""
        first = at + HOUR
        last = one.fix_by - 2 * HOUR
        if last <= first:
            last = add_working_days(first, 1 if one.urgency in ON_DUTY else self._rng.randint(1, 3))
        elif self._rng.random() < AFTER_THE_PROMISE:
            last = add_working_days(last, self._rng.randint(1, 8))
        return self._at_work(one, first + (last - first) * self._rng.random())

    def _visit(self, one: ServiceRequest, at: datetime) -> None:
        visit = one.visits.planned().first()
        if visit is None or visit.window.lower > at:
            return
        chance = self._rng.random()
        if chance < MISSED:
            return  # and nobody notices
        if chance < MISSED + NOT_AT_HOME:
            self._schedule(one, at, visit=Visit.Outcome.NO_ACCESS)
            return
        self._move(one, workflow.START, at)
        self._busy.add(one.pk)
        finishes = chance > MISSED + NOT_AT_HOME + NOT_FINISHED
        step = self._finish if finishes else self._plan
        self._clock.plan(visit.window.upper, lambda now: self._do(one.pk, step, now))

    def _finish(self, one: ServiceRequest, at: datetime) -> None:
        if one.status == Status.IN_PROGRESS:
            self._move(one, workflow.FINISH, at, cause=CAUSE)

    def _write(self, pk: int, at: datetime) -> None:
        one = ServiceRequest.objects.get(pk=pk)
        if not one.tenant_waits_for_reply:
            return
        if one.reports.told(at=at).exists():
            body = f"Gelezen op {timezone.localtime(at):%d-%m om %H:%M}. Wij nemen het mee."
            services.write_to_tenants(pk, by=self._user, body=body, at=at)
        else:  # who wrote moved out
            services.settle_message(pk, by=self._user, at=at, seen=one.version)

    def _move(self, one: ServiceRequest, move: Move, at: datetime, **said: object) -> None:
        services.make_move(one.pk, move, actor=Actor.STAFF, by=self._user, at=at, said=Said(**said))  # type: ignore[arg-type]  # names of Said's own fields

    def _hours(self, mean: float) -> timedelta:
        return timedelta(hours=min(self._rng.expovariate(1 / mean), 5 * mean))

    def _at_work(self, one: ServiceRequest, at: datetime) -> datetime:
        """The first moment from then on at which somebody does something about it."""
        if one.urgency not in ON_DUTY:
            return self._office(at)
        local, (opens, closes) = timezone.localtime(at), DUTY_HOURS
        if opens <= local.time() < closes:
            return at
        day = local.date() + timedelta(days=local.time() >= closes)
        return timezone.make_aware(datetime.combine(day, opens)) + timedelta(minutes=self._rng.randint(0, 40))

    def _office(self, at: datetime) -> datetime:
        return next_working_moment(timezone.localtime(at)) + timedelta(minutes=self._rng.randint(0, 40))
