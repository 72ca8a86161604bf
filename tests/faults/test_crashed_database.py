"""F8: PostgreSQL crashes while people report. What was acknowledged is there, and everything goes on by itself."""

import threading
import time
from datetime import timedelta

import psycopg
import pytest
from django.utils import timezone

from requests import followup
from tenants.models import Notification
from tests.factories import ServiceRequestFactory, TenantFactory
from tests.size import chance, times

from . import figures
from .breaking import commits_wait_for_the_disk, crash, forget_connections, log_written_late
from .conftest import url_of_the_database

CRASHES = times(20, short=1)
AT_ONCE = 3  # people who report at the same time
QUICK = {"sweep": 1, "lease": 5}


def start_reporting(town, people):
    """Some at the same time; each presses the button until there is an answer."""
    threads = [
        threading.Thread(target=lambda mine=people[n::AT_ONCE]: [town.street.send_until_told(one) for one in mine])
        for n in range(AT_ONCE)
    ]
    for thread in threads:
        thread.start()
    return threads


def crash_under_reports(town, postgres, moments):
    """How long after PostgreSQL was there again somebody got a good answer."""
    people = town.street.move_in(AT_ONCE * 6)
    threads = start_reporting(town, people)
    time.sleep(moments.uniform(0.05, 0.3))
    began = crash(postgres)
    [asker] = town.street.move_in(1)
    while town.street.ask("GET", "/", asker).status != 200:
        time.sleep(0.02)
    took = time.monotonic() - began
    for thread in threads:
        thread.join()
    return took


@pytest.mark.long
def test_a_crashed_database_loses_nothing_that_was_acknowledged(town, postgres):
    commits_wait_for_the_disk(True)
    town.web()
    town.workers(seconds=QUICK)
    moments = chance("crashed database")
    first_answers = [crash_under_reports(town, postgres, moments) for _ in range(CRASHES)]
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    people = [person for person in town.street.people if person.told]
    unanswered = sum(not told.acknowledged for person in people for told in person.told)
    figures.note(
        "F8",
        "PostgreSQL crashed under submits",
        times=CRASHES,
        found=found,
        back=back,
        remark=f"first good answer after {max(first_answers):.1f} s; {len(people)} submits, {unanswered} repeated",
    )
    found.repeated = 0
    assert found.faults() == {}
    assert all(person.sent for person in people)
    assert {told.status for person in people for told in person.told} <= {302, 503, 0}
    assert max(first_answers) <= 2
    assert back <= 60


def test_without_the_wait_for_the_disk_a_crash_loses_what_was_acknowledged(town, postgres):
    commits_wait_for_the_disk(False)
    town.web()
    people = town.street.move_in(3)
    with psycopg.connect(url_of_the_database(), autocommit=True) as other:
        other.execute("CHECKPOINT")
    with log_written_late():
        for person in people:
            assert town.street.send(person).status == 302
        crash(postgres)

    assert people[-1].text in town.look().lost


def test_a_follow_up_that_a_crash_takes_away_is_made_again(town, postgres):
    """It does not wait for the disk; whoever sends its mail does."""
    commits_wait_for_the_disk(True)
    now = timezone.now()
    ServiceRequestFactory(reported_by=TenantFactory(), next_word_at=now)
    forget_connections()
    with log_written_late():
        words = [(followup.follow_up(at=now), Notification.objects.count())]
        crash(postgres)
    words.append((0, Notification.objects.count()))
    words.append((followup.follow_up(at=now), Notification.objects.count()))

    assert words == [(1, 1), (0, 0), (1, 1)]


def test_a_mail_that_was_sent_outlives_a_crash(town, postgres):
    commits_wait_for_the_disk(True)
    now = timezone.now()
    service_request = ServiceRequestFactory(reported_by=TenantFactory(), next_word_at=now)
    forget_connections()
    with log_written_late():
        followup.follow_up(at=now)
        claimed = Notification.objects.claim(at=now + timedelta(hours=12))
        crash(postgres)

    service_request.refresh_from_db()
    assert (service_request.words_given, [row.state for row in claimed]) == (1, ["sending"])
    assert Notification.objects.get().state == "sending"
