"""What is due on a request, and when, in words: why it stands where it stands in the queue."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ..models import ServiceRequest
from ..promises import add_working_days
from ..workflow import READY, TO_DO


class State(StrEnum):
    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"  # before the end of the next working day
    LATER = "later"


@dataclass(frozen=True)
class Due:
    """`what` has to happen before `at`; `when` says how that stands, `moment` is the day and the hour."""

    what: str
    at: datetime
    state: State
    when: str
    moment: str


def due_of(service_request: ServiceRequest, *, at: datetime) -> Due | None:
    """What comes first for this request; None when it is closed."""
    if service_request.next_word_at is None:
        return None
    if service_request.status in READY and service_request.done_at and not service_request.tenant_waits_for_reply:
        # At the earliest. `followup.closes_at` knows it exactly, with two statements for each row.
        closes_at = max(service_request.done_at + settings.ANSWER_WINDOW, service_request.next_word_at)
        when = _("closes by itself on %(day)s") % {"day": day_of(closes_at)}
        return Due(_("The tenant says if it is solved"), closes_at, State.LATER, when, moment_of(closes_at))
    what, due_at = _first(service_request)
    return Due(what, due_at, state_of(due_at, at=at), when_of(due_at, at=at), moment_of(due_at))


def _first(service_request: ServiceRequest) -> tuple[str, datetime]:
    assert service_request.next_word_at is not None
    if service_request.status in TO_DO and service_request.fix_by <= service_request.next_word_at:
        return _("Repair due"), service_request.fix_by
    if service_request.answered_at is None:
        return _("First answer to the tenant"), service_request.next_word_at
    return _("News for the tenant"), service_request.next_word_at


def state_of(due_at: datetime, *, at: datetime) -> State:
    if due_at < at:
        return State.OVERDUE
    if timezone.localdate(due_at) == timezone.localdate(at):
        return State.TODAY
    return State.SOON if due_at <= add_working_days(at, 1) else State.LATER


def when_of(due_at: datetime, *, at: datetime) -> str:
    """ "2 days late", "today before 17:00", "before Tue 24 Nov. 17:00"."""
    if due_at < at:
        return _late(due_at, at=at)
    days = (timezone.localdate(due_at) - timezone.localdate(at)).days
    clock = {"time": date_format(timezone.localtime(due_at), "H:i"), "moment": moment_of(due_at)}
    if days == 0:
        return _("today before %(time)s") % clock
    if days == 1:
        return _("tomorrow before %(time)s") % clock
    return _("before %(moment)s") % clock


def until(due_at: datetime, *, at: datetime) -> str:
    """How far away it is: "2 days late", "today", "in 8 days"."""
    if due_at < at:
        return _late(due_at, at=at)
    days = (timezone.localdate(due_at) - timezone.localdate(at)).days
    if days < 2:
        return _("today") if days == 0 else _("tomorrow")
    return ngettext("%(count)d day left", "%(count)d days left", days) % {"count": days}


def _late(due_at: datetime, *, at: datetime) -> str:
    days = (timezone.localdate(at) - timezone.localdate(due_at)).days
    minutes = int((at - due_at).total_seconds() // 60)
    if days >= 1 and minutes >= 24 * 60:
        return ngettext("%(count)d day late", "%(count)d days late", days) % {"count": days}
    if minutes >= 60:
        return ngettext("%(count)d hour late", "%(count)d hours late", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d minute late", "%(count)d minutes late", minutes) % {"count": minutes}


def day_of(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "D j N")


def moment_of(moment: datetime) -> str:
    local = timezone.localtime(moment)
    return f"{date_format(local, 'D j N')} {date_format(local, 'H:i')}"
