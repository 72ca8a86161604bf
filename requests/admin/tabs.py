"""The views of the queue: each one a question that staff ask in the morning."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tenants.models import User

from ..models import Alarm
from ..models.service_request import WORK_ORDER, ServiceRequestQuerySet

CAP = 1000  # counted exactly up to here; nobody works through more

Narrow = Callable[[ServiceRequestQuerySet, User, datetime], ServiceRequestQuerySet]

WHAT_WAS_CLOSED_LAST = ("-closed_at", "-pk")
OPEN_THEN_CLOSED_LAST = (F("closed_at").desc(nulls_first=True), "due_at", "pk")


NOTHING_HERE = _("There are no requests here.")


@dataclass(frozen=True)
class Tab:
    key: str
    label: Promise
    narrow: Narrow
    ordering: tuple[Any, ...] = WORK_ORDER  # below what cannot wait
    empty: Promise = NOTHING_HERE


def with_alarm(rows: ServiceRequestQuerySet, kinds: Iterable[str]) -> ServiceRequestQuerySet:
    """One of these stands: nobody did anything about it yet."""
    standing = Alarm.objects.standing().filter(service_request=OuterRef("pk"), kind__in=list(kinds))
    return rows.to_do().filter(Exists(standing))


TABS = (
    Tab(
        "todo", _("To do"), lambda rows, user, at: rows.to_do(), empty=_("Everything is done. No request waits for us.")
    ),
    Tab(
        "mine", _("Mine"), lambda rows, user, at: rows.to_do().assigned_to(user), empty=_("You have no open requests.")
    ),
    Tab(
        "unassigned",
        _("Unassigned"),
        lambda rows, user, at: rows.to_do().unassigned(),
        empty=_("Every open request has somebody who looks after it."),
    ),
    Tab(
        "broken",
        _("Broken"),
        lambda rows, user, at: with_alarm(rows, Alarm.BREACHES),
        empty=_("No promise is broken, and we missed no visit."),
    ),
    Tab(
        "danger",
        _("In danger"),
        lambda rows, user, at: with_alarm(rows, Alarm.WARNINGS),
        empty=_("No promise is in danger."),
    ),
    Tab(
        "messages",
        _("Messages"),
        lambda rows, user, at: rows.with_unread_messages(),
        empty=_("No tenant waits for a reply."),
    ),
    Tab("waiting", pgettext_lazy("status", "Waiting"), lambda rows, user, at: rows.waiting()),
    Tab("done", _("Solved?"), lambda rows, user, at: rows.awaiting_verdict()),
    Tab(
        "closed",
        pgettext_lazy("status", "Closed"),
        lambda rows, user, at: rows.closed().filter(closed_at__isnull=False),
        WHAT_WAS_CLOSED_LAST,
    ),
)
SEARCH = Tab("search", _("Found"), lambda rows, user, at: rows, OPEN_THEN_CLOSED_LAST)


def tab_with(key: str | None) -> Tab:
    """The tab of that name, or the first: an unknown name in an address is no reason for an error."""
    return next((tab for tab in TABS if tab.key == key), TABS[0])


def counted(querysets: Iterable[QuerySet[Any]]) -> list[int]:
    """How many rows each has, in one statement that never counts beyond CAP + 1."""
    parts: list[str] = []
    values: list[Any] = []
    for queryset in querysets:
        try:
            few = queryset.order_by().values("pk")[: CAP + 1]
            sql, params = few.query.sql_with_params()
        except EmptyResultSet:
            sql, params = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS few)")
        values.extend(params)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return list(cursor.fetchone())


def in_words(count: int) -> str:
    """ "37", or "1.000+" when there are more than anybody counts."""
    return f"{cap_in_words()}+" if count > CAP else str(count)


def cap_in_words() -> str:
    return number_format(CAP, force_grouping=True)
