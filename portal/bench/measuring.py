"""Do one thing many times over one connection, and say how long it took."""

import http.client
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles
from urllib.parse import urlencode

from django.conf import settings
from django.test import Client

from tenants.models import User

TOKEN = "t" * 32  # of the form and of the cookie; they only have to be equal
WARM_UP = 5

Step = Callable[[], None]


class WrongAnswer(Exception):
    """The server did not answer as the measurement expects."""


class Browser:
    """One visitor on one kept connection; signed in when there is a user."""

    def __init__(self, port: int, user: User | None = None) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        cookies = {settings.CSRF_COOKIE_NAME: TOKEN}
        if user:
            client = Client()
            client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
            cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}

    def get(self, path: str) -> None:
        self._ask("GET", path, expected=200)

    def post(self, path: str, **fields: str) -> None:
        """Send a form; the answer must lead on to another page."""
        self._ask("POST", path, expected=302, body=urlencode({"csrfmiddlewaretoken": TOKEN, **fields}))

    def _ask(self, method: str, path: str, *, expected: int, body: str | None = None) -> None:
        headers = self.headers | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
        try:
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
            self.connection.close()  # kept too long; the next request opens a new one
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
        answer.read()
        if answer.status != expected:
            raise WrongAnswer(f"{method} {path}: {answer.status} instead of {expected}")


@dataclass(frozen=True)
class Measured:
    times: int
    p50: float  # milliseconds
    p95: float


def measure(step: Step, *, times: int) -> Measured:
    for _ in range(WARM_UP):
        step()
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        step()
        taken.append((time.perf_counter() - began) * 1000)
    return Measured(times, median(taken), quantiles(taken, n=20)[-1])
