"""The six weeks that the law gives a landlord, from the day that a defect was reported.

A tenant may ask the Huurcommissie for a lower rent when the landlord, who was told in writing, has not repaired the
defect within six weeks (article 7:257 BW; article 16 Uhw). Every report is written down and confirmed with a dated
proof at once, also one by telephone, so all of them count from their day. It holds for what the corporation has to
repair, and nothing stops it: no waiting, no putting off, no new date. The day of the report does not count; the last
day counts until midnight.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.utils import timezone

from .calendar import DAY, Calendar

__all__ = ["TERM", "Mark", "counts", "ends_on", "is_over", "moments", "over_at", "told_at"]

TERM = timedelta(weeks=6)
TENANTS_HEAR_AT = time(9)
THE_CORPORATION = "corporation"  # of intake.payer.Payer


class Mark(StrEnum):
    """The days of which staff hear; called as the alarms that they raise."""

    DAY_28 = "day_28"
    DAY_40 = "day_40"
    OVER = "six_weeks"


_WARNINGS = {Mark.DAY_28: timedelta(days=28), Mark.DAY_40: timedelta(days=40)}


def counts(payer: str) -> bool:
    """Whether the six weeks hold for a defect that this party pays for."""
    return payer == THE_CORPORATION


def moments(since: datetime, calendar: Calendar) -> list[tuple[Mark, datetime]]:
    """From when on staff must know it, in order: from the beginning of the day, so that its daily mail has it.

    On a day off there is no mail. A warning that falls on one comes on the last working day before it, as the first
    one after it may be too late to do anything.
    """
    reported = timezone.localdate(since)
    warnings = [
        (mark, _day(calendar.working_day_by(reported + days, after=reported))) for mark, days in _WARNINGS.items()
    ]
    return [*warnings, (Mark.OVER, over_at(since))]


def told_at(since: datetime) -> datetime:
    """When the household hears that they are over: in the morning, and not at night."""
    return _local(ends_on(since) + DAY, TENANTS_HEAR_AT)


def ends_on(since: datetime) -> date:
    """The last day on which the landlord can still repair it in time."""
    return timezone.localdate(since) + TERM


def over_at(since: datetime) -> datetime:
    """From here on the tenant may go to the Huurcommissie."""
    return _day(ends_on(since) + DAY)


def is_over(since: datetime, *, at: datetime) -> bool:
    return at >= over_at(since)


def _day(day: date) -> datetime:
    return _local(day, time())


def _local(day: date, clock: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, clock))
