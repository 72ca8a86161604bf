"""Tenant and staff write to each other; staff note for themselves."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from tenants.models import Tenant, User
from tenants.notifications import outbox

from .. import notifications, workflow
from ..models import Message, ServiceRequest
from ..promises import add_working_days
from ..workflow import FINAL, READY, Actor, WaitingReason
from .moves import ChangedMeanwhile, Said, apply_move, lock, next_word
from .recovery import settle

REPLY_WITHIN = 2  # working days
TOLD = ["answered_at", "tenant_waits_for_reply", "needs_attention", "words_given", "next_word_at", "version"]


class EmptyMessage(Exception):
    """There is nothing in it but white space."""


class NobodyLeft(Exception):
    """Everybody who reported it has moved out, so nobody would read it."""


@transaction.atomic
def write_to_staff(
    service_request_id: int,
    *,
    tenant: Tenant,
    body: str,
    at: datetime,
    key: uuid.UUID | None = None,
    is_complaint: bool = False,
) -> Message:
    """A reporter writes about their request; it comes up in the queue, a complaint on top. The same `key` counts once.

    While we wait for their answer this is it. Raises EmptyMessage.
    """
    service_request = lock(service_request_id)
    if before := _written_before(service_request, body, key, tenant=tenant):
        return before
    message = _write(service_request, body, key, at=at, tenant=tenant, is_complaint=is_complaint)
    raised = service_request.needs_attention or is_complaint
    if service_request.waiting_reason == WaitingReason.TENANT:  # whatever they write: we do not wait for it any more
        apply_move(service_request, workflow.ANSWER, actor=Actor.TENANT, by=tenant.user, at=at, said=Said())
    service_request.tenant_waits_for_reply = True
    service_request.needs_attention = raised
    if service_request.next_word_at is not None:
        service_request.next_word_at = min(service_request.next_word_at, _reply_by(service_request, at=at))
    service_request.version += 1
    service_request.save(update_fields=["tenant_waits_for_reply", "needs_attention", "next_word_at", "version"])
    return message


def _reply_by(service_request: ServiceRequest, *, at: datetime) -> datetime:
    """Within the promised working days, and before a visit that the message may be about."""
    reply_by = add_working_days(at, REPLY_WITHIN)
    visit = service_request.visits.upcoming(at=at).first()
    return min(reply_by, max(visit.window.lower, at)) if visit else reply_by


@transaction.atomic
def write_to_tenants(
    service_request_id: int,
    *,
    by: User,
    body: str,
    at: datetime,
    seen: int | None = None,
    key: uuid.UUID | None = None,
) -> Message:
    """Staff write to everybody who reported; that counts as the word to the tenant. The same `key` counts once.

    Raises EmptyMessage, ChangedMeanwhile and NobodyLeft.
    """
    service_request = lock(service_request_id)
    if before := _written_before(service_request, body, key, by=by):
        return before
    if seen is not None and service_request.version != seen:
        raise ChangedMeanwhile
    if not service_request.reports.told(at=at).exists():
        raise NobodyLeft
    message = _write(service_request, body, key, at=at, by=by)
    service_request.tenant_waits_for_reply = False
    count_as_news(service_request, at=at)
    service_request.save(update_fields=TOLD)
    settle(service_request, at=at)
    for told in notifications.written(service_request, message):
        outbox.post(told, at=at)
    return message


def count_as_news(service_request: ServiceRequest, *, at: datetime) -> None:
    """The tenants heard from us; the caller, who locked the request, saves TOLD and settles what was promised."""
    service_request.answered_at = service_request.answered_at or at
    service_request.needs_attention = False
    service_request.words_given = 0
    if service_request.status in READY:  # they can say whether it is solved, with the answer at hand
        service_request.next_word_at = next_word(service_request, visit_ends=None, at=at)
    elif service_request.status not in FINAL:
        visit = service_request.visits.planned().first()
        word_at = next_word(service_request, visit_ends=visit.window.upper if visit else None, at=at)
        service_request.next_word_at = max(filter(None, (service_request.next_word_at, word_at)))
    service_request.version += 1


@transaction.atomic
def note(service_request_id: int, *, by: User, body: str, at: datetime, key: uuid.UUID | None = None) -> Message:
    """Staff note something for themselves. The same `key` counts once. Raises EmptyMessage."""
    service_request = lock(service_request_id)
    if before := _written_before(service_request, body, key, by=by, internal=True):
        return before
    return _write(service_request, body, key, at=at, by=by, internal=True)


@transaction.atomic
def settle_message(service_request_id: int, *, by: User, at: datetime, seen: int) -> bool:
    """What the tenant wrote needs no reply; a note says who found so. False when nobody waits for a reply.

    What is ready is asked about when it would have been: a "thank you" brings no reminder forward.
    Raises ChangedMeanwhile: there may be a newer message that nobody has read.
    """
    service_request = lock(service_request_id)
    if not service_request.tenant_waits_for_reply:
        return False
    if service_request.version != seen:
        raise ChangedMeanwhile
    service_request.tenant_waits_for_reply = False
    if service_request.done_at is not None and service_request.status in READY:
        service_request.next_word_at = max(at, service_request.done_at + settings.REMIND_AFTER)
    service_request.version += 1
    service_request.save(update_fields=["tenant_waits_for_reply", "next_word_at", "version"])
    _write(service_request, _("No reply needed"), None, at=at, by=by, internal=True)
    return True


def _written_before(
    service_request: ServiceRequest,
    body: str,
    key: uuid.UUID | None,
    *,
    tenant: Tenant | None = None,
    by: User | None = None,
    internal: bool = False,
) -> Message | None:
    """The same words of the same person about the same request, from the same form."""
    if key is None:
        return None
    theirs = service_request.messages.filter(tenant=tenant, by=by, internal=internal)
    return theirs.filter(key=key, body=body.strip()).first()


def _write(service_request: ServiceRequest, body: str, key: uuid.UUID | None, **fields: object) -> Message:
    """Words that differ from what the same form wrote before count, too: then without its key."""
    if not body.strip():
        raise EmptyMessage
    if key is not None and Message.objects.filter(key=key).exists():
        key = None
    return Message.objects.create(service_request=service_request, body=body.strip(), key=key, **fields)
