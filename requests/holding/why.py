"""Why something takes long, in a sentence for each status and each reason of waiting."""

from typing import Any

from django.utils.translation import gettext_lazy, ngettext_lazy

from ..workflow import Status, WaitingReason

__all__ = ["WHY"]

# At first, the second time in a row, and from the third time on. `n` are the working days since it got there.
WHY: dict[str, tuple[Any, Any, Any]] = {
    WaitingReason.TENANT: (
        gettext_lazy("We cannot go on yet: since %(since)s we have waited for your answer."),
        ngettext_lazy(
            "We still cannot go on: we have waited for your answer for %(n)d working day.",
            "We still cannot go on: we have waited for your answer for %(n)d working days.",
            "n",
        ),
        ngettext_lazy(
            "For %(n)d working day we have heard nothing from you, so nothing happens at the moment.",
            "For %(n)d working days we have heard nothing from you, so nothing happens at the moment.",
            "n",
        ),
    ),
    WaitingReason.PARTS: (
        gettext_lazy("Since %(since)s we have waited for parts that we have ordered."),
        ngettext_lazy(
            "The parts that we have ordered are not there yet after %(n)d working day.",
            "The parts that we have ordered are not there yet after %(n)d working days.",
            "n",
        ),
        ngettext_lazy(
            "We have waited for the parts for %(n)d working day, and that is too long.",
            "We have waited for the parts for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
    WaitingReason.CONTRACTOR: (
        gettext_lazy("Since %(since)s we have waited for the contractor who does this work for us."),
        ngettext_lazy(
            "The contractor who does this work has not come yet after %(n)d working day.",
            "The contractor who does this work has not come yet after %(n)d working days.",
            "n",
        ),
        ngettext_lazy(
            "We have waited for the contractor for %(n)d working day, and that is too long.",
            "We have waited for the contractor for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
    WaitingReason.QUOTE: (
        gettext_lazy("Since %(since)s we have waited for a quote: what the repair will cost."),
        ngettext_lazy(
            "The quote for the repair is not there yet after %(n)d working day.",
            "The quote for the repair is not there yet after %(n)d working days.",
            "n",
        ),
        ngettext_lazy(
            "We have waited for the quote for %(n)d working day, and that is too long.",
            "We have waited for the quote for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
    WaitingReason.OWNERS_ASSOCIATION: (
        gettext_lazy(
            "Since %(since)s we have waited for the owners' association of your building. It decides about this part."
        ),
        ngettext_lazy(
            "The owners' association has not decided yet after %(n)d working day.",
            "The owners' association has not decided yet after %(n)d working days.",
            "n",
        ),
        ngettext_lazy(
            "We have waited for the owners' association for %(n)d working day, and that is too long.",
            "We have waited for the owners' association for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
    WaitingReason.WEATHER: (
        gettext_lazy("Since %(since)s the weather has been too bad for this work."),
        ngettext_lazy(
            "After %(n)d working day the weather is still too bad for this work.",
            "After %(n)d working days the weather is still too bad for this work.",
            "n",
        ),
        ngettext_lazy(
            "We have waited for better weather for %(n)d working day; we go on as soon as we can.",
            "We have waited for better weather for %(n)d working days; we go on as soon as we can.",
            "n",
        ),
    ),
    Status.RECEIVED: (
        gettext_lazy("We have not been able to look at it properly yet."),
        ngettext_lazy(
            "After %(n)d working day nobody of us has looked at it yet, and somebody should have.",
            "After %(n)d working days nobody of us has looked at it yet, and somebody should have.",
            "n",
        ),
        ngettext_lazy(
            "It has been with us for %(n)d working day without anybody looking at it, and that is our mistake.",
            "It has been with us for %(n)d working days without anybody looking at it, and that is our mistake.",
            "n",
        ),
    ),
    Status.IN_REVIEW: (
        gettext_lazy("Since %(since)s we have been finding out what has to be done."),
        ngettext_lazy(
            "After %(n)d working day we do not know yet what has to be done.",
            "After %(n)d working days we do not know yet what has to be done.",
            "n",
        ),
        ngettext_lazy(
            "We have been finding out what has to be done for %(n)d working day, and that is too long.",
            "We have been finding out what has to be done for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
    Status.PLANNED: (
        gettext_lazy("Since %(since)s we have been looking for a craftsman with time for it."),
        ngettext_lazy(
            "After %(n)d working day we have not found a craftsman with time for it yet.",
            "After %(n)d working days we have not found a craftsman with time for it yet.",
            "n",
        ),
        ngettext_lazy(
            "We have been looking for a craftsman for %(n)d working day, and that is too long.",
            "We have been looking for a craftsman for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
    Status.SCHEDULED: (
        gettext_lazy("We do not know yet how the visit of %(visit)s went."),
        ngettext_lazy(
            "After %(m)d working day we do not know yet how the visit of %(visit)s went.",
            "After %(m)d working days we do not know yet how the visit of %(visit)s went.",
            "m",
        ),
        ngettext_lazy(
            "The visit of %(visit)s is %(m)d working day ago, and we should have known long since how it went.",
            "The visit of %(visit)s is %(m)d working days ago, and we should have known long since how it went.",
            "m",
        ),
    ),
    Status.IN_PROGRESS: (
        gettext_lazy("We have been working on it since %(since)s, and it is not finished yet."),
        ngettext_lazy(
            "After %(n)d working day the work is not finished yet.",
            "After %(n)d working days the work is not finished yet.",
            "n",
        ),
        ngettext_lazy(
            "We have been working on it for %(n)d working day, and that is too long.",
            "We have been working on it for %(n)d working days, and that is too long.",
            "n",
        ),
    ),
}
