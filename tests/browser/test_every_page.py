"""axe reads every page of the portal on a telephone: those of `tests/pages.py`, where a new address needs a line."""

import pytest
from django.core.cache import cache
from django.template import engines

from tests import page_world
from tests.pages import PAGES, URLS

READERS = sorted({page.who for page in PAGES})


@pytest.fixture
def world(transactional_db, settings, tmp_path, monkeypatch):
    """One of everything, in the demo: it serves every page that there is."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
    settings.ROOT_URLCONF, settings.DEMO = URLS, True
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")
    settings.ACCOUNT_RATE_LIMITS = False
    cache.clear()
    return page_world.build(1)


@pytest.mark.parametrize("who", READERS)
def test_every_page_reads_well(page, live_server, world, findings, who):
    cookies = [
        {"name": name, "value": cookie.value, "url": live_server.url}
        for name, cookie in world.browsers[who].cookies.items()
    ]
    page.context.add_cookies(cookies)
    pages = [shown for shown in PAGES if shown.who == who and not shown.unread]

    found = {}
    for shown in pages:
        status = page.goto(live_server.url + shown.path(world.things)).status
        found[str(shown)] = findings() if status == 200 else [status]

    assert {name: wrong for name, wrong in found.items() if wrong} == {}
