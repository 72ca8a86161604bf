"""What is promised, and when: the calendar, the norms, and the two clocks. Pure calculation, with `at` given.

`in_force()` is what the corporation promises now; the functions beside it are short for asking that.
"""

from .calendar import Calendar, DayOff, HolidayFrom, HoursFrom, NeverOpen
from .clocks import Clocks, Wait, clocks, in_days
from .in_force import (
    ALWAYS,
    add_working_days,
    in_force,
    is_working_day,
    kept_by,
    looked_up_once,
    next_word_after,
    next_working_moment,
    promise,
    shipped,
)
from .norms import BOUNDS, InForce, NoNorm, NormFrom, Norms, Promise, Terms, Urgency, promised
from .public_holidays import Holiday
from .standing import Danger, Facts, Standing, VisitFacts, standing

__all__ = [
    "ALWAYS",
    "BOUNDS",
    "Calendar",
    "Clocks",
    "Danger",
    "DayOff",
    "Facts",
    "Holiday",
    "HolidayFrom",
    "HoursFrom",
    "InForce",
    "NeverOpen",
    "NoNorm",
    "NormFrom",
    "Norms",
    "Promise",
    "Standing",
    "Terms",
    "Urgency",
    "VisitFacts",
    "Wait",
    "add_working_days",
    "clocks",
    "in_days",
    "in_force",
    "is_working_day",
    "kept_by",
    "looked_up_once",
    "next_word_after",
    "next_working_moment",
    "promise",
    "promised",
    "shipped",
    "standing",
]
