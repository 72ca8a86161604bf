import json
import subprocess
import sys
import time
from datetime import datetime

import pytest
from allauth.account import forms
from django.conf import settings as real_settings
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from tests.factories import NOON


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_sign_in():
    """Attempts are counted in Valkey, which outlives a test."""
    cache.clear()


@pytest.fixture
def other_client():
    """A second browser."""
    return Client()


@pytest.fixture
def cache_away(settings):
    """Nothing listens on port 1."""
    nowhere = real_settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": nowhere}


class Clock:
    """What time it is for the portal and for allauth; it stands still unless it is moved."""

    now: datetime = NOON

    def move(self, by):
        self.now += by


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(timezone, "now", lambda: clock.now)
    monkeypatch.setattr(time, "time", lambda: clock.now.timestamp())
    return clock


@pytest.fixture
def compared(monkeypatch):
    """Which code each guess was compared with, and when: of those that had a chance."""
    compare, seen = forms.compare_user_code, []

    def watched(*, actual, expected):
        if expected:
            seen.append((expected, timezone.now()))
        return compare(actual=actual, expected=expected)

    monkeypatch.setattr(forms, "compare_user_code", watched)
    return seen


@pytest.fixture
def production_settings():
    """The settings of a server, read in a process of their own."""
    script = (
        "import json; from portal import settings;"
        "plain = {n: getattr(settings, n) for n in dir(settings) if n.isupper()};"
        "print(json.dumps({n: v for n, v in plain.items() if isinstance(v, (bool, int, str))}))"
    )
    environment = {
        "SECRET_KEY": "only-for-this-test",
        "ALLOWED_HOSTS": "portal.example",
        "SITE_URL": "https://portal.example",
        "CORPORATION_NAME": "Woonstichting De Linde",
        "EMERGENCY_PHONE": "088 555 01 00",
        "DEFAULT_FROM_EMAIL": "portal@delinde.example",
    }
    run = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, check=True, text=True)
    return json.loads(run.stdout)
