"""One page of the queue: which requests, in which order, and what each row says."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from django.db.models import Count, Exists, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from unfold.views import ChangeList

from dwellings.models import Outage
from tenants.models import Notification

from .. import letters
from ..followup.reasons import in_short
from ..front_door.outages import explaining
from ..models import Alarm, Report, ServiceRequest, Visit
from ..models.service_request import WORK_ORDER, ServiceRequestQuerySet
from ..workflow import Status
from . import menu, tabs
from .due import Due, State, due_of, moment_of
from .tabs import TABS
from .who import colleague_of
from .wording import window_in_words

PER_PAGE = 25


@dataclass(frozen=True)
class Flag:
    """Something about a request that must not be overlooked."""

    text: str
    icon: str
    tone: str


@dataclass(frozen=True)
class Row:
    service_request: ServiceRequest
    due: Due | None
    flags: list[Flag]
    progress: str
    why_first: str  # what went wrong, or will: why it stands above what is due sooner

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due.state == State.OVERDUE


class QueueList(ChangeList):
    """Django's change list with tabs, counts that stop at a thousand, and pages that never go deep."""

    page_num: int

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        self.now, self.user = timezone.now(), colleague_of(request)
        self.tab = tabs.SEARCH if request.GET.get("q", "").strip() else tabs.tab_with(request.GET.get("tab"))
        super().__init__(request, *args, **kwargs)
        self.title = str(_("Queue"))

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        narrowing = super().get_filters_params(params)
        narrowing.pop("tab", None)
        return narrowing

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[ServiceRequest]:
        rows = super().get_queryset(request, exclude_parameters)
        return self.tab.narrow(rows, self.user, self.now).order_by(*self.tab.ordering)

    def get_results(self, request: HttpRequest) -> None:
        in_tabs = [tab.narrow(self.root_queryset, self.user, self.now) for tab in TABS]
        every = [*in_tabs, self.queryset, self._on_top(), letters.waiting(at=self.now)]
        *self.tab_counts, self.result_count, on_top, to_print = tabs.counted(every)
        menu.note(request, letters=to_print)
        self.pages = max(1, -(-min(self.result_count, tabs.CAP) // PER_PAGE))
        self.page_num = min(max(1, self.page_num), self.pages)
        self.result_list = list(with_what_a_row_says(self._page((self.page_num - 1) * PER_PAGE, on_top=on_top)))
        self.multi_page = self.pages > 1
        self.can_show_all = self.show_full_result_count = False
        self.show_admin_actions, self.full_result_count = True, self.result_count
        self.paginator = self.model_admin.get_paginator(request, self.result_list, PER_PAGE)

    def _on_top(self) -> QuerySet[ServiceRequest]:
        """What cannot wait; in a tab with an order of its own it does not stand on top."""
        rows: Any = self.queryset
        return rows.acute(at=self.now) if self.tab.ordering == WORK_ORDER else rows.none()

    def _page(self, start: int, *, on_top: int) -> QuerySet[ServiceRequest]:
        """Two lists that are shown as one, each read from its own index: what is due today stands in none."""
        end, rows = start + PER_PAGE, cast(ServiceRequestQuerySet, self.queryset)
        if self.tab.ordering != WORK_ORDER:
            return rows[start:end]
        first = rows.acute(at=self.now).values("pk")[start:end]
        then = rows.not_acute(at=self.now).values("pk")[max(0, start - on_top) : max(0, end - on_top)]
        return ServiceRequest.objects.filter(pk__in=first.union(then, all=True)).work_queue(at=self.now)

    @cached_property
    def rows(self) -> list[Row]:
        outages = explaining(self.result_list, at=self.now)
        return [
            row_of(service_request, outage=outages.get(service_request.pk), at=self.now)
            for service_request in self.result_list
        ]

    @property
    def found(self) -> str:
        """How many, in words."""
        if self.result_count > tabs.CAP:
            return _("more than %(count)s requests") % {"count": tabs.cap_in_words()}
        return ngettext("%(count)s request", "%(count)s requests", self.result_count) % {"count": self.result_count}

    @property
    def has_too_many(self) -> bool:
        """The last page there is, but not the last request."""
        return self.result_count > tabs.CAP and self.page_num == self.pages

    def previous_page(self) -> str | None:
        return self.get_query_string({"p": self.page_num - 1}) if self.page_num > 1 else None

    def next_page(self) -> str | None:
        return self.get_query_string({"p": self.page_num + 1}) if self.page_num < self.pages else None

    def tab_links(self) -> Iterable[dict[str, Any]]:
        """The tabs with their counts; a filter stays on, a search does not."""
        for tab, count in zip(TABS, self.tab_counts, strict=True):
            yield {
                "label": tab.label,
                "count": tabs.in_words(count),
                "is_empty": count == 0,
                "is_loud": count > 0 and tab.key in ("broken", "messages"),
                "is_current": tab is self.tab,
                "url": self.get_query_string({"tab": tab.key}, remove=["q", "p"]),
            }

    def chosen_filters(self) -> Iterable[dict[str, str]]:
        """What narrows the list now, each with the address without it."""
        for spec in self.filter_specs:
            labels = dict(spec.lookup_choices)
            if spec.value() in labels:
                yield {
                    "title": str(spec.title),
                    "value": str(labels[spec.value()]),
                    "without": self.get_query_string(remove=[spec.parameter_name]),
                }


def with_what_a_row_says(requests: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
    reports = Report.objects.filter(service_request=OuterRef("pk")).order_by("at", "pk")
    told = Report.objects.told(at=timezone.now()).filter(service_request=OuterRef("pk"))
    how_many = told.order_by().values("service_request")
    undelivered = Notification.objects.undelivered().filter(about=OuterRef("reference"))
    planned = Visit.objects.planned().filter(service_request=OuterRef("pk"))
    alarms = Alarm.objects.standing().filter(service_request=OuterRef("pk")).worst_first()
    return requests.select_related("dwelling__complex", "communal_area__complex", "assignee").annotate(
        reporter=Coalesce(Subquery(reports.values("tenant__name")[:1]), Value("")),
        reporters=Coalesce(Subquery(how_many.annotate(count=Count("pk")).values("count")), 0),
        has_undelivered=Exists(undelivered),
        visit_window=Subquery(planned.values("window")[:1]),
        alarm=Subquery(alarms.values("kind")[:1]),
    )


def row_of(service_request: Any, *, outage: Outage | None = None, at: Any) -> Row:
    """`service_request` comes with the annotations of `with_what_a_row_says`; `outage` explains it."""
    return Row(
        service_request=service_request,
        due=due_of(service_request, at=at),
        flags=list(_flags(service_request, outage)),
        progress=_progress(service_request),
        why_first=_why_first(service_request),
    )


def _why_first(service_request: Any) -> str:
    if service_request.alarm:
        return in_short(service_request.alarm, service_request)
    if not service_request.needs_attention:
        return ""
    if service_request.words_given:
        return _("The tenant only got a message in between")
    if service_request.times_reopened:
        return _("Not solved, says the tenant")
    return _("Needs a person")


def _flags(service_request: Any, outage: Outage | None) -> Iterable[Flag]:
    if service_request.tenant_waits_for_reply:
        yield Flag(_("The tenant wrote"), "chat", "loud")
    if service_request.times_reopened:
        times = service_request.times_reopened
        yield Flag(
            ngettext("%(count)d × reopened", "%(count)d × reopened", times) % {"count": times}, "replay", "plain"
        )
    if service_request.repeat_of_id:
        yield Flag(_("Not again"), "event_repeat", "loud")
    if outage:
        yield Flag(_("Outage: %(what)s") % {"what": outage.get_what_display()}, "campaign", "plain")
    if service_request.has_undelivered:
        yield Flag(_("Message not delivered"), "unsubscribe", "loud")
    if service_request.reporters > 1:
        yield Flag(_("%(count)d households") % {"count": service_request.reporters}, "groups", "plain")


def _progress(service_request: Any) -> str:
    """A few words more than the status: what we wait for, when the visit is, how it ended."""
    if service_request.status == Status.WAITING:
        return pgettext("waiting", "for %(what)s") % {"what": service_request.get_waiting_reason_display()}
    if service_request.status == Status.SCHEDULED and service_request.visit_window:
        return window_in_words(service_request.visit_window)
    if service_request.closed_at:
        return f"{service_request.get_outcome_display()}, {moment_of(service_request.closed_at)}"
    return ""
