"""What every page about a version shares: who may come, what stands at the top, and where its addresses are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ...intake.catalogue import SHEETS
from ...models import CatalogueVersion

__all__ = ["ORDER", "back_to", "draft_or_404", "find", "guarded", "show", "title_of"]

Page = Callable[..., HttpResponse]
FOLDER = "admin/requests/catalogueversion"
ORDER = ("problems", "places", "things", "questions", "guides", "steps")  # what is changed most comes first
assert set(ORDER) == set(SHEETS)


def guarded(admin: Any, page: Page, *, changes: bool, methods: list[str]) -> Page:
    """For colleagues who may look, or who may change the catalogue; `methods` are those that the page answers."""

    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        allowed = admin.has_change_permission if changes else admin.has_view_permission
        if not allowed(request):
            raise PermissionDenied
        return page(admin, request, *args, **kwargs)

    return admin.admin_site.admin_view(require_http_methods(methods)(checked))


def find(pk: int) -> CatalogueVersion:
    return get_object_or_404(CatalogueVersion.objects.select_related("made_by", "published_by"), pk=pk)


def draft_or_404(pk: int) -> CatalogueVersion:
    version = find(pk)
    if not version.is_draft:
        raise Http404("This version is not a draft.")
    return version


def title_of(version: CatalogueVersion) -> str:
    return _("Catalogue of problems, version %(number)s") % {"number": version.pk}


def show(
    admin: Any, request: HttpRequest, template: str, version: CatalogueVersion | None, status: int = 200, **context: Any
) -> HttpResponse:
    return TemplateResponse(
        request,
        f"{FOLDER}/{template}.html",
        {
            **admin.admin_site.each_context(request),
            "opts": admin.opts,
            "title": title_of(version) if version else _("Catalogue of problems"),
            "version": version,
            "may_change": admin.has_change_permission(request) and bool(version and version.is_draft),
            **context,
        },
        status=status,
    )


def back_to(pk: int, sheet: str = "", row: int | None = None) -> HttpResponse:
    """To the page of the version, where that row stands."""
    answer = redirect("admin:requests_catalogueversion_change", pk)
    if sheet:
        answer["Location"] += f"?sheet={sheet}" + (f"#row-{row}" if row else "")
    return answer
