"""The list of versions, and the way to every page about one. Nothing here writes rows: the services do."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.decorators import display

from ...models import CatalogueGuide, CataloguePlace, CatalogueProblem, CatalogueVersion, SheetRow
from .files import confirm, export, send
from .page import guarded
from .preview import show_preview
from .publishing import compare, discard, make_draft, publish
from .rows import add, change, delete, move, show_payer
from .sheet import show_version

BOTH = "GET POST"


def _rows_of(model: type[SheetRow]) -> Coalesce:
    """How many rows a version has, asked in the same statement."""
    same = model._default_manager.filter(version=OuterRef("pk")).order_by().values("version")
    return Coalesce(Subquery(same.annotate(count=Count("pk")).values("count"), output_field=IntegerField()), 0)


@admin.register(CatalogueVersion)
class CatalogueVersionAdmin(ModelAdmin):
    """Versions come and go by making, publishing and throwing away a draft; each has pages of its own."""

    list_display = ("number", "state", "note", "who", "when", "problems", "places", "guides")
    list_display_links = ("number",)
    list_per_page = 50
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[CatalogueVersion]:
        counts = {
            "count_of_problems": _rows_of(CatalogueProblem),
            "count_of_places": _rows_of(CataloguePlace),
            "count_of_guides": _rows_of(CatalogueGuide),
        }
        versions = super().get_queryset(request).select_related("made_by", "published_by").annotate(**counts)
        return versions.order_by(F("pk").desc())

    @display(description=_("version"), ordering="pk")
    def number(self, version: CatalogueVersion) -> str:
        return str(version.pk)

    @display(
        description=_("status"),
        ordering="status",
        label={"draft": "warning", "published": "success", "retired": "info"},
    )
    def state(self, version: CatalogueVersion) -> tuple[str, Any]:
        return version.status, version.get_status_display()

    @display(description=_("who"))
    def who(self, version: CatalogueVersion) -> str:
        return str(version.published_by or version.made_by or "Thuisbalie")

    @display(description=_("when"), ordering="published_at")
    def when(self, version: CatalogueVersion) -> str:
        return date_format(localtime(version.published_at or version.made_at), "D j N Y, H:i")

    @display(description=_("problems"))
    def problems(self, version: Any) -> int:
        return int(version.count_of_problems)

    @display(description=_("places"))
    def places(self, version: Any) -> int:
        return int(version.count_of_places)

    @display(description=_("guides"))
    def guides(self, version: Any) -> int:
        return int(version.count_of_guides)

    def get_urls(self) -> list[URLPattern]:
        name = "requests_catalogueversion"
        pages: list[tuple[str, Any, str, bool, str]] = [
            ("<int:pk>/publish/", publish, "publish", True, BOTH),
            ("<int:pk>/preview/", show_preview, "preview", False, "GET"),
            ("<int:pk>/export/<slug:kind>/", export, "export", False, "GET"),
            ("<int:pk>/import/", send, "import", True, BOTH),
            ("<int:pk>/import/<int:upload>/", confirm, "upload", True, BOTH),
            ("<int:pk>/rows/<slug:sheet>/add/", add, "row_add", True, BOTH),
            ("<int:pk>/rows/<slug:sheet>/move/", move, "row_move", True, "POST"),
            ("<int:pk>/rows/<slug:sheet>/payer/", show_payer, "row_payer", True, "POST"),
            ("<int:pk>/rows/<slug:sheet>/<int:row>/", change, "row", False, BOTH),
            ("<int:pk>/rows/<slug:sheet>/<int:row>/delete/", delete, "row_delete", True, BOTH),
        ]
        ours = [
            path(route, guarded(self, page, changes=changes, methods=methods.split()), name=f"{name}_{which}")
            for route, page, which, changes, methods in pages
        ]
        return [*ours, *super().get_urls()]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        if not self.has_add_permission(request):
            raise PermissionDenied
        return make_draft(self, request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return show_version(self, request, _number(object_id))

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_delete_permission(request):
            raise PermissionDenied
        return discard(self, request, _number(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        return compare(self, request, _number(object_id))

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {}


def _number(object_id: str) -> int:
    if not object_id.isdecimal() or len(object_id) > 18:
        raise Http404
    return int(object_id)
