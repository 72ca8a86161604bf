"""Staff put a request off until a day; it comes back by itself, and drops who moved out."""

from datetime import date, timedelta
from importlib import import_module

import pytest

from requests import audit, followup, services, workflow
from requests.models import Alarm, Report, ServiceRequest, Visit
from requests.promises import add_working_days, in_force
from requests.services import NeedsMore, Said, deferring
from requests.services.recovery import facts_of
from requests.workflow import Actor, Need, Status, WaitingReason
from tenants.models import Notification
from tests.factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, moves_out

pytestmark = pytest.mark.django_db

watching = import_module("requests.followup.watch")  # the package calls its function by that name
DAY = timedelta(days=1)
SPRING = NOON + 60 * DAY


def put_off(case, *, until=SPRING, at=NOON, reason=WaitingReason.PLANNED_WORK, note="Wij schilderen dan uw straat."):
    said = Said(waiting_reason=reason, until=until, note=note)
    services.make_move(case.pk, workflow.DEFER, actor=Actor.STAFF, by=StaffFactory(), at=at, said=said)
    case.refresh_from_db()
    return case


@pytest.fixture
def case():
    return ServiceRequestFactory(status=Status.IN_REVIEW, at=NOON)


def told(kind):
    return set(Notification.objects.filter(kind=kind).values_list("tenant__name", flat=True))


def test_it_waits_until_the_day_with_its_reason_and_says_so(case):
    put_off(case)

    step = case.history.last()
    mail = Notification.objects.get(kind="request_deferred")
    assert (case.status, case.waiting_reason, case.deferred_until) == ("waiting", "planned_work", SPRING)
    assert (step.move, step.until, step.note) == ("defer", SPRING, "Wij schilderen dan uw straat.")
    assert "vrijdag 1 mei 2026" in mail.body
    assert "Wij schilderen dan uw straat." in mail.body


def test_a_promise_before_that_day_starts_anew_on_it_and_the_first_stays(case):
    first = case.first_fix_by

    put_off(case)

    move = case.promise_moves.get()
    assert (case.first_fix_by, move.old_fix_by, move.new_fix_by) == (first, first, case.fix_by)
    assert case.fix_by > SPRING
    assert move.reason == "Wij schilderen dan uw straat."


def test_a_promise_after_that_day_stays(case):
    before = case.fix_by

    put_off(case, until=NOON + 3 * DAY)

    assert case.fix_by == before
    assert not case.promise_moves.exists()


@pytest.mark.parametrize("until", [None, NOON, NOON + timedelta(hours=5), NOON - DAY, NOON + 367 * DAY])
def test_only_a_later_day_within_a_year_will_do(case, until):
    with pytest.raises(NeedsMore) as missing:
        put_off(case, until=until)

    assert missing.value.needs == {Need.DAY}


def test_it_needs_a_reason_that_is_not_the_tenant_and_words(case):
    with pytest.raises(NeedsMore) as missing:
        put_off(case, reason=WaitingReason.TENANT, note=" ")

    assert missing.value.needs == {Need.REASON, Need.NOTE}


def test_planned_maintenance_and_the_season_always_have_a_day(case):
    with pytest.raises(NeedsMore) as missing:
        services.make_move(
            case.pk, workflow.WAIT, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=Said(waiting_reason="season")
        )

    assert missing.value.needs == {Need.REASON}


def test_a_visit_that_was_planned_does_not_stay_planned(case):
    window = (NOON + DAY, NOON + DAY + timedelta(hours=2))
    services.make_move(
        case.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=NOON,
        said=Said(window=window, craftsman="Carla"),
    )  # fmt: skip

    put_off(case)

    assert case.visits.get().outcome == Visit.Outcome.CANCELLED


def test_the_tenant_hears_of_it_every_four_weeks_and_on_the_day(case):
    put_off(case)
    words = [case.next_word_at]
    while case.deferred_until:
        followup.follow_up(at=case.next_word_at)
        case.refresh_from_db()
        words.append(case.next_word_at)

    kinds = list(Notification.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["request_deferred", "request_holding", "request_holding", "request_back"]
    assert words[0] == add_working_days(NOON, deferring.WORD_EVERY)
    assert words[2] == SPRING


def test_it_comes_back_by_itself_on_top_of_the_queue(case):
    put_off(case, until=NOON + 10 * DAY)
    followup.follow_up(at=NOON + 10 * DAY - timedelta(seconds=1))
    before = ServiceRequest.objects.get(pk=case.pk).status

    followup.follow_up(at=NOON + 10 * DAY)

    case.refresh_from_db()
    step = case.history.last()
    assert before == "waiting"
    assert (case.status, case.deferred_until, case.needs_attention) == ("in_review", None, True)
    assert (step.move, step.actor, step.until) == ("come_back", "clock", None)
    assert followup.follow_up(at=NOON + 10 * DAY) == 0


def test_staff_can_take_it_up_before_that_day(case):
    put_off(case)

    services.make_move(case.pk, workflow.PLAN, actor=Actor.STAFF, by=StaffFactory(), at=NOON + 5 * DAY)

    case.refresh_from_db()
    assert (case.status, case.deferred_until) == ("planned", None)


def test_who_moved_out_meanwhile_hears_nothing_more(case):
    stays = ReportFactory(service_request=case, at=NOON)
    leaves = Report.objects.exclude(pk=stays.pk).get(service_request=case)
    put_off(case)
    moves_out(leaves, on=date(2026, 4, 1))

    followup.follow_up(at=SPRING)

    leaves.refresh_from_db()
    stays.refresh_from_db()
    assert told("request_back") == {stays.tenant.name}
    assert (leaves.left_at, stays.left_at) == (SPRING, None)


def test_who_moved_out_is_not_asked_whether_it_is_solved(case):
    stays = ReportFactory(service_request=case, at=NOON)
    leaves = Report.objects.exclude(pk=stays.pk).get(service_request=case)
    put_off(case)
    moves_out(leaves, on=date(2026, 4, 1))
    followup.follow_up(at=SPRING)
    for move in (workflow.PLAN, workflow.FINISH):
        services.make_move(case.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=SPRING)

    assert list(Report.objects.filter(verdicts__isnull=False)) == [stays]
    assert told("request_done") == {stays.tenant.name}


def test_when_nobody_is_left_it_stays_open_for_staff(case):
    put_off(case)
    moves_out(case.reports.get(), on=date(2026, 4, 1))

    followup.follow_up(at=SPRING)

    case.refresh_from_db()
    assert (case.status, case.needs_attention) == ("in_review", True)
    assert told("request_back") == set()


def test_who_still_lives_there_is_not_dropped_on_the_last_day_of_the_contract(case):
    put_off(case)
    moves_out(case.reports.get(), on=SPRING.date() + DAY)

    followup.follow_up(at=SPRING)

    assert case.reports.get().left_at is None


def test_what_is_ready_when_nobody_is_left_closes_after_the_usual_time(case):
    put_off(case)
    moves_out(case.reports.get(), on=date(2026, 4, 1))
    followup.follow_up(at=SPRING)
    for move in (workflow.PLAN, workflow.FINISH):
        services.make_move(case.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=SPRING)

    for days in range(15):
        followup.follow_up(at=SPRING + days * DAY)

    case.refresh_from_db()
    assert (case.outcome, case.closed_at, case.follow_up_failures) == ("unanswered", SPRING + 14 * DAY, 0)
    assert told("request_done") | told("request_reminder") | told("request_lapsed") == set()


def test_who_moved_out_before_it_was_ready_need_not_have_been_asked(case):
    stays = ReportFactory(service_request=case, at=NOON)
    leaves = Report.objects.exclude(pk=stays.pk).get(service_request=case)
    put_off(case)
    moves_out(leaves, on=date(2026, 4, 1))
    for move in (workflow.PLAN, workflow.FINISH):
        services.make_move(case.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=SPRING)

    asked = [one for one in audit.audit(at=SPRING) if one.name.startswith("asked_")]

    assert [(one.name, one.looked_at, one.failures) for one in asked] == [
        ("asked_whether_it_is_solved", 1, 0),
        ("asked_for_a_mark", 1, 0),
    ]


def test_on_the_day_on_which_it_comes_back_its_whole_term_is_left_and_nothing_is_in_danger(case):
    put_off(case)
    last_days = in_force().calendar.opens_before(case.fix_by, 2)

    for at in (SPRING, last_days - timedelta(seconds=1)):
        followup.follow_up(at=at)
        followup.watch(at=at)
    assert not Alarm.objects.filter(kind="at_risk").exists()

    followup.watch(at=last_days)
    assert Alarm.objects.filter(kind="at_risk").exists()


def test_each_look_counts_the_term_of_what_was_put_off_from_the_same_day(case):
    put_off(case)
    services.make_move(case.pk, workflow.PLAN, actor=Actor.STAFF, by=StaffFactory(), at=SPRING - DAY)
    case.refresh_from_db()

    (row,) = watching._due(at=SPRING)

    assert row["counts_from"] == facts_of(case).counts_from == SPRING


def test_it_comes_back_also_when_its_promise_was_broken_before_the_clock_looked(case):
    put_off(case, until=NOON + 3 * DAY)
    late = NOON + 40 * DAY

    followup.watch(at=late)
    followup.follow_up(at=late)

    case.refresh_from_db()
    assert (case.status, case.deferred_until, case.recoveries.count()) == ("in_review", None, 1)
    assert case.next_word_at == case.recoveries.get().hear_by
