"""What somebody learns who tries addresses and codes: nothing, and not for long. And nobody shuts another out."""

import re
import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from allauth.account import forms
from allauth.mfa.totp.internal.auth import TOTP
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tenants import attempts, code_view
from tenants.models import Attempts, Notification, User
from tests.factories import NOON, StaffFactory, TenantFactory, UserFactory

from .signing_in import (
    CODE,
    ask_for_code,
    fill_in,
    from_network,
    mails,
    may_ask,
    newest_code,
    sign_in,
    wrong_code,
)

pytestmark = pytest.mark.django_db

AT_ONCE = 12


@pytest.fixture
def behind_a_proxy(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def test_one_network_gets_four_codes_for_an_address_in_fifteen_minutes(client, tenant, other_client):
    answers = []
    for _ in range(5):
        other_client.cookies.clear()
        answers.append(ask_for_code(other_client, tenant.user.email))

    assert [answer.status_code for answer in answers] == [302, 302, 302, 302, 200]
    assert "Wacht dan een kwartier" in answers[4].content.decode()
    assert mails().count() == 4


def test_a_mailbox_gets_no_more_than_twelve_codes_for_strangers_in_fifteen_minutes(behind_a_proxy, tenant):
    asked = [may_ask(from_network(f"203.0.113.{number}"), tenant.user.email) for number in range(15)]

    assert asked == [True] * 12 + [False] * 3


def test_asking_for_a_code_again_counts_as_asking(client, other_client, tenant):
    ask_for_code(client, tenant.user.email)
    for _ in range(2):
        client.post(CODE, {"action": "resend"})

    assert may_ask(other_client, tenant.user.email)
    other_client.post(CODE, {"action": "resend"})
    assert "Wacht dan een kwartier" in other_client.get(CODE).content.decode()
    assert mails().count() == 4


# --- guesses ---------------------------------------------------------------------------------------------------


def test_one_network_gets_six_guesses_at_an_address_and_the_owner_is_not_shut_out(behind_a_proxy, tenant, compared):
    for _ in range(4):
        browser = from_network("203.0.113.1")
        ask_for_code(browser, tenant.user.email)
        for _ in range(4):
            fill_in(browser, wrong_code())

    assert len(compared) == 6
    assert sign_in(from_network("203.0.113.2"), tenant.user.email).url == "/"


def test_all_networks_together_get_ten_guesses_at_an_address(behind_a_proxy, tenant, compared):
    for number in range(8):
        browser = from_network(f"203.0.113.{number}")
        ask_for_code(browser, tenant.user.email)
        for _ in range(2):
            fill_in(browser, wrong_code())

    assert len(compared) == 10


def test_who_signed_in_before_is_not_shut_out_by_all_networks_together(behind_a_proxy, tenant, compared):
    mine = from_network("203.0.113.200")
    sign_in(mine, tenant.user.email)
    mine.post("/account/logout/")
    for number in range(15):
        stranger = from_network(f"203.0.113.{number}")
        ask_for_code(stranger, tenant.user.email)
        fill_in(stranger, wrong_code())
    elsewhere = from_network("203.0.113.201")

    assert not may_ask(elsewhere, tenant.user.email)
    assert sign_in(mine, tenant.user.email).url == "/"


def test_a_browser_is_known_only_to_who_signed_in_there(behind_a_proxy, tenant):
    neighbours = from_network("203.0.113.200")
    sign_in(neighbours, TenantFactory().user.email)
    neighbours.post("/account/logout/")
    for number in range(12):
        ask_for_code(from_network(f"203.0.113.{number}"), tenant.user.email)

    assert not may_ask(neighbours, tenant.user.email)


def test_a_known_browser_cannot_be_made_up(behind_a_proxy, tenant, settings):
    mine = from_network("203.0.113.200")
    sign_in(mine, tenant.user.email)
    value = mine.cookies[settings.KNOWN_BROWSER_COOKIE_NAME].value
    for number in range(12):
        ask_for_code(from_network(f"203.0.113.{number}"), tenant.user.email)

    forged = from_network("203.0.113.201", **{settings.KNOWN_BROWSER_COOKIE_NAME: value[:-1] + "-"})
    theirs = from_network("203.0.113.201", **{settings.KNOWN_BROWSER_COOKIE_NAME: value})
    assert (may_ask(forged, tenant.user.email), may_ask(theirs, tenant.user.email)) == (False, True)


def test_the_cookie_of_a_known_browser_is_out_of_reach_and_names_nobody(client, tenant, settings):
    sign_in(client, tenant.user.email)

    cookie = client.cookies[settings.KNOWN_BROWSER_COOKIE_NAME]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (True, "Lax", "/", "")
    assert tenant.user.email not in cookie.value


def test_a_right_code_is_no_guess():
    who = attempts.Visitor("somebody@example.org", network="203.0.113.1")

    for number in range(20):
        assert attempts.may_guess(who, f"code {number}", at=NOON)
        attempts.was_right(who, f"code {number}", at=NOON)
    guesses = [attempts.may_guess(who, f"wrong {number}", at=NOON) for number in range(7)]

    assert guesses == [True] * 6 + [False]


@pytest.mark.parametrize(
    ("later", "again"),
    [
        (timedelta(minutes=14), False),
        (timedelta(minutes=15), True),
        (timedelta(hours=-1), True),  # the clock was an hour ahead: nobody waits for that hour
    ],
)
def test_what_was_counted_counts_for_fifteen_minutes(later, again):
    who = attempts.Visitor("somebody@example.org", network="203.0.113.1")
    assert [attempts.may_ask(who, at=NOON) for _ in range(5)] == [True] * 4 + [False]

    assert attempts.may_ask(who, at=NOON + later) is again


def test_what_counts_no_longer_is_forgotten():
    early, late = (attempts.Visitor(name, network="203.0.113.1") for name in ("early@example.org", "late@example.org"))
    attempts.may_ask(early, at=NOON)
    attempts.may_ask(late, at=NOON + timedelta(hours=1))

    attempts.forget(at=NOON + timedelta(hours=1))

    assert {row.moments[0] for row in Attempts.objects.all()} == {NOON + timedelta(hours=1)}


# --- at once ---------------------------------------------------------------------------------------------------


def guess_at_once(browser, path, guesses):
    """Post each of the codes at the same moment with the cookies of one browser."""
    together = threading.Barrier(len(guesses))

    def guess(code):
        other = Client()
        other.cookies.load({name: morsel.value for name, morsel in browser.cookies.items()})
        try:
            together.wait()
            other.post(path, {"code": code})
        finally:
            connection.close()

    threads = [threading.Thread(target=guess, args=[code]) for code in guesses]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


@pytest.fixture
def at_the_same_moment(monkeypatch):
    """Whoever comes to compare waits until the others are there too, for a second at most: nobody saw who was first."""
    compare, meet = forms.compare_user_code, threading.Barrier(AT_ONCE)

    def late(**codes):
        with suppress(threading.BrokenBarrierError):
            meet.wait(timeout=1)
        return compare(**codes)

    monkeypatch.setattr(forms, "compare_user_code", late)


def wrong_codes():
    return [code for code in (f"{number:06}" for number in range(AT_ONCE + 1)) if code != newest_code()][:AT_ONCE]


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_once_only_three_are_compared(client, tenant, at_the_same_moment, compared):
    ask_for_code(client, tenant.user.email)

    guess_at_once(client, CODE, wrong_codes())

    assert len(compared) == 3


@pytest.mark.django_db(transaction=True)
def test_without_the_count_all_of_them_would_be(client, tenant, at_the_same_moment, compared, monkeypatch):
    monkeypatch.setattr(attempts, "may_guess", lambda *args, **kwargs: True)
    ask_for_code(client, tenant.user.email)

    guess_at_once(client, CODE, wrong_codes())

    assert len(compared) == AT_ONCE


@pytest.mark.django_db(transaction=True)
def test_of_many_guesses_at_the_second_factor_at_once_only_five_are_compared(client, monkeypatch):
    staff, seen = StaffFactory(is_superuser=True), []
    TOTP.activate(staff, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    monkeypatch.setattr(TOTP, "validate_code", lambda self, code: seen.append(code))  # never right
    sign_in(client, staff.email)

    guess_at_once(client, "/account/2fa/authenticate/", [f"{number:06}" for number in range(AT_ONCE)])

    assert len(seen) == 5


# --- without the cache -----------------------------------------------------------------------------------------


def test_guesses_are_counted_without_the_cache(client, tenant, compared, request):
    ask_for_code(client, tenant.user.email)
    request.getfixturevalue("cache_away")

    answers = [fill_in(client, wrong_code()).status_code for _ in range(5)]

    assert answers == [200, 200, 302, 302, 302]
    assert len(compared) == 3


def test_without_the_cache_nobody_gets_a_code_and_is_told_so(client, tenant, cache_away):
    asked = [ask_for_code(client, tenant.user.email).status_code for _ in range(20)]

    assert (set(asked), mails().count()) == ({503}, 0)


# --- who is known ----------------------------------------------------------------------------------------------


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


def testbehind_a_proxy_the_limit_counts_per_visitor(client, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    visitors(client, 20, **from_address("203.0.113.1"))

    assert visitors(client, 1, **from_address("203.0.113.1, 203.0.113.2")) == [302]
    assert visitors(client, 1, **from_address("203.0.113.2, 203.0.113.1")) == [200]


def test_without_a_proxy_a_visitor_cannot_pretend_to_come_from_elsewhere(client):
    visitors(client, 20, **from_address("203.0.113.1"))

    assert visitors(client, 1, **from_address("203.0.113.2")) == [200]


def test_a_known_browser_does_not_wait_for_its_neighbours(client, other_client, tenant):
    sign_in(client, tenant.user.email)
    client.post("/account/logout/")
    visitors(other_client, 30)

    assert (may_ask(other_client, tenant.user.email), may_ask(client, tenant.user.email)) == (False, True)


def test_too_many_visits_get_a_page_and_not_an_error(client):
    answers = [client.post("/account/2fa/webauthn/login/", {"credential": ""}) for _ in range(11)]

    assert [answer.status_code for answer in answers[9:]] == [302, 429]
    assert "Wacht even" in answers[10].content.decode()


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
        again = browser.post(CODE, {"action": "resend"})
        after = browser.get(again.url)
        wrong = [fill_in(browser, "12345x") for _ in range(3)]
        answers[address] = [
            (asked.status_code, asked.url, sorted(asked.cookies)),
            (again.status_code, again.url, sorted(again.cookies)),
            *[(answer.status_code, without_tokens(answer, address)) for answer in [page, after, *wrong]],
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


def asked_of_the_database(do):
    with CaptureQueriesContext(connection) as queries:
        do()
    return sorted(re.sub(r"'[^']*'|s\d+_x\d+|_sync_\d+|\b\d+\b", "…", query["sql"])[:200] for query in queries)


def steps(browser, email):
    """What each step of signing in asks of the database."""
    return {
        "asking": asked_of_the_database(lambda: ask_for_code(browser, email)),
        "the page": asked_of_the_database(lambda: browser.get(CODE)),
        "a wrong code": asked_of_the_database(lambda: fill_in(browser, "12345x")),
        "asking again": asked_of_the_database(lambda: browser.post(CODE, {"action": "resend"})),
        "one too many": asked_of_the_database(lambda: [fill_in(browser, "12345x") for _ in range(3)]),
    }


@pytest.mark.parametrize("stranger", ["unknown", "closed"])
def test_each_step_is_the_same_work_for_a_stranger(client, other_client, tenant, stranger):
    """Time follows from work: the same statements, and a mail is written in both cases."""
    email = "stranger@example.org" if stranger == "unknown" else UserFactory(is_active=False).email

    assert steps(other_client, email) == steps(client, tenant.user.email)


def test_without_looking_somebody_up_a_stranger_would_be_less_work(client, other_client, tenant, monkeypatch):
    monkeypatch.setattr(code_view, "look_somebody_up", lambda: None)
    stranger, known = steps(other_client, "stranger@example.org"), steps(client, tenant.user.email)

    assert len(stranger["the page"]) < len(known["the page"])
