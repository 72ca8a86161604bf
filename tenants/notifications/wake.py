"""Tell a worker to look now. A hint: when the broker is away, the sweep in every worker does the work."""

import logging
import threading
import time
from contextlib import suppress

from celery import current_app
from kombu import Producer

logger = logging.getLogger(__name__)

PATIENCE = 0.1  # seconds per socket operation: a page never waits for the broker
REST = 10.0  # seconds without hints after one failed; the sweep's own rhythm

_lock = threading.Lock()
_producer: Producer | None = None  # kept between hints: to connect takes ten times as long as to ask
_silent_until = 0.0
hints_lost = 0  # since this process started; for the health page


def up(task: str) -> None:
    """Ask for the task with this name once, soon. Never raises, and takes at most a few tenths of a second."""
    global _silent_until, hints_lost
    if time.monotonic() < _silent_until or not _lock.acquire(timeout=PATIENCE):
        hints_lost += 1
        return
    try:
        _ask(task)
    except Exception as failure:  # noqa: BLE001 -- whatever the broker does, the row is safe and will be found
        hints_lost += 1
        _silent_until = time.monotonic() + REST
        logger.warning("No hint to the workers (%s); they look by themselves", type(failure).__name__)
    finally:
        _lock.release()


def _ask(task: str) -> None:
    """On the connection of the last time; that may have gone stale, so then once on a new one."""
    if _producer is not None:
        try:
            return _send(task, _producer)
        except Exception:  # noqa: BLE001 -- the new connection tells whether the broker is away
            _hang_up()
    try:
        _send(task, _connect())
    except Exception:
        _hang_up()
        raise


def _send(task: str, producer: Producer) -> None:
    current_app.send_task(task, producer=producer, retry=False, ignore_result=True)


def _connect() -> Producer:
    global _producer
    options = {**current_app.conf.broker_transport_options, "socket_timeout": PATIENCE}
    options |= {"socket_connect_timeout": PATIENCE, "retry_on_timeout": False, "max_retries": 0}
    connection = current_app.connection_for_write(transport_options=options, connect_timeout=PATIENCE)
    _producer = current_app.amqp.Producer(connection)
    return _producer


def _hang_up() -> None:
    global _producer
    producer, _producer = _producer, None
    with suppress(Exception):
        if producer is not None:
            producer.connection.release()
