"""F10: the mail server refuses: everything, for a while, one address for good, or in the middle of a mail."""

import time

import pytest

from tenants.notifications.models import Notification
from tests.portal.processes import until
from tests.size import times

from . import figures
from .mail_sink import OK

QUICK = {"sweep": 1, "first_retry": 1}
GOOD = times(100, short=4)
LATER = ["450 4.2.0 later", "451 4.3.0 local error", "421 4.7.0 too much", "data 451 4.3.0 no", "drop"]
NEVER = ["550 5.1.1 no such box", "553 5.1.3 not an address", "data 554 5.7.1 not wanted"]


def of(person):
    return Notification.objects.get(address=person.email)


def longest_wait(people):
    """From the commit until the mail server has it, in seconds."""
    return max((of(person).sent_at - of(person).queued_at).total_seconds() for person in people)


def report(town, people):
    for person in people:
        assert town.street.send(person).status == 302


@pytest.mark.long
def test_whoever_is_refused_holds_up_nobody_else(town):
    town.web()
    town.workers(seconds=QUICK)
    later, never, good, before = (town.street.move_in(count) for count in (len(LATER), len(NEVER), GOOD, GOOD))
    report(town, before)
    assert town.is_quiet()
    town.sink.answers = {person.email: [answer, OK] for person, answer in zip(later, LATER, strict=True)}
    town.sink.answers |= {person.email: [answer] for person, answer in zip(never, NEVER, strict=True)}
    report(town, [*later, *never, *good])
    back = town.back_to_normal(time.monotonic())

    quiet, waited = longest_wait(before), longest_wait(good)
    refused = [of(person) for person in never]
    found = town.look()
    unreachable = [email for email in found.lost if email in {person.email for person in never}]
    found.lost = [each for each in found.lost if each not in unreachable]
    figures.note(
        "F10",
        "addresses refused for a while or for good, among good ones",
        times=GOOD + len(LATER + NEVER),
        found=found,
        back=back,
        remark=f"the longest that a good one waited: {waited:.1f} s, before {quiet:.1f} s",
    )
    assert found.faults() == {}
    assert len(unreachable) == len(never)
    assert waited <= quiet + 2
    assert {of(person).state for person in later} == {"sent"}
    tries = [(each.state, each.attempts, len(town.sink.asked[each.address])) for each in refused]
    assert tries == [("failed", 1, 1)] * len(NEVER)


@pytest.mark.long
def test_a_mail_server_that_is_away_or_busy_is_tried_again(town):
    town.web()
    town.workers(seconds=QUICK)
    for mood in ("shut", "busy"):
        town.door.set(mood)
        for person in town.street.move_in(times(50, short=2)):
            assert town.street.send(person).status == 302
        assert until(lambda: not Notification.objects.filter(state="queued", attempts=0).exists())
    town.door.set("open")
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    figures.note("F10", "mail server away (refused, 421)", times=2 * times(50, short=2), found=found, back=back)
    assert found.faults() == {}
    assert back <= 60


def test_without_a_second_attempt_they_would_be_lost(town):
    town.web()
    town.worker(seconds=QUICK, without="second attempt")
    [person] = town.street.move_in(1)
    town.sink.answers = {person.email: ["450 4.2.0 later", OK]}
    assert town.street.send(person).status == 302

    assert town.is_quiet()
    assert town.look().lost == [person.email]
