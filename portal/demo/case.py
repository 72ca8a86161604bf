"""One request with all its rows, written in memory by the same rules by which `requests.services` writes them.

Services write one row at a time and tell people; that is too slow, and too much, for two years of history. The
tests replay histories through the services and compare.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from dwellings.models import CommunalArea, Dwelling, Tenancy
from requests import notifications, workflow
from requests.intake.catalogue import Problem
from requests.intake.payer import Payer
from requests.models import (
    Attachment,
    Message,
    Objection,
    PromiseMove,
    Report,
    ServiceRequest,
    StatusChange,
    Survey,
    Verdict,
    Visit,
)
from requests.promises import add_working_days
from requests.services import Said
from requests.services.conversation import REPLY_WITHIN
from requests.services.moves import next_word
from requests.workflow import TO_DO, Actor, Move, Status, WaitingReason
from tenants.models import Notification, Tenant, User

from .receipt import received

NOTHING = Said()


@dataclass
class Case:
    """Steps must come in order of time; what the workflow forbids raises MoveNotAllowed."""

    row: ServiceRequest
    reports: list[Report] = field(default_factory=list)
    history: list[StatusChange] = field(default_factory=list)
    promise_moves: list[PromiseMove] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    surveys: list[Survey] = field(default_factory=list)
    photos: list[Attachment] = field(default_factory=list)
    objections: list[Objection] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    repeats: Case | None = None  # we were here before for this one

    @classmethod
    def receive(
        cls,
        problem: Problem,
        place: Dwelling | CommunalArea,
        tenancy: Tenancy,
        text: str,
        *,
        at: datetime,
        source: str,
        by: User | None,
        covers: Collection[str] = (),
        objection: str = "",
    ) -> Case:
        """A household reports something; `by` is who wrote it down when they did not do so themselves.

        `covers` is what they pay for every month, `objection` says why they do not agree that they pay.
        """
        case = cls(received(problem, place, at=at, source=source, covers=covers))
        report = case.report(tenancy, text, at=at, source=source)
        if objection:
            row, words = case.row, objection
            row.status, row.needs_attention = Status.IN_REVIEW, True
            doubt = Objection(service_request=row, report=report, rule=row.payer_rule, words=words, at=at)
            case.objections.append(doubt)
        actor = Actor.STAFF if by else Actor.TENANT
        case._record(StatusChange.RECEIPT, "", actor=actor, by=by or tenancy.tenant.user, at=at)
        return case

    def report(self, tenancy: Tenancy, text: str, *, at: datetime, source: str) -> Report:
        """One more household reports the same thing."""
        report = Report(
            service_request=self.row, tenant=tenancy.tenant, tenancy=tenancy, text=text, source=source, at=at
        )
        self.reports.append(report)
        return report

    def move(self, move: Move, *, actor: Actor, by: User | None, at: datetime, said: Said = NOTHING) -> None:
        self.wait_until(at)
        self._move(move, actor=actor, by=by, at=at, said=said)

    def _move(self, move: Move, *, actor: Actor, by: User | None, at: datetime, said: Said) -> None:
        workflow.check(move, status=self.row.status, actor=actor)
        old_status = self.row.status
        self._settle_visit(move, said, at=at)
        if move.target == Status.SCHEDULED:
            self._plan_visit(said, actor=actor, by=by, at=at)
        self._change(move, said, actor=actor, at=at)
        self._record(move.name, old_status, actor=actor, by=by, at=at, note=said.note)
        if move.target == Status.DONE:
            self._ask(at=at)

    def wait_until(self, at: datetime) -> None:
        """What the clock does by itself: say that we still have it, ask once more, close without an answer."""
        while self.row.next_word_at is not None and self.row.next_word_at <= at:
            due = self.row.next_word_at
            undecided = [v for v in self._round() if v.answer in ("", Verdict.Answer.DONT_KNOW)]
            if self.row.status != Status.DONE or self.row.tenant_waits_for_reply:
                self._hold(at=due)
            elif any(verdict.reminded_at is None for verdict in undecided):
                self._remind(at=due)
            else:
                self._move(workflow.LAPSE, actor=Actor.CLOCK, by=None, at=due, said=Said())

    def _hold(self, *, at: datetime) -> None:
        planned = self._planned()
        to_come = planned if planned and planned.window.upper > at else None
        self.row.words_given += 1
        self.row.needs_attention |= to_come is None or self.row.tenant_waits_for_reply
        self.row.next_word_at = next_word(self.row, visit_ends=to_come.window.upper if to_come else None, at=at)
        self.row.version += 1

    def _remind(self, *, at: datetime) -> None:
        for verdict in self._round():
            if verdict.answer in ("", Verdict.Answer.DONT_KNOW) and verdict.reminded_at is None:
                verdict.reminded_at = at
        self.row.next_word_at = self._closes_at(at=at)
        self.row.version += 1

    def _closes_at(self, *, at: datetime) -> datetime:
        assert self.row.done_at
        return max(self.row.done_at + settings.ANSWER_WINDOW, at + settings.ANSWER_WINDOW - settings.REMIND_AFTER)

    def _planned(self) -> Visit | None:
        return next((visit for visit in self.visits if visit.outcome == Visit.Outcome.PLANNED), None)

    def write_to_staff(self, tenant: Tenant, body: str, *, at: datetime) -> None:
        self.wait_until(at)
        self.messages.append(Message(service_request=self.row, tenant=tenant, body=body, at=at))
        raised = self.row.needs_attention
        if self.row.waiting_reason == WaitingReason.TENANT:
            self._move(workflow.ANSWER, actor=Actor.TENANT, by=tenant.user, at=at, said=NOTHING)
        self.row.needs_attention = raised
        self.row.tenant_waits_for_reply = True
        if self.row.next_word_at:
            reply_by, visit = add_working_days(at, REPLY_WITHIN), self._planned()
            if visit and visit.window.upper > at:
                reply_by = min(reply_by, max(visit.window.lower, at))
            self.row.next_word_at = min(self.row.next_word_at, reply_by)
        self.row.version += 1

    def write_to_tenants(self, by: User, body: str, *, at: datetime) -> None:
        self.wait_until(at)
        self.messages.append(Message(service_request=self.row, by=by, body=body, at=at))
        self.row.tenant_waits_for_reply = False
        self._count_as_news(at=at)

    def decide(self, upheld: bool, answer: str, *, by: User, at: datetime) -> None:
        """Somebody looked again at who pays; nobody had asked anything else."""
        self.wait_until(at)
        (objection,) = self.objections
        objection.upheld, objection.answer, objection.decided_at, objection.decided_by = upheld, answer, at, by
        if upheld:
            self.row.payer, self.row.payer_rule = Payer.CORPORATION, "objection"
            self.row.statutory_since = self.row.received_at
        self.row.watch_at = at
        self._count_as_news(at=at)

    def _count_as_news(self, *, at: datetime) -> None:
        row = self.row
        row.answered_at = row.answered_at or at
        row.needs_attention = False
        row.words_given = 0
        if row.status == Status.DONE:
            row.next_word_at = next_word(row, visit_ends=None, at=at)
        elif row.status in TO_DO:
            planned = self._planned()
            word_at = next_word(row, visit_ends=planned.window.upper if planned else None, at=at)
            row.next_word_at = max(filter(None, (row.next_word_at, word_at)))
        row.version += 1

    def note(self, by: User, body: str, *, at: datetime) -> None:
        self.messages.append(Message(service_request=self.row, by=by, internal=True, body=body, at=at))

    def answer(self, report: Report, answer: str, words: str = "", *, at: datetime) -> None:
        """Is it solved? "Not solved" reopens at once, the last "solved" closes."""
        self.wait_until(at)
        verdict = next(verdict for verdict in self._round() if verdict.report is report)
        verdict.answer, verdict.words, verdict.answered_at = answer, words, at
        by = report.tenant.user
        if answer == Verdict.Answer.NOT_SOLVED:
            self.move(workflow.REOPEN, actor=Actor.TENANT, by=by, at=at, said=Said(note=words))
        elif all(verdict.answer == Verdict.Answer.SOLVED for verdict in self._round()):
            self.move(workflow.CONFIRM, actor=Actor.TENANT, by=by, at=at)

    def assign(self, to: User, *, by: User, at: datetime) -> None:
        self.wait_until(at)
        self.row.assignee = to
        self.row.version += 1
        self.note(by, f"→ {to}", at=at)

    def mark(self, report: Report, mark: int, reason: str = "", *, at: datetime) -> None:
        survey = next(survey for survey in self.surveys if survey.report is report)
        survey.mark, survey.reason, survey.answered_at = mark, reason, at

    def _round(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.round == self.row.times_done]

    def _record(
        self, move: str, old_status: str, *, actor: Actor, by: User | None, at: datetime, note: str = ""
    ) -> None:
        self.history.append(
            StatusChange(
                service_request=self.row,
                move=move,
                old_status=old_status,
                new_status=self.row.status,
                waiting_reason=self.row.waiting_reason,
                outcome=self.row.outcome,
                actor=actor,
                by=by,
                at=at,
                until=self.row.deferred_until,
                note=note,
            )
        )

    def _settle_visit(self, move: Move, said: Said, *, at: datetime) -> None:
        if move is workflow.START or not (planned := [v for v in self.visits if v.outcome == Visit.Outcome.PLANNED]):
            return
        visit = planned[0]
        if move is workflow.FINISH:
            outcome = Visit.Outcome.DONE
        elif move is workflow.WITHDRAW:
            outcome = Visit.Outcome.CANCELLED
        elif at >= visit.window.lower:
            outcome = Visit.Outcome.NOT_FINISHED
        else:
            outcome = Visit.Outcome.MOVED if move is workflow.SCHEDULE else Visit.Outcome.CANCELLED
        visit.outcome, visit.settled_at = said.visit or outcome, at

    def _plan_visit(self, said: Said, *, actor: Actor, by: User | None, at: datetime) -> None:
        assert said.window
        window = DateTimeTZRange(*said.window)
        self.visits.append(Visit(service_request=self.row, window=window, craftsman=said.craftsman))
        if said.window[1] > self.row.fix_by:
            self.promise_moves.append(
                PromiseMove(
                    service_request=self.row,
                    old_fix_by=self.row.fix_by,
                    new_fix_by=said.window[1],
                    actor=actor,
                    by=by,
                    at=at,
                    reason=said.note,
                )
            )
            self.row.fix_by = said.window[1]

    def _change(self, move: Move, said: Said, *, actor: Actor, at: datetime) -> None:
        row = self.row
        silent = notifications.is_silent(move, before=row.status, note=said.note)
        row.status = move.target
        row.waiting_reason = said.waiting_reason if move.target == Status.WAITING else ""
        row.deferred_until = said.until if move is workflow.DEFER else None
        if move.target == Status.CLOSED:
            row.outcome = said.outcome or move.outcomes[0]
            row.closed_at = at
        if move.target == Status.DONE:
            row.done_at = at
            row.times_done += 1
            row.cause_code = said.cause or row.cause_code
        elif move.target in TO_DO:
            row.done_at = None
        row.times_reopened += move is workflow.REOPEN
        row.needs_attention = move is workflow.REOPEN
        if actor == Actor.STAFF and not silent:
            row.answered_at = row.answered_at or at
        answers = actor == Actor.STAFF and bool(said.note.strip()) and notifications.tells(move)
        if answers or move in (workflow.CONFIRM, workflow.WITHDRAW):
            row.tenant_waits_for_reply = False
        row.watch_at = at
        if not silent:
            row.words_given = 0
            word_at = next_word(row, visit_ends=said.window[1] if said.window else None, at=at)
            row.next_word_at = min(filter(None, (row.next_word_at, word_at))) if row.tenant_waits_for_reply else word_at
        row.version += 1

    def _ask(self, *, at: datetime) -> None:
        for report in self.reports:
            self.verdicts.append(Verdict(report=report, round=self.row.times_done, asked_at=at))
            survey = next((survey for survey in self.surveys if survey.report is report), None)
            if survey is None:
                self.surveys.append(Survey(report=report, asked_at=at))
            else:
                survey.asked_at = at
