"""What the corporation promises per urgency class and category, in working days unless it says hours.

Norms are values with the day from which they count: the newest one that counts already is the one that is used,
and a category that has its own goes by that one.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .calendar import Calendar


class Urgency(TextChoices):
    ACUTE = "A", _("Emergency")
    RUSH = "S", _("Within 24 hours")
    URGENT = "U", _("Urgent")
    NORMAL = "N", _("Normal")
    PLANNABLE = "P", _("Can be planned")


class NoNorm(LookupError):
    """Nothing is promised for this class on this day."""


@dataclass(frozen=True)
class Terms:
    """`answer`: first word; `fix`: repaired; `word`: the tenant hears something at least this often."""

    answer: int  # working days
    word: int  # working days
    fix: int | None = None  # working days
    fix_hours: int | None = None  # by the clock, day and night

    def __post_init__(self) -> None:
        if (self.fix is None) == (self.fix_hours is None):
            raise ValueError("A repair is promised in working days or in hours")


# What anybody may promise: at least, at most. Six months is what a job that needs a scaffold may take.
BOUNDS = {"answer": (1, 20), "word": (1, 10), "fix": (1, 130), "fix_hours": (1, 168)}

SHIPPED = {
    Urgency.ACUTE: Terms(answer=1, fix_hours=4, word=1),
    Urgency.RUSH: Terms(answer=1, fix_hours=24, word=1),
    Urgency.URGENT: Terms(answer=1, fix=5, word=2),
    Urgency.NORMAL: Terms(answer=2, fix=10, word=5),
    Urgency.PLANNABLE: Terms(answer=5, fix=20, word=5),
}


@dataclass(frozen=True)
class NormFrom:
    """Terms that count from a day on; no category: for all. No terms: this category goes with the others again."""

    valid_from: date
    urgency: str
    category: str
    terms: Terms | None


@dataclass(frozen=True)
class Norms:
    rows: tuple[NormFrom, ...]

    def of(self, urgency: str, category: str, *, on: date) -> Terms:
        """Raises NoNorm."""
        own = self._newest(urgency, category, on) if category else None
        terms = own or self._newest(urgency, "", on)
        if terms is None:
            raise NoNorm(urgency, on)
        return terms

    def _newest(self, urgency: str, category: str, on: date) -> Terms | None:
        known = [row for row in self.rows if (row.urgency, row.category) == (urgency, category)]
        counting = [row for row in known if row.valid_from <= on]
        return max(counting, key=lambda row: row.valid_from).terms if counting else None


@dataclass(frozen=True)
class Promise:
    """Three instants: the first answer, the repair, and the next word to the tenant."""

    answer_by: datetime
    fix_by: datetime
    next_word_at: datetime


@dataclass(frozen=True)
class InForce:
    """The norms and the calendar by which promises are made."""

    norms: Norms
    calendar: Calendar

    def promise(self, urgency: str, category: str = "", *, at: datetime) -> Promise:
        """What is promised for something of this urgency that comes in at `at`."""
        terms = self.norms.of(urgency, category, on=timezone.localdate(at))
        return promised(terms, self.calendar, at=at)

    def next_word_after(
        self, urgency: str, category: str = "", *, at: datetime, visit_ends: datetime | None = None
    ) -> datetime:
        """When the tenant hears something again, if nothing happens after `at`; never later than the norm.

        Somebody at the door is a word, too: a visit by then is followed by one on the next working day. When it is
        later, they are reminded when the office opens on the working day before it, unless they heard of it just now.
        """
        terms = self.norms.of(urgency, category, on=timezone.localdate(at))
        by = self.calendar.add_working_days(at, terms.word)
        if visit_ends is None or visit_ends <= at:
            return by
        if timezone.localdate(visit_ends) <= timezone.localdate(by):
            return self.calendar.add_working_days(visit_ends, 1)
        reminder = self.calendar.opens_before(visit_ends, 1)
        return min(by, reminder) if reminder > self.calendar.add_working_days(at, 1) else by


def promised(terms: Terms, calendar: Calendar, *, at: datetime) -> Promise:
    """The answer never comes after the repair."""
    if terms.fix_hours is not None:
        fix_by = at.astimezone(UTC) + timedelta(hours=terms.fix_hours)  # hours that pass, also when clocks are set
    else:
        assert terms.fix is not None
        fix_by = calendar.add_working_days(at, terms.fix)
    answer_by = min(calendar.add_working_days(at, terms.answer), fix_by)
    return Promise(answer_by=answer_by, fix_by=fix_by, next_word_at=answer_by)
