"""Letters to print: across all requests, as one document, and from then on they are sent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin

from tenants.models import Letter

from .. import letters
from ..models import ServiceRequest

__all__ = ["LetterAdmin"]

MAY_SEE, MAY_PRINT = "requests.view_servicerequest", "requests.change_servicerequest"
SHOWN_FOR = timedelta(days=14)  # what was printed: a jammed printer is found out sooner


@admin.register(Letter)
class LetterAdmin(ModelAdmin):
    """A list, one button, and what was printed lately to print it again."""

    def get_urls(self) -> list[URLPattern]:
        def staff(page: Any) -> Any:
            return self.admin_site.admin_view(page)

        return [
            path("", staff(require_safe(self.waiting)), name="tenants_letter_changelist"),
            path("print/", staff(require_POST(self.print_all)), name="tenants_letter_print"),
            path("<int:number>/", staff(require_safe(self.document)), name="tenants_letter_document"),
        ]

    def waiting(self, request: HttpRequest) -> HttpResponse:
        """What is to be printed, the oldest on top."""
        _check(request, MAY_SEE)
        now = timezone.now()
        envelopes = letters.to_print(at=now)
        cases = _cases({envelope.about for envelope in envelopes})
        batches = letters.batches(since=now - SHOWN_FOR)
        title = _("Letters to print")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": title,
            "content_title": title,
            "rows": [(envelope, cases.get(envelope.about)) for envelope in envelopes],
            "is_full": sum(len(envelope.letters) for envelope in envelopes) >= letters.AT_MOST,
            "batches": batches,
            "ready": next((batch for batch in batches if str(batch.number) == request.GET.get("ready")), None),
            "may_print": request.user.has_perm(MAY_PRINT),
        }
        return TemplateResponse(request, "admin/tenants/letter/waiting.html", context)

    def print_all(self, request: HttpRequest) -> HttpResponse:
        """What the page showed goes by post; its document is a page of its own, so that it can be printed again."""
        _check(request, MAY_PRINT)
        chosen = [int(pk) for pk in request.POST.getlist("letter") if pk.isdecimal() and len(pk) < 19]
        now = timezone.now()
        printed_at = letters.print_letters(chosen, at=now)
        if gone := letters.put_aside(at=now):
            said = ngettext(
                "%(count)d letter is not printed: who it is for moved out. You find it under “Not delivered”.",
                "%(count)d letters are not printed: who they are for moved out. You find them under “Not delivered”.",
                gone,
            )
            messages.warning(request, said % {"count": gone})
        here = reverse("admin:tenants_letter_changelist")
        if printed_at is None:
            messages.info(request, _("There was nothing to print."))
            return redirect(here)
        if printed_at < now:
            messages.info(request, _("These letters were printed already."))
        return redirect(f"{here}?ready={letters.number_of(printed_at)}")

    def document(self, request: HttpRequest, number: int) -> HttpResponse:
        """The letters that were printed together, as one PDF."""
        _check(request, MAY_SEE)
        envelopes = letters.batch_of(number)
        if not envelopes:
            raise Http404
        printed_at = envelopes[0].letters[0].sent_at
        assert printed_at is not None
        name = f"{timezone.localtime(printed_at):%Y-%m-%d-%H%M}.pdf"
        headers = {"Content-Disposition": f'inline; filename="{name}"', "Cache-Control": "private, no-store"}
        content = letters.document_of(envelopes, at=printed_at)
        return HttpResponse(content, content_type="application/pdf", headers=headers)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MAY_SEE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


def _check(request: HttpRequest, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied


def _cases(references: set[str]) -> dict[str, int]:
    """The key of each request, by its number."""
    return dict(ServiceRequest.objects.filter(reference__in=references).values_list("reference", "pk"))
