"""When a message may make somebody's telephone buzz."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone


def earliest(at: datetime) -> datetime:
    """The first instant from `at` on that lies outside the quiet hours, in local (Dutch) time.

    Quiet hours that end when they begin are none.
    """
    quiet_from, quiet_until = settings.QUIET_HOURS
    if quiet_from == quiet_until:
        return at
    local = timezone.localtime(at)
    over_midnight = quiet_from > quiet_until
    if not over_midnight and not quiet_from <= local.time() < quiet_until:
        return at
    if over_midnight and local.time() >= quiet_from:
        morning = local.date() + timedelta(days=1)
    elif local.time() < quiet_until:
        morning = local.date()
    else:
        return at
    return timezone.make_aware(datetime.combine(morning, quiet_until))
