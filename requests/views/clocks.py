"""Both clocks in plain words, for one of the people who reported it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import Report, ServiceRequest
from ..promises import Clocks, clocks, in_days, in_force, statutory
from ..proof import Case
from ..workflow import OUTCOMES_AFTER_DONE, Outcome, WaitingReason

__all__ = ["clock_words"]


def clock_words(case: Case, *, at: datetime) -> list[str]:
    """How long it takes, how much of that is ours, and until when the law gives us; nothing when it ended otherwise."""
    service_request, report = case.service_request, case.report
    if service_request.outcome and Outcome(service_request.outcome) not in OUTCOMES_AFTER_DONE:
        return []
    calendar = in_force().calendar
    found, today = clocks(case.changes, calendar=calendar, at=at), timezone.localdate(at)

    def days(took: timedelta) -> int:
        return in_days(took, calendar=calendar, on=today)

    waits = {wait.reason: days(wait.took) for wait in found.waits}
    return [
        _theirs(report, found),
        _ours(days(found.ours), found),
        *_waited({reason: count for reason, count in waits.items() if count}),
        *_six_weeks(service_request, report, at=at),
    ]


def _theirs(report: Report, found: Clocks) -> str:
    days = (timezone.localdate(found.until) - timezone.localdate(report.at)).days
    if found.running:
        said = ngettext("You reported this %(count)d day ago.", "You reported this %(count)d days ago.", days)
        return said % {"count": days} if days else _("You reported this today.")
    said = ngettext(
        "It was finished %(count)d day after your report.",
        "It was finished %(count)d days after your report.",
        days,
    )
    return said % {"count": days} if days else _("It was finished on the day of your report.")


def _ours(days: int, found: Clocks) -> str:
    if found.running:
        short = _("We have been working on it for less than a working day.")
        said = ngettext(
            "We have been working on it for %(count)d working day.",
            "We have been working on it for %(count)d working days.",
            days,
        )
    else:
        short = _("We worked on it for less than a working day.")
        said = ngettext(
            "We worked on it for %(count)d working day.", "We worked on it for %(count)d working days.", days
        )
    return said % {"count": days} if days else short


def _waited(waits: dict[WaitingReason, int]) -> Iterable[str]:
    """In working days, what waited for the tenant last: that is not in ours."""
    for reason, days in sorted(waits.items(), key=lambda wait: wait[0] == WaitingReason.TENANT):
        if reason == WaitingReason.TENANT:
            said = ngettext(
                "On top of that, we waited for your answer for %(count)d working day.",
                "On top of that, we waited for your answer for %(count)d working days.",
                days,
            )
            yield said % {"count": days}
        else:
            said = ngettext(
                "For %(count)d of them we waited for: %(what)s.", "For %(count)d of them we waited for: %(what)s.", days
            )
            yield said % {"count": days, "what": reason.label}


def _six_weeks(service_request: ServiceRequest, report: Report, *, at: datetime) -> Iterable[str]:
    """The term of the reader's own report."""
    if not service_request.is_to_do or not statutory.counts(service_request.payer):
        return
    told = {"day": date_format(statutory.ends_on(report.at), "l j\u00a0F Y")}
    if statutory.is_over(report.at, at=at):
        yield _("The law gave us six weeks: until %(day)s. They are over.") % told
    else:
        yield _("The law gives us six weeks: until %(day)s.") % told
