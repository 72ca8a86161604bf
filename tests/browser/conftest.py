"""Chromium against a live server: what a page does in a browser, and how it reads to everybody."""

import os
from functools import partial
from pathlib import Path

import pytest

from portal.local.chromium import chromium

from .reading import all_findings, serious

CHROMIUM = chromium()
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking"]
HERE = Path(__file__).parent

os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright runs an event loop in this thread


def pytest_collection_modifyitems(items):
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session", autouse=True)
def _chromium_is_here():
    if CHROMIUM:
        return
    if os.environ.get("CI") == "true":
        pytest.fail("Chromium is missing, and CI may not leave out the browser tests")
    pytest.skip("Chromium is not on this machine")


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {**browser_type_launch_args, "executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    """A telephone, in Dutch."""
    phone = {"viewport": {"width": 360, "height": 740}, "locale": "nl-NL", "timezone_id": "Europe/Amsterdam"}
    return {**browser_context_args, **phone}


@pytest.fixture(scope="session")
def _kept(browser):
    """A window of the browser for each look, as a new one for every test takes half a second."""
    kept = {}
    yield kept
    for context in kept.values():
        context.close()


@pytest.fixture
def context(browser, browser_context_args, live_server, _kept):
    """The window that looks like this. It has forgotten whatever another test left in it."""
    look = repr(sorted(browser_context_args.items()))
    if look not in _kept:
        _kept[look] = browser.new_context(**browser_context_args)
    context = _kept[look]
    yield context
    context.set_offline(False)
    context.clear_cookies()
    for page in context.pages:
        page.context.new_cdp_session(page).send(
            "Storage.clearDataForOrigin", {"origin": live_server.url, "storageTypes": "all"}
        )
        page.close()


@pytest.fixture
def page(context, live_server):
    """A tab that knows the server, and fails the test when a page breaks the content policy or a script dies."""
    page, complaints = context.new_page(), []
    page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.context.set_default_timeout(10_000)
    yield page
    assert complaints == []


def is_complaint(message):
    return message.type == "error" and "Failed to load resource" not in message.text  # an answer of 404 is no error


@pytest.fixture
def sign_in(page, live_server, client, settings):
    """Sign a user in, in this tab, without the pages for it."""

    def go(user):
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}])

    return go


@pytest.fixture
def axe(page):
    return partial(serious, page)


@pytest.fixture
def findings(page):
    return partial(all_findings, page)


@pytest.fixture
def assert_accessible(page, axe):
    """No finding of axe that keeps people out; with the page's name when there is one."""

    def check():
        assert (page.url, axe()) == (page.url, [])

    return check
