"""Celery workers that die where they are told, for the tests that look at what is left.

`python -m tests.flow.mortal_worker` loads everything once and then forks a real worker for each line of
standard input, so that a life takes half a second. The production code knows nothing of this: what kills is
put around its functions here.
"""

import json
import os
import signal
import smtplib
import sys
import time
from datetime import timedelta
from functools import wraps

import django
from django.utils.crypto import get_random_string

NEVER = timedelta(days=365)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.test_settings"
    django.setup()
    from portal.celery import app  # noqa: PLC0415 -- not before the settings are named

    app.loader.import_default_modules()
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer(bury(order["wait"]))
        elif pid := os.fork():
            answer(pid)
        else:
            live(app, **order)
    os.killpg(0, signal.SIGKILL)


def answer(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def bury(pid):
    """Wait for its end, half a minute at most; the signal that ended it, or 0."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return 0


def live(app, *, die="", nth=1, without="", lease=2.0):
    """Be a worker; die at the nth time that this place is passed, and work without this guard.

    The lease is seconds, as the tests have no minute for each life.
    """
    from tenants.notifications import delivery, models, sweep  # noqa: PLC0415 -- not before Django is set up

    nowhere = os.open(os.devnull, os.O_RDWR)
    os.dup2(nowhere, 0)
    os.dup2(nowhere, 1)
    models.LEASE = timedelta(seconds=lease)
    places = {
        "before the claim": (models.NotificationQuerySet, "claim"),
        "before the mail": (delivery, "_send"),
        "before the text": (smtplib.SMTP, "data"),
        "after the 250": (delivery, "_settle"),
    }
    if die:
        deadly(*places[die], nth)
    if without == "lease":  # whoever claimed it is believed to come back
        models.LEASE = NEVER
    if without == "message id":
        models.Notification.message_id = property(lambda notification: f"<{get_random_string(12)}@thuisbalie>")
    sweep.EVERY = 1.0
    app.worker_main(["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"])
    os._exit(0)


def deadly(owner, name, nth):
    """Make the nth call of this function the last thing that this process does."""
    original, calls = getattr(owner, name), iter(range(1, sys.maxsize))

    @wraps(original)
    def last(*args, **kwargs):
        if next(calls) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return original(*args, **kwargs)

    setattr(owner, name, last)


if __name__ == "__main__":
    main()
