"""Breaks servers, and puts them right again."""

import signal
import time
from contextlib import contextmanager

from django.db import connection


def kill(valkey):
    valkey.process.kill()
    valkey.process.wait()


def freeze(valkey):
    """It takes every connection and never answers."""
    valkey.process.send_signal(signal.SIGSTOP)


def thaw(valkey):
    valkey.process.send_signal(signal.SIGCONT)


def crash(postgres):
    """Every process of it ends at once; then it is started again. Returns when that was."""
    postgres.process.send_signal(signal.SIGQUIT)
    postgres.process.wait()
    postgres.launch()
    forget_connections()
    return time.monotonic()


def commits_wait_for_the_disk(yes):
    """As in production, also where the tests run without."""
    with connection.cursor() as cursor:
        name = connection.settings_dict["NAME"]
        cursor.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = {"on" if yes else "off"}')
    forget_connections()


@contextmanager
def log_written_late():
    """PostgreSQL lets what need not wait for the disk lie for ten seconds, the most it knows; otherwise 0.2 to 0.6."""
    _change_server("SET wal_writer_delay = '10s'")
    yield
    _change_server("RESET wal_writer_delay")


def _change_server(what):
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER SYSTEM {what}")
        cursor.execute("SELECT pg_reload_conf()")


def forget_connections():
    """Those of this process, which may have been cut."""
    connection.close()
    connection.close_pool()
