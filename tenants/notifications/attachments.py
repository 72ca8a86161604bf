"""What goes with a mail: made when it is sent, from a key in the outbox, so that no row carries megabytes."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Attached", "made", "offer"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Attached:
    filename: str
    content: bytes
    content_type: str


_makers: dict[str, Callable[[str], Attached]] = {}


def offer(kind: str, make: Callable[[str], Attached]) -> None:
    """Let messages attach `kind:key`; `make` gets the key."""
    _makers[kind] = make


def made(attaches: str) -> Attached | None:
    """The attachment, or nothing when it cannot be made: the words matter more than the paper with them."""
    kind, _, key = attaches.partition(":")
    try:
        return _makers[kind](key)
    except Exception:
        logger.exception("Attachment %s could not be made; the mail goes without", attaches)
        return None
