"""F23: a thousand guesses at one account, one at each of a thousand, two hours of asking; and how long answers take.

A few in the everyday run, a tenth with `make faults`, all of them with FULL=1.
"""

import statistics
import time
from datetime import timedelta

import pytest

from tenants import attempts
from tests.factories import TenantFactory
from tests.size import FULL, LONG, times

from .signing_in import CODE, ask_for_code, fill_in, from_network, may_ask, newest_code, sign_in, wrong_code

pytestmark = pytest.mark.django_db

QUARTER = timedelta(minutes=15)
MINUTES = 120 if LONG else 30
PAIRS = 300 if FULL else 100  # with fewer, a busy machine hides what there is


@pytest.fixture(autouse=True)
def _behind_a_proxy(settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1


def network(number):
    return f"198.51.{number // 250}.{number % 250 + 1}"


# --- a thousand guesses at one account -------------------------------------------------------------------------


def guess_from_everywhere(email, clock, guesses):
    """Three from each network, all within half an hour."""
    for number in range(guesses // 3):
        browser = from_network(network(number))
        ask_for_code(browser, email)
        for _ in range(3):
            fill_in(browser, wrong_code())
        clock.move(3 * timedelta(minutes=30) / guesses)


def most_in_a_quarter(compared):
    moments = [at for _code, at in compared]
    return max(sum(at <= other < at + QUARTER for other in moments) for at in moments)


def test_of_a_thousand_guesses_at_one_account_ten_in_fifteen_minutes_are_compared(tenant, clock, compared):
    guess_from_everywhere(tenant.user.email, clock, times(1000, short=60))

    assert most_in_a_quarter(compared) == 10


@pytest.mark.long
def test_without_the_count_there_would_be_more(tenant, clock, compared, monkeypatch):
    monkeypatch.setattr(attempts, "may_guess", lambda *args, **kwargs: True)
    guess_from_everywhere(tenant.user.email, clock, times(1000, short=60))

    assert most_in_a_quarter(compared) > 10


# --- one guess at each of a thousand accounts ------------------------------------------------------------------


def guess_at_each_of(count):
    for tenant in TenantFactory.create_batch(count):
        browser = from_network("203.0.113.1")
        ask_for_code(browser, tenant.user.email)
        fill_in(browser, wrong_code())


@pytest.mark.long
def test_one_computer_guesses_at_twenty_accounts_a_minute_and_not_at_a_thousand(clock, compared):
    guess_at_each_of(times(1000, short=40))

    assert len(compared) == 20


@pytest.mark.long
def test_without_the_limits_of_a_network_it_would_guess_at_all_of_them(clock, compared, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login": None, "addresses_of_a_network": None}
    guess_at_each_of(times(400))

    assert len(compared) == times(400)


# --- shutting out ----------------------------------------------------------------------------------------------


def refusals(email, clock, owner, *, from_many_networks=False):
    """A stranger asks each minute and guesses; how often the owner, who tries every five minutes, does not get in."""
    refused = 0
    for minute in range(MINUTES):
        stranger = from_network(network(minute if from_many_networks else 0))
        ask_for_code(stranger, email)
        fill_in(stranger, "12345x")
        if minute % 5 == 4:
            refused += not gets_in(owner(), email)
        clock.move(timedelta(minutes=1))
    return refused


def gets_in(browser, email):
    if not may_ask(browser, email):
        return False
    came_in = fill_in(browser, newest_code()).url == "/"
    browser.post("/account/logout/")
    return came_in


@pytest.fixture
def known(tenant, clock):
    """A browser in which the tenant signed in once, in the network of the stranger."""
    browser = from_network(network(0))
    sign_in(browser, tenant.user.email)
    browser.post("/account/logout/")
    clock.move(QUARTER)
    return browser


@pytest.mark.parametrize("many", [False, True], ids=["from one network", "from many"])
def test_a_known_browser_is_never_shut_out(tenant, clock, known, many):
    assert refusals(tenant.user.email, clock, lambda: known, from_many_networks=many) == 0


def test_a_new_browser_in_another_network_is_not_shut_out_by_a_stranger(tenant, clock):
    assert refusals(tenant.user.email, clock, lambda: from_network("203.0.113.1")) == 0


@pytest.mark.long
def test_if_no_browser_were_known_strangers_would_shut_the_owner_out(tenant, clock, known, settings):
    def forgetful():
        known.cookies.pop(settings.KNOWN_BROWSER_COOKIE_NAME, None)
        return known

    assert refusals(tenant.user.email, clock, forgetful) > 0


# --- how long it takes -----------------------------------------------------------------------------------------


def asking_and_more(browser, email):
    """How long each step takes, in seconds."""
    took = []
    for step in (
        lambda: ask_for_code(browser, email),
        lambda: browser.get(CODE),
        lambda: fill_in(browser, "12345x"),
        lambda: browser.post(CODE, {"action": "resend"}),
    ):
        began = time.perf_counter()
        step()
        took.append(time.perf_counter() - began)
    return took


def differences(count):
    """For each step: by how much a stranger differs from who is known, as a part of that, and how sure that is.

    In turns, so that whatever else the machine does befalls both; a few that took long for another reason tell
    nothing, so it is the medians that are compared.
    """
    tenants = TenantFactory.create_batch(count)
    known, strange = [], []
    for number, tenant in enumerate(tenants):
        pair = [(known, tenant.user.email), (strange, f"stranger{number}@example.org")]
        for took, email in pair if number % 2 else reversed(pair):
            took.append(asking_and_more(from_network(network(number)), email))
    found = []
    for ours, theirs in zip(zip(*known, strict=True), zip(*strange, strict=True), strict=True):
        apart = [one - other for one, other in zip(theirs, ours, strict=True)]
        middle, usual = statistics.median(apart), statistics.median(ours)
        spread = statistics.median(abs(each - middle) for each in apart)
        unsure = 3 * 1.4826 * 1.2533 * spread / len(apart) ** 0.5  # three standard errors of a median
        found.append((middle / usual, unsure / usual))
    return found


@pytest.mark.long
def test_no_answer_takes_longer_for_who_is_known():
    found = differences(PAIRS)

    assert [(apart, unsure) for apart, unsure in found if abs(apart) - unsure > 0.05] == []


@pytest.mark.long
def test_without_a_mail_for_strangers_one_could_tell_by_the_time(settings):
    settings.ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
    (apart, _unsure), *_rest = differences(PAIRS)

    assert abs(apart) > 0.05
