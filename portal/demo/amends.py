"""What the corporation gives after a promise that it broke, and what its staff know of its promises."""

from datetime import datetime

from requests import followup
from requests.models import Gesture
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
    followup.watch(at=at)
