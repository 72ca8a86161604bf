"""F14 and F15: beat twice, beat dead, and nights on which the clock is set. Everybody hears it once, by day."""

import logging
from collections import Counter
from datetime import datetime, time, timedelta
from time import monotonic as time_now
from time import sleep, tzset
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.utils import timezone

from requests import followup
from requests.audit import audit
from tenants.notifications import delivery, pulse
from tenants.notifications.models import Notification, Pulse
from tests.factories import NOON, ServiceRequestFactory
from tests.portal.processes import until
from tests.size import FULL, LONG, chance, times

from . import figures

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
NIGHTS = {
    "clocks forward": datetime(2026, 3, 28, 18, tzinfo=AMSTERDAM),
    "clocks back": datetime(2026, 10, 24, 18, tzinfo=AMSTERDAM),
    "new year": datetime(2026, 12, 31, 18, tzinfo=AMSTERDAM),
    "leap day": datetime(2028, 2, 28, 18, tzinfo=AMSTERDAM),
}
STEP = timedelta(minutes=1 if LONG else 30)
HOURS = 18
HOUR = timedelta(hours=1)


def hours_later(start, hours):
    """By the clock that knows no summer time, as a program waits."""
    return (start.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)).astimezone(AMSTERDAM)


def due_in_each_hour(start):
    return [
        ServiceRequestFactory(at=start - timedelta(days=2), next_word_at=hours_later(start, hour))
        for hour in range(HOURS - 6)
    ]


def live_through(start, mailoutbox, hours=HOURS, back=timedelta()):
    """Follow up and deliver at each step; when each mail left. Every other time the clock is `back` behind."""
    left, steps = [], int(timedelta(hours=hours) / STEP)
    for number in range(steps):
        at = hours_later(start, number * STEP / HOUR)
        at -= back * (number % 2)
        followup.follow_up(at=at)
        followup.watch(at=at)
        delivery.deliver_due(now=lambda at=at: at)
        left += [at] * (len(mailoutbox) - len(left))
    return left


def by_day(at):
    return time(8) <= timezone.localtime(at).time() < time(21)


BACK = {"steady": timedelta(), "an hour back and forth": HOUR}


@pytest.fixture(params=["UTC", "Europe/Amsterdam"] if LONG else ["UTC"])
def machine_in(request, monkeypatch):
    """Where the machine believes to be, which Django would otherwise tell the process itself."""
    monkeypatch.setenv("TZ", request.param)
    tzset()
    yield request.param
    monkeypatch.undo()
    tzset()


@pytest.mark.parametrize("back", BACK if FULL else ["an hour back and forth"])
@pytest.mark.parametrize("night", NIGHTS if LONG else ["clocks forward", "clocks back"])
def test_on_a_night_with_another_clock_everybody_hears_it_once_and_by_day(db, mailoutbox, night, back, machine_in):
    start, back = NIGHTS[night], BACK[back]
    rows = due_in_each_hour(start)

    left = live_through(start, mailoutbox, back=back)

    figures.note(
        "F15",
        f"{night}{', clock an hour back and forth' if back else ''}, machine in {machine_in}",
        times=int(HOURS * HOUR / STEP),
        remark=f"{len(rows)} messages, all by day",
    )
    heard = Counter(Notification.objects.values_list("about", flat=True))
    assert heard == {row.reference: 1 for row in rows}
    assert len(left) == len(rows)
    assert [at for at in left if not by_day(at)] == []
    assert {finding.name for finding in audit(at=left[-1]) if finding.failures} <= {*MADE_HERE}


def test_without_quiet_hours_they_would_hear_it_at_night(db, mailoutbox, settings):
    settings.QUIET_HOURS = (time(0), time(0))
    start = NIGHTS["clocks back"]
    due_in_each_hour(start)

    left = live_through(start, mailoutbox)

    assert [at for at in left if not by_day(at)] != []


def test_after_three_hours_without_beat_everybody_catches_up_once(db, mailoutbox):
    rows = [ServiceRequestFactory(at=NOON - 48 * HOUR, next_word_at=NOON + n * timedelta(minutes=9)) for n in range(20)]

    for minute in range(0, 120, 5):
        at = NOON + 3 * HOUR + timedelta(minutes=minute)
        followup.follow_up(at=at)
        delivery.deliver_due(now=lambda at=at: at)

    figures.note("F14", "beat and workers dead for three hours", times=len(rows), remark="one message each")
    assert Counter(Notification.objects.values_list("about", flat=True)) == {row.reference: 1 for row in rows}
    assert len(mailoutbox) == len(rows)


def test_a_silent_beat_is_told_within_two_minutes(db, caplog):
    pulse.give(pulse.CLOCK, Pulse.Kind.CLOCK, at=NOON)

    with caplog.at_level(logging.ERROR):
        noticed = [pulse.watch(at=NOON + timedelta(seconds=seconds)) for seconds in (60, 120, 180)]

    assert noticed == [[], [pulse.CLOCK], []]
    assert "was last heard of at" in caplog.text


FOLLOW_UP = "requests.follow_up"
QUICK = {"sweep": 1, "silent": 3}
MADE_HERE = ["told_that_it_was_received"]  # without that mail


@transaction.atomic  # the others are at work: not a request without its report
def due_now(count):
    now = timezone.now()
    return [ServiceRequestFactory(at=now - 48 * HOUR, next_word_at=now - HOUR) for _ in range(count)]


def ticks_again(beat, more=2):
    """It sends, or sends again."""
    before = beat.ticks(FOLLOW_UP)
    return until(lambda: beat.ticks(FOLLOW_UP) >= before + more, seconds=20)


def everybody_heard(count):
    """Each of so many, and all of it has left."""
    unsent = Notification.objects.exclude(state="sent")
    return until(lambda: Notification.objects.count() >= count and not unsent.exists(), seconds=30)


def heard():
    return Counter(Notification.objects.values_list("about", flat=True))


def clock_is_missed():
    return Pulse.objects.filter(name=pulse.CLOCK, missed_at__isnull=False).exists()


@pytest.mark.long
def test_with_two_beats_and_two_workers_everybody_hears_it_once(town):
    rows = due_now(times(200))
    town.workers(seconds=QUICK)
    beats = [town.beat(), town.beat()]
    assert [ticks_again(beat) for beat in beats] == [True, True]
    assert everybody_heard(len(rows))
    assert [ticks_again(beat) for beat in beats] == [True, True]
    assert until(lambda: Pulse.objects.filter(name=pulse.CLOCK).exists(), seconds=20)

    found = town.look(ignore=MADE_HERE)
    sent = " and ".join(str(beat.ticks(FOLLOW_UP)) for beat in beats)
    figures.note("F14", "two beats, two workers", times=len(rows), found=found, remark=f"they sent it {sent} times")
    assert heard() == {row.reference: 1 for row in rows}
    assert found.faults() == {}


GONE = times(50)  # times in a row that beat is
AT_EACH = 5  # requests that fall due while it is, and as many when it is back


@transaction.atomic
def falling_due():
    """One after the other, within a second from now."""
    now = timezone.now()
    moments = [now + timedelta(seconds=number / AT_EACH) for number in range(AT_EACH)]
    return [ServiceRequestFactory(at=now - 48 * HOUR, next_word_at=moment) for moment in moments]


class OnAndOff:
    """A beat that goes and comes back: killed, or stopped; `missed` and `back` are seconds, for each time."""

    def __init__(self, town, how):
        self.town, self.how, self.moments = town, how, chance(f"beat {how}")
        self.beat, self.rows, self.missed, self.back = town.beat(), [], [], []

    def goes(self):
        """At any moment between two of its ticks."""
        assert ticks_again(self.beat)
        sleep(self.moments.uniform(0, 1))
        began = time_now()
        self.beat.kill() if self.how == "killed" else self.beat.freeze()
        self.rows += falling_due()
        assert until(clock_is_missed, seconds=20)
        self.missed.append(time_now() - began)

    def comes_back(self):
        """With what the other left in its file."""
        began = time_now()
        if self.how == "killed":
            self.beat = self.town.beat(schedule=self.beat.schedule)
        else:
            self.beat.thaw()
        self.rows += falling_due()
        assert until(lambda: not clock_is_missed(), seconds=20)
        self.back.append(time_now() - began)


@pytest.mark.long
@pytest.mark.waits
@pytest.mark.parametrize("how", ["killed", "stopped"])
def test_a_beat_that_is_gone_again_and_again_is_missed_each_time_and_everybody_hears_it_once(town, how):
    town.workers(seconds=QUICK)
    beat = OnAndOff(town, how)
    for _ in range(GONE):
        beat.goes()
        assert everybody_heard(len(beat.rows))  # the workers look by themselves
        beat.comes_back()
    assert ticks_again(beat.beat)
    assert everybody_heard(len(beat.rows))

    found = town.look(ignore=MADE_HERE)
    remark = f"{len(beat.rows)} messages; missed after at most {max(beat.missed):.0f} s, where 3 s are silence"
    figures.note("F14", f"beat {how}", times=GONE, found=found, back=max(beat.back), remark=remark)
    assert heard() == {row.reference: 1 for row in beat.rows}
    assert found.faults() == {}
    assert max(beat.back) <= 60


@pytest.mark.long
@pytest.mark.waits
@pytest.mark.parametrize("guard", ["watch", "sweep"])
def test_without_the_eyes_of_the_workers_a_dead_beat_is_not_missed_or_nobody_hears_anything(town, guard):
    town.workers(seconds=QUICK, without=guard)
    beat = town.beat()
    assert ticks_again(beat)
    beat.kill()
    sleep(2)  # what it sent last is done
    rows = falling_due()

    assert not until(clock_is_missed, seconds=8)
    assert (len(heard()) == len(rows)) == (guard == "watch")


def test_without_the_once_of_an_occasion_a_second_scan_would_tell_it_again(transactional_db):
    now, once = timezone.now(), "notification_once_per_occasion"
    row = ServiceRequestFactory(at=now - 48 * HOUR, next_word_at=now - HOUR)
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE tenants_notification DROP CONSTRAINT {once}")
        try:
            for _ in range(2):  # two that read the same row, as when nothing locked it
                type(row).objects.filter(pk=row.pk).update(next_word_at=now - HOUR, words_given=0)
                followup.follow_up(at=now)
            told = Notification.objects.count()
            Notification.objects.all().delete()
        finally:
            cursor.execute(
                f"ALTER TABLE tenants_notification ADD CONSTRAINT {once} "
                "UNIQUE NULLS NOT DISTINCT (occasion, tenant_id, channel)"
            )

    assert told == 2
