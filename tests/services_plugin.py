"""Throw-away PostgreSQL and Valkey for the tests, unless DATABASE_URL and REDIS_URL name others; texts compiled.

`python -m tests` gives each of its parts a copy of one server that has the tables already. A plugin
(`-p tests.services_plugin`) and no conftest, as pytest-django reads the settings before those.
"""

import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from portal.local import Postgres, Valkey
from portal.management.commands.compile_translations import compile_catalogue

PROJECT = Path(__file__).parents[1]
SHIPPED = "shipped"  # the database that has them
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
        begin_with_tables(folder)
        postgres.start()
        own["postgres"] = postgres
        os.environ["DATABASE_URL"] = postgres.url
    if not os.environ.get("REDIS_URL"):
        valkey.start()
        own["valkey"] = valkey
        os.environ["REDIS_URL"] = valkey.url


def begin_with_tables(folder):
    """Unless the server is where we cannot copy from: then this part makes its own."""
    ready = os.environ.get("SERVER_WITH_TABLES")
    if ready and Path(ready, "postgres").exists():
        subprocess.run(["cp", "-a", f"{ready}/.", folder], check=True)
        os.environ["TEST_TEMPLATE"] = SHIPPED
