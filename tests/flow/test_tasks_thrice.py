"""Every task may run again: redelivered, by two workers, long after. The list is Celery's own registry."""

import os
from collections import Counter
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.sessions.backends.db import SessionStore
from django.core import mail
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from portal.celery import app
from requests.models import Attachment, ServiceRequest
from requests.workflow import Status
from tenants.notifications.models import Pulse
from tests.factories import DraftFactory, NotificationFactory, ReportFactory, ServiceRequestFactory

app.loader.import_default_modules()
SEEN = {Pulse: ("name", "kind")}  # a sign of life is as new as its last one
TASKS = sorted(name for name in app.tasks if not name.startswith("celery."))


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


def rows_of(model):
    return model._default_manager.values(*SEEN.get(model, ()))


def everything(settings):
    """The whole database, the mails and the files, to be compared."""
    rows = {
        model._meta.label: Counter(
            repr(sorted(row.items())) for row in model._default_manager.values(*SEEN.get(model, ()))
        )
        for model in apps.get_models()
    }
    files = sorted(str(file) for file in Path(settings.MEDIA_ROOT).rglob("*") if file.is_file())
    return rows, [message.extra_headers["Message-ID"] for message in mail.outbox], files


def after_each_of_three_runs(run, settings):
    states = [everything(settings)]
    for _ in range(3):
        run()
        states.append(everything(settings))
    return states


def test_the_registry_holds_our_tasks():
    assert {name.split(".")[0] for name in TASKS} == {"notifications", "portal", "requests"}


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
