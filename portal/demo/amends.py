"""What the corporation gives after a promise that it broke, and what its staff know of its promises."""

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby, pairwise
from operator import attrgetter

from requests import followup
from requests.models import Gesture, Recovery, Visit
from requests.promises import Urgency

_GESTURES = {
    Urgency.URGENT: ("een cadeaubon van € 25", "a gift voucher of € 25"),
    Urgency.NORMAL: ("een cadeaubon van € 15", "a gift voucher of € 15"),
}


def make_up(*, at: datetime) -> None:
    """Staff know what stands, and tenants hear what we broke, as if the engine had run all the time."""
    Gesture.objects.bulk_create(
        Gesture(urgency=urgency, what_nl=dutch, what_en=english) for urgency, (dutch, english) in _GESTURES.items()
    )
    Recovery.objects.bulk_create(_after_missed_visits())
    followup.watch(at=at)


def _after_missed_visits() -> Iterator[Recovery]:
    """Staff say that we missed a visit when they plan the next one, whose mail says sorry."""
    visits = Visit.objects.select_related("service_request").order_by("service_request", "window")
    for service_request, mine in groupby(visits, key=attrgetter("service_request")):
        for visit, following in pairwise(mine):
            if visit.outcome == Visit.Outcome.MISSED and visit.settled_at:
                yield Recovery(
                    service_request=service_request,
                    why=Recovery.Why.VISIT_MISSED,
                    of=f"visit-{visit.pk}",
                    promised=visit.window.upper,
                    begun_at=visit.settled_at,
                    hear_by=following.window.upper,
                    new_day=following.window.upper,
                    dated_at=visit.settled_at,
                    settled_at=service_request.done_at or service_request.closed_at,
                )
