"""Tenants who wrote, also about what is closed, and wait longer for a reply than they were promised."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from ..models import Message, PromiseMove, ServiceRequest, StatusChange
from ..promises import in_force
from ..services.conversation import REPLY_WITHIN
from ..workflow import ANSWER, Actor

__all__ = ["late"]


def late(*, at: datetime) -> list[tuple[ServiceRequest, datetime]]:
    """The requests, open or closed, and since when somebody waits; whoever waits longest on top. One query."""
    waiting = _waiting().select_related("dwelling", "communal_area__complex", "assignee")
    due = in_force().calendar.add_working_days
    since = [(one, one.waits_since) for one in waiting.order_by("waits_since", "pk") if one.waits_since is not None]
    return [(one, moment) for one, moment in since if due(moment, REPLY_WITHIN) < at]


def _waiting() -> QuerySet[Any]:
    """Somebody waits since they first wrote after what people did last; what was done without a word may come later
    than what they wrote. The words may be those of a request that goes on in this one.
    """
    here = {"service_request": OuterRef("pk")}
    theirs = Message.objects.filter(tenant__isnull=False)
    mine = theirs.filter(**here)
    done = (
        Message.objects.filter(tenant=None, **here),
        StatusChange.objects.filter(**here).exclude(actor=Actor.CLOCK).exclude(move=ANSWER.name),
        PromiseMove.objects.filter(**here),
    )
    waiting = ServiceRequest.objects.with_unread_messages()
    return waiting.annotate(done_last=Greatest(*(_moment(acts, "-at") for acts in done))).annotate(
        waits_since=Coalesce(
            _moment(mine.filter(at__gt=OuterRef("done_last")), "at"),
            _moment(mine, "-at"),
            _moment(theirs.filter(service_request__merged_into=OuterRef("pk")), "-at"),
            _moment(theirs.filter(service_request__merged_into__merged_into=OuterRef("pk")), "-at"),
        )
    )


def _moment(acts: QuerySet[Any], order: str) -> Subquery:
    return Subquery(acts.order_by(order).values("at")[:1])
