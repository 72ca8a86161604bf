"""Every task may run again: redelivered, by two workers, out of order. The list is Celery's own registry."""

import os
import shutil
from collections import Counter
from datetime import time, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone
from PIL import Image

from portal.celery import app
from requests.models import Attachment, ServiceRequest
from requests.workflow import Status
from tenants.notifications.models import Pulse
from tests.factories import DraftFactory, NotificationFactory, ReportFactory, ServiceRequestFactory
from tests.size import chance, times

app.loader.import_default_modules()
SEEN = {Pulse: ("name", "kind")}  # a sign of life is as new as its last one
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))
ORDERS = times(100, short=5)
# The next numbers of new rows, for who begins again: a rollback leaves them as they are.
NUMBERS = """
SELECT format('%I.%I', schemaname, sequencename), coalesce(last_value, start_value), last_value IS NOT NULL
FROM pg_sequences
"""


@pytest.fixture
def something_to_do_for_every_task(db):
    """A row for each task. A new task that finds nothing here fails the test below: give it a row."""
    long_ago = timezone.now() - timedelta(days=60)
    for status in (Status.RECEIVED, Status.WAITING, Status.DONE):
        ServiceRequestFactory(at=long_ago, status=status)
    lately = timezone.now() - timedelta(days=8)
    ServiceRequestFactory(at=lately, status=Status.DONE)  # to be reminded, and only later to be closed
    NotificationFactory(queued_at=long_ago, due_at=long_ago)
    _photo(report=ReportFactory())
    _photo(draft=DraftFactory(touched_at=long_ago))
    _photo(draft=DraftFactory(), kept=False, at=long_ago)
    session = SessionStore()
    session.set_expiry(long_ago)
    session.save()


def _photo(*, kept=True, at=None, **of):
    """A photo; or only its file, of a row that was never committed."""
    content = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(content, "JPEG")
    photo = Attachment(**of, width=40, height=30, bytes=len(content.getvalue()), sha256="0" * 64, at=timezone.now())
    photo.image.save("photo.jpg", ContentFile(content.getvalue()), save=False)
    if kept:
        photo.save()
    else:
        os.utime(photo.image.path, (at.timestamp(), at.timestamp()))


def everything(settings):
    """The whole database, the mails and the files, to be compared."""
    rows = {
        model._meta.label: Counter(
            repr(sorted(row.items())) for row in model._default_manager.values(*SEEN.get(model, ()))
        )
        for model in apps.get_models()
    }
    files = sorted(str(file) for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file())
    mails = sorted((sent.extra_headers["Message-ID"], sent.to, sent.subject, sent.body) for sent in mail.outbox)
    return rows, mails, files


def after_each_of_three_runs(run, settings):
    states = [everything(settings)]
    for _ in range(3):
        run()
        states.append(everything(settings))
    return states


def test_the_registry_holds_our_tasks():
    assert {name.split(".")[0] for name in TASKS} == {"notifications", "portal", "requests"}


@pytest.mark.whole
@pytest.mark.parametrize("name", TASKS)
def test_a_task_that_runs_three_times_does_what_it_does_once(name, something_to_do_for_every_task, settings):
    before, once, twice, thrice = after_each_of_three_runs(app.tasks[name].run, settings)

    assert once != before
    assert once == twice == thrice


def test_a_task_that_is_not_safe_would_be_seen(something_to_do_for_every_task, settings):
    def unsafe():
        for service_request in ServiceRequest.objects.all():
            service_request.words_given += 1
            service_request.save(update_fields=["words_given"])

    _, once, twice, _ = after_each_of_three_runs(unsafe, settings)

    assert once != twice


# --- out of order ----------------------------------------------------------------------------------------------


@pytest.fixture
def after(something_to_do_for_every_task, settings, monkeypatch, django_capture_on_commit_callbacks):
    """What all of it is after these tasks, at this moment. Then everything is as it was before them."""
    settings.QUIET_HOURS = (time(0), time(0))  # tests run at night, too
    now, before = timezone.now(), f"{settings.MEDIA_ROOT} before"
    monkeypatch.setattr(timezone, "now", lambda: now)
    shutil.copytree(settings.MEDIA_ROOT, before)
    with connection.cursor() as cursor:
        cursor.execute(NUMBERS)
        numbers = cursor.fetchall()

    def run(tasks):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.executemany("SELECT setval(%s, %s, %s)", numbers)
            for task in tasks:
                with django_capture_on_commit_callbacks(execute=True):
                    app.tasks[task].run() if task in TASKS else task()
            found = everything(settings)
            transaction.set_rollback(True)
        shutil.rmtree(settings.MEDIA_ROOT)
        shutil.copytree(before, settings.MEDIA_ROOT)
        mail.outbox.clear()
        return found

    return run


def shuffled(tasks, trial):
    order = list(tasks)
    chance(f"order of tasks {trial}").shuffle(order)
    return order


def test_all_tasks_three_times_in_any_order_do_what_each_does_once(after):
    """And then once more, as the next minute does: whoever came too early for something finds it then."""
    once = after(TASKS)  # delivering comes before following up: nobody was told yet
    in_order = after(TASKS * 2)

    orders = [shuffled(TASKS * 3, trial) for trial in range(ORDERS)]

    assert once != in_order
    assert [order for order in orders if after(order + TASKS) != in_order] == []


def test_tasks_that_need_their_order_would_be_seen(after):
    def begins():
        ServiceRequest.objects.update(words_given=1)

    def goes_on():
        ServiceRequest.objects.update(words_given=2)

    assert after([begins, goes_on, *TASKS]) != after([goes_on, begins, *TASKS])
