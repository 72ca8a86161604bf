"""The Celery app. Workers only wake up to look at due rows; nothing rests on the broker."""

import os
from typing import Any

from celery import Celery
from kombu.transport import redis as transport
from redis.exceptions import ConnectionError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("thuisbalie")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.autodiscover_tasks(["tenants.notifications"])


class Channel(transport.Channel):
    """Says that its line is lost, where kombu 5.7 raises an AttributeError that ends the worker.

    What a worker had in its hands when the broker went can neither be settled nor given back; a ConnectionError is
    what the worker expects, logs and outlives.
    """

    def _connparams(self, asynchronous: bool = False) -> Any:
        if self.connection is None or self.connection.client is None:
            raise ConnectionError("the line to the broker is lost")
        return super()._connparams(asynchronous=asynchronous)


transport.Transport.Channel = Channel
