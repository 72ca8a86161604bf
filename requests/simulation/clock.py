"""What happens when: people's plans in order of time, and between them whatever the clock has to do, to the second."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

from django.db.models import Min

from tenants.notifications import delivery
from tenants.notifications.models import Notification

from .. import followup
from ..models import Alarm, ServiceRequest

Act = Callable[[datetime], None]


class Clock:
    """`at` is now. People plan acts; `run` lets them happen."""

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._plans: list[tuple[datetime, int, Act]] = []
        self._numbers = count()

    def plan(self, at: datetime, act: Act) -> None:
        heapq.heappush(self._plans, (max(at, self.at), next(self._numbers), act))

    def run(self, until: datetime) -> None:
        while self._plans and self._plans[0][0] < until:
            at, _, act = heapq.heappop(self._plans)
            self._tick_until(at)
            self.at = at
            act(at)
            self._deliver()
        self._tick_until(until)
        self.at = until

    def _tick_until(self, until: datetime) -> None:
        """Follow up on whatever is due before that moment, at its own moment, and deliver what that wrote."""
        while (due := self._next_due()) is not None and due <= until:
            self.at = max(due, self.at)
            followup.watch(at=self.at)
            followup.rise(at=self.at)
            followup.follow_up(at=self.at)
            followup.write_digests(at=self.at)
            self._deliver()

    def _next_due(self) -> datetime | None:
        moments = (
            ServiceRequest.objects.aggregate(first=Min("next_word_at")),
            ServiceRequest.objects.to_do().aggregate(first=Min("watch_at")),
            Alarm.objects.standing().aggregate(first=Min("rises_at")),
            Notification.objects.aggregate(first=Min("due_at")),
        )
        return min(filter(None, (moment["first"] for moment in moments)), default=None)

    def _deliver(self) -> None:
        delivery.deliver_due(now=lambda: self.at)
