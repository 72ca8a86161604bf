"""What several of these tests share."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from requests.models import Survey
from requests.satisfaction import reporting
from requests.satisfaction.period import Period
from requests.satisfaction.reporting import Scope
from requests.workflow import Status

from ..factories import ServiceRequestFactory

AMSTERDAM = ZoneInfo("Europe/Amsterdam")


MARCH = Period(date(2026, 3, 1), date(2026, 3, 31))


NOW = datetime(2026, 6, 15, 12, tzinfo=AMSTERDAM)


THIS_YEAR = Period(date(2026, 1, 1), NOW.date())  # a named period: marks are told of it


TWELVE_MONTHS = Period(date(2025, 6, 16), NOW.date())


DAY = timedelta(days=1)


def local(*when):
    return datetime(*when, tzinfo=AMSTERDAM)


def ready(done_at, *, after=4 * DAY, promised=10 * DAY, moved=timedelta(), mark=None, **fields):
    """A request that became ready, and the mark that was given for it."""
    received_at = done_at - after
    first_fix_by = received_at + promised
    request = ServiceRequestFactory(
        status=Status.CLOSED,
        at=done_at,
        received_at=received_at,
        first_fix_by=first_fix_by,
        fix_by=first_fix_by + moved,
        **fields,
    )
    if mark is not None:
        Survey.objects.filter(report__service_request=request).update(mark=mark, answered_at=done_at + DAY)
    return request


def still_open(received_at, *, promised=10 * DAY, moved=timedelta(), **fields):
    return ServiceRequestFactory(
        status=Status.PLANNED,
        at=received_at,
        first_fix_by=received_at + promised,
        fix_by=received_at + promised + moved,
        **fields,
    )


def figures(period=MARCH, *, at=NOW, complex_id=None):
    return reporting.figures(Scope(period=period, at=at, complex_id=complex_id), names=reporting.complexes())
