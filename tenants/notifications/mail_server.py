"""The mail server, with the patience that we have with it: so long per mail, and none for one that hangs.

A server that is silent, or that answers a byte a second, would hold every thread of every worker. So a
conversation has a time in which it must end, and after a few in a row that did not, mail rests for a while:
then one mail at a time asks whether it is back. What rests stays in the outbox and costs no attempt.
"""

import smtplib
import socket
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.core.mail.backends import smtp

__all__ = ["EmailBackend", "Patience", "patience"]

HANGS_AFTER = 5.0  # seconds; whoever fails sooner costs nobody anything
HANGS = 3  # in a row, then it is not one address but the server
REST = 20.0  # seconds


class PromptSMTP(smtplib.SMTP):
    """A conversation that is over after EMAIL_TIMEOUT in all; smtplib's own timeout counts from byte to byte."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.sock: socket.socket | None = None
        self._ends = time.monotonic() + settings.EMAIL_TIMEOUT
        self._over = threading.Event()
        threading.Thread(target=self._watch, name="mail-timeout", daemon=True).start()
        try:
            super().__init__(*args, **kwargs)
        except BaseException:
            self._over.set()
            raise

    def close(self) -> None:
        self._over.set()
        super().close()

    def _watch(self) -> None:
        """Hang up: whoever reads is told that the other side did. Again and again, as it may be about to connect."""
        while not self._over.wait(max(self._ends - time.monotonic(), 1.0)):
            with suppress(OSError, AttributeError):
                self.sock.shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]  # None is the AttributeError


class PromptSMTPOverTLS(PromptSMTP, smtplib.SMTP_SSL):
    """The same where TLS begins before the first word."""


class EmailBackend(smtp.EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return PromptSMTPOverTLS if self.use_ssl else PromptSMTP


class Patience:
    """Whether it makes sense to try the mail server now, as far as this process knows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._hung = 0
        self._rests_until = 0.0

    def is_tried(self) -> bool:
        """It hung, and nobody knows yet that it is back."""
        return self._hung >= HANGS

    def rests(self) -> bool:
        return self.is_tried() and time.monotonic() < self._rests_until

    def may_try(self) -> bool:
        """False while mail rests. After the rest one caller is let through, and the others rest on."""
        with self._lock:
            if self.rests():
                return False
            if self.is_tried():
                self._rests_until = time.monotonic() + settings.EMAIL_TIMEOUT + REST
            return True

    def heard(self, *, took: float, answered: bool) -> None:
        """What became of a try. An answer, even "no", or a quick failure says that it does not hang."""
        with self._lock:
            hung = not answered and took >= HANGS_AFTER
            self._hung = self._hung + 1 if hung else 0
            self._rests_until = time.monotonic() + REST if self.is_tried() else 0.0


patience = Patience()
