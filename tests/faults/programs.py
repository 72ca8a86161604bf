"""Starts the portal's programs from the nursery, and ends them in ways that they do not expect."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from itertools import count
from pathlib import Path

from .nursery import name_of

PROJECT = Path(__file__).parents[2]


class Program:
    """One running program, by the number of its process; `name` is what it calls itself to the mail server."""

    def __init__(self, nursery, pid, schedule=None):
        self.nursery, self.pid, self.buried = nursery, pid, False
        self.name, self.schedule = name_of(pid), schedule

    def ticks(self, task):
        """How often beat sent that task; another that took over its schedule counts too."""
        sent = Path(f"{self.schedule}.sent")
        return sent.read_text().splitlines().count(task) if sent.exists() else 0

    def ends(self):
        """Wait for its end; the signal that ended it, or 0."""
        self.buried = True
        return self.nursery.order(wait=self.pid)

    def is_gone(self):
        """Ended by itself, and not by the trial."""
        if self.buried:
            return False
        state = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "Z"

    def kill(self):
        """With all its children."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        return self.ends()

    def stop(self):
        """As an operator does: it finishes what it is doing."""
        os.kill(self.pid, signal.SIGTERM)
        self.ends()

    def reload(self):
        os.kill(self.pid, signal.SIGHUP)

    def freeze(self):
        os.kill(self.pid, signal.SIGSTOP)

    def thaw(self):
        os.kill(self.pid, signal.SIGCONT)


class Nursery:
    """`with` it; everything that was started ends at the end."""

    def __init__(self, folder, environment):
        self.log, self.beat_schedule = folder / "programs.log", folder / "beat"
        self.listener = socket.socket()
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind(("127.0.0.1", 0))
        self.listener.listen(512)
        self.environment = environment
        self.programs, self.beats = [], count(1)

    @property
    def port(self):
        return self.listener.getsockname()[1]

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | self.environment,
            cwd=PROJECT,
            start_new_session=True,
            pass_fds=[self.listener.fileno()],
        )
        return self

    def __exit__(self, *failure):
        self.process.communicate()
        self.listener.close()

    def order(self, **order):
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def start(self, be, *, fail_points="", environment=(), **order):
        environment = {"FAIL_POINTS": fail_points, **dict(environment)}
        order = {"be": be, "log": str(self.log), "environment": environment, **order}
        if be == "web":
            order["fd"] = self.listener.fileno()
        if be == "beat":
            order.setdefault("schedule", f"{self.beat_schedule}-{next(self.beats)}")
        program = Program(self, self.order(**order), order.get("schedule"))
        self.programs.append(program)
        return program

    def end_all(self):
        """Whatever a trial left running. What was frozen ends like the rest. How many had ended by themselves."""
        gone = sum(program.is_gone() for program in self.programs)
        for program in self.programs:
            if not program.buried:
                program.kill()
        self.programs = []
        return gone
