"""What the demo and the measurements stand on: a data folder, a socket, servers, and the settings that follow."""

import fcntl
import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import redis

from .postgres import Postgres
from .processes import CannotStart, first_line, secret_in
from .valkey import Valkey

PROJECT = Path(__file__).resolve().parents[2]
WEB_PROCESSES, WEB_THREADS = 2, 4
ELSEWHERE = {"ALLOWED_HOSTS", "BEHIND_PROXY", "DEBUG"}  # said of another portal: the demo serves this machine, directly


def port_named(named: str) -> int:
    if not named.isdecimal() or not 0 < int(named) < 65536:
        raise CannotStart(f"Port {named} cannot be used (there is no such port): choose another one with PORT=.")
    return int(named)


@contextmanager
def data_folder(data: Path, port: int) -> Iterator[None]:
    """The data folder, ours alone for as long as we live: the lock goes with us, even by kill -9."""
    try:
        data.mkdir(parents=True, exist_ok=True)
        lock = (data / "lock").open("a+")
    except OSError as failure:
        raise CannotStart(
            f"The demo cannot write in {data} ({failure.strerror}): choose another folder with DATA=."
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            lock.seek(0)
            raise CannotStart(
                f"A demo with the data in {data} already runs ({lock.read().strip()}): "
                "use that one, stop it, or choose another folder with DATA=."
            ) from None
        lock.truncate(0)
        lock.write(f"process {os.getpid()}, {address(port)}")
        lock.flush()
        yield


@contextmanager
def listening(port: int) -> Iterator[socket.socket]:
    """The web server's socket. Ours from the start, so nobody takes the port and a restart refuses nobody."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as failure:
            raise CannotStart(
                f"Port {port} cannot be used ({failure.strerror}): choose another one with PORT=."
            ) from None
        listener.listen(512)
        yield listener


def environment(port: int, data: Path) -> dict[str, str]:
    """What the settings read, but for DATABASE_URL and REDIS_URL."""
    named = {name: value for name, value in os.environ.items() if name not in ELSEWHERE}
    return named | {
        "DEMO": "1",
        "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
        "SECRET_KEY": secret_in(data / "secret_key"),
        "SITE_URL": address(port),
        "DATA_DIR": str(data),
        "MEDIA_ROOT": str(data / "media"),
        "EMAIL_BACKEND": "django.core.mail.backends.filebased.EmailBackend",
        "EMAIL_FILE_PATH": str(data / "mail"),
        "SMS_FILE_PATH": str(data / "texts"),
        "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"),
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::UserWarning:celery.platforms",  # root may run a demo
    }


@contextmanager
def services(data: Path, *, memory: int = 0) -> Iterator[list[Postgres | Valkey]]:
    """The servers that DATABASE_URL and REDIS_URL do not name, started here and stopped at the end; see Postgres."""
    own: list[Postgres | Valkey] = []
    if not os.environ.get("DATABASE_URL"):
        own.append(Postgres(data, memory=memory))
    if not os.environ.get("REDIS_URL"):
        own.append(Valkey(data))
    try:
        for service in own:
            service.start()
        yield own
    finally:
        for service in reversed(own):
            service.stop()


def urls(own: list[Postgres | Valkey]) -> dict[str, str]:
    """DATABASE_URL and REDIS_URL: those that were given, or of our own servers; both answer."""
    named = {name: os.environ.get(name, "") for name in ("DATABASE_URL", "REDIS_URL")}
    for service in own:
        named["DATABASE_URL" if isinstance(service, Postgres) else "REDIS_URL"] = service.url
    try:
        psycopg.connect(named["DATABASE_URL"], connect_timeout=5).close()
    except psycopg.Error as failure:
        raise CannotStart(f"The database of DATABASE_URL does not answer: {first_line(failure)}.") from None
    try:
        redis.Redis.from_url(named["REDIS_URL"], socket_timeout=5, socket_connect_timeout=5).ping()
    except (redis.RedisError, ValueError) as failure:
        raise CannotStart(f"The server of REDIS_URL does not answer: {first_line(failure)}.") from None
    return named


def gunicorn(web_socket: socket.socket, application: str = "portal.wsgi") -> list[str]:
    """The web server on a socket that listens already; pass it on as a file descriptor."""
    options = f"--bind fd://{web_socket.fileno()} --preload --log-level warning"
    options += f" --workers {WEB_PROCESSES} --threads {WEB_THREADS} --graceful-timeout 10 --no-control-socket"
    return [sys.executable, "-m", "gunicorn", application, *options.split()]


def address(port: int) -> str:
    return f"http://localhost:{port}"
