"""Run programs as children: print what they say, start again what stops, and leave none behind.

One thread does it all. Linux takes the thread that started a child for its parent, so a child started from
any thread but the main one would be told "your parent is gone" too early.
"""

import io
import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Protocol

from .processes import command_of, kill_group, start

RESTART_AFTER = 0.5  # seconds; what fails at once should not fail a hundred times a second
RESTARTS = 3  # within WINDOW; after that something is wrong that a restart does not mend
WINDOW = 60.0
PATIENCE = 12.0  # seconds to finish what a request or task was doing
TICK = 0.2


class Stopped(Exception):
    """A program or service ended and was not started again; the message is a sentence."""


class StopSignals:
    """Ctrl-C, SIGTERM and a closed terminal: the first one interrupts, a later one only sets `hurry`."""

    def __init__(self) -> None:
        self.stopping = self.hurry = False
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._arrived)

    def _arrived(self, number: int, frame: FrameType | None) -> None:
        if self.stopping:
            self.hurry = True
            return
        self.stopping = True
        raise KeyboardInterrupt


class Service(Protocol):
    """A server that the programs need: when it ends, all end."""

    name: str
    process: subprocess.Popen[bytes] | None

    def last_words(self) -> str: ...


@dataclass
class Program:
    name: str
    command: Sequence[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    unfinished: bytes = b""
    start_at: float | None = None
    deaths: deque[float] = field(default_factory=deque)


class Supervisor:
    def __init__(self, *, folder: Path, record: Path, signals: StopSignals) -> None:
        self.folder, self.record, self.signals = folder, record, signals
        self.env: Mapping[str, str] = os.environ
        self.services: list[Service] = []
        self.programs: list[Program] = []
        self._output = selectors.DefaultSelector()

    def watch(self, *services: Service) -> None:
        self.services += services
        self._write_record()

    def start(self, program: Program) -> None:
        program.process = start(
            program.command,
            when_we_die=signal.SIGTERM,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=self.env,
            cwd=self.folder,
            pass_fds=program.pass_fds,
        )
        assert program.process.stdout is not None
        os.set_blocking(program.process.stdout.fileno(), False)
        self._output.register(program.process.stdout, selectors.EVENT_READ, program)
        if program not in self.programs:
            self.programs.append(program)
        program.start_at = None
        self._write_record()

    def tick(self) -> None:
        """Print what was said and look after everybody for a moment; raises Stopped."""
        if self.signals.stopping:  # it came while a child was made, where Python drops what is raised
            raise KeyboardInterrupt
        self._read()
        for service in self.services:
            if service.process and service.process.poll() is not None:
                raise Stopped(f"{service.name} stopped ({service.last_words()}), so everything stops.")
        for program in self.programs:
            self._look_after(program)

    def stop(self) -> None:
        """Ask every program to finish and kill what does not; after another Ctrl-C at once."""
        running = [program.process for program in self.programs if program.process and program.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        while (
            any(process.poll() is None for process in running)
            and time.monotonic() < deadline
            and not self.signals.hurry
        ):
            self._read()
        for program in self.programs:
            if program.process:
                kill_group(program.process.pid)
                program.process.wait()
        self._read()
        for key in list(self._output.get_map().values()):
            self._close(key)

    def _look_after(self, program: Program) -> None:
        now = time.monotonic()
        if program.start_at is not None:
            if now >= program.start_at:
                self.start(program)
            return
        assert program.process is not None
        code = program.process.poll()
        if code is None:
            return
        kill_group(program.process.pid)  # its own children, if it left any
        self._read()  # its last words before ours
        program.deaths.append(now)
        while now - program.deaths[0] > WINDOW:
            program.deaths.popleft()
        if len(program.deaths) > RESTARTS:
            raise Stopped(
                f"{program.name} stopped {len(program.deaths)} times within a minute, so everything stops; "
                "its last lines say why."
            )
        program.start_at = now + RESTART_AFTER
        say(program.name, f"stopped ({_ending(code)}), starts again")

    def _read(self) -> None:
        for key, _ in self._output.select(TICK):
            program: Program = key.data
            try:
                said = os.read(key.fd, 65536)
            except BlockingIOError:
                continue
            *lines, program.unfinished = (program.unfinished + said).split(b"\n")
            if not said:
                self._close(key)
                lines, program.unfinished = [line for line in [program.unfinished] if line], b""
            for line in lines:
                say(program.name, line.decode(errors="replace").rstrip())

    def _close(self, key: selectors.SelectorKey) -> None:
        self._output.unregister(key.fileobj)
        assert isinstance(key.fileobj, io.IOBase)
        key.fileobj.close()

    def _write_record(self) -> None:
        """Who runs now, for `stop_leftovers`."""
        processes = [program.process for program in self.programs] + [service.process for service in self.services]
        record = {process.pid: _arguments(process.args) for process in processes if process}
        self.record.write_text(json.dumps(record))


def say(name: str, line: str) -> None:
    try:
        print(f"{name:<7}| {line}", flush=True)
    except BrokenPipeError:  # nobody reads any more, as after `make demo | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise KeyboardInterrupt from None


def stop_leftovers(record: Path) -> None:
    """End what an earlier supervisor left behind where the kernel does not do that for us.

    A process number may belong to somebody else by now, so its command must be the one we gave.
    """
    with suppress(OSError, ValueError):
        for pid, arguments in json.loads(record.read_text()).items():
            if arguments and command_of(int(pid)).endswith(arguments):
                _end(int(pid))
    record.unlink(missing_ok=True)


def _end(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGINT)  # a fast shutdown for PostgreSQL too
        deadline = time.monotonic() + PATIENCE
        while command_of(pid) and time.monotonic() < deadline:
            time.sleep(0.05)
        kill_group(pid)


def _arguments(args: object) -> str:
    """All but the program's own path, which the system may show differently."""
    assert isinstance(args, list | tuple)
    return " ".join(os.fspath(word) for word in args[1:])


def _ending(code: int) -> str:
    return f"exit code {code}" if code >= 0 else f"by signal {signal.Signals(-code).name}"
