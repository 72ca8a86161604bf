"""Run every test, in parts at once: `python -m tests [options of pytest]`. Each part has servers of its own.

The parts take about as long as each other. One waits while another counts, so two cores are busy with four of them.
"""

import subprocess
import sys
import tempfile

BROWSER = ["tests/browser"]
PROGRAMS = ["tests/flow", "tests/portal", "tests/test_query_counts.py", "tests/requests/catalogue_admin"]
REQUESTS = ["tests/requests", "--ignore=tests/requests/catalogue_admin"]
PARTS = [
    BROWSER,
    PROGRAMS,
    REQUESTS,
    ["tests", *(f"--ignore={part}" for part in [*BROWSER, *PROGRAMS, "tests/requests"])],
]


def main(options: list[str]) -> int:
    """Show the first part as it goes and the others after it; 1 when any has failed."""
    with tempfile.TemporaryDirectory() as folder:
        logs = [open(f"{folder}/{number}", "w+b") for number in range(1, len(PARTS))]  # noqa: SIM115 -- of the folder
        others = [
            subprocess.Popen(pytest(part, options), stdout=log, stderr=subprocess.STDOUT)
            for part, log in zip(PARTS[1:], logs, strict=True)
        ]
        try:
            failed = [subprocess.run(pytest(PARTS[0], options), check=False).returncode]
            failed += [other.wait() for other in others]
        finally:
            for other in others:
                other.terminate()
        sys.stdout.flush()
        for log in logs:
            log.seek(0)
            sys.stdout.buffer.write(log.read())
            log.close()
    return int(any(failed))


def pytest(part: list[str], options: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", *part, *options]


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
