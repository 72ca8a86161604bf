"""The portal, in a process that dies when the work is committed and before the client hears of it."""

import os
import signal

from celery import current_app
from django.template import engines
from django.urls import reverse
from django.utils import timezone, translation

from portal.wsgi import application as portal
from requests.promises.public_holidays import holidays_of


def warm_up():
    """Load once what every process would load for its first request: the next one is forked from this one."""
    reverse("home")
    holidays_of(timezone.now().year)
    current_app.connection_for_write().transport_cls  # noqa: B018 -- imports the broker's client
    with translation.override("nl"):
        engines["text"].get_template("request_received.txt")


def application(environ, start_response):
    answer = portal(environ, start_response)
    if "HTTP_X_DIE" in environ:
        os.kill(os.getpid(), signal.SIGKILL)
    return answer


warm_up()
