"""One PostgreSQL server of our own, in the foreground, for the programs of this machine only."""

import os
import re
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from . import placement
from .placement import Account
from .processes import CannotStart, command_of, first_line, on_a_free_port, secret_in, start, stop

USER = "postgres"
PATIENCE = 60  # seconds; recovery after a crash may take a while
FIRST_WITH_OWN_LOCALES = 17
# Rolled-back rows stay until they are swept: thousands of tests leave more than the usual once a minute takes away.
FOR_TESTS = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum_naptime=5s",
    "autovacuum_vacuum_cost_delay=0",
)


class Postgres:
    """A server whose data lives in `folder`, kept between runs.

    `durable=False` is for tests: much faster, and a power cut may break the data. `memory` is its `shared_buffers`, in
    MiB; 0 for as much as it takes itself (128).
    """

    name = "PostgreSQL"

    def __init__(self, folder: Path, *, durable: bool = True, memory: int = 0) -> None:
        self.folder, self.place, self.durable, self.memory = folder, folder, durable, memory
        self.log = folder / "postgres.log"
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"postgresql://{USER}:{self._password}@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        """Make the data when there is none, start, and return when the server answers; raises CannotStart."""
        account = placement.account()
        binaries, version = placement.runnable(account, self.folder)
        cluster = self._home(account) / "cluster"
        if not cluster.exists():
            self._create(cluster, binaries, version, account)
        self._password = secret_in(self.folder / "postgres.password")
        self._check(cluster, version, account)
        self._clear_lock(cluster)
        self._how = cluster, binaries, account
        on_a_free_port(self)

    def launch(self) -> None:
        self._launch(*self._how)
        self._wait()

    def stop(self) -> None:
        if self.process:
            stop(self.process, signal.SIGINT, signal.SIGQUIT, patience=15)  # fast, then immediate shutdown

    def remove(self) -> None:
        """Stop, and forget the data."""
        self.stop()
        for folder in {self.place, self.folder}:
            shutil.rmtree(folder, ignore_errors=True)

    def _home(self, account: Account) -> Path:
        """The folder that holds the data. Where it was made it stays, whatever becomes of anybody's rights."""
        here, elsewhere = self.folder / "postgres", placement.place_under_var_tmp(self.folder) / "postgres"
        if not (self.folder / "postgres.password").exists():
            shutil.rmtree(elsewhere, ignore_errors=True)  # of a data folder that was thrown away
        if not here.exists() and (elsewhere.exists() or not account.may_enter(self.folder)):
            self.place = placement.own_folder_under_var_tmp(self.folder)
        elif not account.may_enter(self.folder):
            raise CannotStart(
                f"Root runs PostgreSQL as `nobody`, who can no longer enter {self.folder}: "
                "let others enter it and the folders above it, or choose another data folder."
            )
        home = self.place / "postgres"
        if not home.exists():
            home.mkdir(mode=0o700)
            if account.switch:
                os.chown(home, account.uid, account.gid)
        return home

    def _create(self, cluster: Path, binaries: Path, version: int, account: Account) -> None:
        fresh = cluster.with_name("cluster.new")
        shutil.rmtree(fresh, ignore_errors=True)
        password = self._password_file_for(account, cluster.with_name("password.new"))
        locale = (
            ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
            if version >= FIRST_WITH_OWN_LOCALES
            else ["--locale=C.UTF-8"]
        )
        command: list[str | Path] = [
            binaries / "initdb",
            "-D",
            fresh,
            "-U",
            USER,
            "-A",
            "scram-sha-256",
            f"--pwfile={password}",
        ]
        command += ["-E", "UTF8", *locale, "--no-instructions", *(() if self.durable else ("--no-sync",))]
        made = subprocess.run(
            command, capture_output=True, text=True, env=_environment(), cwd="/", check=False, **account.popen
        )
        password.unlink()
        if made.returncode:
            raise CannotStart(f"PostgreSQL could not make its data in {fresh.parent}: {_last_complaint(made.stderr)}")
        fresh.replace(cluster)  # so that a first start that was cut short begins anew

    def _password_file_for(self, account: Account, path: Path) -> Path:
        """A copy of our password that initdb, as that account, can read."""
        secret_in(self.folder / "postgres.password")
        shutil.copyfile(self.folder / "postgres.password", path)
        path.chmod(0o600)
        if account.switch:
            os.chown(path, account.uid, account.gid)
        return path

    def _check(self, cluster: Path, version: int, account: Account) -> None:
        try:
            made_by = int((cluster / "PG_VERSION").read_text())
        except (OSError, ValueError):
            raise self._broken("PG_VERSION cannot be read") from None
        if made_by != version:
            raise CannotStart(
                f"The data in {self.folder} is of PostgreSQL {made_by} and this is {version}: "
                "choose another data folder."
            )
        if cluster.stat().st_uid != account.uid:
            raise CannotStart(f"The data in {self.folder} is another user's: choose another data folder.")

    def _clear_lock(self, cluster: Path) -> None:
        """Take away the lock of a server that is gone, whose process number something else has by now."""
        lock = cluster / "postmaster.pid"
        if lock.exists() and "postgres" not in command_of(int(lock.read_text().split()[0])):
            lock.unlink()

    def _launch(self, cluster: Path, binaries: Path, account: Account) -> None:
        settings = [
            "unix_socket_directories=",
            "log_min_messages=warning",
            *(() if self.durable else FOR_TESTS),
            *((f"shared_buffers={self.memory}MB",) if self.memory else ()),
        ]
        command: list[str | Path] = [
            binaries / "postgres",
            "-D",
            cluster,
            "-h",
            "127.0.0.1",
            "-p",
            str(self.port),
        ]
        command += [word for setting in settings for word in ("-c", setting)]
        with self.log.open("wb") as log:
            self.process = start(
                command,
                when_we_die=signal.SIGINT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                cwd="/",
                **account.popen,
            )

    def _wait(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=2).close()
                return
            except psycopg.OperationalError as refusal:
                if self.process.poll() is not None:
                    raise self._broken(self.last_words()) from None
                if "password authentication failed" in str(refusal) or time.monotonic() > deadline:
                    self.stop()
                    raise self._broken(first_line(refusal)) from None
            time.sleep(0.03)

    def last_words(self) -> str:
        return _last_complaint(self.log.read_text(errors="replace"))

    def _broken(self, why: str) -> CannotStart:
        return CannotStart(
            f"PostgreSQL cannot use the data in {self.folder}: {why}. Restore that folder, or remove it to begin anew."
        )


def _environment() -> dict[str, str]:
    """Ours, without what could lead PostgreSQL elsewhere, and with messages in one language."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
    return {**kept, "LC_ALL": "C.UTF-8"}


def _last_complaint(output: str) -> str:
    complaints: list[str] = re.findall(r"(?:FATAL|PANIC|ERROR|error):\s+(.+)", output)
    lines = complaints or output.strip().splitlines() or ["it said nothing"]
    return lines[-1].strip().rstrip(".")
