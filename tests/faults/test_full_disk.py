"""F18: the disk is full for a photo, a report or a line of the log. Whole or not at all, and no error page."""

import io
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from requests import services
from requests.models import Attachment, Draft, Report, ServiceRequest
from tenants.notifications.models import Notification
from tests.size import times

from . import figures
from .guards_off import NO_TRANSACTION, PLAIN_ERRORS, STRICT_LOG
from .people import TOKEN

TRIALS = times(20, short=1)
NO_ROOM_FOR_MORE = 4000  # bytes
BOUNDARY = "a-photo-follows"


def a_photo(side):
    """Noise, so that it does not get smaller."""
    content = io.BytesIO()
    Image.effect_noise((side, side), 90).convert("RGB").save(content, "JPEG", quality=95)
    return content.getvalue()


def upload(town, person, photo, **headers):
    parts = [("csrfmiddlewaretoken", TOKEN), ("text", person.text)]
    body = b"".join(
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in parts
    )
    body += f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n'.encode()
    body += b"Content-Type: image/jpeg\r\n\r\n" + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"} | headers
    address = reverse("requests:report_words", args=[person.draft])
    return town.street.ask("POST", address, person, headers, body)


def files():
    return [file for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file()]


@pytest.mark.long
def test_a_report_is_kept_without_the_photo_that_has_no_room(town):
    web = town.web(largest_file=NO_ROOM_FOR_MORE)
    town.worker(seconds={"sweep": 1})
    people, photo = town.street.move_in(TRIALS), a_photo(300)
    answers = [upload(town, person, photo) for person in people]
    sent = [town.street.send(person).status for person in people]
    left = files()
    web.kill()
    town.web()
    back = town.back_to_normal(time.monotonic())

    found = town.look()
    remark = "kept without the photo, 0 orphans"
    figures.note("F18", "disk full at upload", times=TRIALS, found=found, back=back, remark=remark)
    assert [answer.status for answer in answers] == [200] * TRIALS
    assert "Wij konden deze foto niet bewaren" in answers[0].page
    assert (left, Attachment.objects.count(), sent) == ([], 0, [302] * TRIALS)
    assert found.faults() == {}
    assert back <= 60


def test_an_upload_for_which_there_is_no_room_at_all_is_refused_whole(town):
    town.web(largest_file=NO_ROOM_FOR_MORE)
    town.sweep(seconds={"sweep": 1})
    [person] = town.street.move_in(1)

    answer = upload(town, person, a_photo(1500))

    assert (answer.status, answer.retry_after, files()) == (503, "10", [])
    assert "Het is even te druk" in answer.page
    assert town.street.send(person).status == 302
    assert town.is_quiet()
    assert town.look().faults() == {}


def test_without_the_clean_up_half_a_photo_would_stay(town):
    town.web(largest_file=NO_ROOM_FOR_MORE, without="clean-up")
    [person] = town.street.move_in(1)

    upload(town, person, a_photo(300))

    assert len(town.look().orphans) == len(files()) == 1


def test_what_a_dead_process_left_is_swept_away(town):
    town.web()
    [person, other] = town.street.move_in(2)
    died = upload(town, person, a_photo(60), **{"X-Fail-Point": "before a photo is committed=die"})
    kept = upload(town, other, a_photo(60))
    orphans = town.look().orphans

    removed = services.remove_lost_files(at=timezone.now() + timedelta(days=2))

    assert (died.status, kept.status, len(orphans), removed, len(files())) == (0, 302, 1, 1, 1)
    assert town.look().orphans == []


@pytest.fixture
def no_room_at_commit():
    """PostgreSQL says so in the last moment, as when its log cannot grow; what is written last has no room."""
    with connection.cursor() as cursor:
        cursor.execute("""
            CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
            CREATE CONSTRAINT TRIGGER no_room AFTER INSERT ON tenants_notification
            DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION no_room();
        """)
    yield lambda: connection.cursor().execute("DROP FUNCTION IF EXISTS no_room CASCADE")
    connection.cursor().execute("DROP FUNCTION IF EXISTS no_room CASCADE")


def kept():
    """How much of reports there is: the request, the report itself and the confirmation."""
    return [model.objects.count() for model in (ServiceRequest, Report, Notification)]


def test_a_report_for_which_the_database_has_no_room_is_refused_whole(town, no_room_at_commit):
    town.web()
    town.worker(seconds={"sweep": 1})
    people = town.street.move_in(TRIALS)
    answers = [town.street.send(person) for person in people]
    rows = kept()
    unsent = Draft.objects.unsent().count()
    no_room_at_commit()
    ended = time.monotonic()
    told = [town.street.send_until_told(person).acknowledged for person in people]
    back = town.back_to_normal(ended)

    found = town.look()
    remark = "503 with a page, nothing half"
    figures.note("F18", "disk full at commit", times=TRIALS, found=found, back=back, remark=remark)
    assert [(answer.status, answer.retry_after) for answer in answers] == [(503, "10")] * TRIALS
    assert (rows, unsent, all(told)) == ([0, 0, 0], TRIALS, True)
    assert found.faults() == {}
    assert back <= 60


def test_without_our_page_for_it_people_read_that_the_report_is_an_error(town, no_room_at_commit):
    town.web(worker_class=PLAIN_ERRORS)
    [person] = town.street.move_in(1)

    answer = town.street.send(person)

    assert (answer.status, answer.retry_after) == (500, "")


def test_without_its_transaction_half_a_report_would_stay(town, no_room_at_commit):
    town.web(worker_class=NO_TRANSACTION)
    [person] = town.street.move_in(1)

    answer = town.street.send(person)

    assert (answer.status, kept()) == (503, [1, 1, 0])


FULL_DISK = "/dev/full"  # takes nothing: "no space left on device"


@pytest.mark.skipif(not Path(FULL_DISK).exists(), reason="this system has no disk that is always full")
def test_without_room_for_the_log_everybody_is_served_all_the_same(town):
    town.web(log=FULL_DISK)
    town.worker(log=FULL_DISK, seconds={"sweep": 1})
    people = town.street.move_in(TRIALS + 1)
    refused = people[0].email
    town.sink.answers = {refused: ["550 5.1.1 no such box"]}  # which the worker writes down, as the web server a 404
    missing = [town.street.ask("GET", "/nergens/", person).status for person in people]
    told = [town.street.send(person).status for person in people]

    assert town.is_quiet()
    with pytest.raises(OSError, match="No space left"):
        Path(FULL_DISK).write_text("a line of a log")
    found = town.look()
    found.lost.remove(refused)  # who gets no mail at all
    figures.note("F18", "disk full under the log", times=TRIALS, found=found, remark="nobody noticed")
    assert (missing, told) == ([404] * len(people), [302] * len(people))
    assert Notification.objects.get(address=refused).state == "failed"
    assert found.faults() == {}


@pytest.mark.skipif(not Path(FULL_DISK).exists(), reason="this system has no disk that is always full")
def test_where_a_line_that_cannot_be_written_is_an_error_the_page_is_not_served(town):
    town.web(log=FULL_DISK, worker_class=STRICT_LOG)
    [person] = town.street.move_in(1)

    missing = town.street.ask("GET", "/nergens/", person)

    assert missing.status in (0, 500, 503)
