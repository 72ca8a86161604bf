"""Small things said the same way on every page of the admin."""

from datetime import datetime
from typing import Protocol

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


class Span(Protocol):
    """A range of instants, as PostgreSQL's ranges and our windows have it."""

    lower: datetime
    upper: datetime


def window_in_words(window: Span, *, day_format: str = "D j N") -> str:
    """ "Tue 24 Nov. 08:00–12:00"; with both days when it runs into the next."""
    start, end = timezone.localtime(window.lower), timezone.localtime(window.upper)
    day, first, last = date_format(start, day_format), date_format(start, "H:i"), date_format(end, "H:i")
    if start.date() == end.date():
        return _("%(day)s %(first)s–%(last)s") % {"day": day, "first": first, "last": last}
    return f"{day} {first} – {date_format(end, day_format)} {last}"
