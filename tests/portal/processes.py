"""Look at processes from the outside, for tests that start and kill real ones."""

import time
from pathlib import Path


def family(pid):
    """The process and all below it, each as (number, moment of birth), as numbers are used again."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        if fields := stat(folder.name):
            parents.setdefault(int(fields[1]), []).append(int(folder.name))
    found, todo = set(), [pid]
    while todo:
        each = todo.pop()
        found.add((each, born(each)))
        todo += parents.get(each, [])
    return found


def alive(processes):
    return {(pid, birth) for pid, birth in processes if birth and born(pid) == birth}


def born(pid):
    fields = stat(pid)
    return fields[19] if fields and fields[0] != "Z" else None


def stat(pid):
    """The fields of /proc/<pid>/stat after the name: state, parent, ..."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    except OSError:
        return None


def until(answer, seconds=15):
    """Wait for `answer()` to be true; False when it never was."""
    deadline = time.monotonic() + seconds
    while not answer():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True
