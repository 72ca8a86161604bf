import json
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.test import Client


@pytest.fixture(autouse=True)
def _nobody_has_tried_to_sign_in():
    """Attempts are counted in Valkey, which outlives a test."""
    cache.clear()


@pytest.fixture
def other_client():
    """A second browser."""
    return Client()


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
