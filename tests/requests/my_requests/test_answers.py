"""Withdrawing, saying whether it is solved, and giving a mark."""

import uuid
from datetime import date

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils import timezone

from dwellings.models import Tenancy
from requests import services, workflow
from requests.models import Message, ServiceRequest, Survey, Verdict
from requests.services import Said
from requests.workflow import Actor, Outcome, Status
from tests.factories import ReportFactory, ServiceRequestFactory, StaffFactory
from tests.requests.tenant_pages import page, stored_photo, without_keys, words_of


def test_withdrawing_asks_first(tenant_client, of_tenant):
    service_request = of_tenant()

    tenant_client.get(page("withdraw", service_request.reference))
    service_request.refresh_from_db()
    before = service_request.status
    tenant_client.post(page("withdraw", service_request.reference))

    service_request.refresh_from_db()
    assert (before, service_request.status, service_request.outcome) == ("received", "closed", "withdrawn")


def test_withdrawing_twice_is_withdrawing_once(tenant_client, of_tenant):
    service_request = of_tenant()

    tenant_client.post(page("withdraw", service_request.reference))
    response = tenant_client.post(page("withdraw", service_request.reference), follow=True)

    said = words_of(response)
    assert service_request.history.filter(move="withdraw").count() == 1
    assert ["Uw melding is ingetrokken." in said, "niet meer intrekken" in said] == [True, False]


@pytest.mark.parametrize("status", [Status.IN_PROGRESS, Status.DONE, Status.CLOSED])
def test_work_that_has_begun_cannot_be_withdrawn(tenant_client, of_tenant, status):
    service_request = of_tenant(status)

    response = tenant_client.post(page("withdraw", service_request.reference), follow=True)

    service_request.refresh_from_db()
    assert service_request.status == status
    assert "U kunt deze melding niet meer intrekken." in words_of(response)
    assert page("withdraw", service_request.reference) not in words_of(response)


def test_what_neighbours_reported_too_is_not_one_persons_to_withdraw(tenant_client, of_tenant):
    service_request = of_tenant()
    ReportFactory(service_request=service_request)

    tenant_client.post(page("withdraw", service_request.reference))

    service_request.refresh_from_db()
    assert service_request.status == Status.RECEIVED
    assert page("withdraw", service_request.reference) not in words_of(
        tenant_client.get(page("detail", service_request.reference))
    )


def test_solved_closes_and_then_asks_for_a_mark(tenant_client, of_tenant):
    service_request = of_tenant(Status.DONE)

    response = tenant_client.post(
        page("verdict_here", service_request.reference), {"round": 1, "answer": "solved"}, follow=True
    )
    tenant_client.post(page("mark_here", service_request.reference), {"mark": "8", "reason": "Netjes"})

    service_request.refresh_from_db()
    survey = service_request.reports.get().survey
    assert (service_request.status, service_request.outcome) == (Status.CLOSED, Outcome.SOLVED)
    assert (survey.mark, survey.reason) == (8, "Netjes")
    assert "Fijn dat het is opgelost. Welk cijfer geeft u ons?" in words_of(response)


def test_not_solved_needs_words(tenant_client, of_tenant):
    service_request = of_tenant(Status.DONE)

    response = tenant_client.post(
        page("verdict_here", service_request.reference), {"round": 1, "answer": "not_solved", "words": "  "}
    )

    service_request.refresh_from_db()
    assert service_request.status == Status.DONE
    assert "Schrijf op wat er nog niet goed is." in words_of(response)


def test_not_solved_reopens_at_once(tenant_client, of_tenant):
    service_request = of_tenant(Status.DONE)

    response = tenant_client.post(
        page("verdict_here", service_request.reference),
        {"round": 1, "answer": "not_solved", "words": "Hij druppelt nog"},
        follow=True,
    )

    service_request.refresh_from_db()
    assert (service_request.status, service_request.times_reopened) == (Status.IN_PROGRESS, 1)
    assert "Uw melding staat weer open en wij gaan ermee verder." in words_of(response)
    assert "Hij druppelt nog" in words_of(response)


@pytest.mark.parametrize(
    "answer", [{"answer": "not_solved", "words": "Hij druppelt nog.\r\nAl weer. "}, {"answer": "solved"}]
)
def test_the_same_answer_sent_again_is_thanked_for_as_the_first_time(tenant_client, of_tenant, answer):
    service_request = of_tenant(Status.DONE)
    path = page("verdict_here", service_request.reference)

    answers = [tenant_client.post(path, {"round": 1, **answer}, follow=True) for _ in range(2)]

    assert answers[0].redirect_chain == answers[1].redirect_chain
    assert without_keys(answers[0]) == without_keys(answers[1])
    assert Verdict.objects.get().answer == answer["answer"]


def test_the_same_mark_sent_again_is_thanked_for_as_the_first_time(tenant_client, of_tenant):
    service_request = of_tenant(Status.CLOSED)
    path = page("mark_here", service_request.reference)

    answers = [tenant_client.post(path, {"mark": "4", "reason": "Lang\r\ngewacht "}, follow=True) for _ in range(2)]

    assert [answer.redirect_chain for answer in answers] == [[(page("detail", service_request.reference), 302)]] * 2
    assert ["Dank u wel voor uw cijfer." in words_of(answer) for answer in answers] == [True, True]


@pytest.mark.parametrize("again", [{"answer": "solved"}, {"answer": "not_solved", "words": "En de buren ook"}])
def test_another_answer_than_the_first_does_not_count_and_keeps_its_words(tenant_client, of_tenant, again):
    service_request = of_tenant(Status.DONE)
    path = page("verdict_here", service_request.reference)
    tenant_client.post(path, {"round": 1, "answer": "not_solved", "words": "Hij druppelt nog"})

    response = tenant_client.post(path, {"round": 1, **again})

    assert "U hebt deze vraag al beantwoord." in words_of(response)
    assert again.get("words", "") + "</textarea>" in words_of(response)
    assert Verdict.objects.get().words == "Hij druppelt nog"


@pytest.mark.parametrize("round", [{}, {"round": ""}, {"round": "x"}, {"round": "9" * 30}])
def test_an_answer_of_no_round_is_too_late_and_names_no_field_that_nobody_sees(tenant_client, of_tenant, round):
    service_request = of_tenant(Status.DONE)

    response = tenant_client.post(
        page("verdict_here", service_request.reference), round | {"answer": "not_solved", "words": "Nog nat"}
    )

    said = words_of(response)
    assert ["Uw antwoord is niet bewaard." in said, "Dit veld is verplicht" in said, "#id_round" in said] == [
        True, False, False,
    ]  # fmt: skip
    assert "Nog nat</textarea>" in said


def test_i_do_not_know_yet_leaves_the_question_open(tenant_client, of_tenant):
    service_request = of_tenant(Status.DONE)

    tenant_client.post(page("verdict_here", service_request.reference), {"round": 1, "answer": "dont_know"})
    shown = words_of(tenant_client.get(page("detail", service_request.reference)))

    assert "U liet weten dat u het nog niet weet." in shown
    assert page("verdict_here", service_request.reference) in shown


def test_an_answer_to_an_older_question_is_refused_and_its_words_are_kept(tenant_client, of_tenant):
    service_request = of_tenant(Status.DONE)
    Verdict.objects.create(report=service_request.reports.get(), round=2, asked_at=timezone.now())
    ServiceRequest.objects.update(times_done=2)

    response = tenant_client.post(
        page("verdict_here", service_request.reference), {"round": 1, "answer": "not_solved", "words": "Nog nat"}
    )

    service_request.refresh_from_db()
    assert service_request.status == Status.DONE
    assert "Uw antwoord is niet bewaard." in words_of(response)
    assert "Nog nat</textarea>" in words_of(response)


@pytest.mark.parametrize("sent", [{}, {"mark": "0"}, {"mark": "11"}, {"mark": "goed"}])
def test_a_mark_outside_one_to_ten_is_no_mark(tenant_client, of_tenant, sent):
    service_request = of_tenant(Status.CLOSED)

    response = tenant_client.post(page("mark_here", service_request.reference), sent | {"reason": "Omdat"})

    assert response.status_code == 200
    assert "Omdat</textarea>" in words_of(response)
    assert service_request.reports.get().survey.mark is None


def test_a_mark_counts_once(tenant_client, of_tenant):
    service_request = of_tenant(Status.CLOSED)

    for mark in ("9", "1"):
        response = tenant_client.post(page("mark_here", service_request.reference), {"mark": mark})

    assert service_request.reports.get().survey.mark == 9
    assert "U hebt al een cijfer gegeven." in words_of(response)


@pytest.mark.parametrize(
    ("status", "name"),
    [(Status.RECEIVED, "verdict_here"), (Status.RECEIVED, "mark_here"), (Status.DONE, "mark_here")],
)
def test_a_question_that_is_not_asked_now_leads_back(tenant_client, of_tenant, status, name):
    service_request = of_tenant(status)

    response = tenant_client.get(page(name, service_request.reference))

    assert response.url == page("detail", service_request.reference)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.DONE])
def test_a_mark_that_is_not_asked_now_does_not_count(tenant_client, of_tenant, status):
    service_request = of_tenant(status)

    response = tenant_client.post(page("mark_here", service_request.reference), {"mark": "1", "reason": "Nog niet af"})

    assert not Survey.objects.filter(mark__isnull=False).exists()
    assert "U kunt voor deze melding geen cijfer meer geven." in words_of(response)
    assert "Nog niet af</textarea>" in words_of(response)


@pytest.mark.parametrize("status", sorted(set(Status) - {Status.RECEIVED}))
def test_the_confirmation_leads_to_the_request_once_something_happened(tenant_client, of_tenant, status):
    service_request = of_tenant(status)

    response = tenant_client.get(page("sent", service_request.reference))

    assert (response.status_code, response.url) == (302, page("detail", service_request.reference))


def test_pages_speak_the_tenants_language(tenant_client, tenant, of_tenant):
    service_request = of_tenant()
    type(tenant).objects.update(language="en")

    assert "The tap drips" in words_of(tenant_client.get(page("detail", service_request.reference)))


@pytest.mark.parametrize("count", [1, 3])
def test_a_longer_list_asks_no_more_queries(tenant_client, of_tenant, count, django_assert_num_queries):
    for _ in range(count):
        of_tenant()
        of_tenant(Status.CLOSED)

    with django_assert_num_queries(9):
        tenant_client.get(page("mine"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_longer_history_asks_no_more_queries(tenant_client, tenant, of_tenant, count, django_assert_num_queries):
    service_request = of_tenant()
    staff = StaffFactory()
    for _ in range(count):
        for move, said in ((workflow.WAIT, Said(waiting_reason="parts", note="Besteld")), (workflow.PLAN, Said())):
            services.make_move(service_request.pk, move, actor=Actor.STAFF, by=staff, at=timezone.now(), said=said)
        services.write_to_staff(service_request.pk, tenant=tenant, body="Vraag", at=timezone.now())
        stored_photo(report=service_request.reports.get())

    with django_assert_num_queries(13):
        tenant_client.get(page("detail", service_request.reference))


@pytest.mark.parametrize("nothing", ["\0 \0", " \n ", ""])
def test_words_without_a_character_are_refused_kindly(tenant_client, tenant, nothing):
    service_request = ServiceRequestFactory(status="done", reported_by=tenant, at=timezone.now())
    answer = {"round": 1, "answer": "not_solved", "words": nothing}

    written = tenant_client.post(page("write", service_request.reference), {"body": nothing, "key": uuid.uuid4()})
    answered = tenant_client.post(page("verdict_here", service_request.reference), answer)

    assert (written.status_code, answered.status_code) == (200, 200)
    assert (Message.objects.count(), ServiceRequest.objects.get().status) == (0, "done")


@pytest.mark.parametrize("key", ["1", "x" * 40, "", "\0"])
def test_a_message_counts_whatever_is_sent_as_the_form_key(tenant_client, tenant, key):
    service_request = ServiceRequestFactory(reported_by=tenant)

    tenant_client.post(page("write", service_request.reference), {"body": "Wanneer?", "key": key})

    assert [(message.body, message.key) for message in Message.objects.all()] == [("Wanneer?", None)]


def test_other_words_from_a_form_that_was_sent_before_count_too(tenant_client, tenant):
    service_request, key = ServiceRequestFactory(reported_by=tenant), uuid.uuid4()

    for body in ("Wanneer?", "Wanneer?", "Ik kan vrijdag niet."):
        tenant_client.post(page("write", service_request.reference), {"body": body, "key": key})

    assert list(Message.objects.values_list("body", flat=True)) == ["Wanneer?", "Ik kan vrijdag niet."]


def test_who_has_left_the_home_sees_its_requests_no_more(tenant_client, tenant):
    service_request = ServiceRequestFactory(status="done", reported_by=tenant)
    photo = stored_photo(report=service_request.reports.get())
    Tenancy.objects.filter(tenant=tenant).update(period=DateRange(date(2020, 1, 1), date(2026, 1, 1)))

    addresses = [page("detail", service_request.reference), page("photo", photo.pk)]

    assert [tenant_client.get(address).status_code for address in addresses] == [404, 404]
    assert service_request.reference not in words_of(tenant_client.get(page("mine")))
