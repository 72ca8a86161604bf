"""Something is out for many at once: it answers their reports, and whoever waits for it hears how it goes on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from dwellings.models import Outage, Tenancy
from tenants.models import Tenant, User
from tenants.notifications import outbox

from .. import notifications
from ..front_door.outages import explained_by
from ..models import OutageFollower, Report, ServiceRequest
from ..promises import next_word_after
from .moves import lock
from .recovery import settle

__all__ = ["OutageIsOver", "announce_outage", "end_outage", "extend_outage", "follow_outage"]

Concerned = dict[int, tuple[Tenant, ServiceRequest | None]]


class OutageIsOver(Exception):
    """It was ended before; nothing changed."""


@transaction.atomic
def announce_outage(outage: Outage, *, by: User, at: datetime) -> Outage:
    """Keep a new outage. If it goes on already, who reported it hears that we know, and till when it lasts."""
    outage.made_by, outage.made_at = by, at
    outage.save()
    if outage.starts_at <= at:
        held = _held(outage)
        for service_request in held:
            _wait_for(service_request, outage.until, at=at)
        _tell("outage_known", outage, _reporters(held, at=at), occasion=f"outage-{outage.pk}", at=at)
    return outage


@transaction.atomic
def extend_outage(pk: int, *, until: datetime, words: str = "", at: datetime) -> Outage:
    """Another moment at which we think it is over. Who reported or follows it hears so. Raises OutageIsOver."""
    outage = _lock(pk)
    later = until > outage.until
    moved = until != outage.until
    outage.until, outage.words = until, words
    outage.save(update_fields=["until", "words"])
    if moved:
        held = _held(outage)
        for service_request in held:
            _wait_for(service_request, until, at=at)
        occasion = f"outage-until-{outage.pk}-{int(until.timestamp())}"
        _tell("outage_until", outage, _concerned(outage, held, at=at), occasion=occasion, at=at, later=later)
    return outage


@transaction.atomic
def end_outage(pk: int, *, at: datetime) -> Outage:
    """It is over, or was called off. Who reported or follows it hears so; their requests stay open until they say
    that it is solved. Raises OutageIsOver.
    """
    outage = _lock(pk)
    outage.ended_at = at
    outage.save(update_fields=["ended_at"])
    held = _held(outage)
    for service_request in held:
        _wait_for(service_request, next_word_after(service_request.urgency, service_request.category, at=at), at=at)
    concerned, called_off = _concerned(outage, held, at=at), at < outage.starts_at
    _tell("outage_over", outage, concerned, occasion=f"outage-over-{pk}", at=at, called_off=called_off)
    return outage


@transaction.atomic
def follow_outage(tenant: Tenant, outage: Outage, at: datetime) -> OutageFollower:
    """ "This is mine too": they hear when it is over or takes longer. Said twice, it counts once."""
    follower, _made = OutageFollower.objects.get_or_create(outage=outage, tenant=tenant, defaults={"at": at})
    return follower


def _lock(pk: int) -> Outage:
    outage = Outage.objects.select_for_update(of=("self",)).select_related("complex").get(pk=pk)
    if outage.ended_at is not None:
        raise OutageIsOver
    return outage


def _held(outage: Outage) -> list[ServiceRequest]:
    """The requests that it explains, locked; of what was ready or closed just before that it says nothing."""
    return [held for held in (lock(one.pk) for one in explained_by(outage)) if held.is_to_do]


def _wait_for(service_request: ServiceRequest, moment: datetime, *, at: datetime) -> None:
    """They heard from us now, and hear again then; a visit, an unanswered message or a new day that was promised keeps
    its own moment, and what was put off comes back on its day.
    """
    service_request.answered_at = service_request.answered_at or at
    service_request.words_given = 0
    has_its_own = service_request.tenant_waits_for_reply or service_request.visits.planned().exists()
    if moment > at and not has_its_own:
        service_request.next_word_at = min(moment, service_request.deferred_until or moment)
    service_request.version += 1
    service_request.save(update_fields=["answered_at", "words_given", "next_word_at", "version"])
    settle(service_request, at=at)


def _reporters(held: Iterable[ServiceRequest], *, at: datetime) -> Concerned:
    """Each tenant who still lives there once, with one request of theirs."""
    of = {one.pk: one for one in held}
    reports = Report.objects.told(at=at).filter(service_request__in=of).select_related("tenant").order_by("-pk")
    return {report.tenant_id: (report.tenant, of[report.service_request_id]) for report in reports}


def _concerned(outage: Outage, held: Iterable[ServiceRequest], *, at: datetime) -> Concerned:
    living_there = Tenancy.objects.current(on=timezone.localdate(at)).filter(dwelling__complex=outage.complex_id)
    following = outage.followers.filter(tenant__in=living_there.values("tenant")).select_related("tenant")
    followers: Concerned = {one.tenant_id: (one.tenant, None) for one in following}
    return followers | _reporters(held, at=at)


def _tell(kind: str, outage: Outage, concerned: Concerned, *, occasion: str, at: datetime, **extra: object) -> None:
    for tenant, service_request in concerned.values():
        message = notifications.about_outage(kind, outage, tenant, service_request, occasion=occasion, **extra)
        outbox.post(message, at=at)
