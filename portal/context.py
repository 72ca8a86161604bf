"""What every page knows: whose portal it is, and the number to call."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext

from tenants.notifications import pulse

from .stale import form_page


def corporation(request: HttpRequest) -> dict[str, object]:
    return {
        "corporation_name": settings.CORPORATION_NAME,
        "emergency_phone": settings.EMERGENCY_PHONE,
        "emergency_phone_link": settings.EMERGENCY_PHONE_LINK,
        "demo": settings.DEMO,
        "typed_before": getattr(request, "typed_before", None),
        "here": partial(form_page, request),  # where this page can be opened again, also after a form
    }


def environment(request: HttpRequest) -> list[str] | None:
    """A label on every page of the staff: nothing leaves the house just now, or this is not the real thing."""
    engine = pulse.look(at=timezone.now())
    if not engine.works:
        return [gettext("Mail and follow-up stand still"), "danger"]
    if engine.waiting_since:
        return [gettext("Mail does not leave"), "danger"]
    return [gettext("Demo"), "warning"] if settings.DEMO else None
