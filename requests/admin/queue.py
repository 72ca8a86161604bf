"""The staff's queue. Requests change here only through the workflow's moves."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import ShowFacets
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin

from tenants.models import User

from .. import services
from ..models import ServiceRequest
from ..models.service_request import ServiceRequestQuerySet
from . import alarms, assigning, joining, later_date, pages, search, taking_down
from .emergencies import on_top_of_the_queue
from .filters import FILTERS
from .forms import AssignForm
from .listing import PER_PAGE, QueueList
from .who import colleague_of


@admin.register(ServiceRequest)
class ServiceRequestAdmin(ModelAdmin):
    """A list in order of what is due first, and one page per request."""

    list_display = ("reference",)
    list_filter = FILTERS
    list_filter_submit = True
    list_per_page = PER_PAGE
    list_disable_select_all = True
    search_fields = ("reference",)
    search_help_text = gettext_lazy("Number, name, street, postcode or telephone")
    show_facets = ShowFacets.NEVER
    show_full_result_count = False
    actions = ["take", "hand_out", "put_back"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[QueueList]:
        return QueueList

    def get_search_results(
        self, request: HttpRequest, queryset: ServiceRequestQuerySet, search_term: str
    ) -> tuple[QuerySet[ServiceRequest], bool]:
        return (search.find(queryset, search_term) if search_term.strip() else queryset), False

    def get_urls(self) -> list[URLPattern]:
        return [
            *taking_down.urls(self),
            *pages.urls(self),
            *joining.urls(self),
            *later_date.urls(self),
            *alarms.urls(self),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """Danger stands on top of whatever tab, filter or search."""
        on_top = {"on_top": on_top_of_the_queue(request), **(extra_context or {})}
        return super().changelist_view(request, on_top)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not object_id.isdecimal():
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        return pages.show(self, request, int(object_id))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(description=gettext_lazy("Assign to me"), permissions=["change"])
    def take(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> None:
        self._hand_to(request, colleague_of(request))

    @admin.action(description=gettext_lazy("Assign to a colleague…"), permissions=["change"])
    def hand_out(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> HttpResponse | None:
        """Ask to whom first; the same action with an answer does it."""
        form = AssignForm(request.POST if "confirmed" in request.POST else None)
        if form.is_valid():
            self._hand_to(request, form.cleaned_data["to"])
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": _("Assign to a colleague"),
            "opts": self.opts,
            "form": form,
            "was": request.POST.getlist("was")[:PER_PAGE],
            "chosen": queryset.filter(pk__in=_chosen(request)).work_queue(at=timezone.now()),  # type: ignore[attr-defined]  # the manager's own queryset
            "checkbox_name": ACTION_CHECKBOX_NAME,
        }
        return TemplateResponse(request, "admin/requests/servicerequest/hand_out.html", context)

    @admin.action(description=gettext_lazy("Assign to nobody"), permissions=["change"])
    def put_back(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> None:
        self._hand_to(request, None)

    def _hand_to(self, request: HttpRequest, colleague: User | None) -> None:
        """What is somebody else's than the page said stays theirs, and the page says whose."""
        chosen, seen, now = _chosen(request), assigning.seen(request), timezone.now()
        count = services.assign(chosen, to=colleague, by=colleague_of(request), at=now, seen=seen)
        others = (
            ServiceRequest.objects.open().filter(pk__in=[pk for pk in chosen if pk in seen]).exclude(assignee=colleague)
        )
        if late := list(others.select_related("assignee").order_by("pk")):
            self._say(request, *assigning.late(late))
        if count or not late:
            self._say(request, *assigning.many(count, colleague))

    def _say(self, request: HttpRequest, level: int, said: str) -> None:
        self.message_user(request, said, level)


def _chosen(request: HttpRequest) -> list[int]:
    """What was ticked, and only that: never "all pages", whatever the form says."""
    return [int(pk) for pk in request.POST.getlist(ACTION_CHECKBOX_NAME)[:PER_PAGE] if pk.isdecimal()]
