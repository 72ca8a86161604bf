"""Whatever tenants, staff and the clock do, in whatever order: every invariant holds, and what is refused changed
nothing.

The everyday run lives a few short lives, always the same ones; `make thorough` twenty longer ones, and with
FULL=1 a hundred long ones, each time others.
"""

import uuid
from datetime import date, timedelta

import pytest
from django.conf import settings as portal
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from dwellings.models import Tenancy
from requests import followup, services, workflow
from requests.audit import audit
from requests.intake import catalogue
from requests.models import Draft, Gesture, Recovery, Report, ServiceRequest, Verdict
from requests.promises import Urgency
from requests.services import Said
from requests.services.taking_in import Intake
from requests.workflow import MOVES, Actor, Outcome, Status, WaitingReason
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import NOON, CommunalAreaFactory, ComplexFactory, DraftFactory, StaffFactory, TenancyFactory
from tests.size import FULL, LONG

pytestmark = pytest.mark.django_db

ALL_PHASES = tuple(Phase)
LIVES = settings(
    max_examples=100 if FULL else 20 if LONG else 4,
    stateful_step_count=40 if FULL else 30 if LONG else 20,
    derandomize=not LONG,
    deadline=None,
    database=None,
    phases=ALL_PHASES if FULL else (Phase.generate,),  # what fails is made small in the long run
    suppress_health_check=list(HealthCheck),
)
LEAVES = catalogue.shipped().leaves.values()
LIFT = next(leaf for leaf in LEAVES if leaf.shared == "automatic" and leaf.element_code == "LIF")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REFUSALS = (
    services.AlreadyAnswered,
    services.CannotJoin,
    services.CannotMerge,
    services.CannotMovePromise,
    services.CannotSplit,
    services.ChangedMeanwhile,
    services.DraftSent,
    services.EmptyMessage,
    services.GestureDecided,
    services.MoveNotAllowed,
    services.NeedsMore,
    services.NobodyLeft,
    services.TooLate,
    services.WordsMissing,
)
TABLES = (
    "requests_servicerequest", "requests_report", "requests_statuschange", "requests_promisemove", "requests_message",
    "requests_reportmove", "requests_visit", "requests_verdict", "requests_survey", "requests_draft",
    "requests_attachment", "requests_alarm", "requests_recovery", "tenants_notification",
)  # fmt: skip
EVERYTHING = " UNION ALL ".join(f"SELECT '{table}', row::text FROM {table} row" for table in TABLES)

any_of = st.integers(0, 30)  # the case, report or home with this number, counted round
words = st.sampled_from(["", "  ", "Het kan pas later.", "Nog stuk."])
moves = st.sampled_from([move for move in MOVES if move is not workflow.CONFIRM])  # that is by an answer
became = st.sampled_from(["", "missed", "no_access"])
windows = st.none() | st.tuples(st.integers(-30, 500), st.integers(-1, 14))  # begins and lasts, in hours
ROUNDS = st.integers(0, 1)  # how many times ago it was asked


def everything():
    with connection.cursor() as cursor:
        cursor.execute(EVERYTHING)
        return sorted(cursor.fetchall())


class Life(RuleBasedStateMachine):
    """One complex with a lift, four households and a planner; `at` only goes forward."""

    staff, homes, lift = None, [], None

    def __init__(self):
        super().__init__()
        self.at = NOON
        self.transaction = transaction.atomic()
        self.transaction.__enter__()

    def teardown(self):
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def attempt(self, act, *args, **kwargs):
        """What it gives, or None when it was refused: then nothing is different."""
        before = everything()
        try:
            return act(*args, **kwargs)
        except REFUSALS:
            assert everything() == before
            return None

    # --- tenants ----------------------------------------------------------------------

    @rule(home=any_of)
    def report(self, home):
        tenancy = self.home(home)
        draft = DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling)

        service_request = services.submit(draft.pk, tenant=tenancy.tenant, at=self.at)

        assert service_request.status == Status.RECEIVED

    def home(self, number):
        """Of who lives there still."""
        rented = Tenancy.objects.filter(period__contains=timezone.localdate(self.at))
        return _nth(rented.filter(pk__in=[home.pk for home in self.homes]), number)

    @precondition(lambda self: Report.objects.exists())
    @rule(number=any_of)
    def somebody_moves_out(self, number):
        """Somebody always stays."""
        leaves = Report.objects.exclude(tenancy=self.homes[0]).order_by("pk").values_list("tenancy", flat=True)
        if leaves:
            until = timezone.localdate(self.at)
            Tenancy.objects.filter(pk=leaves[number % len(leaves)]).update(period=DateRange(date(2020, 1, 1), until))

    @precondition(lambda self: Draft.objects.exists())
    @rule(number=any_of)
    def send_again(self, number):
        draft = _nth(Draft.objects, number)
        before = everything()

        assert services.submit(draft.pk, tenant=draft.tenant, at=self.at) == draft.sent_as
        assert everything() == before

    @rule(home=any_of)
    def report_the_lift(self, home):
        """The first opens a case; whoever comes later joins it, and their words are kept when they did before."""
        tenancy = self.home(home)
        joins = ServiceRequest.objects.to_do().filter(communal_area=self.lift).first()
        intake = Intake(tenancy=tenancy, problem=LIFT, area=self.lift, text="De lift staat stil.", by=self.staff)

        report = services.take_down(intake, key=uuid.uuid4(), at=self.at, joins=joins)

        assert joins is None or report.service_request == joins

    @precondition(lambda self: Verdict.objects.exists())
    @rule(number=any_of, ago=ROUNDS, answer=st.sampled_from(Verdict.Answer), said=words)
    def answer(self, number, ago, answer, said):
        report = _nth(Report.objects.filter(verdicts__isnull=False).distinct(), number)
        rounds = list(report.verdicts.order_by("-round").values_list("round", flat=True))
        round = rounds[min(ago, len(rounds) - 1)]
        said_before = report.verdicts.get(round=round).answer == answer  # then it is taken, and nothing happens

        given = self.attempt(
            services.answer_verdict, report.pk, round=round, answer=answer, words=said, by=None, at=self.at
        )

        if given and answer == Verdict.Answer.NOT_SOLVED and not said_before:
            report.service_request.refresh_from_db()
            assert report.service_request.status == Status.IN_PROGRESS

    @precondition(lambda self: Verdict.objects.exists())
    @rule(number=any_of, mark=st.integers(1, 10))
    def mark(self, number, mark):
        report = _nth(Report.objects.filter(survey__isnull=False), number)

        self.attempt(services.give_mark, report.pk, mark=mark, at=self.at)

    @precondition(lambda self: Report.objects.exists())
    @rule(number=any_of, said=words)
    def write_to_staff(self, number, said):
        report = _nth(Report.objects, number)

        self.attempt(services.write_to_staff, report.service_request_id, tenant=report.tenant, body=said, at=self.at)

    # --- the moves: of everybody ----------------------------------------------------------------------

    @precondition(lambda self: ServiceRequest.objects.exists())
    @rule(
        number=any_of,
        move=moves,
        actor=st.sampled_from([Actor.STAFF, Actor.STAFF, Actor.TENANT]),
        said=words,
        window=windows,
        reason=st.sampled_from(["", *WaitingReason.values]),
        outcome=st.sampled_from(["", *Outcome.values]),
        cause=st.sampled_from(["", "SLT"]),
        days=st.integers(-1, 40),
        became=became,
    )
    def move(self, number, move, actor, said, window, reason, outcome, cause, days, became):
        case = _nth(ServiceRequest.objects, number)
        person = self.staff if actor == Actor.STAFF else None
        spoken = Said(
            note=said,
            waiting_reason=reason,
            outcome=outcome,
            cause=cause,
            craftsman="Carla",
            window=self.window(window),
            until=self.at + days * DAY,
            visit=became,
        )
        may = move in workflow.moves_from(case.status, actor=actor)

        moved = self.attempt(services.make_move, case.pk, move, actor=actor, by=person, at=self.at, said=spoken)

        assert may or moved is None
        assert moved is None or moved.status == move.target
        if moved and case.tenant_waits_for_reply and moved.tenant_waits_for_reply and case.next_word_at:
            assert moved.next_word_at <= case.next_word_at  # the answer that was promised
        self.what_was_missed_is_made_up_for(case)

    def what_was_missed_is_made_up_for(self, case):
        """By itself, or together with a broken promise that waited for a new day already."""
        if case.visits.filter(outcome="missed").exists():
            assert case.recoveries.exists()

    @precondition(lambda self: ServiceRequest.objects.to_do().exists())
    @rule(number=any_of, hours=st.integers(1, 400), became=became)
    def plan_a_visit(self, number, hours, became):
        """Always said completely, so that it is not refused for what is missing."""
        case = _nth(ServiceRequest.objects.to_do(), number)
        said = Said(window=self.window((hours, 2)), craftsman="Carla", note="Eerder lukt niet.", visit=became)

        services.make_move(case.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=self.staff, at=self.at, said=said)

        self.what_was_missed_is_made_up_for(case)

    @precondition(lambda self: ServiceRequest.objects.to_do().exists())
    @rule(number=any_of, days=st.integers(-1, 400), said=words)
    def promise_a_later_day(self, number, days, said):
        case = _nth(ServiceRequest.objects.to_do(), number)
        first = case.first_fix_by

        self.attempt(services.move_promise, case.pk, to=self.at + days * DAY, reason=said, by=self.staff, at=self.at)

        case.refresh_from_db()
        assert case.first_fix_by == first

    @precondition(lambda self: ServiceRequest.objects.to_do().exists())
    @rule(number=any_of, days=st.integers(1, 60))
    def put_off(self, number, days):
        """Always said completely; until then it follows the clock of `time_passes`."""
        case = _nth(ServiceRequest.objects.to_do(), number)
        said = Said(waiting_reason=WaitingReason.SEASON, until=self.at + days * DAY, note="In het voorjaar.")

        services.make_move(case.pk, workflow.DEFER, actor=Actor.STAFF, by=self.staff, at=self.at, said=said)

    @precondition(lambda self: ServiceRequest.objects.filter(status__in=workflow.FINISH.sources).exists())
    @rule(number=any_of)
    def finish(self, number):
        case = _nth(ServiceRequest.objects.filter(status__in=workflow.FINISH.sources), number)

        services.make_move(
            case.pk, workflow.FINISH, actor=Actor.STAFF, by=self.staff, at=self.at, said=Said(cause="SLT")
        )

        case.refresh_from_db()
        asked = case.reports.filter(verdicts__round=case.times_done, verdicts__answer="")
        assert set(asked) == set(case.reports.told(at=self.at))

    def window(self, hours):
        return hours and (self.at + hours[0] * HOUR, self.at + (hours[0] + hours[1]) * HOUR)

    # --- staff ----------------------------------------------------------------------

    @precondition(lambda self: ServiceRequest.objects.exists())
    @rule(number=any_of, said=words, stale=st.booleans())
    def write_to_tenants(self, number, said, stale):
        case = _nth(ServiceRequest.objects, number)

        written = self.attempt(
            services.write_to_tenants, case.pk, by=self.staff, body=said, at=self.at, seen=case.version - stale
        )

        assert written is None or not stale

    @precondition(lambda self: ServiceRequest.objects.exists())
    @rule(number=any_of, said=words)
    def note(self, number, said):
        self.attempt(services.note, _nth(ServiceRequest.objects, number).pk, by=self.staff, body=said, at=self.at)

    @precondition(lambda self: ServiceRequest.objects.with_unread_messages().exists())
    @rule(number=any_of)
    def find_that_it_needs_no_reply(self, number):
        case = _nth(ServiceRequest.objects.with_unread_messages(), number)

        assert services.settle_message(case.pk, by=self.staff, at=self.at, seen=case.version)

    @precondition(lambda self: ServiceRequest.objects.exists())
    @rule(number=any_of)
    def assign(self, number):
        services.assign([_nth(ServiceRequest.objects, number).pk], to=self.staff, by=self.staff, at=self.at)

    @precondition(lambda self: Report.objects.exists())
    @rule(number=any_of)
    def split_off(self, number):
        self.attempt(services.split_off, _nth(Report.objects, number), self.staff, self.at)

    @precondition(lambda self: ServiceRequest.objects.exists())
    @rule(number=any_of, other=any_of)
    def merge(self, number, other):
        old, new = _nth(ServiceRequest.objects, number), _nth(ServiceRequest.objects, other)

        self.attempt(services.merge, old, new, self.staff, self.at)

    # --- the clock ----------------------------------------------------------------------

    @rule(passes=st.sampled_from([timedelta(minutes=1), HOUR, DAY, 3 * DAY, 8 * DAY, 40 * DAY]))
    def time_passes(self, passes):
        self.at += passes
        for _ in range(2):  # what comes back is looked at again at once
            self.engine_runs()
        delivery.deliver_due(now=lambda: self.at)

        assert self.engine_runs() == [0, 0, 0, 0]

    def engine_runs(self):
        """Everything that the clock does by itself; returns how much of each there was."""
        parts = (followup.watch, followup.rise, followup.follow_up, followup.write_digests)
        return [part(at=self.at) for part in parts]

    @precondition(lambda self: Recovery.objects.exists())
    @rule(number=any_of)
    def give_a_gesture(self, number):
        recovery = _nth(Recovery.objects, number)

        given = self.attempt(services.give_gesture, recovery.pk, by=self.staff, at=self.at)

        assert (given is None) == (recovery.gesture_at is not None)

    @invariant()
    def every_invariant_holds(self):
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        assert {finding.name: finding.first for finding in audit(at=self.at) if finding.failures} == {}

    @invariant()
    def who_waits_for_a_new_day_is_on_top_of_the_queue(self):
        waits = Recovery.objects.without_a_day()
        assert not waits.exclude(service_request__needs_attention=True).exists()

    @invariant()
    def nobody_is_asked_again_within_a_week(self):
        assert not Verdict.objects.filter(reminded_at__lt=F("asked_at") + portal.REMIND_AFTER).exists()

    @invariant()
    def nobody_who_moved_out_is_told(self):
        for tenancy in Tenancy.objects.filter(period__endswith__isnull=False):
            theirs = Notification.objects.filter(tenant=tenancy.tenant).exclude(about="")
            assert not theirs.filter(queued_at__date__gt=tenancy.period.upper).exists()

    @invariant()
    def nothing_that_is_due_fails(self):
        assert not ServiceRequest.objects.filter(follow_up_failures__gt=0).exists()


def _nth(rows, number):
    rows = list(rows.order_by("pk"))
    return rows[number % len(rows)]


def test_no_sequence_of_acts_breaks_an_invariant():
    for urgency in Urgency:
        Gesture.objects.create(urgency=urgency, what_nl="een bon", what_en="a voucher")
    complex_ = ComplexFactory()
    Life.staff, Life.lift = StaffFactory(), CommunalAreaFactory(complex=complex_)
    Life.homes = [TenancyFactory(dwelling__complex=complex_, dwelling__stack="A") for _ in range(3)]
    Life.homes.append(TenancyFactory(dwelling__complex=complex_, tenant__user=None))

    run_state_machine_as_test(Life, settings=LIVES)
