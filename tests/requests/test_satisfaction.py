from datetime import timedelta

import pytest

from requests import services, tokens, workflow
from requests.models import Survey, Verdict
from requests.services import AlreadyAnswered, Said, TooLate, WordsMissing
from requests.workflow import Actor, Outcome, Status
from tenants.notifications.models import Notification

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def ready():
    """A request of one household that is ready: they are asked."""
    return ServiceRequestFactory(status=Status.DONE)


def answer(service_request, said, words="", report=None, round=1):
    report = report or service_request.reports.first()
    return services.answer_verdict(report.pk, round=round, answer=said, words=words, by=None, at=LATER)


def test_solved_closes(ready):
    answer(ready, "solved")

    ready.refresh_from_db()
    assert (ready.status, ready.outcome, ready.next_word_at) == (Status.CLOSED, Outcome.SOLVED, None)
    assert ready.history.last().actor == Actor.TENANT


def test_not_solved_reopens_at_once_with_the_words_and_goes_to_the_top(ready):
    answer(ready, "not_solved", "Hij druppelt nog steeds.")

    ready.refresh_from_db()
    assert (ready.status, ready.times_reopened, ready.done_at) == (Status.IN_PROGRESS, 1, None)
    assert ready.needs_attention
    assert ready.history.last().note == "Hij druppelt nog steeds."
    assert list(Notification.objects.values_list("kind", flat=True)) == ["request_reopened"]


def test_not_solved_without_words_changes_nothing(ready):
    with pytest.raises(WordsMissing):
        answer(ready, "not_solved", "  ")

    ready.refresh_from_db()
    assert ready.status == Status.DONE


def test_do_not_know_may_be_followed_by_an_answer(ready):
    answer(ready, "dont_know")
    answer(ready, "solved")

    ready.refresh_from_db()
    assert ready.status == Status.CLOSED


def test_the_first_answer_stands(ready):
    answer(ready, "solved")

    with pytest.raises(AlreadyAnswered):
        answer(ready, "not_solved", "Toch niet.")


def test_who_is_asked_again_reads_that_it_was_worked_on_again():
    planner, case = StaffFactory(), ServiceRequestFactory(at=NOON)
    services.make_move(case.pk, workflow.PLAN, actor=Actor.STAFF, by=planner, at=NOON, said=Said())
    for days, move in enumerate((workflow.FINISH, workflow.REOPEN, workflow.FINISH, workflow.REOPEN, workflow.FINISH)):
        said = Said(cause="SLT", note="Lekt." if move == workflow.REOPEN else "")
        services.make_move(case.pk, move, actor=Actor.STAFF, by=planner, at=NOON + timedelta(days=days), said=said)

    first, second, third = Notification.objects.filter(kind="request_done").order_by("pk")
    sorry, still = Notification.objects.filter(kind="request_reopened").order_by("pk")

    assert "De vakman zegt dat het werk klaar is." in first.body
    assert "nog een keer mee bezig geweest. Volgens de vakman was het op woensdag 4 maart klaar." in second.body
    assert "op vrijdag 6 maart klaar" in third.body
    assert "Vervelend dat het niet is opgelost." in sorry.body
    assert "Uw melding is nu 2 keer opnieuw geopend" in still.body


def test_an_answer_about_an_earlier_time_is_too_late(ready):
    verdict = Verdict.objects.get()
    planner = StaffFactory()
    services.make_move(ready.pk, workflow.REOPEN, actor=Actor.STAFF, by=planner, at=LATER, said=Said(note="Kapot"))
    services.make_move(ready.pk, workflow.FINISH, actor=Actor.STAFF, by=planner, at=LATER, said=Said(cause="SLT"))

    with pytest.raises(TooLate):
        services.answer_verdict(verdict.report_id, round=1, answer="solved", by=None, at=LATER)

    ready.refresh_from_db()
    assert (ready.status, ready.times_done) == (Status.DONE, 2)


def test_with_two_households_it_closes_when_both_say_so(ready):
    neighbour = ReportFactory(service_request=ready)
    Verdict.objects.create(report=neighbour, round=1, asked_at=NOON)

    answer(ready, "solved")
    ready.refresh_from_db()
    assert ready.status == Status.DONE

    answer(ready, "solved", report=neighbour)
    ready.refresh_from_db()
    assert ready.status == Status.CLOSED


def test_one_household_that_says_no_reopens_for_all(ready):
    neighbour = ReportFactory(service_request=ready)
    Verdict.objects.create(report=neighbour, round=1, asked_at=NOON)
    answer(ready, "solved")

    answer(ready, "not_solved", "Bij mij niet.", report=neighbour)

    ready.refresh_from_db()
    assert ready.status == Status.IN_PROGRESS


def test_everybody_is_asked_both_questions_when_it_is_ready():
    service_request = ServiceRequestFactory(status=Status.IN_PROGRESS)
    ReportFactory(service_request=service_request)

    services.make_move(service_request.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=NOON)

    assert (Verdict.objects.count(), Survey.objects.count(), Notification.objects.count()) == (2, 2, 2)


def test_a_mark_is_kept_and_changes_nothing_of_the_request(ready):
    version = ready.version

    services.give_mark(ready.reports.get().pk, mark=8, reason="Snel gedaan.", at=LATER)

    survey = Survey.objects.get()
    ready.refresh_from_db()
    assert (survey.mark, survey.reason, survey.answered_at) == (8, "Snel gedaan.", LATER)
    assert (ready.status, ready.version) == (Status.DONE, version)


def test_a_mark_is_given_once_each_time_it_is_asked(ready):
    report = ready.reports.get()
    services.give_mark(report.pk, mark=3, at=NOON)

    with pytest.raises(AlreadyAnswered):
        services.give_mark(report.pk, mark=9, at=LATER)

    Survey.objects.update(asked_at=LATER)  # ready for the second time
    services.give_mark(report.pk, mark=9, at=LATER + timedelta(minutes=1))
    assert Survey.objects.get().mark == 9


@pytest.mark.parametrize("mark", [0, 11, -1])
def test_a_mark_is_one_to_ten(ready, mark):
    with pytest.raises(ValueError, match="a mark is 1 to 10"):
        services.give_mark(ready.reports.get().pk, mark=mark, at=LATER)


def test_a_mark_comes_within_three_weeks(ready):
    with pytest.raises(TooLate):
        services.give_mark(ready.reports.get().pk, mark=8, at=NOON + timedelta(days=22))


def test_a_link_is_for_one_question():
    token = tokens.make(tokens.VERDICT, report_id=7, round=2, asked_at=NOON)

    question = tokens.read(tokens.VERDICT, token)

    assert (question.report_id, question.round) == (7, 2)
    with pytest.raises(tokens.WrongToken):
        tokens.read(tokens.MARK, token)


def test_a_link_expires():
    question = tokens.read(tokens.VERDICT, tokens.make(tokens.VERDICT, report_id=7, round=2, asked_at=NOON))

    assert question.is_open(at=NOON + timedelta(days=20))
    assert not question.is_open(at=NOON + timedelta(days=21))


def test_a_thousand_forged_links_are_refused():
    token = tokens.make(tokens.VERDICT, report_id=7, round=2, asked_at=NOON)
    forged = {token[:i] + chr(ord(token[i]) ^ bit) + token[i + 1 :] for i in range(len(token)) for bit in range(1, 20)}
    assert len(forged) > 1000

    for attempt in forged:
        with pytest.raises(tokens.WrongToken):
            tokens.read(tokens.VERDICT, attempt)


# --- at night ---------------------------------------------------------------------------------------------------------

NIGHT = NOON.replace(day=4, hour=2)
MORNING = NIGHT.replace(hour=8)


def ready_for_three():
    """Everybody was asked; the first of them answers at night."""
    case = ServiceRequestFactory(status=Status.DONE)
    without_account = [TenantFactory(user=None, email=f"buur{number}@example.org") for number in range(2)]
    neighbours = [ReportFactory(service_request=case, tenant=tenant) for tenant in without_account]
    for report in neighbours:
        Verdict.objects.create(report=report, round=1, asked_at=NOON)
    return case, case.reports.order_by("pk").first(), neighbours


def leaves_at(kind):
    return dict(Notification.objects.filter(kind=kind).values_list("tenant", "due_at"))


def test_not_solved_is_answered_at_once_to_who_says_it_and_in_the_morning_to_the_neighbours():
    _case, acts, neighbours = ready_for_three()

    services.answer_verdict(
        acts.pk, round=1, answer="not_solved", words="Hij staat weer stil.", by=acts.tenant.user, at=NIGHT
    )

    assert leaves_at("request_reopened") == {acts.tenant_id: NIGHT} | {one.tenant_id: MORNING for one in neighbours}


def test_who_answers_by_the_link_without_an_account_hears_at_once_and_nobody_else():
    _case, first, (acts, other) = ready_for_three()

    services.answer_verdict(acts.pk, round=1, answer="not_solved", words="Nog stuk.", by=None, at=NIGHT)

    assert leaves_at("request_reopened") == {
        acts.tenant_id: NIGHT, first.tenant_id: MORNING, other.tenant_id: MORNING,
    }  # fmt: skip


def test_the_last_who_says_that_it_is_solved_wakes_nobody_with_it():
    _case, first, (second, acts) = ready_for_three()
    for report in (first, second):
        services.answer_verdict(report.pk, round=1, answer="solved", by=None, at=LATER)

    services.answer_verdict(acts.pk, round=1, answer="solved", by=None, at=NIGHT)

    assert leaves_at("request_confirmed") == {acts.tenant_id: NIGHT, second.tenant_id: MORNING}


def test_what_staff_write_down_at_night_wakes_nobody():
    case, *_ = ready_for_three()

    said = Said(note="Hij belde: nog stuk.")
    services.make_move(case.pk, workflow.REOPEN, actor=Actor.STAFF, by=StaffFactory(), at=NIGHT, said=said)

    assert set(leaves_at("request_reopened").values()) == {MORNING}
