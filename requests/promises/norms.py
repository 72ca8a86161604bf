"""What the corporation promises per urgency class, in working days unless it says hours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from .calendar import add_working_days


class Urgency(TextChoices):
    ACUTE = "A", _("Emergency")
    RUSH = "S", _("Within 24 hours")
    URGENT = "U", _("Urgent")
    NORMAL = "N", _("Normal")
    PLANNABLE = "P", _("Can be planned")


@dataclass(frozen=True)
class Norm:
    """`answer`: first word; `fix`: repaired; `word`: the tenant hears something at least this often."""

    answer: int  # working days
    fix: int  # working days; not used when fix_hours is set
    word: int  # working days
    fix_hours: int | None = None  # by the clock, day and night


NORMS = {
    Urgency.ACUTE: Norm(answer=1, fix=1, word=1, fix_hours=4),
    Urgency.RUSH: Norm(answer=1, fix=1, word=1, fix_hours=24),
    Urgency.URGENT: Norm(answer=1, fix=5, word=2),
    Urgency.NORMAL: Norm(answer=2, fix=10, word=5),
    Urgency.PLANNABLE: Norm(answer=5, fix=20, word=5),
}


@dataclass(frozen=True)
class Promise:
    """Three instants: the first answer, the repair, and the next word to the tenant."""

    answer_by: datetime
    fix_by: datetime
    next_word_at: datetime


def promise(urgency: str, *, at: datetime) -> Promise:
    """What is promised for something of this urgency that comes in at `at`."""
    norm = NORMS[Urgency(urgency)]
    fix_by = at + timedelta(hours=norm.fix_hours) if norm.fix_hours else add_working_days(at, norm.fix)
    answer_by = min(add_working_days(at, norm.answer), fix_by)
    return Promise(answer_by=answer_by, fix_by=fix_by, next_word_at=answer_by)


def next_word_after(urgency: str, *, at: datetime) -> datetime:
    """When the tenant hears something again, if nothing happens after `at`."""
    return add_working_days(at, NORMS[Urgency(urgency)].word)
