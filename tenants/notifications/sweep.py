"""In every worker, look at the outbox each ten seconds: no message waits for the broker."""

import logging
import threading
import time
from typing import Any

from celery.signals import worker_init, worker_shutting_down
from django.db import close_old_connections
from django.utils import timezone

from . import delivery

logger = logging.getLogger(__name__)

EVERY = 10.0  # seconds

_stop = threading.Event()


@worker_init.connect
def start(**kwargs: Any) -> None:
    _stop.clear()
    threading.Thread(target=_run, name="outbox-sweep", daemon=True).start()


@worker_shutting_down.connect
def stop(**kwargs: Any) -> None:
    _stop.set()


def _run() -> None:
    while not _stop.is_set():
        started = time.monotonic()
        try:
            close_old_connections()
            delivery.deliver_due(now=timezone.now)
        except Exception:  # whatever happened, the next look is due in ten seconds
            logger.exception("The sweep of the outbox failed; it goes on")
        finally:
            close_old_connections()
        _stop.wait(max(EVERY - (time.monotonic() - started), 1.0))
