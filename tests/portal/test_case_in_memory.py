"""The demo writes its history in memory; here the services write the same, step by step, and both must agree."""

from datetime import timedelta

import pytest

from portal.demo.case import Case
from requests import followup, services, workflow
from requests.intake import catalogue
from requests.models import Objection, ServiceRequest, Verdict
from requests.services import Said
from requests.workflow import Actor, Outcome, WaitingReason
from tenants.notifications import delivery

from ..factories import NOON, StaffFactory, TenancyFactory

pytestmark = pytest.mark.django_db
PROBLEM = "kitchen_other"  # asks nothing more than words
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
THURSDAY = (NOON + 3 * DAY, NOON + 3 * DAY + 2 * HOUR)
AFTER_THE_PROMISE = (NOON + 21 * DAY, NOON + 21 * DAY + 2 * HOUR)


class Twice:
    """One request, once in memory and once in the database; every step is made in both."""

    def __init__(self):
        self.tenancy, self.staff = TenancyFactory(), StaffFactory()
        self.tenant = self.tenancy.tenant
        draft = services.start_draft(tenant=self.tenant, at=NOON)
        draft.dwelling, draft.problem, draft.text = self.tenancy.dwelling, PROBLEM, "Hij druppelt."
        draft.save()
        self.stored = services.submit(draft.pk, tenant=self.tenant, at=NOON)
        self.case = Case.receive(
            catalogue.shipped().get(PROBLEM),
            self.tenancy.dwelling,
            self.tenancy,
            "Hij druppelt.",
            at=NOON,
            source="portal",
            by=None,
        )

    def staff_moves(self, move, at, **said):
        services.make_move(self.stored.pk, move, actor=Actor.STAFF, by=self.staff, at=at, said=Said(**said))
        self.case.move(move, actor=Actor.STAFF, by=self.staff, at=at, said=Said(**said))

    def tenant_withdraws(self, at):
        who = {"actor": Actor.TENANT, "by": self.tenant.user, "at": at}
        services.make_move(self.stored.pk, workflow.WITHDRAW, **who)
        self.case.move(workflow.WITHDRAW, **who)

    def tenant_answers(self, answer, at, words=""):
        report, by = self.stored.reports.get(), self.tenant.user
        round = ServiceRequest.objects.get(pk=self.stored.pk).times_done
        services.answer_verdict(report.pk, round=round, answer=answer, words=words, by=by, at=at)
        self.case.answer(self.case.reports[0], answer, words, at=at)

    def tenant_writes(self, at):
        services.write_to_staff(self.stored.pk, tenant=self.tenant, body="Wanneer?", at=at)
        self.case.write_to_staff(self.tenant, "Wanneer?", at=at)

    def staff_write(self, at):
        services.write_to_tenants(self.stored.pk, by=self.staff, body="Morgen.", at=at)
        self.case.write_to_tenants(self.staff, "Morgen.", at=at)

    def staff_assign(self, at):
        services.assign([self.stored.pk], to=self.staff, by=self.staff, at=at)
        self.case.assign(self.staff, by=self.staff, at=at)

    def tenant_objects(self):
        """As if it had been said when the request was made."""
        said = {"rule": "law_d", "words": "Hij is van u.", "at": NOON}
        row = ServiceRequest.objects.filter(pk=self.stored.pk)
        for kept in (row.update, vars(self.case.row).update):
            kept(payer="tenant", payer_rule="law_d", needs_attention=True, statutory_since=None)
        self.objection = Objection.objects.create(service_request=self.stored, report=self.stored.reports.get(), **said)
        self.case.objections.append(Objection(service_request=self.case.row, report=self.case.reports[0], **said))

    def staff_decide(self, upheld, at):
        services.decide_objection(self.objection.pk, upheld=upheld, answer="Daarom.", by=self.staff, at=at)
        self.case.decide(upheld, "Daarom.", by=self.staff, at=at)

    def clock_runs(self, until):
        while (next_word_at := self._next_word_at()) is not None and next_word_at <= until:
            delivery.deliver_due(now=lambda at=next_word_at: at)  # what was written has left by then
            followup.follow_up_next(at=next_word_at)
        self.case.wait_until(until)

    def _next_word_at(self):
        return ServiceRequest.objects.values_list("next_word_at", flat=True).get(pk=self.stored.pk)


def values(rows, *without):
    """What is in the rows, without the keys that only the database has."""
    left_out = {"id", "reference", "due_at", "service_request_id", "report_id", *without}
    return [
        {
            field.attname: getattr(row, field.attname)
            for field in row._meta.concrete_fields
            if field.attname not in left_out
        }
        for row in rows
    ]


def finished_and_confirmed(both):
    both.staff_moves(workflow.REVIEW, NOON + HOUR, note="Wij kijken.")
    both.staff_assign(NOON + HOUR)
    both.staff_moves(workflow.SCHEDULE, NOON + DAY, window=THURSDAY, craftsman="Jan")
    both.staff_moves(workflow.START, THURSDAY[0])
    both.staff_moves(workflow.FINISH, THURSDAY[1], note="Klaar.")
    both.tenant_answers(Verdict.Answer.SOLVED, THURSDAY[1] + HOUR)


def not_solved_at_first(both):
    both.staff_moves(workflow.PLAN, NOON + HOUR)
    both.staff_moves(workflow.FINISH, NOON + DAY)
    both.tenant_answers(Verdict.Answer.NOT_SOLVED, NOON + DAY + HOUR, words="Hij druppelt nog.")
    both.staff_moves(workflow.SCHEDULE, NOON + 2 * DAY, window=THURSDAY, craftsman="Jan")
    both.staff_moves(workflow.FINISH, THURSDAY[1], cause="SLT")


def missed_and_late(both):
    both.staff_moves(workflow.SCHEDULE, NOON + HOUR, window=THURSDAY, craftsman="Jan")
    both.staff_moves(
        workflow.SCHEDULE,
        THURSDAY[1] + HOUR,
        window=AFTER_THE_PROMISE,
        craftsman="Jan",
        note="Sorry.",
        visit="missed",
    )
    both.clock_runs(AFTER_THE_PROMISE[0])  # the second visit is far away: it is confirmed and reminded of
    both.staff_moves(workflow.START, AFTER_THE_PROMISE[0])
    both.staff_moves(workflow.WAIT, AFTER_THE_PROMISE[1], waiting_reason=WaitingReason.PARTS)


def moved_and_written(both):
    both.staff_moves(workflow.SCHEDULE, NOON + HOUR, window=THURSDAY, craftsman="Jan")
    both.tenant_writes(NOON + 2 * HOUR)
    both.staff_write(NOON + 3 * HOUR)
    both.staff_moves(workflow.WAIT, NOON + 4 * HOUR, waiting_reason=WaitingReason.TENANT, note="Bel ons.")
    both.tenant_writes(NOON + 5 * HOUR)


def forgotten(both):
    both.clock_runs(NOON + 20 * DAY)


def forgotten_and_not_answered(both):
    both.clock_runs(NOON + 9 * DAY)
    both.staff_moves(workflow.PLAN, NOON + 9 * DAY)  # nobody hears of it, and the word that is due comes
    both.clock_runs(NOON + 10 * DAY)
    both.staff_moves(workflow.FINISH, NOON + 10 * DAY)
    both.tenant_answers(Verdict.Answer.DONT_KNOW, NOON + 11 * DAY)
    both.clock_runs(NOON + 40 * DAY)


def objected_and_right(both):
    both.tenant_objects()
    both.staff_decide(True, NOON + HOUR)
    both.staff_moves(workflow.PLAN, NOON + DAY)


def objected_and_not_right(both):
    both.tenant_objects()
    both.clock_runs(NOON + 9 * DAY)
    both.staff_decide(False, NOON + 9 * DAY)


def withdrawn(both):
    both.tenant_withdraws(NOON + HOUR)


def declined(both):
    both.staff_moves(workflow.DECLINE, NOON + HOUR, outcome=Outcome.TENANT_JOB, note="Dat doet u zelf.")


@pytest.mark.parametrize(
    "story",
    [
        finished_and_confirmed,
        not_solved_at_first,
        missed_and_late,
        moved_and_written,
        forgotten,
        forgotten_and_not_answered,
        objected_and_right,
        objected_and_not_right,
        withdrawn,
        declined,
    ],
)
def test_a_request_in_memory_ends_as_the_services_leave_it(story):
    both = Twice()

    story(both)

    stored, case = ServiceRequest.objects.get(pk=both.stored.pk), both.case
    assert values([case.row]) == values([stored])
    assert values(case.history) == values(stored.history.all())
    assert values(case.visits) == values(stored.visits.all())
    assert values(case.promise_moves) == values(stored.promise_moves.all())
    assert values(case.objections) == values(Objection.objects.filter(service_request=stored))
    assert values(case.messages) == values(stored.messages.all())
    assert values(case.verdicts) == values(Verdict.objects.filter(report__service_request=stored).order_by("pk"))
    assert [survey.asked_at for survey in case.surveys] == [
        report.survey.asked_at for report in stored.reports.all() if hasattr(report, "survey")
    ]
