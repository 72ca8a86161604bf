"""In every worker, look each ten seconds at what is due: no promise waits for the broker or for beat."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from celery.signals import worker_init, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from . import delivery, pulse
from .models import Pulse

logger = logging.getLogger(__name__)

EVERY = 10.0  # seconds
A_WHILE = 10.0  # seconds; then the other jobs have their turn, however much there is to send

Job = Callable[[], object]

_stop = threading.Event()
_finished = threading.Event()
_finished.set()


def goes_on() -> bool:
    """False from the moment at which this worker was asked to stop: then it begins nothing new."""
    return not _stop.is_set()


def _say_that_we_live() -> None:
    pulse.give(pulse.this_worker(), Pulse.Kind.WORKER, at=timezone.now())


def _deliver_for_a_while() -> None:
    until = time.monotonic() + A_WHILE
    delivery.deliver_due(now=timezone.now, go_on=lambda: goes_on() and time.monotonic() < until)


_jobs: list[Job] = [
    _say_that_we_live,
    _deliver_for_a_while,
    lambda: pulse.watch(at=timezone.now()),
]


def also(job: Job) -> None:
    """Let every worker do this, too. It must be quick when nothing is due, and safe to run twice."""
    _jobs.append(job)


@worker_init.connect
def start(**kwargs: Any) -> None:
    _stop.clear()
    _finished.clear()
    threading.Thread(target=_run, name="outbox-sweep", daemon=True).start()


@worker_shutting_down.connect
def stop(**kwargs: Any) -> None:
    _stop.set()
    _do(lambda: pulse.forget(pulse.this_worker()))


@worker_shutdown.connect
def wait_for_the_last_one(**kwargs: Any) -> None:
    """A mail that was handed over but not written down yet would be sent again."""
    _finished.wait(settings.EMAIL_TIMEOUT + 1)


def _run() -> None:
    try:
        while goes_on():
            started = time.monotonic()
            _round()
            _stop.wait(max(EVERY - (time.monotonic() - started), 1.0))
    finally:
        _finished.set()


def _round() -> None:
    for job in _jobs:
        if goes_on():
            _do(job)
        if goes_on():
            _do(_say_that_we_live)  # a job may take long: that is not silence


def _do(job: Job) -> None:
    try:
        close_old_connections()
        job()
    except Exception:  # whatever happened, the next look is due in ten seconds
        logger.exception("A sweep failed; it goes on")
    finally:
        close_old_connections()
