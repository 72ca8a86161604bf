"""A household adds its report to a case that is open."""

import threading
from datetime import timedelta

import pytest
from django.db import connection

from requests import services, workflow
from requests.models import Verdict
from requests.services import CannotJoin
from requests.services.taking_in import Intake
from requests.workflow import Actor, Status
from tenants.notifications.models import Notification
from tests.factories import (
    DwellingFactory,
)
from tests.requests.joining.cases import AT, LEAK, LIFT, case_of, intake_of, lift_case, neighbour_of

pytestmark = pytest.mark.django_db


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("tenant__name", flat=True))


# --- join -------------------------------------------------------------------------------------------------------------


def test_a_neighbour_joins_with_their_own_words_and_hears_what_was_promised():
    case = lift_case()
    intake = intake_of(case, LIFT)

    report = services.join(intake, case, at=AT)

    mail = Notification.objects.get()
    assert (report.service_request, report.tenant, report.text, report.at) == (
        case,
        intake.tenancy.tenant,
        "De lift staat stil op de vierde.",
        AT,
    )
    assert (mail.kind, mail.tenant, mail.about) == ("request_joined", report.tenant, case.reference)
    assert case.reference in mail.subject


def test_joining_moves_no_promise_and_raises_nothing():
    case = lift_case()
    kept = ("fix_by", "first_fix_by", "next_word_at", "urgency", "status", "needs_attention")
    before = {name: getattr(case, name) for name in kept}

    services.join(intake_of(case, LIFT), case, at=AT)

    case.refresh_from_db()
    assert {name: getattr(case, name) for name in kept} == before


def test_who_joins_twice_keeps_one_report_and_no_word_is_lost():
    case = lift_case()
    tenancy = neighbour_of(case)

    first = services.join(intake_of(case, LIFT, tenancy), case, at=AT)
    second = services.join(intake_of(case, LIFT, tenancy, text="Nu ook lawaai."), case, at=AT + timedelta(hours=1))

    case.refresh_from_db()
    assert first == second
    assert [(message.tenant, message.body) for message in case.messages.all()] == [(tenancy.tenant, "Nu ook lawaai.")]
    assert case.tenant_waits_for_reply
    assert Notification.objects.count() == 1


def test_a_case_of_another_complex_is_not_joined_by_guessing():
    case, elsewhere = lift_case(), lift_case()

    with pytest.raises(CannotJoin):
        services.join(intake_of(elsewhere, LIFT), case, at=AT)

    assert case.reports.count() == 1


def test_a_case_about_something_else_is_not_joined():
    case = case_of(LEAK, dwelling=DwellingFactory(stack="A-1"))

    with pytest.raises(CannotJoin):
        services.join(Intake(tenancy=neighbour_of(case), problem=LIFT, text="De lift"), case, at=AT)


@pytest.mark.parametrize("status", [Status.DONE, Status.CLOSED])
def test_what_is_ready_is_not_joined(status):
    case = lift_case(status=status)

    with pytest.raises(CannotJoin):
        services.join(intake_of(case, LIFT), case, at=AT)


@pytest.mark.django_db(transaction=True)
def test_ten_neighbours_who_join_at_once_all_get_in():
    case = lift_case()
    tenancies = [neighbour_of(case) for _ in range(10)]
    together = threading.Barrier(10)

    def join(tenancy):
        together.wait()
        services.join(intake_of(case, LIFT, tenancy), case, at=AT)
        connection.close()

    threads = [threading.Thread(target=join, args=[tenancy]) for tenancy in tenancies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert case.reports.count() == 11
    assert Notification.objects.filter(kind="request_joined").count() == 10


def test_forty_households_are_each_asked_whether_it_is_solved(by):
    case = lift_case(status=Status.IN_PROGRESS)
    for _ in range(39):
        services.join(intake_of(case, LIFT), case, at=AT)

    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    assert Verdict.objects.filter(report__service_request=case, round=1).count() == 40
    assert len(told("request_done")) == 40


def test_it_closes_when_the_last_household_says_solved(by):
    case = lift_case(status=Status.IN_PROGRESS)
    services.join(intake_of(case, LIFT), case, at=AT)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    seen = []
    for report in case.reports.all():
        services.answer_verdict(report.pk, round=1, answer="solved", by=None, at=AT)
        case.refresh_from_db()
        seen.append(case.status)

    assert seen == [Status.DONE, Status.CLOSED]
