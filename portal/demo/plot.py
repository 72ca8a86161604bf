"""What happens to a request from its receipt until it is closed: steps drawn by chance, played until today.

A plot is written to the end at once, so that the same seed tells the same story; `play` stops where the future
begins, and leaves an open request as it would stand today.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random

from requests import workflow
from requests.intake.catalogue import Problem
from requests.intake.payer import Payer
from requests.models import Verdict, Visit
from requests.promises import Urgency
from requests.services import Said
from requests.workflow import Actor, Move, Outcome, WaitingReason
from tenants.models import User

from . import chances, clockwork, opinions
from .case import Case
from .chances import PHONE, PORTAL
from .clockwork import Window, at_the_office, hours, minutes
from .crew import Crew
from .marks import Experience
from .opinions import Step, Voice
from .speech import Theme, craftsman, line

LATE = {"A": 0.01, "S": 0.02, "U": 0.05, "N": 0.08, "P": 0.09}  # of what goes as it should
MISSED, NO_ACCESS, CALLBACK, WAITS_FIRST = 0.02, 0.06, 0.05, 0.06
ENDINGS = {"": 0.93, "withdrawn": 0.03, "declined": 0.015, "duplicate": 0.015, "forwarded": 0.01}
TENANT_JOB = 0.2  # of what the tenant should do and yet reports; the others are helped all the same
WAITING_FOR = {
    "roof_facade": WaitingReason.WEATHER,
    "doors_windows": WaitingReason.CONTRACTOR,
    "communal": WaitingReason.OWNERS_ASSOCIATION,
    "damp": WaitingReason.QUOTE,
    "interior": WaitingReason.QUOTE,
}
CAUSES = {"SLT": 60, "OUD": 20, "SOP": 8, "BEW": 7, "WAT": 5}


@dataclass(frozen=True)
class Scene:
    """What a plot needs to know: the problem, how well the complex is kept, who works there."""

    problem: Problem
    theme: Theme
    care: float
    mean_visits: float
    crew: Crew
    voices: tuple[Voice, ...]  # who reports it; the first one began


@dataclass
class Plot:
    """Writes the steps of one case. `now` is the end of what is written so far."""

    case: Case
    scene: Scene
    rng: Random
    steps: list[Step] = field(default_factory=list)
    went: list[str] = field(default_factory=list)  # what became of the visits
    callback: bool = False

    def __post_init__(self) -> None:
        self.now = self.case.row.received_at
        self.planner: User = self.scene.crew.planner(self.rng)
        self.craftsman, self.own = craftsman(self.scene.problem.trade, self.rng)
        self.language = self.case.reports[0].tenant.language
        self.rush = self.scene.problem.urgency in (Urgency.ACUTE, Urgency.RUSH)

    def write(self) -> list[Step]:
        ending = self._ending()
        self._take_up()
        if ending:
            self._end(ending)
        else:
            self._repair(target=self._target(), visits=self._visits())
            self._neighbours()
            self._talk()
            self._ask()
        return self.steps

    def _ending(self) -> str:
        if self.case.row.payer == Payer.TENANT and self.rng.random() < TENANT_JOB:
            return Outcome.TENANT_JOB
        return "" if self.rush else chances.pick(ENDINGS, self.rng)

    def _take_up(self) -> None:
        """Staff look at it; what cannot wait goes straight to a craftsman."""
        if self.rush:
            self.now += minutes(4, 35, self.rng)
            return
        self._wait(hours(7, self.rng))
        if self.rng.random() < 0.7:
            note = line("moves", "review", language=self.language, rng=self.rng) if self.rng.random() < 0.5 else ""
            self._staff(workflow.REVIEW, Said(note=note))
        if self.rng.random() < 0.75:
            self._do(self.now, lambda at: self.case.assign(self.planner, by=self.planner, at=at))
        if self.rng.random() < 0.55:
            self._wait(hours(12, self.rng))
            note = line("moves", "plan", language=self.language, rng=self.rng) if self.rng.random() < 0.5 else ""
            self._staff(workflow.PLAN, Said(note=note))

    def _end(self, ending: str) -> None:
        """It ends without a repair."""
        self._wait(hours(12, self.rng))
        if ending == Outcome.WITHDRAWN:
            reporter = self.case.reports[0].tenant
            self._do(
                self.now,
                lambda at: self.case.move(workflow.WITHDRAW, actor=Actor.TENANT, by=reporter.user, at=at),
            )
        else:
            note = line("moves", ending, language=self.language, rng=self.rng)
            self._staff(workflow.DECLINE, Said(note=note, outcome=ending))

    def _target(self) -> datetime:
        """When it will be ready, if all goes well."""
        row = self.case.row
        share_late = min(0.4, LATE[row.urgency] / self.scene.care**2)
        return row.received_at + chances.lateness(share_late, self.rng) * (row.first_fix_by - row.received_at)

    def _visits(self) -> list[str]:
        """What becomes of each visit; the last one is done."""
        if self.case.row.urgency == Urgency.ACUTE:
            return [Visit.Outcome.DONE]  # made safe; what remains is a request of its own
        mean = 1 + (self.scene.mean_visits - 1) / self.scene.care * (0.35 if self.rush else 1)
        extra: list[str] = [Visit.Outcome.NOT_FINISHED] * (chances.visits(mean, self.rng) - 1)
        if self.rng.random() < NO_ACCESS * (0.5 if self.rush else 1):
            extra.insert(0, Visit.Outcome.NO_ACCESS)
        if self.rng.random() < MISSED / self.scene.care:
            extra.insert(0, Visit.Outcome.MISSED)
        return [*extra, Visit.Outcome.DONE]

    def _repair(self, *, target: datetime, visits: list[str]) -> None:
        if self.rng.random() < WAITS_FIRST and not self.rush:
            self._wait_for(WAITING_FOR.get(self.scene.problem.category, WaitingReason.PARTS))
        self.went += visits
        begin = self.now
        for number, outcome in enumerate(visits, 1):
            share = number / len(visits)
            window = self._window(begin + share * (target - begin))
            last = visits[number - 2] if number > 1 else ""
            self._schedule(window, left=last if last == Visit.Outcome.MISSED else "")
            self._visit(window, outcome)

    def _window(self, target: datetime) -> Window:
        row = self.case.row
        if row.urgency == Urgency.ACUTE:
            return self.now, self.now + timedelta(hours=2)
        in_time = row.first_fix_by if target <= row.first_fix_by else None
        if self.rush:
            return clockwork.window_soon(target, after=self.now + timedelta(minutes=20), until=in_time)
        return clockwork.window_near(target, after=self.now + timedelta(hours=2), until=in_time)

    def _schedule(self, window: Window, *, left: str = "") -> None:
        """Plan the visit; well before it begins. `left` is what became of the visit before, if nobody said."""
        if not self.rush:
            pause = min(hours(18, self.rng), (window[0] - self.now) * 0.6)
            self.now = min(at_the_office(self.now + pause, self.rng), window[0] - timedelta(minutes=30))
        reason = line("promise_moves", language=self.language, rng=self.rng)

        def plan(at: datetime) -> None:
            note = reason if window[1] > self.case.row.fix_by else ""
            said = Said(window=window, craftsman=self.craftsman, note=note, visit=left)
            self.case.move(workflow.SCHEDULE, actor=Actor.STAFF, by=self.planner, at=at, said=said)

        self._do(self.now, plan)

    def _visit(self, window: Window, outcome: str) -> None:
        """The craftsman comes, or not; `now` is afterwards."""
        arrival = window[0] + (window[1] - window[0]) * self.rng.uniform(0.02, 0.6)
        leaving = min(arrival + minutes(20, 75, self.rng), window[1] - timedelta(minutes=1))
        self.now = leaving
        if outcome == Visit.Outcome.MISSED:
            self.now = window[1] + minutes(15, 60, self.rng)
        elif outcome == Visit.Outcome.NO_ACCESS:
            note = line("moves", "waiting_tenant", language=self.language, rng=self.rng)
            said = Said(waiting_reason=WaitingReason.TENANT, note=note, visit=outcome)
            self._staff(workflow.WAIT, said)
            self._wait(hours(10, self.rng))
        elif outcome == Visit.Outcome.NOT_FINISHED:
            self._start(arrival)
            self._wait_for(WaitingReason.PARTS)
        else:
            if self.rng.random() < 0.8:
                self._start(arrival)
            self._finish()

    def _start(self, arrival: datetime) -> None:
        self._do(arrival, lambda at: self.case.move(workflow.START, actor=Actor.STAFF, by=self.planner, at=at))

    def _finish(self) -> None:
        note = self.rng.choice(self.scene.theme.done)
        cause = chances.pick(CAUSES, self.rng)
        self._staff(workflow.FINISH, Said(note=note, cause=cause))

    def _wait_for(self, reason: str) -> None:
        note = line("moves", f"waiting_{reason}", language=self.language, rng=self.rng)
        self._staff(workflow.WAIT, Said(waiting_reason=reason, note=note))
        row = self.case.row
        self._wait((row.first_fix_by - row.received_at) * self.rng.uniform(0.1, 0.3))

    def _talk(self) -> None:
        """Some people ask something on the way, and staff note things for themselves."""
        received, reporter = self.case.row.received_at, self.case.reports[0].tenant
        if reporter.user and self.rng.random() < 0.22 and not self.rush:
            question, answer = line("exchanges", language=self.language, rng=self.rng)
            asked = received + (self.now - received) * self.rng.uniform(0.15, 0.7)
            answered = at_the_office(asked + hours(4, self.rng), self.rng)
            self._do(asked, lambda at: self.case.write_to_staff(reporter, question, at=at))
            if answered < self.now:
                self._do(answered, lambda at: self.case.write_to_tenants(self.planner, answer, at=at))
        if self.rng.random() < 0.2:
            noted = received + (self.now - received) * self.rng.uniform(0.1, 0.9)
            body = line("notes", rng=self.rng)
            self._do(noted, lambda at: self.case.note(self.planner, body, at=at))

    def _neighbours(self) -> None:
        """Others report the same thing while it is being repaired."""
        received, voices = self.case.row.received_at, self.scene.voices[1:]
        moments = sorted(received + (self.now - received) * self.rng.uniform(0.02, 0.6) for _ in voices)
        for at, voice in zip(moments, voices, strict=True):
            self._do(at, partial(self._join, voice))

    def _join(self, voice: Voice, at: datetime) -> None:
        source = PORTAL if voice.tenancy.tenant.user else PHONE
        self.case.report(voice.tenancy, voice.text, at=at, source=source)

    def _ask(self) -> None:
        """Is it solved, and which mark? Who says it is not gets the craftsman back once."""
        damp = self.scene.problem.category == "damp"
        first_word = self.steps[0][0]
        self.callback = self.rng.random() < CALLBACK / self.scene.care * (1.6 if damp else 1)
        if self.callback:
            self._not_solved()
        for number, voice in enumerate(self.scene.voices):
            born = voice.tenancy.tenant.birth_year or 1975
            experience = Experience(
                over_norm=self.now > self.case.row.first_fix_by,
                extra_visits=len(self.went) - 1 - self.callback,
                missed_visits=self.went.count(Visit.Outcome.MISSED),
                callback=self.callback,
                without_word=first_word > self.case.row.answer_by,
                damp=damp,
                own_craftsman=self.own,
                senior=self.now.year - born >= opinions.SENIOR,
            )
            self.steps += opinions.steps(
                self.case, number, voice, experience, done=self.now, round=1 + self.callback, rng=self.rng
            )

    def _not_solved(self) -> None:
        report, words = self.case.reports[0], line("not_solved", language=self.language, rng=self.rng)
        self.now += timedelta(hours=self.rng.uniform(2, 120))

        def say_no(at: datetime) -> None:
            if report.tenant.user:
                self.case.answer(report, Verdict.Answer.NOT_SOLVED, words, at=at)
            else:
                self.case.move(workflow.REOPEN, actor=Actor.STAFF, by=self.planner, at=at, said=Said(note=words))

        self._do(self.now, say_no)
        self._wait(hours(3, self.rng))
        self._repair(target=self.now + timedelta(days=self.rng.uniform(1, 6)), visits=[Visit.Outcome.DONE])

    def _staff(self, move: Move, said: Said) -> None:
        self._do(self.now, lambda at: self.case.move(move, actor=Actor.STAFF, by=self.planner, at=at, said=said))

    def _wait(self, pause: timedelta) -> None:
        """Go on after `pause`: when the office is open, unless it cannot wait."""
        self.now += pause
        if not self.rush:
            self.now = at_the_office(self.now, self.rng)

    def _do(self, at: datetime, step: Callable[[datetime], None]) -> None:
        self.steps.append((at, lambda: step(at)))


def play(case: Case, steps: list[Step], *, until: datetime) -> None:
    """Do what was to happen up to `until`, and let the clock do the rest."""
    for at, step in sorted(steps, key=lambda step: step[0]):
        if at > until:
            break
        step()
    case.wait_until(until)
