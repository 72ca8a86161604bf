"""People with a report that is ready to be sent, and their browsers, which write down what they were told."""

import http.client
import re
import socket
import time
from contextlib import closing
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import DraftFactory, TenancyFactory

TOKEN = "t" * 32
PATIENCE = 60  # seconds in which somebody presses the button again


@dataclass(frozen=True)
class Told:
    """What a browser got: a status and where to go; 0 when the line went dead."""

    status: int
    location: str = ""
    took: float = 0.0
    retry_after: str = ""
    page: str = field(default="", repr=False)

    @property
    def acknowledged(self):
        """It was sent: the answer leads to the page of the request."""
        return self.status == 302 and bool(re.search(r"/\d{4}-\d{6}/", self.location))


@dataclass
class Person:
    """Somebody with a draft of their own; `text` is what nobody else wrote."""

    draft: str
    text: str
    email: str
    session: str
    told: list = field(default_factory=list)

    @property
    def sent(self):
        return next((told for told in self.told if told.acknowledged), None)


@dataclass
class Street:
    """Everybody who may report, and the port of the web server."""

    port: int
    people: list = field(default_factory=list)

    def move_in(self, count, reports=1, **draft):
        """So many tenants with so many drafts each; the new persons, one for each draft."""
        new = []
        for _ in range(count):
            tenancy = TenancyFactory()
            client = Client()
            client.force_login(tenancy.tenant.user)
            session = client.cookies[settings.SESSION_COOKIE_NAME].value
            for _ in range(reports):
                text = f"Het keukenkastje hangt los, nummer {len(self.people) + len(new)}."
                made = DraftFactory(tenant=tenancy.tenant, dwelling=tenancy.dwelling, text=text, **draft)
                new.append(Person(str(made.pk), text, tenancy.tenant.email, session))
        self.people += new
        return new

    def send(self, person, fail_point=""):
        """Press the button once."""
        address = reverse("requests:report_check", args=[person.draft])
        told = self.ask("POST", address, person, {"X-Fail-Point": fail_point} if fail_point else {})
        person.told.append(told)
        return told

    def send_until_told(self, person, pause=0.1):
        """Press the button until there is an answer, as people do; the last answer."""
        deadline = time.monotonic() + PATIENCE
        while not (told := self.send(person)).acknowledged and time.monotonic() < deadline:
            time.sleep(pause)
        return told

    def ask(self, method, address, person=None, headers=(), body=None, timeout=30):
        """One request; never raises for what the other side does."""
        cookies = f"csrftoken={TOKEN}" + (f"; sessionid={person.session}" if person else "")
        headers = {"Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", **dict(headers)}
        if method == "POST" and body is None:
            body = urlencode({"csrfmiddlewaretoken": TOKEN})
        began = time.monotonic()
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as line:
            try:
                line.connect()
                line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                line.request(method, address, body, headers)
                answer = line.getresponse()
                page = answer.read().decode()
            except (http.client.HTTPException, OSError):
                return Told(0, took=time.monotonic() - began)
        found = answer.headers
        return Told(
            answer.status,
            found.get("Location", ""),
            time.monotonic() - began,
            found.get("Retry-After", ""),
            page,
        )


def p95(values):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * 0.95))]
