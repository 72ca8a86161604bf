"""What somebody read before about a request: a third time is too often, also with other numbers and days in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping

from tenants.notifications.models import Notification

__all__ = ["MOST", "fresh", "masked", "read_before", "sentences"]

MOST = 2  # times that anybody reads a sentence about one request

_NAMES = """
maandag dinsdag woensdag donderdag vrijdag zaterdag zondag monday tuesday wednesday thursday friday saturday sunday
januari februari maart april mei juni juli augustus september oktober november december
january february march may june july august october
"""
_VARIES = re.compile(rf"\b(?:{'|'.join(_NAMES.split())})\b|\d+(?:[.,:]\d+)*", re.IGNORECASE)
_PLURALS = re.compile(r"\b(werkdag|working day)(?:en|s)\b")


def sentences(text: str) -> list[str]:
    """A line without an end, such as a heading or one with facts, is none."""
    parts = (part.strip() for part in re.split(r"(?<=[.!?])\s+|\n+", text))
    return [part for part in parts if part.endswith((".", "!", "?"))]


def masked(sentence: str) -> str:
    """Without what is only a number or a day."""
    return _PLURALS.sub(r"\1", _VARIES.sub("#", sentence))


def read_before(reference: str) -> Counter[str]:
    """How often each sentence of a holding message about this request was read, masked, by who read it most."""
    sent = Notification.objects.filter(kind="request_holding", about=reference).exclude(body="").order_by("tenant")
    read: dict[int | None, Counter[str]] = {}
    for tenant_id, body in sent.values_list("tenant", "body"):
        read.setdefault(tenant_id, Counter()).update({masked(sentence) for sentence in sentences(body)})
    most = Counter[str]()
    for counted in read.values():
        most |= counted
    return most


def fresh(variants: Iterable[str], read: Mapping[str, int]) -> str:
    """The one that was read least, the first of those; nothing when each was read often enough."""
    often, said = min(((_times(text, read), text) for text in variants), key=lambda one: one[0], default=(MOST, ""))
    return said if often < MOST else ""


def _times(text: str, read: Mapping[str, int]) -> int:
    return max((read.get(masked(sentence), 0) for sentence in sentences(text)), default=0)
