"""Walks on a telephone by a tenant who is signed in; axe reads each page that differs from all before."""

import pytest

from tests.browser.reading import all_findings, without_numbers
from tests.walks.table import WALKS, took
from tests.walks.walker import Walker


@pytest.fixture(scope="session")
def read():
    """What axe found nothing on."""
    return set()


@pytest.fixture
def look(read):
    """Read a page, in `reader` if given; not one that is the same as one that was read before."""

    def look(page, reader=None):
        drawn = without_numbers(page)
        if drawn in read:
            return
        if reader:
            reader.goto(page.url)
        assert (page.url, all_findings(reader or page)) == (page.url, [])
        read.add(drawn)

    return look


@pytest.fixture
def walker(page, live_server, look):
    return Walker(page, live_server.url, look)


@pytest.fixture
def home(tenant, sign_in):
    """Where the tenant, who is signed in, lives."""
    sign_in(tenant.user)
    return tenant.tenancies.get().dwelling


@pytest.fixture
def note(request):
    """Keep what a path took, when the test has seen that it ended well."""

    def note(path, *walkers, sent=True):
        walks = request.config.stash.setdefault(WALKS, {})
        walks[request.node.name] = took(path, *walkers, sent=sent)

    return note
