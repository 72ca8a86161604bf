"""Fill an empty database with a synthetic corporation: homes, tenants, and two years of requests."""

import argparse
import time
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from portal.demo.corporation import NotEmpty, build
from portal.garbage import seldom_collected

WIDTH = 30  # characters of the bar


def instant(text: str) -> datetime:
    """An ISO instant; one without a zone is local time."""
    at = parse_datetime(text)
    if at is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant such as 2026-03-02T10:00")
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Bar:
    """How far it is: a bar on a terminal; elsewhere one line per subject, when it is complete."""

    def __init__(self, stdout: OutputWrapper) -> None:
        self._stdout = stdout

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._stdout.isatty():
            bar = ("█" * (WIDTH * done // total)).ljust(WIDTH, "░")
            line = f"\r{bar} {what} {done}/{total}".ljust(WIDTH + 40)
            self._stdout.write(line, ending="\n" if done == total else "")
            self._stdout.flush()
        elif done == total:
            self._stdout.write(f"{what}: {total}")


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dwellings", type=int, default=1200, help="how many units it lets; 1200 when not given")
        parser.add_argument("--seed", type=int, default=1, help="another number, another corporation")
        parser.add_argument("--at", type=instant, help="the day of today in the data, such as 2026-03-02T10:00")
        parser.add_argument("--if-empty", action="store_true", help="do nothing when there are dwellings already")

    def handle(
        self, *args: Any, dwellings: int, seed: int, at: datetime | None, if_empty: bool, **options: Any
    ) -> None:
        began = time.monotonic()
        try:
            with seldom_collected():
                build(dwellings=dwellings, seed=seed, at=at or timezone.now(), progress=Bar(self.stdout))
        except NotEmpty:
            if if_empty:
                return
            raise CommandError("There are dwellings already, so nothing was changed. Use an empty database.") from None
        except ValueError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"A corporation with {dwellings} dwellings, made in {time.monotonic() - began:.0f} s.")
