"""The day on which we say that we close it is the day on which we do."""

from datetime import UTC, timedelta

import pytest

from requests import followup, services, workflow
from requests.letters import print_letters
from requests.models import Verdict
from requests.workflow import Actor, Outcome, Status
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db


def day(number):
    return NOON.astimezone(UTC) + timedelta(days=number)  # also after the night on which the clocks are set


def pass_days(first, last):
    """The clock looks each day, and what it wrote leaves."""
    for number in range(first, last + 1):
        followup.follow_up(at=day(number))
        delivery.deliver_due(now=lambda number=number: day(number))


@pytest.fixture
def ready():
    """Finished at noon of the first day, and asked about."""

    def ready(**fields):
        case = ServiceRequestFactory(status=Status.IN_PROGRESS, **fields)
        services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=NOON)
        pass_days(0, 0)
        return again(case)

    return ready


def again(case):
    case.refresh_from_db()
    return case


def write(case, *, at):
    services.write_to_staff(case.pk, tenant=case.reports.first().tenant, body="Het fluit nog.", at=at)


def reply(case, *, at):
    services.write_to_tenants(case.pk, by=StaffFactory(), body="Dat gaat vanzelf over.", at=at)


def said_on(case, number):
    return followup.closes_at(again(case), at=day(number))


def closed_after(case, number, *, until=60):
    """The day on which it closed in the end; None when it did not."""
    pass_days(number + 1, until)
    return again(case).closed_at


def test_two_weeks_after_it_was_ready(ready):
    case = ready()

    said = [said_on(case, 0), said_on(case, 5)]
    pass_days(1, 10)
    said.append(said_on(case, 10))

    assert [*said, closed_after(case, 10)] == [day(14)] * 4


def test_a_reply_of_staff_leaves_a_week_to_answer_and_a_week_after_the_reminder(ready):
    """On day 16 the page named day 14."""
    case = ready()
    pass_days(1, 6)
    write(case, at=day(6))
    waits = said_on(case, 10)
    pass_days(7, 13)
    reply(case, at=day(13))
    pass_days(14, 16)

    said = said_on(case, 16)

    assert (waits, said, closed_after(case, 16)) == (None, day(27), day(27))


def test_a_reply_after_the_reminder_leaves_a_week_too(ready):
    case = ready()
    pass_days(1, 10)
    write(case, at=day(10))
    reply(case, at=day(13))

    said = said_on(case, 13)

    assert (said, closed_after(case, 13)) == (day(20), day(20))


def test_a_reminder_that_came_late_leaves_a_week(ready):
    case = ready()

    late = said_on(case, 30)
    pass_days(31, 31)
    said = said_on(case, 31)

    assert (late, said, closed_after(case, 31)) == (day(37), day(38), day(38))


def test_of_letters_it_is_said_from_when_they_were_printed(ready):
    case = ready(reported_by=TenantFactory(user=None))
    before = said_on(case, 0)
    printed(case, at=day(2))
    pass_days(1, 7)
    printed(case, at=day(10))

    said = said_on(case, 12)

    assert (before, said, closed_after(case, 10)) == (None, day(24), day(24))


def printed(case, *, at):
    letters = Notification.objects.filter(about=case.reference, channel="letter", sent_at=None)
    print_letters([letter.pk for letter in letters], at=at)


def test_nothing_is_said_while_somebody_was_not_reached(ready):
    case = ready()
    Notification.objects.filter(kind__in=("request_done", "request_reminder")).update(
        state="failed", sent_at=None, due_at=None
    )

    assert said_on(case, 1) is None


def test_who_said_that_it_is_solved_reads_when_it_closes_without_the_others():
    case = ServiceRequestFactory(status=Status.IN_PROGRESS)
    own = case.reports.get()
    ReportFactory(service_request=case)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=NOON)
    services.answer_verdict(own.pk, round=1, answer=Verdict.Answer.SOLVED, by=None, at=day(0))
    pass_days(0, 3)

    said = said_on(case, 3)

    assert (said, closed_after(case, 3), again(case).outcome) == (day(14), day(14), Outcome.UNANSWERED)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.DONE}))
def test_only_what_is_ready_closes_by_itself(status):
    assert followup.closes_at(ServiceRequestFactory(status=status), at=NOON) is None
