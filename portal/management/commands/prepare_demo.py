"""Make the database of the demo ready: translations, tables, and a corporation when there is none yet.

The corporation is thought up while another process makes the tables, and then written.
"""

import argparse
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import CommandError, call_command
from django.core.management.base import BaseCommand
from django.db import ProgrammingError, connection
from django.utils import timezone

from dwellings.models import Dwelling
from portal.demo import demo_tenant
from portal.demo.corporation import Corporation, imagine, write
from portal.garbage import seldom_collected
from portal.local.processes import die_with_parent
from tenants.models import User

from .seed_demo import Bar


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dwellings", type=int, default=1200)
        parser.add_argument("--tell", type=int, metavar="FD", help="say here when all tables are there, by closing it")

    def handle(self, *args: Any, dwellings: int, tell: int | None = None, **options: Any) -> None:
        if _is_somebody_elses():
            raise CommandError(
                "This database has people who are not of the demo: nothing was changed. "
                "Name another database in DATABASE_URL, or none at all."
            )
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("compile_translations")
        with seldom_collected():
            began = time.monotonic()
            with _migrating() as finish:
                corporation = None if _there_already() else self._imagine(dwellings)
                finish()
            if tell is not None:
                os.close(tell)
            if corporation:
                write(corporation)
                spent = time.monotonic() - began
                self.stdout.write(f"A corporation with {dwellings} dwellings, made in {spent:.0f} s.")

    def _imagine(self, dwellings: int) -> Corporation:
        try:
            return imagine(dwellings=dwellings, seed=1, at=timezone.now(), progress=Bar(self.stdout))
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal


@contextmanager
def _migrating() -> Iterator[Callable[[], None]]:
    """Migrate in a process beside this one; call what this gives to wait for it. No connection may be open before."""
    tables = multiprocessing.get_context("fork").Process(target=_migrate, args=[die_with_parent(signal.SIGTERM)])
    tables.start()

    def finish() -> None:
        tables.join()
        if tables.exitcode:
            raise CommandError("The tables could not be made.")

    try:
        yield finish
    finally:
        tables.terminate()
        tables.join()


def _migrate(ask: Callable[[], None] | None) -> None:
    if ask:
        ask()
    call_command("migrate", verbosity=0)


def _is_somebody_elses() -> bool:
    """Whether somebody's own homes or people are here. The demo would write to them, and keep their mails in files."""
    try:
        in_use = User.objects.exists() or Dwelling.objects.exists()
        return in_use and not User.objects.filter(email=demo_tenant.EMAIL).exists()
    except ProgrammingError:  # no tables yet
        return False
    finally:
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]  # its threads would be lost in a fork


def _there_already() -> bool:
    try:
        return Dwelling.objects.exists()
    except ProgrammingError:  # no tables yet
        return False
