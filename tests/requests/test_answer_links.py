"""Answers by the link in a mail, without signing in."""

import re
from collections import Counter
from datetime import timedelta
from itertools import combinations, islice
from urllib.parse import quote

import pytest
from django.utils import timezone

from requests import notifications, services, tokens, workflow
from requests.models import ServiceRequest, StatusChange, Survey, Verdict
from requests.workflow import Status
from tests.factories import ServiceRequestFactory, TenancyFactory, moves_out
from tests.requests.tenant_pages import page, stored_photo, without_keys, words_of
from tests.size import LONG, chance


def asked(status=Status.DONE, *, days=1, **fields):
    """A request whose tenant was asked that long ago."""
    return ServiceRequestFactory(status=status, at=timezone.now() - timedelta(days=days), **fields)


def link(purpose, service_request):
    token = tokens.make(purpose, report_id=service_request.reports.get().pk, round=1, asked_at=service_request.done_at)
    return page("answer" if purpose == tokens.VERDICT else "mark", token)


def rows():
    """Everything an answer may change."""
    return [list(model.objects.order_by("pk").values()) for model in (ServiceRequest, Verdict, Survey)]


@pytest.mark.parametrize("method", ["get", "head", "options"])
@pytest.mark.parametrize(("purpose", "status"), [(tokens.VERDICT, Status.DONE), (tokens.MARK, Status.CLOSED)])
def test_reading_the_page_changes_nothing(client, db, purpose, status, method):
    service_request = asked(status)
    before = rows()

    for _ in range(5):
        getattr(client, method)(link(purpose, service_request) + "?answer=solved&mark=1")

    assert rows() == before


def test_solved_by_link_closes_and_leads_to_the_mark(client, db):
    service_request = asked()
    address = link(tokens.VERDICT, service_request)

    thanks = client.post(address, {"round": 1, "answer": "solved"}, follow=True)
    to_mark = words_of(thanks).split('href="/cijfer/')[1].split('"')[0]
    client.post(f"/cijfer/{to_mark}", {"mark": "7", "reason": ""})

    service_request.refresh_from_db()
    assert service_request.status == Status.CLOSED
    assert Survey.objects.get().mark == 7
    assert "Dank u wel, wij hebben uw antwoord" in words_of(thanks)


def test_not_solved_by_link_reopens_at_once(client, db):
    service_request = asked()

    thanks = client.post(
        link(tokens.VERDICT, service_request),
        {"round": 1, "answer": "not_solved", "words": "Hij lekt nog"},
        follow=True,
    )

    service_request.refresh_from_db()
    assert (service_request.status, service_request.times_reopened) == (Status.IN_PROGRESS, 1)
    assert "Uw melding staat weer open" in words_of(thanks)
    assert "/cijfer/" not in words_of(thanks)


def test_not_solved_without_words_keeps_the_choice(client, db):
    service_request = asked()

    response = client.post(link(tokens.VERDICT, service_request), {"round": 1, "answer": "not_solved", "words": ""})

    service_request.refresh_from_db()
    assert service_request.status == Status.DONE
    assert "Schrijf op wat er nog niet goed is." in words_of(response)
    assert re.search(r'value="not_solved"[^>]* checked', words_of(response))


def test_i_do_not_know_yet_may_be_answered_later_by_the_same_link(client, db):
    service_request = asked()
    address = link(tokens.VERDICT, service_request)

    client.post(address, {"round": 1, "answer": "dont_know"})
    shown = words_of(client.get(address))
    client.post(address, {"round": 1, "answer": "solved"})

    service_request.refresh_from_db()
    assert "U liet weten dat u het nog niet weet." in shown
    assert service_request.status == Status.CLOSED


@pytest.mark.parametrize("second", ["solved", "not_solved"])
def test_a_used_link_shows_the_first_answer_which_stands(client, db, second, settings):
    service_request = asked()
    address = link(tokens.VERDICT, service_request)
    client.post(address, {"round": 1, "answer": "solved"})
    before = rows()

    again = client.post(address, {"round": 1, "answer": second, "words": "Toch niet"})
    shown = client.get(address)

    assert rows() == before
    assert "<h1>Uw eerdere antwoord telt</h1>" in words_of(again)
    assert "<strong>Toch niet</strong>" in words_of(again)
    assert f'Toch niet opgelost? Bel ons: <a class="phone-number" href="{settings.EMERGENCY_PHONE_LINK}"' in words_of(
        again
    )
    assert (shown.status_code, "Ja, het is opgelost" in words_of(shown)) == (200, True)


def test_a_mark_counts_once(client, db):
    service_request = asked(Status.CLOSED)
    address = link(tokens.MARK, service_request)

    client.post(address, {"mark": "9"})
    again = client.post(address, {"mark": "1"})

    assert Survey.objects.get().mark == 9
    assert "<h1>Uw eerdere antwoord telt</h1>" in words_of(again)
    assert "Uw cijfer: 9." in words_of(client.get(address))


ANSWERS = [
    (tokens.VERDICT, Status.DONE, {"answer": "not_solved", "words": "Hij lekt nog.\r\nOok ’s nachts. "}),
    (tokens.VERDICT, Status.DONE, {"answer": "solved", "words": "Netjes"}),
    (tokens.MARK, Status.CLOSED, {"mark": "4", "reason": "Het duurde\r\nlang. "}),
]


@pytest.mark.parametrize(("purpose", "status", "answer"), ANSWERS)
def test_an_answer_that_is_sent_again_is_thanked_for_as_the_first_time(client, db, purpose, status, answer):
    address = link(purpose, asked(status))
    first = client.post(address, answer, follow=True)
    before = rows()

    again = client.post(address, answer, follow=True)

    assert again.redirect_chain == [(address, 302)]
    assert without_keys(again) == without_keys(first)
    assert rows() == before


@pytest.mark.parametrize(("purpose", "status", "answer"), ANSWERS)
def test_other_words_than_the_first_are_given_back(client, db, purpose, status, answer):
    address = link(purpose, asked(status))
    client.post(address, answer)
    before = rows()

    again = client.post(address, answer | {"words": "Iets anders", "reason": "Iets anders"})

    assert "<strong>Iets anders</strong>" in words_of(again)
    assert rows() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", ["answer", "mark"])
@pytest.mark.parametrize("token", ["x", "WzFd:abc", "a" * 2000, "%00", "🙂"])
def test_a_wrong_link_gets_a_clear_page(client, db, name, token, method):
    asked()

    response = getattr(client, method)(page(name, token), {"answer": "solved", "mark": "8"})

    assert response.status_code == 404
    assert "Deze link werkt niet" in words_of(response)


def turned(token):
    """The token with each single bit of it turned, and then with many pairs of them."""
    bits = [(place, 1 << bit) for place in range(len(token)) for bit in range(7)]
    pairs = chance("two bits of a link").sample(list(combinations(bits, 2)), 1000)
    for flips in [*combinations(bits, 1), *pairs]:
        signs = list(token)
        for place, bit in flips:
            signs[place] = chr(ord(signs[place]) ^ bit)
        yield "".join(signs)


@pytest.mark.parametrize(("purpose", "status"), [(tokens.VERDICT, Status.DONE), (tokens.MARK, Status.CLOSED)])
def test_a_link_with_a_bit_turned_is_wrong(client, db, purpose, status):
    _, way, token, _ = link(purpose, asked(status)).split("/")
    before = rows()

    wrong = list(islice(turned(token), 1000) if LONG else islice(turned(token), 0, 400, 10))
    sent = {"round": 1, "answer": "solved", "mark": "1"}
    answers = Counter(client.post(f"/{way}/{quote(other, safe='')}/", sent).status_code for other in wrong)

    assert len(set(wrong)) == (1000 if LONG else 40)
    assert answers == {404: len(wrong)}
    assert rows() == before


def test_a_link_for_one_question_does_not_answer_the_other(client, db):
    service_request = asked(Status.CLOSED)
    token = link(tokens.VERDICT, service_request).split("/")[2]

    response = client.post(page("mark", token), {"mark": "1"})

    assert response.status_code == 404
    assert Survey.objects.get().mark is None


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("purpose", "status"), [(tokens.VERDICT, Status.DONE), (tokens.MARK, Status.CLOSED)])
def test_an_expired_link_says_so_and_gives_back_what_was_typed(client, db, settings, purpose, status, method):
    service_request = asked(status, days=settings.ANSWER_LINK_VALID.days + 1)
    before = rows()

    sent = {"round": 1, "answer": "not_solved", "words": "Nog nat", "mark": "1", "reason": "Nog nat"}
    response = getattr(client, method)(link(purpose, service_request), sent)

    assert response.status_code == 410
    assert "De tijd om te antwoorden" in words_of(response)
    assert ("Nog nat" in words_of(response)) == (method == "post")
    assert rows() == before


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize(("purpose", "status", "answer"), ANSWERS)
def test_a_link_that_was_used_expires_too(client, db, settings, purpose, status, answer, method):
    service_request = asked(status)
    address = link(purpose, service_request)
    client.post(address, answer)
    settings.ANSWER_LINK_VALID = timedelta(hours=1)
    old_address = link(purpose, ServiceRequest(pk=service_request.pk, done_at=timezone.now() - timedelta(days=1)))

    open_still, expired = (getattr(client, method)(path, answer) for path in (address, old_address))

    assert (open_still.status_code, expired.status_code) == (200 if method == "get" else 302, 410)
    given = ["Uw cijfer: 4" in words_of(expired), "Uw antwoord:" in words_of(expired)]
    assert given == [False, False]


def test_the_link_in_a_reminder_outlives_the_day_on_which_we_close_by_a_week(client, db):
    service_request = asked(days=19)
    now = timezone.now()
    closes_at = now + timedelta(days=7)
    report = service_request.reports.get()

    (message,) = notifications.closing_reminder(service_request, [report], closes_at=closes_at)

    address = message.action[1]
    question = tokens.read(tokens.VERDICT, address.split("/")[-2])
    assert question.is_open(at=closes_at + timedelta(days=6, hours=23))
    assert not question.is_open(at=closes_at + timedelta(days=7))
    assert client.get(address).status_code == 200


def test_who_was_silent_until_we_closed_it_can_still_give_a_mark(client, db):
    service_request = asked(Status.CLOSED, days=26, closed_at=timezone.now() - timedelta(days=1))
    change = StatusChange(move=workflow.LAPSE.name, old_status=Status.DONE, at=timezone.now())

    (message,) = notifications.moved(service_request, change, notifications.Visits())
    page_before = client.get(message.action[1])
    client.post(message.action[1], {"mark": "7", "reason": ""})

    assert page_before.status_code == 200
    assert Survey.objects.get().mark == 7


def test_a_link_to_a_question_that_was_overtaken_says_so(client, db):
    service_request = asked()
    address = link(tokens.VERDICT, service_request)
    ServiceRequest.objects.update(status=Status.IN_PROGRESS, done_at=None)

    response = client.get(address)

    assert response.status_code == 410
    assert "is iets gebeurd nadat wij u dit vroegen" in words_of(response)


def test_who_left_opens_no_work_in_the_home_of_somebody_else_and_may_give_a_mark(client, db):
    service_request, closed = asked(), asked(Status.CLOSED)
    moves_out(service_request.reports.get(), closed.reports.get(), on=timezone.localdate())
    address, answer = link(tokens.VERDICT, service_request), {"round": 1, "answer": "not_solved", "words": "Het lekt."}

    shown, sent = client.get(address), client.post(address, answer)
    client.post(link(tokens.MARK, closed), {"mark": "4", "reason": ""})

    service_request.refresh_from_db()
    assert (service_request.status, Verdict.objects.get(report__service_request=service_request).answer) == ("done", "")
    assert (shown.status_code, "Wie er nu woont, kan het aan ons melden" in words_of(shown)) == (410, True)
    assert "Het lekt." in words_of(sent)
    assert Survey.objects.get(report__service_request=closed).mark == 4


def test_an_overtaken_answer_keeps_its_words_in_the_field(client, db):
    service_request = asked()
    address = link(tokens.VERDICT, service_request)
    ServiceRequest.objects.update(status=Status.IN_PROGRESS, done_at=None)

    response = client.post(address, {"round": 1, "answer": "not_solved", "words": "Nog nat"})

    assert "Uw antwoord is niet bewaard." in words_of(response)
    assert "Nog nat</textarea>" in words_of(response)


def test_a_mark_that_is_not_asked_yet_does_not_count(client, db):
    address = link(tokens.MARK, asked(Status.DONE))
    before = rows()

    response = client.post(address, {"mark": "1", "reason": "Nog niet af"})

    assert (response.status_code, rows()) == (410, before)
    assert "Nog niet af" in words_of(response)


@pytest.mark.parametrize(("purpose", "status"), [(tokens.VERDICT, Status.DONE), (tokens.MARK, Status.CLOSED)])
def test_the_pages_give_nobody_away(client, db, purpose, status):
    tenancy = TenancyFactory(tenant__name="Aleida van den Bosch")
    service_request = asked(status, reported_by=tenancy.tenant, dwelling=tenancy.dwelling)
    report = service_request.reports.get()
    stored_photo(report=report)
    services.write_to_staff(service_request.pk, tenant=tenancy.tenant, body="Ik ben ziek", at=timezone.now())

    shown = words_of(client.get(link(purpose, service_request)))

    secrets = (tenancy.tenant.name, tenancy.tenant.email, tenancy.dwelling.street, report.text, "Ik ben ziek", "/foto/")
    assert [secret in shown for secret in secrets] == [False] * 6
    assert service_request.reference in shown


def test_the_page_speaks_the_tenants_language(client, db):
    service_request = asked(reported_by=TenancyFactory(tenant__language="en").tenant)

    assert "The tap drips" in words_of(client.get(link(tokens.VERDICT, service_request)))


@pytest.mark.parametrize(("purpose", "status"), [(tokens.VERDICT, Status.DONE), (tokens.MARK, Status.CLOSED)])
def test_a_page_by_link_asks_three_queries(client, db, purpose, status, django_assert_num_queries):
    address = link(purpose, asked(status))

    with django_assert_num_queries(3):
        client.get(address)
