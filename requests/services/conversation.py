"""Tenant and staff write to each other; staff note for themselves."""

import uuid
from datetime import datetime

from django.db import transaction

from tenants.models import Tenant, User
from tenants.notifications import outbox

from .. import notifications
from ..models import Message, ServiceRequest
from ..promises import add_working_days
from ..workflow import FINAL, READY
from .moves import lock, next_word

REPLY_WITHIN = 2  # working days
_TOLD = ["answered_at", "tenant_waits_for_reply", "needs_attention", "words_given", "next_word_at", "version"]


class EmptyMessage(Exception):
    """There is nothing in it but white space."""


@transaction.atomic
def write_to_staff(
    service_request_id: int, *, tenant: Tenant, body: str, at: datetime, key: uuid.UUID | None = None
) -> Message:
    """A reporter writes about their request; it comes up in the queue. The same `key` counts once.

    Raises EmptyMessage.
    """
    service_request = lock(service_request_id)
    if key is not None and (before := Message.objects.filter(key=key).first()):
        return before
    message = _write(service_request, body, at=at, tenant=tenant, key=key)
    service_request.tenant_waits_for_reply = True
    if service_request.next_word_at is not None and service_request.status not in READY:
        service_request.next_word_at = min(service_request.next_word_at, add_working_days(at, REPLY_WITHIN))
    service_request.version += 1
    service_request.save(update_fields=["tenant_waits_for_reply", "next_word_at", "version"])
    return message


@transaction.atomic
def write_to_tenants(service_request_id: int, *, by: User, body: str, at: datetime, seen: int | None = None) -> Message:
    """Staff write to everybody who reported; that counts as the word to the tenant.

    Raises EmptyMessage and ChangedMeanwhile.
    """
    service_request = lock(service_request_id, seen=seen)
    message = _write(service_request, body, at=at, by=by)
    service_request.answered_at = service_request.answered_at or at
    service_request.tenant_waits_for_reply = False
    service_request.needs_attention = False
    service_request.words_given = 0
    if service_request.status not in READY | FINAL:
        visit = service_request.visits.planned().first()
        word_at = next_word(service_request, visit_ends=visit.window.upper if visit else None, at=at)
        service_request.next_word_at = max(filter(None, (service_request.next_word_at, word_at)))
    service_request.version += 1
    service_request.save(update_fields=_TOLD)
    for told in notifications.written(service_request, message):
        outbox.post(told, at=at)
    return message


@transaction.atomic
def note(service_request_id: int, *, by: User, body: str, at: datetime) -> Message:
    """Staff note something for themselves. Raises EmptyMessage."""
    return _write(lock(service_request_id), body, at=at, by=by, internal=True)


def _write(service_request: ServiceRequest, body: str, **fields: object) -> Message:
    if not body.strip():
        raise EmptyMessage
    return Message.objects.create(service_request=service_request, body=body.strip(), **fields)
