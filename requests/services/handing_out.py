"""Who looks after a request."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from tenants.models import User

from ..models import Message, ServiceRequest


@transaction.atomic
def assign(
    service_request_ids: Iterable[int],
    *,
    to: User | None,
    by: User,
    at: datetime,
    seen: Mapping[int, int | None] | None = None,
) -> int:
    """Give these open requests to a colleague (or to nobody); each gets a note of it. Returns how many changed.

    `seen` says of a request whose the caller saw that it was; what is somebody else's by now stays with them.
    """
    seen = seen or {}
    chosen = (
        ServiceRequest.objects.open()
        .filter(pk__in=list(service_request_ids))
        .exclude(assignee=to)
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    pks = [one.pk for one in chosen if one.assignee_id == seen.get(one.pk, one.assignee_id)]
    ServiceRequest.objects.filter(pk__in=pks).update(assignee=to, version=F("version") + 1)
    body = f"→ {to}" if to else "→ –"
    Message.objects.bulk_create(Message(service_request_id=pk, by=by, internal=True, body=body, at=at) for pk in pks)
    return len(pks)
