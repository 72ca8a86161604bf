"""How long it takes to follow up on very many requests."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg

from portal.local import stage
from portal.local.processes import start, stop

from .trials import Figure, Ground, below, found_by, trial

DUE = 20_000


@trial("P12")
def _(ground: Ground) -> Iterator[Figure]:
    """P12 Follow up on 20,000 of 1,000,000 open requests (without FULL=1: 2,000 of 100,000)."""
    scale = 1 if ground.full else 10
    run = Scanners(f"bench_open_{1_000_000 // scale}")
    run.job("fill", 1_000_000 // scale)
    run.job("due", DUE // scale)
    run.scan(1)  # as on a server that did this before: what it reads is in memory
    before = run.job("due", DUE // scale)
    (one,) = run.scan(1)
    yield below(f"one scanner, {one['count']:,} requests", one["took"], 1.5 / scale, "s")
    yield below("longest transaction", one["longest"], 50, "ms")
    yield below("memory above that of the idle process", one["memory"], 100, "MiB")

    again = run.job("due", DUE // scale)
    two = run.scan(2)
    after = run.job("told", 0)
    yield below("two scanners at once", max(each["took"] for each in two), 1.5 / scale, "s")
    yield below("longest transaction of the two", max(each["longest"] for each in two), 50, "ms")
    told, were_due = after["told"] - before["told"], before["due"] + again["due"]
    yield Figure("messages", f"{told:,}", f"{were_due:,}", told == were_due)
    yield Figure("told twice, left", f"{after['twice']}, {after['left']}", "0, 0", not after["twice"] + after["left"])

    run.job("due", DUE // scale)
    (whole,) = run.scan(1, at_once=DUE)
    yield below("beside one statement for all", one["took"] / whole["took"], 4.5, "times")

    idle = run.job("idle", 0)
    yield below("nothing due, p50", idle["p50"], 2, "ms")
    yield Figure("and with all that the minute looks at", f"{idle['all']:.4g} ms")
    plans = run.job("plans", 0)
    yield found_by("request_word_due", "who is due for a word", plans["words"])
    yield found_by("request_watch_due", "what staff look at", plans["looks"])


class Scanners:
    """Processes on a database of their own, which is kept for the next time."""

    def __init__(self, name: str) -> None:
        here = urlsplit(os.environ["DATABASE_URL"])
        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
            if database.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
                database.execute(f'CREATE DATABASE "{name}"')
        self._env = os.environ | {"DATABASE_URL": urlunsplit(here._replace(path=f"/{name}"))}

    def job(self, name: str, number: int) -> dict[str, Any]:
        process = self._start(name, number)
        return self._answer(process)

    def scan(self, count: int, *, at_once: int = 0) -> list[dict[str, Any]]:
        """All at the same moment: each waits until the others are ready."""
        scanners = [self._start("scan", at_once) for _ in range(count)]
        for each in scanners:
            assert each.stdout
            each.stdout.readline()
        for each in scanners:
            assert each.stdin
            each.stdin.write(b"go\n")
            each.stdin.flush()
        return [self._answer(each) for each in scanners]

    def _start(self, name: str, number: int) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "portal.bench.scanner", name, str(number)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        return start(command, when_we_die=signal.SIGTERM, env=self._env, cwd=stage.PROJECT, **pipes)

    def _answer(self, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
        try:
            printed, _ = process.communicate()
        finally:
            stop(process, signal.SIGTERM, patience=5)
        if process.returncode:
            raise RuntimeError(f"A scanner ended with {process.returncode}.")
        answer: dict[str, Any] = json.loads(printed)
        return answer
