"""F7: a worker that is there and does nothing is noticed, and its work is taken over.

Whoever asks the address for monitors reads it as soon as the worker is silent for too long; the log has it once another
worker looked, which each does with its sweep. What a monitor takes between two questions comes on top.
"""

import json
import time

import pytest
from django.urls import reverse

from tenants.notifications.models import SILENT_AFTER, Notification, Pulse
from tenants.notifications.sweep import EVERY
from tests.portal.processes import until

from . import figures
from .memory import beat

pytestmark = [pytest.mark.long, pytest.mark.waits]
QUICK = {"lease": 2, "sweep": 1, "silent": 3}
AS_USUAL = {"silent": SILENT_AFTER.total_seconds(), "sweep": EVERY}
A_LOOK = 0.2  # seconds between two of this trial
HOLDS = 5  # seconds that it takes over its mail; also after it goes on
STOPPED = "worker stopped with a mail in its hands"
SLACK = 2  # seconds: a round of the sweep, and an answer, on a busy machine


def wrong(town):
    """What the address for monitors says; nothing when it is green."""
    answer = town.street.ask("GET", reverse("health"))
    told = json.loads(answer.page)["wrong"]
    assert answer.status == (503 if told else 200)
    return told


def is_red(town):
    return wrong(town) == ["a worker went silent"]


def noticed(worker):
    """That somebody wrote down that this worker is missed."""
    return Pulse.objects.filter(name__endswith=f"-{worker.pid}", missed_at__isnull=False).exists()


def holds_one():
    return Notification.objects.filter(state="sending").exists()


def first_times(began, seconds, **signs):
    """How long after `began` each of these was so for the first time, of those that were within so many seconds."""
    seen = {}
    while len(seen) < len(signs) and time.monotonic() - began < seconds:
        for name, is_so in signs.items():
            if name not in seen and is_so():
                seen[name] = time.monotonic() - began
        time.sleep(A_LOOK)
    return seen


def freeze_one_of_two(town, seconds, patience, without=""):
    """A worker stops with a mail in its hands; after how long what followed was so.

    What the web server sees it does not write down here: the log needs another worker, as where nobody looks at a page.
    """
    silence = {"silent": seconds["silent"]} if "silent" in seconds else {}
    town.web(seconds=silence, without="watch")
    beat(town)
    frozen = town.worker(seconds=seconds, fail_points=f"before the text=wait:{HOLDS}", without=without)
    [person] = town.street.move_in(1)
    assert town.street.send(person).acknowledged
    assert until(lambda: Pulse.objects.filter(name__endswith=f"-{frozen.pid}").exists())
    assert until(holds_one)
    assert wrong(town) == []
    frozen.freeze()
    began = time.monotonic()
    town.worker(seconds=seconds, without=without)
    seen = first_times(
        began,
        patience,
        red=lambda: is_red(town),
        noticed=lambda: noticed(frozen),
        left=lambda: not town.unsettled().exists(),
    )
    return frozen, seen


def thaw_and_look(town, frozen):
    """It goes on where it was: at most one mail more, with the same Message-ID. After how long everything was green."""
    frozen.thaw()
    green = first_times(time.monotonic(), 30, green=lambda: not noticed(frozen) and wrong(town) == [])["green"]
    town.back_to_normal(time.monotonic())
    frozen.stop()  # whatever it held it has handed over then
    assert wrong(town) == []
    found = town.look()
    assert found.faults().keys() <= {"repeated"}
    assert found.repeated <= 1
    return green, found


def judge(seen, green, *, silent, sweep):
    assert seen["red"] <= silent + A_LOOK + SLACK
    assert seen["noticed"] <= silent + sweep + SLACK
    assert green <= HOLDS + sweep + SLACK


def test_a_frozen_worker_is_noticed_and_its_mail_is_sent_by_another(town):
    frozen, seen = freeze_one_of_two(town, QUICK, patience=20)

    green, _found = thaw_and_look(town, frozen)
    judge(seen, green, silent=3, sweep=1)


def test_a_frozen_worker_turns_the_address_for_monitors_red_within_ninety_seconds(town):
    frozen, seen = freeze_one_of_two(town, {}, patience=130)

    green, found = thaw_and_look(town, frozen)
    after = f"/health/ red after {seen['red']:.0f} s, in the log after {seen['noticed']:.0f} s"
    remark = f"{after}, green {green:.1f} s after it went on; {found.repeated} again with the same Message-ID"
    figures.note("F7", STOPPED, times=1, found=found, back=seen["left"], remark=remark)
    judge(seen, green, **AS_USUAL)
    assert seen["left"] <= 60


@pytest.mark.parametrize(
    ("without", "silent", "missing"),
    [("", 3600, {"red", "noticed"}), ("watch", 3, {"noticed"}), ("lease", 3, {"left"})],
)
def test_without_one_of_its_guards_it_is_not_noticed_or_its_mail_stays(town, without, silent, missing):
    _frozen, seen = freeze_one_of_two(town, QUICK | {"silent": silent}, patience=8, without=without)

    assert {"red", "noticed", "left"} - set(seen) == missing
