"""What is put off until a day: which days."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

__all__ = ["LONGEST", "WORD_EVERY", "is_a_day"]

# Working days. The day itself was told, so a word in every week would say the same again and again.
WORD_EVERY = 20
LONGEST = timedelta(days=366)  # a whole year round: what waits longer is planned maintenance, not a request


def is_a_day(until: datetime | None, *, at: datetime) -> bool:
    """Whether something can be put off until then: a later day, and at most a year."""
    if until is None:
        return False
    return timezone.localdate(until) > timezone.localdate(at) and until <= at + LONGEST
