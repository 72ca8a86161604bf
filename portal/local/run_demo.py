"""The whole demo under one supervisor: PostgreSQL and Valkey unless others are named, web, worker and beat.

Everything it keeps is in one data folder. It needs no Django settings: it makes those that its children read.
"""

import os
import select
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import ExitStack
from pathlib import Path

from . import stage
from .processes import CannotStart, start, stop
from .supervisor import Program, Stopped, StopSignals, Supervisor, stop_leftovers

WORKER_THREADS = 4


def run(*, port: str, data: Path, dwellings: int | None = None) -> int:
    """Run the demo until it is stopped; the answer is the exit code."""
    signals = StopSignals()
    try:
        with ExitStack() as stack:
            try:
                _run(stack, signals, stage.port_named(port), data.resolve(), dwellings)
            finally:
                signals.stopping = True  # from here on a signal may only hurry us
    except KeyboardInterrupt:
        print(f"\nThe demo has stopped. Its data is kept in {data}.", flush=True)
        return 0
    except (CannotStart, Stopped) as reason:
        print(reason, file=sys.stderr, flush=True)
        return 1
    return 0


def _run(stack: ExitStack, signals: StopSignals, port: int, data: Path, dwellings: int | None) -> None:
    stack.enter_context(stage.data_folder(data, port))
    web_socket = stack.enter_context(stage.listening(port))
    record = data / "running.json"
    stop_leftovers(record)
    stack.callback(record.unlink, missing_ok=True)
    own = stack.enter_context(stage.services(data))
    supervisor = Supervisor(folder=stage.PROJECT, record=record, signals=signals)
    supervisor.watch(*own)
    supervisor.env = stage.environment(port, data) | stage.urls(own)
    stack.callback(supervisor.stop)
    web = Program("web", stage.gunicorn(web_socket), pass_fds=(web_socket.fileno(),))
    _prepare(supervisor, dwellings, web)
    _wait_until_it_answers(supervisor, port)
    _say_where_to_look(port, data)
    for program in _programs(data):  # nobody waits for these
        supervisor.start(program)
    while True:
        supervisor.tick()


def _prepare(supervisor: Supervisor, dwellings: int | None, web: Program) -> None:
    """Translations, tables, and a corporation when there is none yet; `web` is started as soon as it has tables."""
    size = ["--dwellings", str(dwellings)] if dwellings else []
    told, tell = os.pipe()
    command = start(
        [sys.executable, "manage.py", "prepare_demo", "--tell", str(tell), *size],
        when_we_die=signal.SIGTERM,
        env=supervisor.env,
        cwd=stage.PROJECT,
        pass_fds=(tell,),
    )
    os.close(tell)
    try:
        _look_after(supervisor, command, told, web)
    finally:
        stop(command, signal.SIGTERM, patience=5)
        os.close(told)
    if command.returncode:
        raise CannotStart("The database could not be made ready; the lines above say why.")


def _look_after(supervisor: Supervisor, command: subprocess.Popen[bytes], told: int, web: Program) -> None:
    """Until the command has ended. It closes its end of the pipe when the tables are there."""
    while command.poll() is None:
        supervisor.tick()
        if web.process is None and select.select([told], [], [], 0)[0]:
            supervisor.start(web)
    if web.process is None and command.returncode == 0:
        supervisor.start(web)


def _programs(data: Path) -> list[Program]:
    celery = [sys.executable, "-m", "celery", "--quiet", "-A", "portal"]
    worker = f"worker --pool threads --concurrency {WORKER_THREADS} --without-gossip --without-mingle".split()
    beat = ["beat", "--schedule", str(data / "beat"), "--pidfile", ""]
    return [
        Program("worker", [*celery, *worker, "--loglevel", "warning"]),
        Program("beat", [*celery, *beat, "--loglevel", "warning"]),
    ]


def _wait_until_it_answers(supervisor: Supervisor, port: int) -> None:
    """The socket listens already, so a request waits in its queue until the web server takes it."""
    while True:
        supervisor.tick()
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            continue
        return


def _say_where_to_look(port: int, data: Path) -> None:
    print(f"\nThuisbalie runs: open {stage.address(port)}\nCtrl-C stops it; the data stays in {data}.\n", flush=True)
