"""Prove what we promise.

`check` proves over the whole database that nothing is silent, forgotten or told twice, and names what fails.
`policy` prints what follows on what, as the table of the documentation.
`simulate` plays a year of a made-up corporation in a database of its own, and says what became of the promises.
"""

import argparse
import sys
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.core.management.base import BaseCommand
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime

from requests.audit import Finding, audit, look_for_files, look_for_photos
from requests.followup.policy_in_words import as_markdown
from requests.simulation import Figures, Silence, figures, play, scratch_database

FIRST_DAY = datetime(2026, 1, 5, tzinfo=ZoneInfo("Europe/Amsterdam"))  # a Monday; both clock changes come after it
MOST_MESSAGES = 6  # per request, in the middle
COLUMNS = "{:<36} {:>11} {:>9} {:>8}  {}"
WITH_THE_ONE_ABOVE = '"'  # proved by the same statement


def instant(text: str) -> datetime:
    """An ISO instant; one without a zone is local time."""
    at = parse_datetime(text)
    if at is None:
        raise argparse.ArgumentTypeError(f"{text!r} is not an instant such as 2026-03-02T10:00")
    return at if timezone.is_aware(at) else timezone.make_aware(at)


class Command(BaseCommand):
    help = __doc__

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        jobs = parser.add_subparsers(dest="job", required=True)
        check = jobs.add_parser("check", help="prove every invariant; exit 1 when one fails")
        check.add_argument("--at", type=instant, help="the moment at which what is due must be done; now by default")
        check.add_argument("--files", action="store_true", help="also whether every photo has its file, and vice versa")

        jobs.add_parser("policy", help="print the follow-up policy as a table")

        play = jobs.add_parser("simulate", help="play a year; exit 1 when a norm or an invariant was broken")
        play.add_argument("--days", type=int, default=365)
        play.add_argument("--dwellings", type=int, default=200)
        play.add_argument("--seed", type=int, default=1, help="another number, another year")
        play.add_argument("--start", type=instant, default=FIRST_DAY, help="midnight of the first day")

    def handle(self, *args: Any, job: str, **options: Any) -> None:
        if job == "policy":
            with translation.override("en"):  # as the documentation is
                self.stdout.write(as_markdown())
            return
        if job == "check":
            failed = self._check(at=options["at"] or timezone.now(), files=options["files"])
        else:
            failed = self._simulate(options["start"], options["days"], options["dwellings"], options["seed"])
        if failed:
            sys.exit(1)

    # --- check --------------------------------------------------------------------------------------------------------

    def _check(self, *, at: datetime, files: bool) -> int:
        """How many invariants failed."""
        self.stdout.write(COLUMNS.format("invariant", "rows", "failures", "seconds", ""))
        findings, began = [], time.monotonic()
        for finding in audit(at=at):
            findings.append(finding)
            self._line(finding)
        if files:
            for finding in (look_for_files(), look_for_photos(at=at)):
                findings.append(finding)
                self._line(finding)
        failed = sum(bool(finding.failures) for finding in findings)
        took = time.monotonic() - began
        self.stdout.write(f"{len(findings)} invariants, {failed or 'none'} failed, {took:.1f} s")
        return failed

    def _line(self, finding: Finding) -> None:
        """Failing ones say what they mean, and the first that fail."""
        took = WITH_THE_ONE_ABOVE if finding.took is None else f"{finding.took:.2f}"
        line = COLUMNS.format(finding.name, f"{finding.looked_at:,}", f"{finding.failures:,}", took, "").rstrip()
        if not finding.failures:
            self.stdout.write(line)
            return
        self.stdout.write(self.style.ERROR(line))
        more = finding.failures - len(finding.first)
        self.stdout.write(f"  {finding.says}. Not so for:")
        self.stdout.write(f"  {', '.join(finding.first)}" + (f" and {more:,} more" if more else ""))

    # --- simulate -----------------------------------------------------------------------------------------------------

    def _simulate(self, start: datetime, days: int, dwellings: int, seed: int) -> int:
        """How many figures or invariants were not what they must be."""
        began = time.monotonic()
        with scratch_database():
            at = play(start=start, days=days, dwellings=dwellings, seed=seed, progress=self._progress)
            found = figures(at=at)
            broken = [finding for finding in audit(at=at) if finding.failures]
        self.stdout.write(f"{dwellings} dwellings, {days} days, seed {seed}: {time.monotonic() - began:.0f} s")
        failed = self._promises(found) + self._silences(found) + self._messages(found) + self._who_left(found)
        for finding in broken:
            self._line(finding)
        return failed + len(broken)

    def _progress(self, day: int, days: int) -> None:
        if self.stdout.isatty():
            self.stdout.write(f"\rday {day} of {days}", ending="\n" if day == days else "")
            self.stdout.flush()

    def _promises(self, found: Figures) -> int:
        self.stdout.write(f"promises made {found.made:>30,}")
        lines = {
            "kept": found.kept,
            "moved in time, then kept": found.moved,
            "broken": found.broken,
            "of which only a missed visit": found.only_missed,
            "of which told by us first": found.apologised,
            "of which recovered": found.recovered,
            "ended without a repair": found.without_repair,
            "goes on as another one": found.merged,
            "still running": found.running,
        }
        self._lines(lines)
        self.stdout.write("of all of these")
        self._lines(
            {
                "put off until a day": found.put_off,
                "moved before it was broken": found.moved_before,
                "of which not by visit or putting off": found.moved_by_itself,
            }
        )
        return 0

    def _lines(self, lines: dict[str, int]) -> None:
        for name, number in lines.items():
            self.stdout.write(f"  {name:<36} {number:>5,}")

    def _silences(self, found: Figures) -> int:
        """A norm is broken by a silence that is longer, and not explained by a visit that the tenant knows of."""
        self.stdout.write("longest silence in working days, by class: norm, without and with a visit to come")
        too_long = self._table(found.silences)
        self.stdout.write("of who gets letters, which count when they are printed, a working day later at most")
        return too_long + self._table(found.by_letter)

    def _table(self, silences: dict[str, Silence]) -> int:
        for name, silence in silences.items():
            excess = ", ".join(silence.excess[:10])
            numbers = f"  {name:<8} {silence.norm:>3} {silence.longest:>6} {silence.before_a_visit:>6}"
            self.stdout.write(numbers + (f"   too long {len(silence.excess)} times: {excess}" if excess else ""))
        return sum(bool(silence.excess) for silence in silences.values())

    def _messages(self, found: Figures) -> int:
        most = max(found.messages, default=0)
        self.stdout.write(f"messages per request: median {found.median_messages:g}, most {most}")
        self.stdout.write(f"letters printed {found.letters}")
        self.stdout.write(f"repeated messages {len(found.repeated_messages)}")
        for body in found.repeated_messages[:3]:
            self.stdout.write(f"  {' '.join(body.split())[:110]}")
        often = found.repeated_sentences
        self.stdout.write(f"sentences read three times or more about one request: {sum(often.values())}")
        for sentence, times in often.most_common(10):
            self.stdout.write(f"  {times:>5,} × {sentence}")
        return (found.median_messages > MOST_MESSAGES) + bool(found.repeated_messages) + bool(often)

    def _who_left(self, found: Figures) -> int:
        told = found.told_after_leaving
        self.stdout.write(f"moved out while it was open {found.moved_out}, of whom told something later {len(told)}")
        for which in told[:10]:
            self.stdout.write(f"  {which}")
        return bool(told)
