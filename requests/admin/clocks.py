"""Both clocks of a request and the six weeks of the law, as staff see them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import ServiceRequest, StatusChange
from ..promises import Calendar, Clocks, clocks, in_days, in_force, statutory

__all__ = ["Line", "lines"]


@dataclass(frozen=True)
class Line:
    """`tone` as of the promises: kept, broken, soon, plain."""

    label: str
    value: str
    how: str = ""
    tone: str = "plain"


def lines(service_request: ServiceRequest, history: Sequence[StatusChange], *, at: datetime) -> list[Line]:
    """The tenant's clock, ours, what was waited for, and the six weeks."""
    calendar = in_force().calendar
    found = clocks(history, calendar=calendar, at=at)

    def working_days(took: timedelta) -> str:
        days = in_days(took, calendar=calendar, on=timezone.localdate(at))
        said = ngettext("%(count)d working day", "%(count)d working days", days)
        return said % {"count": days} if days else _("less than a working day")

    return [
        Line(_("The tenant's clock"), _calendar_days(service_request, found), _("never stops")),
        Line(_("Our clock"), working_days(found.ours), *_stands_still(found)),
        *(
            Line(
                _("Waited for: %(what)s") % {"what": wait.reason.label},
                working_days(wait.took),
                _("not in our clock") if wait.stops else _("in our clock"),
            )
            for wait in found.waits
        ),
        *_six_weeks(service_request, calendar, at=at),
    ]


def _calendar_days(service_request: ServiceRequest, found: Clocks) -> str:
    days = (timezone.localdate(found.until) - timezone.localdate(service_request.received_at)).days
    said = ngettext("%(count)d day", "%(count)d days", days)
    return said % {"count": days} if days else _("less than a day")


def _stands_still(found: Clocks) -> tuple[str, str]:
    if found.stopped:
        return _("stands still: the tenant has to answer"), "soon"
    return (_("runs"), "plain") if found.running else (_("ended"), "plain")


def _six_weeks(service_request: ServiceRequest, calendar: Calendar, *, at: datetime) -> Iterator[Line]:
    since = service_request.statutory_since
    if since is None or not service_request.is_to_do:
        return
    until = date_format(statutory.ends_on(since), "D j N Y")
    day = (timezone.localdate(at) - timezone.localdate(since)).days
    if statutory.is_over(since, at=at):
        over = _("over: the tenant may go to the Huurcommissie")
        yield Line(_("Six weeks of the law"), _("until %(day)s") % {"day": until}, over, "broken")
    else:
        tone = "soon" if at >= dict(statutory.moments(since, calendar))[statutory.Mark.DAY_28] else "plain"
        how = _("day %(day)s of 42") % {"day": day}
        yield Line(_("Six weeks of the law"), _("until %(day)s") % {"day": until}, how, tone)
