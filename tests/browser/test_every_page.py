"""axe reads every page of the portal on a telephone: those of `tests/pages.py`, where a new address needs a line.

Those of the admin that few open are read by `make thorough`, and so is the queue in all its tabs.
"""

import pytest
from django.core.cache import cache
from django.template import engines

from tests import page_world
from tests.pages import PLANNER, TODAY, URLS
from tests.size import LONG

READ = [page for page in TODAY if LONG or page.who != PLANNER or not page.query]
READERS = sorted({page.who for page in READ})


@pytest.fixture
def world(transactional_db, settings, tmp_path, monkeypatch):
    """One of everything, in the demo: it serves every page that there is."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
    settings.ROOT_URLCONF, settings.DEMO = URLS, True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.ACCOUNT_RATE_LIMITS = False
    cache.clear()
    return page_world.build(1)


def test_every_page_reads_well(page, live_server, world, findings, subtests):
    for who in READERS:
        page.context.clear_cookies()
        page.context.add_cookies(cookies_of(world.browsers[who], live_server.url))

        found = {}
        for shown in READ:
            if shown.who == who and not shown.unread:
                status = page.goto(live_server.url + shown.path(world.things)).status
                found[str(shown)] = findings() if status == 200 else [status]

        with subtests.test(who):
            assert {name: wrong for name, wrong in found.items() if wrong} == {}


def cookies_of(browser, url):
    return [{"name": name, "value": cookie.value, "url": url} for name, cookie in browser.cookies.items()]
