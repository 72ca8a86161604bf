"""Outages and planned work as tenants read them: what it is, since when, until when; true also when it takes longer."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from dwellings.models import Outage
from tenants.models import Tenant

from ..intake.outages import headline
from . import plain_words

__all__ = ["Notice", "notice_of", "outage_notices"]

_ICONS = {
    Outage.What.HEATING: "heating",
    Outage.What.WATER: "tap",
    Outage.What.HOT_WATER: "boiler",
    Outage.What.POWER: "bolt",
    Outage.What.LIFT: "lift",
    Outage.What.DRAINS: "drain",
    Outage.What.ENTRANCE: "door",
    Outage.What.LIGHTING: "bulb",
    Outage.What.OTHER: "warning",
}


@dataclass(frozen=True, kw_only=True)
class Notice:
    """`tone` is warn for what is out now, info for what is planned; `words` are the corporation's own."""

    tone: str
    icon: str
    headline: str | Promise
    place: str
    when: str
    words: str


def outage_notices(tenant: Tenant, *, at: datetime) -> list[Notice]:
    """Everything that goes on or is announced where this person rents; what goes on first. One query."""
    theirs = Outage.objects.of(tenant, on=timezone.localdate(at)).announced(at=at).select_related("complex")
    first = sorted(theirs, key=lambda outage: (outage.starts_at > at, outage.planned, outage.starts_at))
    return [notice_of(outage, at=at) for outage in first]


def notice_of(outage: Outage, *, at: datetime) -> Notice:
    calm = outage.planned or outage.starts_at > at
    return Notice(
        tone="info" if calm else "warn",
        icon=_ICONS[Outage.What(outage.what)],
        headline=headline(outage),
        place=outage.complex.name,
        when=_when(outage, at=at),
        words=outage.words,
    )


def _when(outage: Outage, *, at: datetime) -> str:
    moments = {"since": plain_words.moment(outage.starts_at), "until": plain_words.moment(outage.until)}
    if outage.starts_at > at:
        return _from_till(outage)
    if outage.until <= at:
        return _("Since %(since)s. It is taking longer than we thought, and we are still working on it.") % moments
    return _("Since %(since)s. We think that it will be over by %(until)s.") % moments


def _from_till(outage: Outage) -> str:
    starts, ends = timezone.localtime(outage.starts_at), timezone.localtime(outage.until)
    if starts.date() != ends.date():
        moments = {"start": plain_words.moment(starts), "end": plain_words.moment(ends)}
        return _("From %(start)s until %(end)s.") % moments
    return _("On %(day)s, from %(start)s until %(end)s.") % {
        "day": plain_words.day(starts),
        "start": date_format(starts, "H:i"),
        "end": date_format(ends, "H:i"),
    }
