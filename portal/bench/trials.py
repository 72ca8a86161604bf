"""What takes longer than a page: each trial brings its own load, and says beside every figure what it should be.

To try something more, add a function with `@trial`, in a module that `all_trials` imports.
"""

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import DEVNULL, Popen
from typing import Any

from celery import current_app
from django.db import connection

from portal.local import stage
from portal.local.processes import CannotStart, start, stop

from .cases import World

CHILDREN = "/proc/{0}/task/{0}/children"  # of Linux, as is what follows
STATUS = "/proc/{}/status"
PATIENCE = 60  # seconds until a worker answers
WORKER = "-A portal worker --pool threads --concurrency 4 --without-gossip --without-mingle --loglevel error"
NO_MAIL = "portal.bench.mail.EmailBackend"


@dataclass(frozen=True)
class Ground:
    """What a trial stands on. `full`: as often, and as much, as the goal says; otherwise a tenth or so."""

    world: World
    web: int  # the process that the web processes are children of
    data: Path
    full: bool


@dataclass(frozen=True)
class Figure:
    """`goal` is in words; `met` says whether it was reached, None when nobody set one."""

    name: str
    value: str
    goal: str = ""
    met: bool | None = None


@dataclass(frozen=True)
class Trial:
    name: str
    says: str
    run: Callable[[Ground], Iterator[Figure]]


TRIALS: list[Trial] = []


def trial(name: str) -> Callable[[Callable[[Ground], Iterator[Figure]]], Callable[[Ground], Iterator[Figure]]]:
    """Add a trial; the first line of its docstring is what is printed above its figures."""

    def add(run: Callable[[Ground], Iterator[Figure]]) -> Callable[[Ground], Iterator[Figure]]:
        TRIALS.append(Trial(name, (run.__doc__ or "").strip().splitlines()[0], run))
        return run

    return add


def below(name: str, value: float, goal: float, unit: str) -> Figure:
    return Figure(name, f"{value:,.4g} {unit}", f"≤ {goal:g} {unit}", value <= goal)


def above(name: str, value: float, goal: float, unit: str) -> Figure:
    return Figure(name, f"{value:,.4g} {unit}", f"≥ {goal:g} {unit}", value >= goal)


@contextmanager
def workers(count: int, **env: str) -> Iterator[list[Popen[bytes]]]:
    """So many workers as they run in earnest, ready to take what comes; stopped at the end."""
    started = [_worker(number, env) for number in range(count)]
    try:
        _wait_for(started)
        yield started
    finally:
        for each in started:
            stop(each, signal.SIGTERM, patience=15)


def _worker(number: int, env: Mapping[str, str]) -> Popen[bytes]:
    options = {"cwd": stage.PROJECT, "stdout": DEVNULL}
    command = [sys.executable, "-m", "celery", "--quiet", *WORKER.split(), "--hostname", f"bench-{number}@localhost"]
    return start(command, when_we_die=signal.SIGTERM, env=os.environ | dict(env), **options)


def _wait_for(started: list[Popen[bytes]]) -> None:
    deadline = time.monotonic() + PATIENCE
    while len(current_app.control.ping(timeout=1)) < len(started):
        if time.monotonic() > deadline or any(each.poll() is not None for each in started):
            raise CannotStart("A worker did not answer within a minute.")


def resident(process: int) -> float:
    """How much memory a process has now, in MiB."""
    status = Path(STATUS.format(process)).read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def children(process: int) -> list[int]:
    return [int(child) for child in Path(CHILDREN.format(process)).read_text().split()]


def found_by(index: str, what: str, used: str) -> Figure:
    """Whether `used`, as `index_of` tells it, has the index by which these rows should be found."""
    with_it = [scan for scan in used.split(", ") if index in scan]
    return Figure(f"{what} is found by", with_it[0] if with_it else used, index, bool(with_it))


def index_of(statement: str, values: Mapping[str, Any] | Sequence[Any] = ()) -> str:
    """The indexes by which the database finds these rows, or how else it does."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}", values)
        lines = [line.strip(" ->") for (line,) in cursor.fetchall()]
    scans = [line.split("  (")[0] for line in lines if "Scan" in line]
    return ", ".join(scans)
