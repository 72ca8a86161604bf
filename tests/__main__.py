"""Run every test, in parts: `python -m tests [options of pytest]`. Each part has servers of its own.

One waits while another counts, so two cores are busy with four of them; the longest begin first, so that none of them
is the only one in the end.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial

AT_ONCE = 4
BROWSER = ["tests/browser"]
PROGRAMS = ["tests/flow", "tests/portal"]
PAGES = ["tests/test_access_matrix.py", "tests/test_query_counts.py", "tests/requests/catalogue_admin"]
TOPICS = ("case_page", "exchange", "joining", "my_requests", "queue_list", "report_flow", "safety", "staff_report")
SCREENS = [f"tests/requests/{topic}" for topic in TOPICS]


def without(*parts: str) -> list[str]:
    return [f"--ignore={part}" for part in parts]


PARTS = [
    ["tests/requests", *without("tests/requests/catalogue_admin", *SCREENS)],
    BROWSER,
    PROGRAMS,
    ["tests", *without(*BROWSER, *PROGRAMS, *PAGES, "tests/requests")],
    PAGES,
    SCREENS,
]


def main(options: list[str]) -> int:
    """Show each part when it is over; 1 when any has failed."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
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
