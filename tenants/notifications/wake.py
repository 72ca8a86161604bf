"""Tell a worker to look now. A hint: when the broker is away, the sweep in every worker does the work."""

import logging
import threading
import time

from celery import current_app

logger = logging.getLogger(__name__)

PATIENCE = 0.1  # seconds per socket operation: a page never waits for the broker
REST = 10.0  # seconds without hints after one failed; the sweep's own rhythm

_lock = threading.Lock()
_silent_until = 0.0
hints_lost = 0  # since this process started; for the health page


def up(task: str) -> None:
    """Ask for the task with this name once, soon. Never raises, and takes at most a few tenths of a second."""
    global _silent_until, hints_lost
    if time.monotonic() < _silent_until:
        hints_lost += 1
        return
    options = {**current_app.conf.broker_transport_options, "socket_timeout": PATIENCE}
    options |= {"socket_connect_timeout": PATIENCE, "retry_on_timeout": False, "max_retries": 0}
    try:
        with current_app.connection_for_write(
            transport_options=options, connect_timeout=PATIENCE
        ) as connection:
            current_app.send_task(task, connection=connection, retry=False, ignore_result=True)
    except Exception as failure:  # noqa: BLE001 -- whatever the broker does, the row is safe and will be found
        with _lock:
            hints_lost += 1
            _silent_until = time.monotonic() + REST
        logger.warning("No hint to the workers (%s); they look by themselves", type(failure).__name__)
