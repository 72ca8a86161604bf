"""Play so many days: things break, people report them, answer and write, and staff do what they do."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime, time, timedelta
from random import Random

from django.utils import timezone

from dwellings.models import CommunalArea, Tenancy

from .. import letters, services
from ..intake.catalogue import Problem
from ..models import Report, ServiceRequest, Source, Verdict
from ..promises import next_working_moment
from ..services.taking_in import Intake
from ..workflow import TO_DO, Status
from .clock import Clock
from .neighbourhood import Neighbourhood, move_in
from .staff import Staff

REPORTS_A_YEAR = 2.0  # per home
LIFT_FAULTS = 0.03  # of what is reported; neighbours report those, too
TWICE = 0.03  # of what is reported: the same household reports it again, and staff merge the two
MOVES_OUT = 0.05  # of who reported, within LEAVES_WITHIN days, if it is still open then
LEAVES_WITHIN = 30
WRITES, ANSWERS, SAYS_NO, MARKS = 0.2, 0.6, 0.12, 0.5
DAY = timedelta(days=1)

Progress = Callable[[int, int], None]  # days played, of how many


class Year:
    """The people and what they do; chance alone decides."""

    def __init__(self, *, start: datetime, dwellings: int, seed: int) -> None:
        self._rng = Random(f"{seed}/people")
        self.clock = Clock(start)
        self._around: Neighbourhood = move_in(dwellings, Random(f"{seed}/neighbourhood"))
        self._staff = Staff(self.clock, self._around.staff, Random(f"{seed}/staff"))
        self._asked: set[tuple[int, int]] = set()  # reports, and the round in which they were asked

    def play_day(self, day: datetime) -> None:
        for _ in range(self._how_many()):
            self.clock.plan(day + timedelta(seconds=self._rng.randrange(86_400)), self._report)
        if (opens := next_working_moment(day + timedelta(hours=6))) < day + DAY:
            self.clock.plan(opens, self._morning)
        self.clock.run(day + DAY)
        self._who_is_asked()

    def _how_many(self) -> int:
        """About as often as things break: each home by itself."""
        return sum(self._rng.random() < REPORTS_A_YEAR / 365 for _ in self._around.tenancies)

    def _morning(self, at: datetime) -> None:
        """Each working day: staff look at the queue, and print what goes by post."""
        self._staff.look_at_the_queue(at)
        while waiting := letters.to_print(at=at):
            letters.print_letters([one.pk for envelope in waiting for one in envelope.letters], at=at)

    def _report(self, at: datetime) -> None:
        tenancy = self._rng.choice(self._around.tenancies)
        if self._rng.random() < LIFT_FAULTS:
            self._report_lift(tenancy, at)
        else:
            intake = self._intake(tenancy, self._rng.choice(self._around.at_home))
            self._take_in(intake, at)
            if self._rng.random() < TWICE:
                self.clock.plan(at + DAY * 4 * self._rng.random(), lambda now: self._report_again(intake, now))

    def _report_again(self, intake: Intake, at: datetime) -> None:
        if intake.tenancy in self._around.tenancies:
            self._take_in(intake, at)

    def _report_lift(self, tenancy: Tenancy, at: datetime) -> None:
        """The first opens the case; the others join it."""
        area, joins = self._around.areas[tenancy.dwelling.complex_id], None
        for who in [tenancy, *self._rng.sample(self._around.neighbours(tenancy), 2)]:
            joins = self._take_in(self._intake(who, self._around.lift, area), at, joins=joins)

    def _intake(self, tenancy: Tenancy, problem: Problem, area: CommunalArea | None = None) -> Intake:
        """On the portal by whoever has an account, by telephone by the others."""
        by_phone = tenancy.tenant.user_id is None
        return Intake(
            tenancy=tenancy,
            problem=problem,
            area=area,
            text="Het is stuk.",
            source=Source.PHONE if by_phone else Source.PORTAL,
            by=self._around.staff if by_phone else None,
        )

    def _take_in(self, intake: Intake, at: datetime, *, joins: ServiceRequest | None = None) -> ServiceRequest:
        report = services.take_down(intake, key=uuid.UUID(int=self._rng.getrandbits(128)), at=at, joins=joins)
        case = ServiceRequest.objects.get(pk=report.service_request_id)
        if joins is None:
            self._staff.receive(case)
        if self._rng.random() < WRITES:
            self.clock.plan(at + DAY * 9 * self._rng.random(), lambda now: self._write(report, now))
        if self._rng.random() < MOVES_OUT:
            day = timezone.localdate(at) + timedelta(days=self._rng.randint(1, LEAVES_WITHIN))
            midnight = timezone.make_aware(datetime.combine(day, time()))
            self.clock.plan(midnight, lambda now: self._move_out(report, now))
        return case

    def _move_out(self, report: Report, at: datetime) -> None:
        """The contract ends while it is open; the next household knows nothing of it."""
        report.refresh_from_db()
        if report.service_request.is_open and report.tenancy in self._around.tenancies:
            self._around.change_hands(report.tenancy, on=timezone.localdate(at), rng=self._rng)

    def _write(self, report: Report, at: datetime) -> None:
        report.refresh_from_db()
        if report.service_request.status in TO_DO and _lives_there(report.pk, at):
            services.write_to_staff(report.service_request_id, tenant=report.tenant, body="Hoe staat het ermee?", at=at)
            self._staff.answer_message(report.service_request_id)

    # --- is it solved? -----------------------------------------------------------------------------------------------

    def _who_is_asked(self) -> None:
        """Everybody decides once for each question whether they answer, when, and what."""
        asked = Verdict.objects.filter(answer="", report__service_request__status=Status.DONE)
        for report_id, round in asked.order_by("pk").values_list("report_id", "round"):
            if (report_id, round) not in self._asked:
                self._asked.add((report_id, round))
                if self._rng.random() < ANSWERS:
                    self._plan_answer(report_id, round)

    def _plan_answer(self, report_id: int, round: int) -> None:
        after = DAY * 10 * self._rng.random()
        self.clock.plan(self.clock.at + after, lambda at: self._answer(report_id, round, at))

    def _answer(self, report_id: int, round: int, at: datetime) -> None:
        case = ServiceRequest.objects.get(reports=report_id)
        if case.status != Status.DONE or case.times_done != round:
            return  # a neighbour was first
        if not _lives_there(report_id, at):
            return
        solved = self._rng.random() > SAYS_NO
        answer = Verdict.Answer.SOLVED if solved else Verdict.Answer.NOT_SOLVED
        services.answer_verdict(
            report_id, round=round, answer=answer, words="" if solved else "Nog stuk.", by=None, at=at
        )
        if solved and self._rng.random() < MARKS:
            services.give_mark(report_id, mark=self._rng.randint(5, 10), at=at)
        if not solved:
            self._staff.receive(case)


def _lives_there(report_id: int, at: datetime) -> bool:
    return Report.objects.told(at=at).filter(pk=report_id).exists()


def play(*, start: datetime, days: int, dwellings: int, seed: int, progress: Progress) -> datetime:
    """Play it in the present database, which must be empty; returns when it ends."""
    year = Year(start=start, dwellings=dwellings, seed=seed)
    for day in range(days):
        year.play_day(start + day * DAY)
        progress(day + 1, days)
    return year.clock.at
