"""What somebody learns who tries addresses and codes: nothing, and not for long."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.models import Notification, User
from tests.factories import TenantFactory, UserFactory

from .signing_in import LOGIN, ask_for_code, fill_in, mails, wrong_code

pytestmark = pytest.mark.django_db


def test_an_address_gets_three_codes_in_fifteen_minutes(client, tenant, other_client):
    answers = []
    for _ in range(4):
        other_client.cookies.clear()
        answers.append(ask_for_code(other_client, tenant.user.email))

    assert [answer.status_code for answer in answers] == [302, 302, 302, 200]
    assert "Wacht dan een kwartier" in answers[3].content.decode()
    assert mails().count() == 3


def test_nobody_gets_more_than_ten_guesses_in_fifteen_minutes(client, tenant, other_client):
    guesses = 0
    for _ in range(20):
        other_client.cookies.clear()
        if ask_for_code(other_client, tenant.user.email).status_code == 302:
            while fill_in(other_client, wrong_code()).status_code == 200:
                guesses += 1
            guesses += 1

    assert guesses == 9


def visitors(client, count, **extra):
    """So many people ask for a code, each with an own address and an own browser."""
    answers = []
    for number in range(count):
        client.cookies.clear()
        answers.append(ask_for_code(client, f"somebody{number}@example.org", **extra))
    return [answer.status_code for answer in answers]


def from_address(address):
    return {"headers": {"x-forwarded-for": address}}


def test_one_computer_may_not_try_many_addresses(client):
    assert visitors(client, 21) == [302] * 20 + [200]


def test_behind_a_proxy_the_limit_counts_per_visitor(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    visitors(client, 20, **from_address("203.0.113.1"))

    assert visitors(client, 1, **from_address("203.0.113.1, 203.0.113.2")) == [302]
    assert visitors(client, 1, **from_address("203.0.113.2, 203.0.113.1")) == [200]


def test_without_a_proxy_a_visitor_cannot_pretend_to_come_from_elsewhere(client):
    visitors(client, 20, **from_address("203.0.113.1"))

    assert visitors(client, 1, **from_address("203.0.113.2")) == [200]


def test_too_many_visits_get_a_page_and_not_an_error(client):
    answers = [client.post(LOGIN, {"login": ""}) for _ in range(31)]

    assert [answer.status_code for answer in answers[29:]] == [200, 429]
    assert "Wacht even" in answers[30].content.decode()


def without_tokens(page, email):
    """What differs in every page by itself, and the address that the visitor typed."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", page.content.decode())
    return text.replace(email, "ADDRESS")


@pytest.mark.parametrize("stranger", ["unknown", "closed"])
def test_an_address_that_we_do_not_know_gets_the_same_pages(client, other_client, tenant, stranger):
    email = "stranger@example.org" if stranger == "unknown" else UserFactory(is_active=False).email

    answers = {}
    for address, browser in ((tenant.user.email, client), (email, other_client)):
        asked = ask_for_code(browser, address)
        page = browser.get(asked.url)
        wrong = [fill_in(browser, "12345x") for _ in range(3)]
        answers[address] = [
            (asked.status_code, asked.url, sorted(asked.cookies)),
            *[(answer.status_code, without_tokens(answer, address)) for answer in [page, *wrong]],
        ]

    known, unknown = answers.values()
    assert unknown == known


def test_a_stranger_is_told_by_mail_once_a_day_without_a_code(client, other_client):
    for browser in (client, other_client):
        ask_for_code(browser, "stranger@example.org")

    told = Notification.objects.get()
    assert (told.kind, told.address, told.subject) == (
        "account_unknown_account",
        "stranger@example.org",
        "Wij kennen dit e-mailadres niet",
    )
    assert re.search(r"\b\d{6}\b", told.body) is None


def test_a_closed_account_gets_no_code(client, tenant):
    User.objects.filter(pk=tenant.user.pk).update(is_active=False)

    ask_for_code(client, tenant.user.email)

    assert not mails().exists()


def test_a_tenant_without_an_account_gets_no_code(client):
    tenant = TenantFactory(user=None, email="only-by-telephone@example.org")

    ask_for_code(client, tenant.email)

    assert not mails().exists()
    assert not User.objects.exists()


def test_asking_for_a_code_is_the_same_work_for_a_stranger(client, other_client, tenant):
    """Time follows from work: the same statements, and a mail is written in both cases."""
    statements = {}
    for address, browser in ((tenant.user.email, client), ("stranger@example.org", other_client)):
        with CaptureQueriesContext(connection) as queries:
            ask_for_code(browser, address)
        statements[address] = sorted(re.sub(r"\d+", "", query["sql"])[:30] for query in queries)

    known, unknown = statements.values()
    assert unknown == known
