"""What is not theirs takes as long as what does not exist: nobody learns from the time that it is there."""

import statistics
import time

import pytest

from . import access_world
from .access_world import NEIGHBOUR
from .addresses import address, every_pattern

pytestmark = [pytest.mark.django_db, pytest.mark.long]

PAIRS = 200
ROUTES = {"requests:detail": ("reference", "request"), "requests:report_check": ("key", "draft")}
ROUTES |= {"requests:photo": ("pk", "photo")}


@pytest.fixture
def difference():
    """By how much hers differs from what is absent, for her neighbour, as a part of that; and how sure that is.

    In turns, so that whatever else the machine does befalls both; a few that took long for another reason tell
    nothing, so it is the medians that are compared. `more`: so much longer takes what is hers.
    """
    world, patterns = access_world.build(), dict(every_pattern())
    browser = world.browsers[NEIGHBOUR]

    def find(route, more=0.0):
        argument, kind = ROUTES[route]
        hers, absent = (address(patterns[route], {argument: of[kind]}) for of in (world.hers, world.absent))
        apart, usual = [], []
        for number in range(-20, PAIRS):
            turns = [(hers, more), (absent, 0.0)][:: 1 if number % 2 else -1]
            took = {path: lasts(browser, path, longer) for path, longer in turns}
            if number >= 0:  # the first ones warm up
                apart.append(took[hers] - took[absent])
                usual.append(took[absent])
        middle, whole = statistics.median(apart), statistics.median(usual)
        spread = statistics.median(abs(each - middle) for each in apart)
        unsure = 3 * 1.4826 * 1.2533 * spread / PAIRS**0.5  # three standard errors of a median
        return middle / whole, unsure / whole

    return find


def lasts(browser, path, more):
    """How long it takes to hear that it is not there, in seconds."""
    began = time.perf_counter()
    status = browser.get(path).status_code
    time.sleep(more * (time.perf_counter() - began))
    assert status == 404
    return time.perf_counter() - began


@pytest.mark.parametrize("route", ROUTES)
def test_what_is_not_theirs_takes_as_long_as_what_does_not_exist(difference, route):
    apart, unsure = difference(route)

    assert abs(apart) - unsure <= 0.1


def test_half_as_long_again_would_be_seen(difference):
    apart, unsure = difference("requests:detail", more=0.5)

    assert abs(apart) - unsure > 0.1
