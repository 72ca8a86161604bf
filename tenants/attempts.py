"""How often somebody may ask for a code and guess at it: counted in PostgreSQL, before anything is compared.

Each count is one statement that adds a moment where there is room for it, so that a hundred tries at once are a
hundred one after another, and so that they hold when the cache is away.

Nobody shuts another out. Who tries counts for themselves first: a browser in which this person signed in before by
itself, all others by the network that they come from. Only those others share what one address allows; who is known
never waits for what strangers do.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from .models import Attempts, User

__all__ = [
    "Visitor", "factor_was_right", "forget", "may_ask", "may_guess", "may_guess_factor", "was_right",
]  # fmt: skip

WINDOW = timedelta(minutes=15)
CODES_OF_ONE, CODES_OF_STRANGERS = 4, 12  # as many mails do no harm to a mailbox
GUESSES_AT_A_FACTOR = 5  # of one person, by whoever had the code from their mailbox
GUESSES_AT_A_CODE, GUESSES_OF_ONE, GUESSES_OF_STRANGERS = 3, 6, 10
_AHEAD = timedelta(minutes=1)  # processes read the clock at the same moment; a clock that was wrong counts for nothing

# One statement: whoever else counts in the same row waits, and then finds this moment in it.
_COUNT = """
INSERT INTO tenants_attempts AS counted (key, moments, forget_at)
VALUES (%(key)s, ARRAY[%(at)s], %(forget_at)s)
ON CONFLICT (key) DO UPDATE
SET moments = ARRAY(
        SELECT moment FROM unnest(counted.moments) moment WHERE moment > %(since)s AND moment < %(ahead)s
    ) || EXCLUDED.moments,
    forget_at = EXCLUDED.forget_at
WHERE %(limit)s > (
    SELECT count(*) FROM unnest(counted.moments) moment WHERE moment > %(since)s AND moment < %(ahead)s
)
"""
_TAKE_BACK = "UPDATE tenants_attempts SET moments = array_remove(moments, %(at)s) WHERE key = ANY(%(keys)s)"


@dataclass(frozen=True)
class Visitor:
    """Who tries an address: `browser` names one in which that person signed in before, and is empty otherwise."""

    address: str
    network: str
    browser: str = ""


@dataclass(frozen=True)
class _Count:
    of: tuple[str, ...]
    limit: int

    @property
    def key(self) -> str:
        """Says nothing about anybody, and is the same for whoever exists and whoever does not."""
        return salted_hmac("tenants.attempts", "\n".join(self.of), algorithm="sha256").hexdigest()


def may_ask(visitor: Visitor, *, at: datetime) -> bool:
    """Count that this visitor asks for a code; False when it is too often."""
    return _all_have_room(_counts("ask", visitor, CODES_OF_ONE, CODES_OF_STRANGERS), at=at)


def may_guess(visitor: Visitor, code: str, *, at: datetime) -> bool:
    """Count a guess at the code that is called `code`; False when it is one too many, and may not be compared."""
    return _all_have_room(_guesses(visitor, code), at=at)


def was_right(visitor: Visitor, code: str, *, at: datetime) -> None:
    """The guess of that moment was none: it does not count."""
    _take_back(_guesses(visitor, code), at=at)


def may_guess_factor(user: User, *, at: datetime) -> bool:
    """Count a guess at somebody's second factor; False when it is one too many, and may not be compared."""
    return _all_have_room([_factor(user)], at=at)


def factor_was_right(user: User, *, at: datetime) -> None:
    """The guess of that moment was none: it does not count."""
    _take_back([_factor(user)], at=at)


def forget(*, at: datetime) -> None:
    """What counts no longer."""
    Attempts.objects.filter(forget_at__lt=at).delete()


def _factor(user: User) -> _Count:
    return _Count(("factor", str(user.pk)), GUESSES_AT_A_FACTOR)


def _take_back(counts: list[_Count], *, at: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_TAKE_BACK, {"at": at, "keys": [count.key for count in counts]})


def _guesses(visitor: Visitor, code: str) -> list[_Count]:
    return [
        _Count(("code", code), GUESSES_AT_A_CODE),
        *_counts("guess", visitor, GUESSES_OF_ONE, GUESSES_OF_STRANGERS),
    ]


def _counts(what: str, visitor: Visitor, of_one: int, of_strangers: int) -> list[_Count]:
    address = visitor.address.lower()
    if visitor.browser:
        return [_Count((what, address, "browser", visitor.browser), of_one)]
    return [_Count((what, address, "network", visitor.network), of_one), _Count((what, address), of_strangers)]


@transaction.atomic
def _all_have_room(counts: list[_Count], *, at: datetime) -> bool:
    """The narrowest first: who has none left takes nothing from others."""
    return all(_has_room(count, at=at) for count in counts)


def _has_room(count: _Count, *, at: datetime) -> bool:
    values: dict[str, Any] = {
        "key": count.key,
        "limit": count.limit,
        "at": at,
        "since": at - WINDOW,
        "ahead": at + _AHEAD,
        "forget_at": at + WINDOW + _AHEAD,
    }
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, values)
        return bool(cursor.rowcount)
