"""Measure how long the main pages take, and what takes longer than a page, and print tables.

Ends with 1 when such a trial missed a goal.

On PostgreSQL and Valkey of its own and the synthetic corporation, kept in one folder between runs, unless
DATABASE_URL and REDIS_URL name others.
"""

import argparse
import os
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import django
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from portal.local import CannotStart, stage
from portal.local.processes import free_port, start, stop
from portal.local.supervisor import StopSignals

if TYPE_CHECKING:
    from portal.bench.cases import Case, World
    from portal.bench.trials import Ground, Trial


MOST_MEMORY = 2048  # MiB: what the goals were set with


def memory_for_postgres() -> int:
    """A quarter of what this machine has, as docs/running.md advises, in MiB."""
    return min(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 4 // 2**20, MOST_MEMORY)


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("only", nargs="*", help="words of the names of what to measure; all of it when not given")
        parser.add_argument("--data", type=Path, default=os.environ.get("DATA") or stage.PROJECT / ".local" / "bench")
        parser.add_argument("--dwellings", type=int, default=os.environ.get("DWELLINGS") or 1200)
        parser.add_argument("--requests", type=int, default=200_000, help="so many more, that only count")
        parser.add_argument(
            "--full",
            action="store_true",
            default=bool(os.environ.get("FULL")),
            help="trials with all that their goals speak of (hours); otherwise with a tenth",
        )

    def handle(
        self, *args: Any, only: list[str], data: Path, dwellings: int, requests: int, full: bool, **options: Any
    ) -> None:
        StopSignals()
        try:
            with ExitStack() as stack:
                port, web = self._set_up(stack, data.resolve(), dwellings, requests)
                missed = self._measure(port, web, data.resolve(), only, full=full)
        except CannotStart as reason:
            self.stderr.write(str(reason))
            sys.exit(1)
        except KeyboardInterrupt:
            sys.exit(130)
        if missed:
            sys.exit(1)

    def _set_up(self, stack: ExitStack, data: Path, dwellings: int, requests: int) -> tuple[int, int]:
        """The servers, the corporation and the web server; its port and its process."""
        port = free_port()
        stack.enter_context(stage.data_folder(data, port))
        web_socket = stack.enter_context(stage.listening(port))
        own = stack.enter_context(stage.services(data, memory=memory_for_postgres()))
        os.environ.update(stage.environment(port, data) | stage.urls(own))
        os.environ["DJANGO_SETTINGS_MODULE"] = "portal.bench.settings"
        django.setup()
        call_command("prepare_demo", dwellings=dwellings)
        self._make_large(requests)
        web = start(
            stage.gunicorn(web_socket), when_we_die=signal.SIGTERM, cwd=stage.PROJECT, pass_fds=(web_socket.fileno(),)
        )
        stack.callback(stop, web, signal.SIGTERM, patience=10)
        return port, web.pid

    def _make_large(self, requests: int) -> None:
        from portal.demo import bulk  # noqa: PLC0415 -- models, so not before django.setup()

        if requests:
            bulk.fill(requests=requests, at=timezone.now())
            bulk.settle()

    def _measure(self, port: int, web: int, data: Path, only: list[str], *, full: bool) -> int:
        """How many goals were missed."""
        from portal.bench.all_trials import all_trials  # noqa: PLC0415 -- models, so not before django.setup()
        from portal.bench.cases import CASES, World  # noqa: PLC0415 -- models, so not before django.setup()
        from portal.bench.trials import Ground  # noqa: PLC0415 -- models, so not before django.setup()

        world = World(port, timezone.now())
        trials = [trial for trial in all_trials() if not only or any(word in trial.name for word in only)]
        cases = [case for case in CASES if not only or any(word in case.name for word in only)]
        self.stdout.write(f"{world.size}; gunicorn {stage.WEB_PROCESSES} × {stage.WEB_THREADS}, one client\n")
        if cases:
            self._pages(cases, world)
        missed = sum(self._trial(trial, Ground(world, web, data, full)) for trial in trials)
        world.close()
        return missed

    def _pages(self, cases: list["Case"], world: "World") -> None:
        """All are compared with the empty page, so that is always the first."""
        from portal.bench.cases import CASES, EMPTY  # noqa: PLC0415 -- models, so not before django.setup()

        self.stdout.write(f"{'':<30} {'n':>5} {'p50':>9} {'p95':>9} {'× empty':>8}  goal (p50)")
        empty = 0.0
        for case in [case for case in CASES if case.name == EMPTY or case in cases]:
            empty = self._line(case, world, empty) or empty

    def _trial(self, trial: "Trial", ground: "Ground") -> int:
        """Make and print one; how many of its goals were missed."""
        missed = 0
        self.stdout.write(f"\n{trial.says}")
        for figure in trial.run(ground):
            met = {True: "met", False: "MISSED", None: ""}[figure.met]
            self.stdout.write(f"  {figure.name:<38} {figure.value:>20}  {figure.goal:<16} {met}".rstrip())
            missed += figure.met is False
        return missed

    def _line(self, case: "Case", world: "World", empty: float) -> float:
        """Measure and print one case; the time of the empty page, when this is that one."""
        from portal.bench.cases import EMPTY  # noqa: PLC0415 -- models, so not before django.setup()
        from portal.bench.measuring import measure  # noqa: PLC0415 -- models, so not before django.setup()

        measured = measure(case.prepare(world), times=case.times)
        if case.name == EMPTY:
            empty = measured.p50
        self.stdout.write(
            f"{case.name:<30} {measured.times:>5} {measured.p50:>6.1f} ms {measured.p95:>6.1f} ms "
            f"{measured.p50 / empty:>8.1f}  {case.goal}"
        )
        return empty
