"""A report goes on by itself."""

import re
from datetime import timedelta

import pytest

from requests import services, workflow
from requests.admin.timeline import moved_reports
from requests.models import PromiseMove, ReportMove, ServiceRequest
from requests.services import CannotSplit, ChangedMeanwhile, WhyNot
from requests.workflow import Actor, Status
from tenants.notifications.models import Notification
from tests.requests.joining.cases import AT, LEAK, lift_case, plan_a_visit, two_households
from tests.requests.tenant_pages import stored_photo

pytestmark = pytest.mark.django_db


# --- split off --------------------------------------------------------------------------------------------------------


def test_a_report_that_is_split_off_is_a_case_of_its_own(by):
    case, report = two_households()
    photo = stored_photo(report=report)
    at = AT + timedelta(days=2)

    new = services.split_off(report, by, at)

    report.refresh_from_db()
    new.refresh_from_db()
    assert report.service_request == new
    assert (new.split_from, new.dwelling, new.problem) == (case, report.tenancy.dwelling, LEAK.key)
    assert (new.status, new.received_at, new.version) == (Status.RECEIVED, AT, 1)
    assert list(report.photos.all()) == [photo]
    assert [(row.move, row.actor, row.by) for row in new.history.all()] == [("receive", "staff", by)]
    assert [(row.report, row.old, row.new, row.by) for row in ReportMove.objects.all()] == [(report, case, new, by)]
    assert [row.tenant for row in case.reports.all()] != [report.tenant]


def test_what_is_measured_is_the_promise_from_the_day_it_was_reported(by):
    _case, report = two_households()
    at = AT + timedelta(days=2)

    new = services.split_off(report, by, at)

    moved = PromiseMove.objects.get(service_request=new)
    assert new.first_fix_by < new.fix_by
    assert (moved.old_fix_by, moved.new_fix_by, moved.by) == (new.first_fix_by, new.fix_by, by)
    assert new.answer_by >= new.received_at
    assert new.next_word_at > at


def test_who_is_split_off_hears_the_new_number_and_nobody_else_hears_anything(by):
    case, report = two_households()

    new = services.split_off(report, by, AT)

    mail = Notification.objects.get()
    assert (mail.kind, mail.tenant, mail.about) == ("request_split", report.tenant, new.reference)
    assert new.reference in mail.subject
    assert case.reference in mail.body


def test_the_last_report_of_a_case_stays(by):
    case = lift_case()

    with pytest.raises(CannotSplit) as refused:
        services.split_off(case.reports.get(), by, AT)

    assert refused.value.why == WhyNot.LAST_REPORT


def test_nothing_is_split_off_while_the_households_say_whether_it_is_solved(by):
    case, report = two_households()
    services.make_move(case.pk, workflow.PLAN, actor=Actor.STAFF, by=by, at=AT)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    with pytest.raises(CannotSplit) as refused:
        services.split_off(report, by, AT)

    assert refused.value.why == WhyNot.NOT_OPEN


def test_when_the_home_of_the_case_goes_the_case_goes_on_at_a_home_that_is_left(by):
    case, joined = two_households()
    first = case.reports.exclude(pk=joined.pk).get()

    new = services.split_off(first, by, AT)

    case.refresh_from_db()
    assert (case.dwelling, new.dwelling) == (joined.tenancy.dwelling, first.tenancy.dwelling)


def test_a_household_that_waits_for_a_visit_is_not_split_off(by):
    case, joined = two_households()
    first = case.reports.exclude(pk=joined.pk).get()
    plan_a_visit(case, by)

    with pytest.raises(CannotSplit) as refused:
        services.split_off(first, by, AT)

    assert refused.value.why == WhyNot.VISIT
    assert services.split_off(joined, by, AT).split_from == case


def test_a_report_that_was_asked_before_is_asked_again_in_its_own_case(by):
    case, report = two_households(status=Status.IN_PROGRESS)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)
    services.answer_verdict(report.pk, round=1, answer="not_solved", words="Het lekt nog.", by=None, at=AT)

    new = services.split_off(report, by, AT)
    services.make_move(new.pk, workflow.PLAN, actor=Actor.STAFF, by=by, at=AT)
    services.make_move(new.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    assert sorted(report.verdicts.values_list("round", "answer")) == [(1, "not_solved"), (2, "")]


def test_a_stale_page_splits_nothing_off(by):
    case, report = two_households()

    with pytest.raises(ChangedMeanwhile):
        services.split_off(report, by, AT, seen=case.version - 1)

    assert not ReportMove.objects.exists()


def test_what_another_household_was_to_pay_is_not_taken_over(by):
    case, report = two_households()
    ServiceRequest.objects.filter(pk=case.pk).update(payer="tenant", payer_rule="law_d", agreed_price=80)

    new = services.split_off(report, by, AT)

    assert (new.payer, new.agreed_price) == ("corporation", None)


def test_the_promise_of_the_rest_is_looked_at_again(by):
    case, report = two_households(watch_at=AT + timedelta(days=7))

    services.split_off(report, by, AT)

    case.refresh_from_db()
    assert case.watch_at == AT


def test_a_case_looks_at_the_moved_reports_alone_and_at_their_names_one_by_one():
    """Joined to them, the tables were crossed where they had just been filled: a case opened in half a minute."""
    query = str(ServiceRequest.objects.annotate(moved_reports=moved_reports()).values("moved_reports").query)

    assert re.search(r'FROM "requests_reportmove" \w+ WHERE', query)
