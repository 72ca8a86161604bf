"""What could not be delivered: to send again, or to phone or write about."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from tenants.models import Notification
from tenants.notifications import delivery, failures

from ..models import ServiceRequest
from . import resending
from .due import moment_of

__all__ = ["UndeliveredAdmin"]


@admin.register(Notification)
class UndeliveredAdmin(ModelAdmin):
    """What was given up or is refused again and again; the rest about a message stands on the page of its request."""

    list_display = ("to", "what", "about_request", "address", "problem", "written")
    list_display_links = None
    list_before_template = "admin/tenants/notification/_what_to_do.html"
    ordering = ("-queued_at", "-pk")
    search_fields = ("about", "address", "tenant__name")
    search_help_text = gettext_lazy("Number of the request, name or address")
    show_full_result_count = False
    list_per_page = 50
    actions = ["send_again"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Notification]:
        case = ServiceRequest.objects.filter(reference=OuterRef("about")).values("pk")
        shown = Notification.objects.undelivered().order_by(*self.get_ordering(request))
        found: QuerySet[Notification] = shown.select_related("tenant").annotate(case=Subquery(case[:1]))
        return found

    def get_urls(self) -> list[URLPattern]:
        """A list, and nothing else."""
        return [path("", self.admin_site.admin_view(self.changelist_view), name="tenants_notification_changelist")]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        page = super().changelist_view(request, {"title": _("Not delivered"), **(extra_context or {})})
        delivery.note_seen(at=timezone.now())
        return page

    @display(description=gettext_lazy("To"))
    def to(self, notification: Notification) -> str:
        return str(notification.tenant or _("a colleague"))

    @display(description=gettext_lazy("subject"), ordering="subject")
    def what(self, notification: Notification) -> str:
        return notification.title

    @display(description=gettext_lazy("Request"))
    def about_request(self, notification: Any) -> str | SafeString:
        if notification.case is None:
            return "–"
        address = reverse("admin:requests_servicerequest_change", args=[notification.case])
        return format_html('<a class="q-link" href="{}">{}</a>', address, notification.about)

    @display(description=gettext_lazy("What went wrong"))
    def problem(self, notification: Notification) -> str:
        why = failures.in_words(notification.error)
        if notification.is_refused:
            return _("%(why)s; we go on trying") % {"why": why}
        return why or "–"

    @display(description=gettext_lazy("Written"))
    def written(self, notification: Notification) -> str:
        return moment_of(notification.queued_at)

    @admin.action(description=gettext_lazy("Send again"), permissions=["change"])
    def send_again(self, request: HttpRequest, queryset: QuerySet[Notification]) -> None:
        resending.send_again(request, queryset.values_list("pk", flat=True), at=timezone.now())

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
