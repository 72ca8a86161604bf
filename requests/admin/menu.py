"""How much waits, beside the items of the side menu: one statement for all of it."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from .. import letters
from ..models import Emergency
from . import tabs

__all__ = ["letters_badge", "note", "unseen_badge"]


def note(request: HttpRequest, **counts: int) -> None:
    """What a page counted already: the menu need not ask for it again."""
    _known(request).update(counts)


def unseen_badge(request: HttpRequest) -> str:
    """Emergencies that nobody has seen; nothing when there are none."""
    return _badge(request, "emergencies")


def letters_badge(request: HttpRequest) -> str:
    """Letters to print; nothing when there are none."""
    return _badge(request, "letters")


def _badge(request: HttpRequest, name: str) -> str:
    """The menu asks more than once."""
    waiting: dict[str, Callable[[], QuerySet[Any]]] = {
        "emergencies": Emergency.objects.unseen,
        "letters": partial(letters.waiting, at=timezone.now()),
    }
    known = _known(request)
    if name not in known:
        unknown = [other for other in waiting if other not in known]
        note(request, **dict(zip(unknown, tabs.counted(waiting[other]() for other in unknown), strict=True)))
    return tabs.in_words(known[name]) if known[name] else ""


def _known(request: HttpRequest) -> dict[str, int]:
    if not hasattr(request, "waiting"):
        request.waiting = {}  # type: ignore[attr-defined]  # kept here as long as the page is made
    return request.waiting  # type: ignore[attr-defined]  # from the line above
