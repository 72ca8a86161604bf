"""A web process is killed after the commit and before the answer; the person presses the button again."""

import http.client
import os
import socket
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.urls import reverse

from requests.models import Draft, ServiceRequest
from tenants.notifications.models import Notification
from tests.factories import DraftFactory
from tests.flow.size import times

from .conftest import url_of_the_database

TIMES = times(100)
TOKEN = "t" * 32


@pytest.fixture
def port(transactional_db):
    """The port of a web server that replaces its process whenever that dies."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        gunicorn = [sys.executable, "-m", "gunicorn", "tests.flow.mortal_web", "--preload", "--workers", "2"]
        gunicorn += [
            "--threads",
            "2",
            "--bind",
            f"fd://{listener.fileno()}",
            "--no-control-socket",
            "--log-level",
            "critical",
        ]
        environment = {"DATABASE_URL": url_of_the_database(), "DJANGO_SETTINGS_MODULE": "portal.test_settings"}
        with subprocess.Popen(
            gunicorn,
            env=os.environ | environment,
            cwd=Path(__file__).parents[2],
            pass_fds=[listener.fileno()],
        ) as server:
            yield listener.getsockname()[1]
            server.terminate()


def send(port, client, draft, **headers):
    """Press the button; what the browser gets: a status and where to go, or None when the line goes dead."""
    cookies = f"csrftoken={TOKEN}; sessionid={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    headers |= {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as connection:
        body = urlencode({"csrfmiddlewaretoken": TOKEN})
        connection.request("POST", reverse("requests:report_check", args=[draft.pk]), body, headers)
        try:
            answer = connection.getresponse()
        except (http.client.HTTPException, ConnectionError):
            return None
        return answer.status, answer.headers["Location"]


def test_whoever_repeats_a_submit_that_got_no_answer_has_one_request_and_one_confirmation(port, client):
    for _ in range(TIMES):
        draft = DraftFactory()
        client.force_login(draft.tenant.user)

        assert send(port, client, draft, **{"X-Die": "1"}) is None
        committed = ServiceRequest.objects.get(drafts=draft)
        again = [send(port, client, draft) for _ in range(2)]

        assert again == [(302, reverse("requests:sent", args=[committed.reference]))] * 2

    assert ServiceRequest.objects.count() == TIMES
    assert Notification.objects.filter(kind="request_received").count() == TIMES


def test_without_the_key_of_the_form_there_would_be_two(port, client):
    draft = DraftFactory()
    client.force_login(draft.tenant.user)
    assert send(port, client, draft, **{"X-Die": "1"}) is None
    Draft.objects.update(sent_as=None)  # as if the form had no memory of being sent

    send(port, client, draft)

    assert ServiceRequest.objects.count() == 2
