"""Run every test, in two halves at once: `python -m tests`. Each half has servers of its own.

The halves take about as long as each other on two cores; one after the other they take twice as long.
"""

import subprocess
import sys
import tempfile

ONE_HALF = ["tests/browser", "tests/flow", "tests/test_access_matrix.py"]
HALVES = [
    ONE_HALF,
    ["tests", *(f"--ignore={part}" for part in ONE_HALF)],
]


def main() -> int:
    """Show the first half as it goes and the other one after it; 1 when either has failed."""
    with tempfile.TemporaryFile() as kept:
        other = subprocess.Popen(pytest(HALVES[1]), stdout=kept, stderr=subprocess.STDOUT)
        try:
            first = subprocess.run(pytest(HALVES[0]), check=False).returncode
            second = other.wait()
        finally:
            other.terminate()
        kept.seek(0)
        sys.stdout.flush()
        sys.stdout.buffer.write(kept.read())
    return int(bool(first or second))


def pytest(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "pytest", "-q", *arguments]


if __name__ == "__main__":
    raise SystemExit(main())
