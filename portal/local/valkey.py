"""One Valkey server of our own, in the foreground. It keeps nothing: that is what PostgreSQL is for."""

import secrets
import signal
import subprocess
import time
from pathlib import Path

import redis

from . import placement
from .processes import CannotStart, on_a_free_port, start, stop

PATIENCE = 20


class Valkey:
    name = "Valkey"

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = folder / "valkey.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None
        self._password = secrets.token_urlsafe(24)

    @property
    def url(self) -> str:
        return f"redis://:{self._password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, and return when the server answers; raises CannotStart."""
        on_a_free_port(self)

    def launch(self) -> None:
        server = placement.valkey_server()
        try:
            with self.log.open("wb") as log:
                command: list[str | Path] = [
                    server,
                    "-",
                ]  # settings by standard input: a password does not belong in a list of processes
                self.process = start(command, when_we_die=signal.SIGTERM, stdin=subprocess.PIPE, stdout=log, stderr=log)
        except OSError as failure:
            raise CannotStart(
                f"Valkey does not run here ({failure.strerror}: {server}): set VALKEY_BIN or REDIS_URL."
            ) from None
        assert self.process.stdin is not None
        self.process.stdin.write(self._settings().encode())
        self.process.stdin.close()
        self._wait()

    def stop(self) -> None:
        if self.process:
            stop(self.process, signal.SIGTERM, patience=5)

    def last_words(self) -> str:
        lines = self.log.read_text(errors="replace").strip().splitlines()
        return lines[-1].strip().rstrip(".") if lines else "it said nothing"

    def _settings(self) -> str:
        lines = [
            "bind 127.0.0.1",
            f"port {self.port}",
            f"requirepass {self._password}",
            'save ""',
            "appendonly no",
        ]
        return "\n".join([*lines, f'dir "{self.folder}"', "loglevel warning", ""])

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + PATIENCE
        client = redis.Redis.from_url(self.url, socket_timeout=2)
        while True:
            try:
                client.ping()
                client.close()
                return
            except redis.RedisError as refusal:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    self.stop()
                    raise CannotStart(
                        f"Valkey did not start: {self.last_words()} ({type(refusal).__name__})."
                    ) from None
            time.sleep(0.02)
