"""What the broker keeps when it is killed, which locks stay behind, and a beat that forgets nothing."""

import shutil
from contextlib import contextmanager

import redis
from django.conf import settings
from django.db import connection

from .breaking import kill

KEEPS = "appendonly yes\nappendfsync always\n"  # on the disk before it answers
TASKS = ("notifications.clock_ticks", "notifications.deliver_due", "requests.follow_up")
LOCKS = ("lock", "mutex")  # what kombu calls its own
OLD = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
AND xact_start < clock_timestamp() - interval '1 second'
"""


def beat(town):
    """Each second the clock, the mail and the scan, and not what forgets old drafts: those of the trials are old."""
    schedule = {task: {"task": task, "schedule": 1} for task in TASKS}
    return town.beat(settings={"CELERY_BEAT_SCHEDULE": schedule})


def broker():
    return redis.Redis.from_url(settings.REDIS_URL)


def restart(valkey):
    """Killed with -9, and started again with what it kept."""
    kill(valkey)
    valkey.launch()


@contextmanager
def that_keeps(valkey):
    """For once a broker that writes down all it is told. Afterwards it is as it was, and empty."""
    usual = valkey._settings
    valkey._settings = lambda: usual() + KEEPS
    restart(valkey)
    try:
        yield valkey
    finally:
        del valkey._settings
        restart(valkey)
        shutil.rmtree(valkey.folder / "appendonlydir")


def remember():
    """Tell the broker something that it has afterwards only if it kept what it had."""
    broker().set("kept", "yes")


def remembers():
    return broker().get("kept") == b"yes"


def hints():
    """How many wait in the broker."""
    return broker().llen("celery")


def locks_that_stay():
    """Whoever holds rows for longer than a moment, and locks in the broker that never end."""
    with connection.cursor() as cursor:
        cursor.execute(OLD)
        held = [pid for (pid,) in cursor.fetchall()]
    names = [key.decode() for key in broker().scan_iter() if any(word in key.decode() for word in LOCKS)]
    return held + [name for name in names if broker().ttl(name) == -1]
