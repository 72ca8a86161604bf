"""Sending again what was not delivered, and what staff read about it."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.notifications import delivery
from tenants.notifications.models import Channel

__all__ = ["send_again"]


def send_again(request: HttpRequest, notifications: Iterable[int], *, at: datetime) -> None:
    """Those of them that were given up; a sentence for each way in which they go, or do not."""
    sent = letters = in_vain = 0
    for pk in notifications:
        try:
            channel = delivery.try_again(pk, at=at)
        except delivery.MovedOut:
            in_vain += 1
        else:
            letters += channel == Channel.LETTER
            sent += channel not in {Channel.LETTER, None}
    if sent:
        words = ngettext("%(count)d message is sent again.", "%(count)d messages are sent again.", sent)
        messages.success(request, words % {"count": sent})
    if letters:
        words = ngettext(
            "%(count)d letter waits to be printed again.", "%(count)d letters wait to be printed again.", letters
        )
        messages.success(request, words % {"count": letters})
    if in_vain:
        words = ngettext(
            "%(count)d letter was left as it is: who gets it rents no home of ours any more. Phone them.",
            "%(count)d letters were left as they are: who gets them rents no home of ours any more. Phone them.",
            in_vain,
        )
        messages.warning(request, words % {"count": in_vain})
    if not sent + letters + in_vain:
        messages.info(request, _("This was done already."))
