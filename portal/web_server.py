"""Gunicorn's worker with threads, but a thread begins with a request only when all of it has arrived.

A thread that reads from a slow line waits as long as whoever is at the other end likes: a few dozen sockets that
send three bytes of a form would keep the page from everybody else. So requests are received by the loop that
accepts them, in memory and then on disk, which costs a waiting line a socket and no thread. A proxy that buffers
does the same; with this it does not depend on it.
"""

import re
import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from socket import socket
from tempfile import SpooledTemporaryFile
from typing import Any

from gunicorn import util
from gunicorn.errors import ConfigError
from gunicorn.http.unreader import SocketUnreader
from gunicorn.workers.gthread import _DEFER, TConn, ThreadWorker

PATIENCE = 15.0  # seconds in which ENOUGH more must come, or the rest
ENOUGH = 16 * 1024  # bytes; a photo over the slowest telephone is a hundred times as fast
LONGEST = 15 * 60.0  # seconds for a whole request: five photos of 8 MB at half a megabit a second
MOST = 60 * 1024 * 1024  # bytes of a body
MOST_HEADERS = 64 * 1024
IN_MEMORY = 256 * 1024
AT_ONCE = 1024 * 1024  # bytes; then it is the turn of another line
LINGER = 2.0  # seconds in which somebody who is still sending can read why we do not take it

_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d{1,18})", re.IGNORECASE)
_IN_CHUNKS = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)


class NotTaken(Exception):
    """We answer this at once, and read no further."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(status, reason)
        self.status, self.reason = status, reason


class NoRoom(Exception):
    """There is no place to keep what arrives."""


class Arriving:
    """A request that comes in. For gunicorn, which reads it afterwards, it is a socket that never makes it wait."""

    def __init__(self) -> None:
        now = time.monotonic()
        self.until, self._latest = now + PATIENCE, now + LONGEST
        self.received, self._counted = 0, 0
        self._length: int | None = None
        self._head = b""
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 -- closed when it was answered
        self.is_refused = False

    def take(self, sock: socket) -> bool:
        """What is there by now; True when all of it is. Raises NotTaken, NoRoom, and OSError when the line is dead."""
        most = self.received + AT_ONCE
        while self.received < most:
            try:
                data = sock.recv(65536)
            except BlockingIOError:
                break
            if not data:
                raise ConnectionResetError
            self.received += len(data)
            if self.is_refused:
                continue
            self._keep(data)
            if self._length is None:
                self._length = self._length_in(data)
            if self._length is not None and self.received >= self._length:
                return True
        if self.received >= self._counted + ENOUGH and not self.is_refused:
            self._counted, self.until = self.received, min(time.monotonic() + PATIENCE, self._latest)
        return False

    def _keep(self, data: bytes) -> None:
        try:
            self._file.write(data)
        except OSError as failure:
            raise NoRoom from failure

    def _length_in(self, data: bytes) -> int | None:
        """Of the request as a whole, once its headers are there."""
        self._head += data
        if b"\r\n\r\n" not in self._head:
            if len(self._head) > MOST_HEADERS:
                raise NotTaken(431, "Request Header Fields Too Large")
            return None
        head, _, _ = self._head.partition(b"\r\n\r\n")
        if _IN_CHUNKS.search(head):  # no browser does; Django would not read it
            raise NotTaken(411, "Length Required")
        length = max(map(int, _LENGTH.findall(head)), default=0)
        if length > MOST:
            raise NotTaken(413, "Content Too Large")
        return len(head) + 4 + length

    def refuse(self) -> None:
        """What comes now is thrown away: who sends reads the answer only when they are not cut off."""
        self.is_refused, self.until = True, time.monotonic() + LINGER
        self.close()

    def is_alone(self) -> bool:
        """Nothing came behind it."""
        return self.received == self._length

    def rewind(self) -> None:
        self._file.truncate(self._length)
        self._file.seek(0)

    def recv(self, size: int) -> bytes:
        return self._file.read(size)

    def close(self) -> None:
        with suppress(OSError):  # the rest of it, where there is no room
            self._file.close()


class Line(TConn):
    """One connection, and the request that it is sending."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.arriving = Arriving()

    def give_to_parser(self) -> None:
        self.init()
        self.arriving.rewind()
        self.parser.unreader = SocketUnreader(self.arriving)

    def close(self, graceful: bool = False) -> None:
        """Never waits for the other side, as gunicorn's own does, in the loop: all that they sent was read."""
        self.arriving.close()
        super().close()


class Worker(ThreadWorker):
    """`worker_class` of gunicorn.conf.py. It speaks HTTP/1 without TLS, as behind a proxy."""

    @classmethod
    def check_config(cls, cfg: Any, log: Any) -> None:
        if cfg.is_ssl:
            raise ConfigError("TLS is for the proxy in front.")
        super().check_config(cfg, log)

    def accept(self, listener: socket) -> None:
        try:
            sock, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        self.enqueue_req(Line(self.cfg, sock, address, listener.getsockname()))

    def handle(self, conn: Line) -> Any:
        """In a thread: take what there is, and answer when that was all. Else the loop waits for more."""
        try:
            conn.sock.setblocking(False)
            if not conn.arriving.take(conn.sock):
                return _DEFER
        except NotTaken as reason:
            util.write_error(conn.sock, reason.status, reason.reason, "")
            conn.arriving.refuse()
            return _DEFER
        except NoRoom:
            self.log.exception("No room for a request that arrives")
            util.write_nonblock(conn.sock, _busy())
            conn.arriving.refuse()
            return _DEFER
        except OSError:
            return False
        arrived = conn.arriving
        conn.give_to_parser()
        try:
            goes_on = super().handle(conn) and arrived.is_alone()
        finally:
            arrived.close()
        conn.arriving = Arriving()
        return goes_on

    def finish_request(self, conn: Line, fs: "Future[Any]") -> None:
        """Also while this worker ends: what is on its way is still answered."""
        if fs.cancelled() or fs.exception() or fs.result() is not _DEFER:
            super().finish_request(conn, fs)
            return
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def murder_pending(self) -> None:
        """Whoever was too slow is told so."""
        now = time.monotonic()
        for conn in [conn for conn in self.pending_conns if conn.arriving.until < now]:
            self.pending_conns.remove(conn)
            self.poller.unregister(conn.sock)
            self.nr_conns -= 1
            if conn.arriving.received and not conn.arriving.is_refused:
                with suppress(OSError):
                    util.write_error(conn.sock, 408, "Request Timeout", "")
            conn.close()


def _busy() -> bytes:
    """The whole answer, with the page that everybody gets when there is no room."""
    from django.http import HttpRequest  # noqa: PLC0415 -- the server is loaded before Django is set up

    from .views import busy  # noqa: PLC0415 -- likewise

    page = busy(HttpRequest())
    page["Connection"], page["Content-Length"] = "close", str(len(page.content))
    head = "".join(f"{name}: {value}\r\n" for name, value in page.items())
    return f"HTTP/1.1 {page.status_code} {page.reason_phrase}\r\n{head}\r\n".encode() + page.content
