"""What tenants hear about their requests: which text on which occasion, and what they can do then.

The texts are `templates/notifications/<kind>.txt`.
"""

from .moves import MAY_BE_SILENT, PRIVATE_WHEN_SHARED, Visits, is_silent, moved, tells
from .occasions import (
    about_outage,
    apologised,
    apology,
    closing_reminder,
    gesture,
    held,
    holding,
    joined,
    objection_decided,
    promise_moved,
    received,
    reminded,
    six_weeks_of,
    six_weeks_over,
    split_off,
    visit_soon,
    written,
)
from .telling import ASKS_VERDICT

__all__ = [
    "ASKS_VERDICT", "MAY_BE_SILENT", "PRIVATE_WHEN_SHARED", "Visits", "about_outage", "apologised", "apology",
    "closing_reminder", "gesture", "held", "holding", "is_silent", "joined", "moved", "objection_decided",
    "promise_moved", "received", "reminded", "six_weeks_of", "six_weeks_over", "split_off", "tells", "visit_soon",
    "written",
]  # fmt: skip
