"""Walk every path through the report form and print what each took: `python -m tests.walks`.

They are the tests of tests/browser/walks, with their server, their database and their browser.
"""

import os
import sys

import pytest

from .table import MOST_SCREENS, PATHS, WALKS, screens_of_a_report, table


class Taken:
    """Keeps what the walks of a run took."""

    def __init__(self):
        self.walks = []

    def pytest_unconfigure(self, config):
        self.walks = list(config.stash.get(WALKS, {}).values())


def main():
    """1 when a walk failed or a report takes too many screens."""
    os.environ["FAULTS"] = "1"  # they are long
    taken = Taken()
    failed = pytest.main(["-q", "tests/browser/walks", *sys.argv[1:]], plugins=[taken])
    if len(taken.walks) < PATHS:
        return 1
    sys.stdout.write(f"\n{table(taken.walks)}\n")
    return int(bool(failed) or screens_of_a_report(taken.walks) > MOST_SCREENS)


if __name__ == "__main__":
    raise SystemExit(main())
