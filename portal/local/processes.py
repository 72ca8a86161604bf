"""Processes of our own: that end when the one who started them ends, and secrets and ports for them."""

import ctypes
import os
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

PR_SET_PDEATHSIG = 1
PORTS_TRIED = 5


class CannotStart(Exception):
    """Something cannot run here; the message is one sentence for the person at the terminal."""


def start(command: Sequence[str | Path], *, when_we_die: signal.Signals, **options: Any) -> subprocess.Popen[bytes]:
    """Start a child with a process group of its own, which gets a signal when we die, even by kill -9.

    Linux takes the *thread* that starts a child for its parent, so only the main thread may call this.
    Elsewhere there is no such signal; `stop_leftovers` cleans up at the next start.
    """
    return subprocess.Popen(command, start_new_session=True, preexec_fn=die_with_parent(when_we_die), **options)


def die_with_parent(signal_number: signal.Signals) -> Callable[[], None] | None:
    """What a child has to call to get this signal when we die; None where the kernel has no such thing."""
    if sys.platform != "linux":
        return None
    libc, parent = ctypes.CDLL(None), os.getpid()

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(signal_number))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)

    return ask


def stop(process: subprocess.Popen[bytes], *signals: signal.Signals, patience: float) -> None:
    """Ask a process to end, with each signal in turn, then kill what is left of its group."""
    for signal_number in signals:
        if process.poll() is not None:
            break
        process.send_signal(signal_number)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            continue
    kill_group(process.pid)
    process.wait()


def kill_group(group: int) -> None:
    """Kill what is left of a process group; nothing left is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS says "not permitted" of a group of zombies
        return


def command_of(pid: int) -> str:
    """The command line of a running process, or "" when there is none."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            return ""
    answer = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip()


class OnPort(Protocol):
    port: int
    log: Path

    def launch(self) -> None:
        """Start on `port` and return when the server answers; raises CannotStart."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def on_a_free_port(server: "OnPort") -> None:
    """Start the server on a port that nobody has. Somebody may take it in between; then on another one."""
    for _ in range(PORTS_TRIED - 1):
        server.port = free_port()
        try:
            return server.launch()
        except CannotStart:
            if "in use" not in server.log.read_text(errors="replace"):
                raise
    server.port = free_port()
    server.launch()


def secret_in(path: Path) -> str:
    """The secret kept in this file, which only its owner can read; made at random the first time."""
    if path.exists() and (secret := path.read_text().strip()):
        return secret
    secret = secrets.token_urlsafe(48)
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
    fresh.replace(path)  # whole or not at all
    return secret


def first_line(failure: Exception) -> str:
    """What an error says, without its advice and its end."""
    return str(failure).strip().splitlines()[0].strip().rstrip(".")
