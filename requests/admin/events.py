"""What happened, in the past tense: the buttons say what to do, the history says what was done."""

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .. import workflow
from ..models import StatusChange, Visit
from .wording import window_in_words

_HAPPENED = {
    StatusChange.RECEIPT: gettext_lazy("Reported"),
    workflow.REVIEW.name: gettext_lazy("Taken up"),
    workflow.PLAN.name: gettext_lazy("Started to look for a craftsman"),
    workflow.SCHEDULE.name: gettext_lazy("Visit arranged"),
    workflow.START.name: gettext_lazy("Work started"),
    workflow.ANSWER.name: gettext_lazy("The tenant answered our question"),
    workflow.COME_BACK.name: gettext_lazy("Taken up again: the day it was put off to has come"),
    workflow.FINISH.name: gettext_lazy("Reported as ready"),
    workflow.CONFIRM.name: gettext_lazy("Closed: solved, says the tenant"),
    workflow.CONFIRM_BY_PHONE.name: gettext_lazy("Closed: solved, said the tenant to us"),
    workflow.REOPEN.name: gettext_lazy("Opened again: not solved"),
    workflow.LAPSE.name: gettext_lazy("Closed without an answer of the tenant"),
    workflow.WITHDRAW.name: gettext_lazy("Withdrawn by the tenant"),
    workflow.DECLINE.name: gettext_lazy("Closed without repair"),
}


def happened(change: StatusChange, *, visit: Visit | None) -> str:
    """The event of one step; `visit` is the one that it planned."""
    if change.move == workflow.WAIT.name:
        return _("Waiting for %(what)s") % {"what": change.get_waiting_reason_display()}
    if change.until:
        told = {"day": date_format(timezone.localtime(change.until), "l j F Y")}
        return _("Put off until %(day)s, for %(what)s") % (told | {"what": change.get_waiting_reason_display()})
    if change.move == StatusChange.RECEIPT and (whole := change.service_request.split_from):
        return _("Split off from %(reference)s") % {"reference": whole.reference}
    if change.move == workflow.DECLINE.name and (other := change.service_request.merged_into):
        return _("Goes on as %(reference)s") % {"reference": other.reference}
    event = str(_HAPPENED[change.move])
    if visit is None:
        return event
    return f"{event}: {window_in_words(visit.window, day_format='l j F')}, {visit.craftsman}"


def detail(change: StatusChange) -> str:
    """How it ended, when that is not in the event itself."""
    return str(change.get_outcome_display()) if change.move == workflow.DECLINE.name else ""
