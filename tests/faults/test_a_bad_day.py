"""F1–F6, F8, F10, F11 in short: everything breaks once on one day, and everybody hears everything once."""

import signal
import time

from tenants.notifications.models import Notification
from tests.portal.processes import until

from .breaking import commits_wait_for_the_disk, crash, freeze, kill, thaw

QUICK = {"lease": 2, "sweep": 1, "first_retry": 1, "hangs_after": 0.5, "mail_rest": 1}
MAIL_TIMEOUT = {"EMAIL_TIMEOUT": 1}


class Day:
    """Somebody reports at each moment, and hears that it was sent, however often they have to ask."""

    def __init__(self, town):
        self.town, self.people = town, iter(town.street.move_in(9))

    def somebody_reports(self, fail_point=""):
        person = next(self.people)
        if fail_point:
            assert self.town.street.send(person, fail_point).status == 0
        assert self.town.street.send_until_told(person).acknowledged


def programs_die(day):
    day.town.web()
    doomed = day.town.worker(seconds=QUICK, fail_points="after the 250=die")
    day.somebody_reports()
    assert doomed.ends() == signal.SIGKILL
    day.town.worker(seconds=QUICK, settings=MAIL_TIMEOUT)
    day.somebody_reports(fail_point="before the commit=die")
    day.somebody_reports(fail_point="before the wake=die")


def the_broker_fails(day, valkey):
    kill(valkey)
    day.somebody_reports()
    valkey.launch()
    freeze(valkey)
    day.somebody_reports()
    thaw(valkey)


def the_mail_server_fails(day):
    for mood in ("shut", "silent"):
        day.town.door.set(mood)
        day.somebody_reports()
        assert until(lambda: not Notification.objects.filter(state="queued", attempts=0).exists())
    day.town.door.set("open")


def test_on_a_day_on_which_everything_breaks_nothing_is_lost_or_done_twice(town, valkey, postgres):
    commits_wait_for_the_disk(True)
    day = Day(town)

    programs_die(day)
    the_broker_fails(day, valkey)
    the_mail_server_fails(day)
    crash(postgres)
    day.somebody_reports()
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    assert found.faults().keys() <= {"repeated"}
    assert 1 <= found.repeated <= 3  # what was in the hands of a worker that died, or lost its database
    assert back <= 30
