"""In every worker, look each ten seconds at what is due: no promise waits for the broker or for beat."""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from celery.signals import worker_init, worker_shutting_down
from django.db import close_old_connections
from django.utils import timezone

from . import delivery, pulse
from .models import Pulse

logger = logging.getLogger(__name__)

EVERY = 10.0  # seconds

Job = Callable[[], object]

_jobs: list[Job] = [
    lambda: pulse.give(pulse.this_worker(), Pulse.Kind.WORKER, at=timezone.now()),
    lambda: delivery.deliver_due(now=timezone.now),
    lambda: pulse.watch(at=timezone.now()),
]
_stop = threading.Event()


def also(job: Job) -> None:
    """Let every worker do this, too. It must be quick when nothing is due, and safe to run twice."""
    _jobs.append(job)


@worker_init.connect
def start(**kwargs: Any) -> None:
    _stop.clear()
    threading.Thread(target=_run, name="outbox-sweep", daemon=True).start()


@worker_shutting_down.connect
def stop(**kwargs: Any) -> None:
    _stop.set()
    _do(lambda: pulse.forget(pulse.this_worker()))


def _run() -> None:
    while not _stop.is_set():
        started = time.monotonic()
        for job in _jobs:
            _do(job)
        _stop.wait(max(EVERY - (time.monotonic() - started), 1.0))


def _do(job: Job) -> None:
    try:
        close_old_connections()
        job()
    except Exception:  # whatever happened, the next look is due in ten seconds
        logger.exception("A sweep failed; it goes on")
    finally:
        close_old_connections()
