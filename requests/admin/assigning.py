"""What assigning did, or why it did nothing, as a message's level and words."""

from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tenants.models import User

from ..models import ServiceRequest

__all__ = ["many", "one"]

Said = tuple[int, str]


def one(service_request: ServiceRequest, to: User | None, *, changed: bool, hoped_free: bool) -> Said:
    """`service_request` as it is now; `hoped_free`: the page showed it as nobody's."""
    if changed:
        return messages.SUCCESS, _("Assigned to: %(name)s.") % {"name": _name(to)}
    if not service_request.is_open:
        return messages.WARNING, _("This request is closed: nobody looks after it any more. Nothing changed.")
    first = service_request.assignee
    if hoped_free and first not in (None, to):
        said = _("%(name)s was first: this request is assigned to %(name)s now. Nothing changed.")
        return messages.WARNING, said % {"name": first}
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


def _name(to: User | None) -> str:
    return str(to or _("nobody"))
