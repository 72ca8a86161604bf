"""When the clock closes what is ready and nobody answers about: `words` does it, the tenant's page says it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import OuterRef, QuerySet, Subquery

from tenants.notifications.models import Channel, Notification

from .. import notifications
from ..models import ServiceRequest, Verdict
from ..workflow import Status

__all__ = ["closes_at", "soonest", "undecided"]

TIME_TO_ANSWER: dict[str, timedelta] = {
    Channel.LETTER: settings.ANSWER_WINDOW
}  # from when it was sent; a mail is there at once


def closes_at(service_request: ServiceRequest, *, at: datetime) -> datetime | None:
    """When it closes if everybody who did not answer stays silent: once they were reminded and had time to.

    None as long as it does not. Then somebody waits for our reply, or got no question of ours: there is no address, it
    did not arrive, or the letter was not printed yet. Where everybody moved out before it was ready nobody was asked,
    and nobody will be.
    """
    if service_request.status != Status.DONE or service_request.tenant_waits_for_reply:
        return None
    assert service_request.done_at is not None
    assert service_request.next_word_at is not None
    looks_at = max(service_request.next_word_at, at)
    reminds_at = max(looks_at, service_request.done_at + settings.REMIND_AFTER)
    had_time, reminded_at = [], []
    for reminded, sent_at, channel in _silent(service_request, at=at):
        if sent_at is None:
            return None
        had_time.append(sent_at + TIME_TO_ANSWER.get(channel or "", timedelta()))
        reminded_at.append(reminded or reminds_at)
    last = max(reminded_at, default=service_request.done_at)
    return max(looks_at, soonest(service_request, reminded_at=last), *had_time)


def soonest(service_request: ServiceRequest, *, reminded_at: datetime) -> datetime:
    """Two weeks after it was ready, and never sooner than a week after the reminder."""
    assert service_request.done_at is not None
    window, until_reminder = settings.ANSWER_WINDOW, settings.REMIND_AFTER
    return max(service_request.done_at + window, reminded_at + window - until_reminder)


def undecided(service_request: ServiceRequest, *, at: datetime) -> QuerySet[Verdict]:
    """Of those who live there and did not say yet whether it is solved this time."""
    return Verdict.objects.filter(
        report__in=service_request.reports.told(at=at),
        round=service_request.times_done,
        answer__in=["", Verdict.Answer.DONT_KNOW],
    )


def _silent(
    service_request: ServiceRequest, *, at: datetime
) -> Iterable[tuple[datetime | None, datetime | None, str | None]]:
    """Of each who did not answer: when they were reminded, and when and how a question of ours last left for them."""
    asked = Notification.objects.filter(
        about=service_request.reference,
        tenant=OuterRef("report__tenant"),
        kind__in=notifications.ASKS_VERDICT,
        sent_at__isnull=False,
        queued_at__gte=service_request.done_at,
    ).order_by("-sent_at")
    last = (Subquery(asked.values(name)[:1]) for name in ("sent_at", "channel"))
    return undecided(service_request, at=at).values_list("reminded_at", *last)
