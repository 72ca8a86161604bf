"""Whose the page said that a request is; and what assigning did, or why it did nothing, in words."""

import re
from collections.abc import Iterable

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.models import User

from ..models import ServiceRequest

__all__ = ["late", "many", "one", "seen"]

Said = tuple[int, str]


def seen(request: HttpRequest) -> dict[int, int | None]:
    """The key of each request that the page showed, and whose it was then: `17:3`, or `17:` for nobody's."""
    shown = (re.fullmatch(r"(\d{1,18}):(\d{0,18})", text) for text in request.POST.getlist("was"))
    return {int(one[1]): int(one[2]) if one[2] else None for one in shown if one}


def one(service_request: ServiceRequest, to: User | None, *, changed: bool) -> Said:
    """`service_request` as it is now."""
    if changed:
        return messages.SUCCESS, _("Assigned to: %(name)s.") % {"name": _name(to)}
    if not service_request.is_open:
        return messages.WARNING, _("This request is closed: nobody looks after it any more. Nothing changed.")
    if (now := service_request.assignee) != to:
        said = _("Somebody else was first: this request is assigned to %(name)s now. Nothing changed.")
        return messages.WARNING, said % {"name": _name(now)}
    return messages.INFO, _("Nothing changed: it was assigned to %(name)s already.") % {"name": _name(to)}


def many(count: int, to: User | None) -> Said:
    """Of those that were ticked, so many changed."""
    if not count:
        why = _("Nothing changed: these requests are closed, or were assigned to %(name)s already.")
        return messages.INFO, why % {"name": _name(to)}
    said = ngettext(
        "%(count)s request is now assigned to %(name)s.", "%(count)s requests are now assigned to %(name)s.", count
    )
    return messages.SUCCESS, said % {"count": count, "name": _name(to)}


def late(service_requests: Iterable[ServiceRequest]) -> Said:
    """These, as they are now, somebody else gave away since the page was shown."""
    whose = [f"{each.reference} ({_name(each.assignee)})" for each in service_requests]
    said = _("Somebody else was first, so these did not change: %(requests)s.")
    return messages.WARNING, said % {"requests": ", ".join(whose)}


def _name(to: User | None) -> str:
    return str(to or _("nobody"))
