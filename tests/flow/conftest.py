"""Real workers and a real mail server, for the tests that kill the ones and count at the other."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter
from email import message_from_bytes
from email.policy import default as default_policy
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from portal.local.processes import free_port


class MailServer:
    """Takes every mail; remembers how often each Message-ID came, and what the mails said."""

    def __init__(self):
        self.taken = Counter()
        self.mails = []

    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content, policy=default_policy)
        self.mails.append(mail)
        self.taken[mail["Message-ID"]] += 1
        return "250 taken"


@pytest.fixture
def mail_server():
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=free_port())
    handler.port = controller.port
    controller.start()
    yield handler
    controller.stop()


class Workers:
    """Starts workers and buries them."""

    def __init__(self, nursery):
        self.nursery = nursery

    def _order(self, **order):
        self.nursery.stdin.write(json.dumps(order) + "\n")
        self.nursery.stdin.flush()
        return int(self.nursery.stdout.readline())

    def start(self, **order):
        return self._order(**order)

    def wait(self, pid):
        """The signal that ended it; 0 when it ended by itself."""
        return self._order(wait=pid)

    def kill(self, pid):
        os.kill(pid, signal.SIGKILL)
        assert self.wait(pid) == signal.SIGKILL


@pytest.fixture
def workers(transactional_db, mail_server):
    """Workers on this test's database that hand their mails to `mail_server`."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()  # hints of other tests
    environment = os.environ | {
        "DATABASE_URL": url_of_the_database(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(mail_server.port),
        "PYTHONWARNINGS": "ignore",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
        "QUIET_HOURS": "00:00-00:00",  # tests run at night, too
    }
    with subprocess.Popen(
        [sys.executable, "-m", "tests.flow.mortal_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=Path(__file__).parents[2],
        start_new_session=True,
    ) as nursery:
        yield Workers(nursery)
        os.killpg(nursery.pid, signal.SIGKILL)


def url_of_the_database():
    url = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))
