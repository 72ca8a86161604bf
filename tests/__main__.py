"""Run every test, in parts: `python -m tests [options of pytest]`. Each part has servers of its own.

One waits while another counts, so two cores are busy with four of them.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

PROGRAMS = ["tests/browser", "tests/flow", "tests/portal"]
ROOMS = ("case_page", "catalogue_admin", "exchange", "joining", "my_requests", "queue_list", "report_flow", "safety")
PAGES = ["tests/tenants", "tests/requests/staff_report", *(f"tests/requests/{room}" for room in ROOMS)]
RULES = ["tests/requests"]


def without(*parts: str) -> list[str]:
    return [f"--ignore={part}" for part in parts]


PARTS = [
    [*RULES, *without(*PAGES)],
    PROGRAMS,
    ["tests", *without(*PROGRAMS, *PAGES, *RULES)],
    PAGES,
]


def main(options: list[str]) -> int:
    """Show each part when it is over; 1 when any has failed."""
    with ThreadPoolExecutor(len(PARTS)) as pool:
        failed = [*pool.map(partial(is_wrong, options), PARTS)]
    return int(any(failed))


def is_wrong(options: list[str], part: list[str]) -> bool:
    command = [sys.executable, "-m", "pytest", "-q", *part, *options]
    made = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    sys.stdout.buffer.write(made.stdout)
    sys.stdout.flush()
    return made.returncode != 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
