"""Run every test, in parts: `python -m tests [--thorough | --faults] [options of pytest]`. Each has servers of its own.

One waits while another counts, so two cores are busy with four of them. The tables are made once for all. Of many
cases of one test a few are tried; thoroughly, all of them, and what takes a minute too. Breaking the servers is left to
`--faults` then: all that breaks them, one by one, and beside it what mostly waits.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psycopg

from portal.local import Postgres

from .services_plugin import SHIPPED
from .size import SEED

PROGRAMS = ["tests/browser", "tests/flow", "tests/portal"]
ROOMS = ("case_page", "catalogue_admin", "exchange", "joining", "my_requests", "queue_list", "report_flow", "safety")
PAGES = ["tests/tenants", "tests/requests/staff_report", *(f"tests/requests/{room}" for room in ROOMS)]
RULES = ["tests/requests"]
TRIALS = ["tests/faults", *(f"tests/flow/test_{name}.py" for name in ("double_submit", "poison"))]


def without(*parts: str) -> list[str]:
    return [f"--ignore={part}" for part in parts]


PARTS = [
    [*RULES, *without(*PAGES)],
    PROGRAMS,
    ["tests", *without(*PROGRAMS, *PAGES, *RULES)],
    PAGES,
]
FAULTS = [
    "tests/faults",
    "tests/flow",
    "tests/tenants/test_guessing_trials.py",
    "tests/requests/test_promises.py",
    "tests/portal/test_stale_forms.py",
    "tests/portal/test_typed_before.py",
    *without("tests/flow/test_hostile_input.py"),
]
BROKEN = [[*FAULTS, "-m", "not waits"], [*FAULTS, "-m", "waits"]]

# What an option stands for: what it sets, its parts, and what it leaves out.
WAYS: dict[str, tuple[str, list[list[str]], list[str]]] = {
    "--thorough": ("THOROUGH", PARTS, without(*TRIALS)),
    "--faults": ("FAULTS", BROKEN, []),
}


def main(options: list[str]) -> int:
    """Show each part when it is over, and last the SEED that makes it happen again; 1 when any has failed."""
    os.environ["SEED"] = SEED  # the same in every part
    way = next((option for option in options if option in WAYS), "")
    name, parts, left_out = WAYS.get(way, ("SAMPLED", PARTS, []))
    os.environ[name] = "1"
    options = [*left_out, *(option for option in options if option != way)]
    with a_server_with_tables() as folder, ThreadPoolExecutor(len(parts)) as pool:
        failed = [*pool.map(partial(is_wrong, options, folder), parts)]
    sys.stdout.write(f"SEED={SEED}\n")
    return int(any(failed))


@contextmanager
def a_server_with_tables() -> Iterator[Path]:
    """The folder of a stopped server, in whose database SHIPPED are all tables and what is shipped."""
    folder = Path(tempfile.mkdtemp(prefix="thuisbalie-shipped-"))
    folder.chmod(0o711)  # PostgreSQL may run as another user
    server = Postgres(folder, durable=False)
    try:
        server.start()
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {SHIPPED}")
        database = server.url.removesuffix("/postgres") + f"/{SHIPPED}"
        named = {"DATABASE_URL": database, "DJANGO_SETTINGS_MODULE": "portal.test_settings"}
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], env=os.environ | named, check=True)
        server.stop()
        yield folder
    finally:
        server.remove()


def is_wrong(options: list[str], folder: Path, part: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", f"--hypothesis-seed={SEED}", *part, *options]
    others = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    env = others | {"SERVER_WITH_TABLES": str(folder)}
    made = subprocess.run(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    sys.stdout.buffer.write(made.stdout)
    sys.stdout.flush()
    return made.returncode != 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
