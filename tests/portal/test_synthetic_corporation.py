"""The corporation of the demo: the same every time, legal in every row, and with the shape of a real one."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random
from statistics import mean
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.utils import is_mfa_enabled
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from dwellings.models import Dwelling, Outage
from portal.demo import chances, speech
from portal.demo.corporation import Corporation
from portal.demo.people import People
from portal.demo.places import places
from portal.demo.texts import read
from requests import workflow
from requests.intake import catalogue
from requests.models import Attachment, Objection, Recovery, SelfHelp, ServiceRequest, StatusChange, Visit
from requests.models.intake import REOPEN_WITHIN
from requests.promises import Urgency
from requests.services.taking_in import next_reference
from requests.workflow import Actor, Outcome, Status, WaitingReason
from tenants.models import Notification, Tenant, User

from ..factories import DwellingFactory

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
AT = datetime(2026, 3, 3, 10, 20, tzinfo=AMSTERDAM)  # a Tuesday
HOMES = 120
DRAWS = 20_000


def quiet(what, done, total):
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def corporation():
    """In memory: nothing is written."""
    return Corporation(HOMES, 1, AT, quiet)


def rows_of(corporation):
    """Every row of people and requests, without the keys that the database gives."""
    cases = corporation.cases
    tenants = [tenancy.tenant for each in corporation.households.values() for one in each for tenancy in one.tenancies]
    rows = [*tenants, *corporation.beside]
    for case in cases:
        rows += [case.row, *case.reports, *case.history, *case.promise_moves, *case.messages, *case.visits]
        rows += [*case.verdicts, *case.surveys, *case.photos, *case.objections]
    rows += corporation.self_help
    return [
        {field.attname: str(getattr(row, field.attname)) for field in row._meta.concrete_fields if stored(field)}
        for row in rows
    ]


def stored(field):
    return not field.generated


def test_the_same_seed_and_instant_give_the_same_rows(corporation):
    assert rows_of(Corporation(HOMES, 1, AT, quiet)) == rows_of(corporation)


def test_another_seed_gives_another_corporation(corporation):
    other = Corporation(HOMES, 2, AT, quiet)

    assert [case.row.received_at for case in other.cases] != [case.row.received_at for case in corporation.cases]


def assert_legal(case):
    """The history starts with the receipt, follows the table of moves in order of time, and ends where the row is."""
    receipt, *moves = case.history
    begins = Status.IN_REVIEW if case.objections else Status.RECEIVED
    assert (receipt.move, receipt.old_status, receipt.new_status) == (StatusChange.RECEIPT, "", begins)
    before = receipt
    for change in moves:
        move = workflow.move_named(change.move)
        workflow.check(move, status=before.new_status, actor=Actor(change.actor))
        assert (change.old_status, change.new_status) == (before.new_status, move.target)
        assert change.outcome in (move.outcomes or ("",))
        assert bool(change.waiting_reason) == (move.target == Status.WAITING)
        assert before.at <= change.at <= AT
        before = change
    assert before.new_status == case.row.status


def test_every_history_follows_the_table_of_moves(corporation):
    for case in corporation.cases:
        assert_legal(case)


def test_the_promised_day_moves_only_with_a_row_that_says_why(corporation):
    moved = 0
    for case in corporation.cases:
        promised = case.row.first_fix_by
        for move in case.promise_moves:
            assert (move.old_fix_by, bool(move.reason)) == (promised, True)
            promised = move.new_fix_by
            moved += 1
        assert promised == case.row.fix_by

    assert moved > 0


def test_nobody_reports_from_a_home_they_do_not_rent(corporation):
    strangers = [
        report
        for case in corporation.cases
        for report in case.reports
        if report.tenancy.tenant is not report.tenant
        or report.at.astimezone(AMSTERDAM).date() < report.tenancy.period.lower
        or report.at.astimezone(AMSTERDAM).date() >= (report.tenancy.period.upper or date.max)
    ]

    assert strangers == []


def test_open_work_of_every_kind_waits_today(corporation):
    open_rows = [case.row for case in corporation.cases if case.row.status in workflow.OPEN]
    to_do = [row for row in open_rows if row.status in workflow.TO_DO]

    assert {row.status for row in open_rows} == workflow.OPEN
    assert {row.waiting_reason for row in open_rows} == {"", *WaitingReason.values}
    assert {row.urgency for row in open_rows} == set(Urgency.values)
    assert any(row.fix_by < AT for row in to_do)
    assert any(AT < row.fix_by < AT + timedelta(days=1) for row in to_do)
    assert any(row.assignee is None for row in to_do)
    assert any(row.tenant_waits_for_reply for row in to_do)
    assert any(row.times_reopened and row.needs_attention for row in to_do)
    assert any(AT < row.next_word_at < AT + timedelta(minutes=5) for row in to_do)
    assert all(row.next_word_at > AT for row in open_rows)


def test_some_are_asked_whether_it_is_solved_and_one_was_reminded(corporation):
    asked = [case for case in corporation.cases if case.row.status == Status.DONE]
    answers = Counter((verdict.answer, bool(verdict.reminded_at)) for case in asked for verdict in case.verdicts)

    assert {("", False), ("", True), ("dont_know", False)} <= set(answers)


@pytest.mark.parametrize(
    "at",
    [
        datetime(2026, 3, 29, 3, 5, tzinfo=AMSTERDAM),  # the night the clock goes forward
        datetime(2026, 10, 25, 23, 40, tzinfo=AMSTERDAM),  # the day it went back
        datetime(2027, 1, 1, 0, 10, tzinfo=AMSTERDAM),
    ],
    ids=str,
)
def test_the_stories_of_today_can_be_told_at_any_time(at):
    corporation = Corporation(100, 1, at, quiet)

    assert {case.row.status for case in corporation.today} == workflow.OPEN
    assert [case.row.status for case in corporation.going_on] == [Status.SCHEDULED, Status.WAITING, Status.DONE]
    assert max(change.at for case in corporation.cases for change in case.history) <= at


def test_the_tenant_of_the_demo_has_three_things_going_on(corporation):
    visit = corporation.going_on[0].visits[0]

    assert [case.row.status for case in corporation.going_on] == [Status.SCHEDULED, Status.WAITING, Status.DONE]
    assert visit.window.lower.astimezone(AMSTERDAM).date() == date(2026, 3, 5)
    assert [case.row.outcome for case in corporation.past] == ["solved", "solved", "tenant_job", "unanswered", "solved"]


def test_some_do_not_agree_to_pay_and_two_of_them_wait_for_an_answer(corporation):
    doubted = [(case, objection) for case in corporation.cases for objection in case.objections]

    told = Counter(objection.upheld for _case, objection in doubted)
    assert told == {None: 2, True: 3, False: 2}
    assert all(objection.rule.startswith("law_") for _case, objection in doubted)
    assert {case.row.payer for case, objection in doubted if objection.upheld} == {"corporation"}
    assert all(case.row.is_open == (objection.upheld is None) for case, objection in doubted)
    assert all(case.row.needs_attention for case, objection in doubted if objection.upheld is None)


@pytest.mark.long
def test_of_who_was_shown_a_guide_ten_to_twenty_percent_needed_nobody():
    """Give or take two standard errors: few are shown a guide about electricity."""
    rows = [row for seed in range(1, 6) for row in Corporation(600, seed, AT, quiet).self_help]

    shown = Counter(catalogue.shipped().get(row.problem).category for row in rows)
    avoided = Counter(
        catalogue.shipped().get(row.problem).category
        for row in rows
        if row.result == SelfHelp.Result.SOLVED and row.reopened_at is None
    )
    for category in ("heating", "drains", "electricity"):
        chance = 2 * (0.15 * 0.85 / shown[category]) ** 0.5
        assert avoided[category] / shown[category] == pytest.approx(0.15, abs=0.05 + chance), (category, avoided, shown)
    assert {row.result for row in rows} == {"solved", "not_solved", "skipped"}
    assert any(row.reopened_at for row in rows)


def test_whoever_used_a_guide_lived_there_and_had_an_account(corporation):
    lived = {
        (id(tenancy.tenant), id(tenancy.dwelling)): tenancy.period
        for case in corporation.cases
        for tenancy in (report.tenancy for report in case.reports)
    }
    lived |= {
        (id(tenancy.tenant), id(tenancy.dwelling)): tenancy.period
        for each in corporation.households.values()
        for one in each
        for tenancy in one.tenancies
    }

    for row in corporation.self_help:
        period, day = lived[id(row.tenant), id(row.dwelling)], row.at.astimezone(AMSTERDAM).date()
        assert row.tenant.user is not None
        assert period.lower <= day < (period.upper or date.max)
        assert row.reopened_at is None or row.at < row.reopened_at < row.at + REOPEN_WITHIN
        assert row.at < AT


@pytest.fixture
def seeded(db):
    call_command("seed_demo", f"--dwellings={HOMES}", "--at=2026-03-03T10:20", verbosity=0)


def test_the_database_accepts_every_row(seeded, corporation):
    assert Dwelling.objects.count() == HOMES
    assert ServiceRequest.objects.count() == len(corporation.cases)
    assert StatusChange.objects.count() == sum(len(case.history) for case in corporation.cases)
    assert SelfHelp.objects.count() == len(corporation.self_help)
    assert (Objection.objects.count(), Notification.objects.filter(kind="request_objection").count()) == (7, 5)
    assert Outage.objects.current(at=AT).count() == 1
    assert Outage.objects.filter(planned=True, starts_at__gt=AT).count() == 1
    assert next_reference(AT) == f"2026-{len(corporation.cases) + 1:06d}"
    assert all(default_storage.exists(photo.image.name) for photo in Attachment.objects.all())
    states = Counter(Notification.objects.exclude(kind="staff_alarm").values_list("state", flat=True))
    assert (states["failed"], states["queued"]) == (1, 4)
    missed = Visit.objects.filter(outcome=Visit.Outcome.MISSED).count()
    assert Recovery.objects.filter(why=Recovery.Why.VISIT_MISSED, new_day__isnull=False).count() == missed > 0


def test_the_people_of_the_demo_can_come_in(seeded):
    staff = {user.email: user for user in User.objects.filter(is_staff=True)}
    tenant = Tenant.objects.get(user__email="huurder@demo.example")
    homes = Dwelling.objects.of(tenant, on=AT.date())

    assert len(staff) == 9
    assert all(is_mfa_enabled(user) for user in staff.values())
    assert staff["manager@demo.example"].has_perm("requests.view_dashboard")
    assert staff["planner@demo.example"].has_perm("requests.change_servicerequest")
    assert not staff["planner@demo.example"].has_perm("requests.view_dashboard")
    assert [group.name for group in staff["planner@demo.example"].groups.all()] == ["Planner"]
    assert not any(user.user_permissions.exists() for user in staff.values())
    assert [home.kind for home in homes] == ["home", "parking"]
    assert EmailAddress.objects.filter(email=tenant.email, verified=True).count() == 1


def test_a_database_with_dwellings_is_left_alone(db, capsys):
    DwellingFactory()

    call_command("seed_demo", "--if-empty")
    with pytest.raises(CommandError, match="nothing was changed"):
        call_command("seed_demo")

    assert (Dwelling.objects.count(), capsys.readouterr().out) == (1, "")


def test_a_corporation_that_is_too_small_is_refused(db):
    with pytest.raises(CommandError, match="at least 100 dwellings"):
        call_command("seed_demo", "--dwellings=99")


def test_of_its_full_size_it_has_the_marks_and_the_work_of_the_sector():
    """As published for Dutch corporations: the mean, the dissatisfied, how much is reported, and what of."""
    cases = Corporation(1200, 1, AT, quiet).cases
    given = [survey.mark for case in cases for survey in case.surveys if survey.mark]
    repaired = Counter(case.row.category for case in cases if case.row.done_at)
    own_job = sum(case.row.outcome == Outcome.TENANT_JOB for case in cases)

    assert mean(given) == pytest.approx(7.7, abs=0.2)
    assert sum(mark <= 5 for mark in given) / len(given) == pytest.approx(0.11, abs=0.025)
    assert len(cases) / 1200 / 2 == pytest.approx(1.4, abs=0.1)
    assert own_job / len(cases) < 0.07
    shares = {category.name: category.share for category in chances.CATEGORIES}
    assert {name: repaired[name] / repaired.total() for name in shares} == pytest.approx(shares, abs=0.03)


def test_about_one_in_five_answers(corporation):
    surveys = [survey for case in corporation.cases for survey in case.surveys]

    assert sum(survey.mark is not None for survey in surveys) / len(surveys) == pytest.approx(0.21, abs=0.06)


def test_85_percent_of_the_tenants_have_an_account(corporation):
    people = People(Random(6), today=AT.date())
    tenants = [people.tenant(1980) for _ in range(5000)]

    assert sum(tenant.user is not None for tenant in tenants) / len(tenants) == pytest.approx(0.85, abs=0.02)
    assert len({tenant.email for tenant in tenants if tenant.email}) == sum(bool(tenant.email) for tenant in tenants)


def test_there_are_words_for_problems_of_every_category_of_the_catalogue():
    known = catalogue.shipped().leaves
    themes = speech.themes()

    told = {key for theme in themes for key in theme.problems}
    assert told <= set(known)
    assert {known[key].category for key in told} == set(catalogue.CATEGORIES)
    assert sum(len(theme.nl) for theme in themes) >= 120
    assert all(theme.en and theme.done for theme in themes)


def test_nobody_lives_at_an_address_that_exists():
    addresses = {dwelling.postcode[-2:] for place in places(1200) for dwelling in place.dwellings}
    staff = {who["email"].rpartition(".")[2] for who in read("names")["staff"]}

    assert (addresses, staff) == ({"SA", "SD", "SS"}, {"example"})


def test_people_who_only_phone_are_not_asked_to_answer_by_mail(corporation):
    without = [
        survey
        for case in corporation.cases
        for survey in case.surveys
        if survey.report.tenant.user is None and survey.mark is not None
    ]

    assert without == []
    assert any(report.tenant.user is None for case in corporation.cases for report in case.reports)
