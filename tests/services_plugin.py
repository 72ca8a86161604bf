"""Throw-away PostgreSQL and Valkey for the tests, unless DATABASE_URL and REDIS_URL name others; texts compiled.

A plugin (`-p tests.services_plugin`) and no conftest, as pytest-django reads the settings before those.
"""

import os
import tempfile
from pathlib import Path

import pytest

from portal.local import Postgres, Valkey
from portal.management.commands.compile_translations import compile_catalogue

PROJECT = Path(__file__).parents[1]
own = {}  # the servers that were started here, for the tests that break them


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config):
    for source in PROJECT.glob("locale*/*/LC_MESSAGES/*.po"):
        compile_catalogue(source, source.with_suffix(".mo"))
    folder = Path(tempfile.mkdtemp(prefix="thuisbalie-services-"))
    folder.chmod(0o711)  # PostgreSQL may run as another user
    postgres, valkey = Postgres(folder, durable="FAULTS" in os.environ), Valkey(folder)
    early_config.add_cleanup(postgres.remove)
    early_config.add_cleanup(valkey.stop)
    os.environ["TEST_DATA_DIR"] = str(folder / "files")
    if not os.environ.get("DATABASE_URL"):
        postgres.start()
        own["postgres"] = postgres
        os.environ["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey.start()
        own["valkey"] = valkey
        os.environ["REDIS_URL"] = valkey.url
