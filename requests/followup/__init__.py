"""Nobody's request is forgotten: the tenant hears something in time, and staff hear of a promise in danger.

`words` tells tenants (`ServiceRequest.next_word_at`) and closes what nobody answers about (`closing` says when),
`watch` tells staff (`ServiceRequest.watch_at`), `rise` and `write_digests` tell whoever is next. What follows on what
is the table in `policy`.
"""

from .alarms import rise
from .closing import closes_at
from .digest import write_digests
from .late import apology_now, holding_now, visit_now
from .watch import watch
from .words import TRIES, follow_up, follow_up_next

__all__ = [
    "TRIES", "apology_now", "closes_at", "follow_up", "follow_up_next", "holding_now", "rise", "visit_now", "watch",
    "write_digests",
]  # fmt: skip
