"""What every page asks of the database: as much for three of everything as for one, and not too much.

The pages are those of `tests/pages.py`, where a new page needs a line; those that few open are counted by
`make thorough`.
"""

import re
from collections import Counter
from dataclasses import dataclass

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.http import FileResponse
from django.template import engines
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from . import page_world
from .addresses import address
from .pages import NO_PAGES, PAGES, ROUTES, TODAY, URLS

pytestmark = [pytest.mark.django_db, pytest.mark.whole]


@dataclass(frozen=True)
class Seen:
    """What came back, and what was asked for it; `failed` when there was nothing to come back."""

    status: int = 0
    asked: tuple[str, ...] = ()
    failed: str = ""


@pytest.fixture(scope="module")
def seen(django_db_setup, django_db_blocker, tmp_path_factory):
    """Every page with one of everything and with three; each world is gone afterwards."""
    files = tmp_path_factory.mktemp("files")
    everywhere = override_settings(
        ROOT_URLCONF=URLS,
        DEMO=True,
        MEDIA_ROOT=files / "media",
        EMAIL_FILE_PATH=str(files / "mail"),
        SMS_FILE_PATH=str(files / "texts"),
        ACCOUNT_RATE_LIMITS=False,
    )
    with django_db_blocker.unblock(), everywhere, pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines["django"].engine, "string_if_invalid", "")  # Unfold counts what it does not have
        three, one = look_around(3), look_around(1)
        # In the first round this process also asks what it then remembers as long as it lives.
        other = [page for page in TODAY if len(three[str(page)].asked) != len(one[str(page)].asked)]
        return {1: one, 3: three | look_around(3, other)}


def look_around(count, at=TODAY):
    """What each of these pages showed; and in the small world, each address of NO_PAGES to each person."""
    cache.clear()
    with transaction.atomic():
        world = page_world.build(count)
        pages = {str(page): look(world.browsers[page.who], page.path(world.things)) for page in at}
        others = {name: statuses(world, name) for name in NO_PAGES} if count == 1 else {}
        transaction.set_rollback(True)
    return pages | others


def statuses(world, name):
    _, of = NO_PAGES[name]
    path = address(ROUTES[name], {argument: world.things[kind] for argument, kind in of.items()})
    return {who: look(browser, path).status for who, browser in world.browsers.items()}


def look(browser, path):
    """Open it; whatever that changes is undone."""
    try:
        with transaction.atomic():
            with CaptureQueriesContext(connection) as asked:
                response = browser.get(path)
                read(response)
            transaction.set_rollback(True)
    except Exception as failure:  # noqa: BLE001 -- the other pages are looked at all the same
        return Seen(failed=repr(failure))
    return Seen(response.status_code, tuple(query["sql"] for query in asked.captured_queries))


def read(response):
    """To the end, as a browser would."""
    if not isinstance(response, FileResponse):
        return
    response.getvalue()
    if response.file_to_stream:
        response.file_to_stream.close()  # response.close() would close the connection too


def more_of(three, one):
    """The statements that are asked more often; without what differs from row to row."""
    return Counter(map(kind_of, three.asked)) - Counter(map(kind_of, one.asked))


def kind_of(sql):
    return re.sub(r"…(, …)+", "…", re.sub(r"'[^']*'(::\w+)?|\b\d+\b", "…", sql))


def test_every_address_is_a_page_or_says_why_it_is_none():
    pages = {page.name for page in PAGES}

    assert set(ROUTES) - pages - set(NO_PAGES) == set()
    assert (pages | set(NO_PAGES)) - set(ROUTES) == set()
    assert pages & set(NO_PAGES) == set()


@pytest.mark.parametrize("shown", TODAY, ids=str)
def test_a_page_asks_as_much_for_three_of_everything_as_for_one(seen, shown):
    one, three = (seen[count][str(shown)] for count in (1, 3))

    assert [(one.status, one.failed), (three.status, three.failed)] == [(200, "")] * 2
    assert len(three.asked) == len(one.asked), more_of(three, one)


@pytest.mark.parametrize("shown", TODAY, ids=str)
def test_a_page_asks_no_more_than_it_may(seen, shown):
    asked = seen[3][str(shown)].asked

    assert len(asked) <= shown.at_most, "\n".join(asked)


@pytest.mark.parametrize("name", NO_PAGES)
def test_what_is_no_page_shows_nothing_to_anybody(seen, name):
    assert [who for who, status in seen[1][name].items() if status == 200] == []
