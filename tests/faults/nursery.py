"""The portal's own programs, ready to be killed: `python -m tests.faults.nursery` loads everything once.

It then forks a real web server, worker or beat for each line of standard input, so that a life takes half a
second. What the tests change of them (fail points, shorter waits, a guard that is off) is changed here, from
outside: the production code knows nothing of it.
"""

import json
import os
import resource
import signal
import sys
import time
from contextlib import suppress
from datetime import timedelta
from importlib import import_module

import django
from django.utils.crypto import get_random_string

from . import fail_points

SECONDS = {  # what may be shorter, as the tests have no minute for each life
    "lease": ("tenants.notifications.models", "LEASE"),
    "silent": ("tenants.notifications.models", "SILENT_AFTER"),
    "first_retry": ("tenants.notifications.delivery", "FIRST_RETRY_AFTER"),
    "hint": ("tenants.notifications.wake", "PATIENCE"),
    "sweep": ("tenants.notifications.sweep", "EVERY"),
    "hangs_after": ("tenants.notifications.mail_server", "HANGS_AFTER"),
    "mail_rest": ("tenants.notifications.mail_server", "REST"),
    "body": ("portal.web_server", "PATIENCE"),
}
NEVER = timedelta(days=365)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.test_settings"
    django.setup()
    from portal.celery import app  # noqa: PLC0415 -- not before the settings are named

    app.loader.import_default_modules()
    warm_up()
    born = []
    for line in sys.stdin:
        order = json.loads(line)
        if "wait" in order:
            answer(bury(order["wait"]))
        elif pid := os.fork():
            born.append(pid)
            answer(pid)
        else:
            be_born(app, **order)
    for pid in born:  # whoever gave the orders is gone
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)


def warm_up():
    """Load what a program would load for its first request or message: the next one is forked from this one."""
    from celery import current_app  # noqa: PLC0415 -- not before Django is set up
    from django.template import engines  # noqa: PLC0415
    from django.urls import reverse  # noqa: PLC0415
    from django.utils import timezone, translation  # noqa: PLC0415

    from requests.promises.public_holidays import holidays_of  # noqa: PLC0415

    fail_points.put_up()
    reverse("home")
    holidays_of(timezone.now().year)
    current_app.connection_for_write().transport_cls  # noqa: B018 -- imports the broker's client
    with translation.override("nl"):
        engines["text"].get_template("request_received.txt")


def answer(number):
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def name_of(pid):
    return f"program-{pid}"


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


def be_born(app, *, be, log, environment=None, settings=None, seconds=None, without="", **options):
    """Be that program for the rest of this life, with a process group of its own."""
    os.setpgid(0, 0)
    nowhere, said = os.open(os.devnull, os.O_RDWR), os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    for number, file in enumerate((nowhere, nowhere, said)):
        os.dup2(file, number)
    os.environ.update(environment or {})
    fail_points.order_from_environment()
    import_module("django.core.mail").DNS_NAME._fqdn = name_of(os.getpid())  # who it is to the mail server
    _change(settings or {}, seconds or {}, without)
    try:
        {"web": be_web, "worker": be_worker, "sweep": be_sweep, "beat": be_beat}[be](app, **options)
    finally:
        os._exit(0)


def be_web(app, *, fd, largest_file=0, worker_class="portal.web_server.Worker"):
    """The server as the demo runs it; `largest_file` makes a disk that is full for whatever is larger."""
    from gunicorn.app.base import BaseApplication  # noqa: PLC0415 -- not before it is needed

    from portal import wsgi  # noqa: PLC0415

    class Gunicorn(BaseApplication):
        def load_config(self):
            answers = {"bind": f"fd://{fd}", "preload_app": True, "worker_class": worker_class, "workers": 2}
            answers |= {"threads": 4, "graceful_timeout": 10, "loglevel": "warning", "control_socket_disable": True}
            for name, value in answers.items():
                self.cfg.set(name, value)

        def load(self):
            return fail_points.for_one_request(wsgi.application)

    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest_file, largest_file))
    sys.argv = ["gunicorn"]
    Gunicorn().run()


def be_worker(app):
    app.worker_main(["worker", "--pool", "threads", "--concurrency", "4", "--without-gossip", "--without-mingle"])


def be_sweep(app):
    """Only what every worker does by itself, in one thread and without the broker: alive ten times as quickly."""
    from tenants.notifications import sweep  # noqa: PLC0415 -- not before Django is set up

    sweep.start()
    sweep._finished.wait()


def be_beat(app, *, schedule, every):
    """Everything that beat sends, each so many seconds. It writes down what it sent."""
    from celery.signals import after_task_publish  # noqa: PLC0415 -- not before it is needed

    @after_task_publish.connect(weak=False)
    def note(sender=None, **told):
        with open(f"{schedule}.sent", "a") as sent:
            sent.write(f"{sender}\n")

    for entry in app.conf.beat_schedule.values():
        entry["schedule"] = float(every)
    app.start(["beat", "--schedule", schedule, "--pidfile", "", "--max-interval", "1"])


def _change(new_settings, seconds, without):
    from django.conf import settings  # noqa: PLC0415 -- not before Django is set up

    for name, value in new_settings.items():
        if name == "POOL":
            settings.DATABASES["default"]["OPTIONS"]["pool"] |= value
        else:
            setattr(settings, name, value)
    for name, value in seconds.items():
        module, constant = SECONDS[name]
        owner = import_module(module)
        kind = type(getattr(owner, constant))
        setattr(owner, constant, timedelta(seconds=value) if kind is timedelta else kind(value))
    if without:
        GUARDS[without]()


def _no_lease():
    """Whoever claimed it is believed to come back."""
    import_module("tenants.notifications.models").LEASE = NEVER


def _no_message_id():
    models = import_module("tenants.notifications.models")
    models.Notification.message_id = property(lambda notification: f"<{get_random_string(12)}@thuisbalie>")


def _no_sweep():
    """Nobody looks but when the broker says so."""
    import_module("tenants.notifications.sweep")._jobs[:] = []


def _no_watch():
    import_module("tenants.notifications.pulse").watch = lambda at: []


def _no_timeout():
    """Whoever is silent is waited for."""
    import_module("tenants.notifications.mail_server").settings.EMAIL_TIMEOUT = 3600


def _no_clean_up():
    """Whatever was written stays, also when it is half a photo."""

    def keep(photo, content):
        photo.image.save("photo.jpg", content, save=False)
        photo.save(force_insert=True)

    import_module("requests.models").Attachment.keep = keep


def _no_second_attempt():
    delivery = import_module("tenants.notifications.delivery")
    delivery.TryLater = delivery.Refused


def _no_second_try():
    import_module("portal.middleware").TryAgain.tries = 1


GUARDS = {
    "lease": _no_lease,
    "message id": _no_message_id,
    "sweep": _no_sweep,
    "watch": _no_watch,
    "timeout": _no_timeout,
    "clean-up": _no_clean_up,
    "second attempt": _no_second_attempt,
    "second try": _no_second_try,
}


if __name__ == "__main__":
    main()
