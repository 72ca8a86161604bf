"""The pages on which staff report for a tenant, and the proof of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from dwellings.models import Tenancy

from ... import services
from ...models import Report
from ...proof import as_download
from ..who import colleague_of
from . import callers
from .call import Call

__all__ = ["urls"]

MAY_REPORT = "requests.add_servicerequest"
MAY_SEE = "requests.view_servicerequest"
FOLDER = "admin/requests/servicerequest/new"
Page = Callable[..., HttpResponse]


def urls(admin: Any) -> list[URLPattern]:
    """The addresses beside those of the queue."""

    def staff(page: Page, permission: str, *methods: str) -> Page:
        def checked(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return page(admin, request, **kwargs)

        return admin.admin_site.admin_view(require_http_methods(methods)(checked))

    return [
        path("new/", staff(new, MAY_REPORT, "GET", "HEAD", "POST"), name="requests_servicerequest_new"),
        path("report/<int:pk>/letter/", staff(letter, MAY_SEE, "GET", "HEAD"), name="requests_report_letter"),
    ]


def new(admin: Any, request: HttpRequest) -> HttpResponse:
    """Who it is (`?q=`), and then what is wrong (`?tenancy=`)."""
    asked = request.GET.get("tenancy", "")
    if not asked:
        return _who(admin, request)
    if not asked.isdecimal():
        raise Http404
    tenancy = get_object_or_404(Tenancy, pk=int(asked))
    current = callers.renting(on=timezone.localdate()).filter(pk=tenancy.pk).first()
    if current is None:
        return _has_ended(request, tenancy)
    return _what(admin, request, current)


def letter(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of a report, on the corporation's letter with the tenant's address."""
    related = ("service_request__communal_area__complex", "tenancy__dwelling", "tenant")
    report = get_object_or_404(Report.objects.select_related(*related).prefetch_related("photos"), pk=pk)
    return as_download(report, shown=True)


def _who(admin: Any, request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "")
    found = callers.find(words, on=timezone.localdate())
    if len(found) == 1:
        return redirect(_address_of(found[0]))
    context = {
        "words": words.replace("\x00", "").strip(),
        "found": found[: callers.AT_MOST],
        "too_many": len(found) > callers.AT_MOST,
    }
    return _shown(admin, request, "who.html", context)


def _what(admin: Any, request: HttpRequest, tenancy: Tenancy) -> HttpResponse:
    saves = request.method == "POST" and "save" in request.POST
    call = Call(tenancy, request.POST.dict(), at=timezone.now(), judged=saves)
    if saves and (report := _saved(request, call)):
        case = reverse("admin:requests_servicerequest_change", args=[report.service_request_id])
        return redirect(f"{case}?said={report.pk}")
    return _shown(admin, request, "what.html", {"call": call, "form": call.form})


def _saved(request: HttpRequest, call: Call) -> Report | None:
    """Nothing when it could not be; then the page says why and keeps all that was filled in."""
    complete = call.is_complete()
    if call.problem is None:
        return None
    key = call.form.cleaned_data.get("key") or uuid.uuid4()
    intake = call.intake(by=colleague_of(request))
    if not complete:  # a double click: what was saved is known already by now, which is asked about
        return services.taken_down(intake, key=key)
    try:
        return services.take_down(intake, key=key, at=call.at, joins=call.form.joined)
    except services.CannotJoin:
        said = _("That request was finished in the meantime. Nothing was saved yet. Choose again.")
        call.form.add_error("joins", said)
    except services.NotYourHome:
        said = _("This tenant does not rent the home any more. Nothing was saved, and nothing was sent.")
        call.form.add_error(None, said)
    return None


def _has_ended(request: HttpRequest, tenancy: Tenancy) -> HttpResponse:
    said = _("%(tenant)s does not rent %(home)s now, so nothing can be reported for it. Look for the present tenant.")
    messages.warning(request, said % {"tenant": tenancy.tenant, "home": tenancy.dwelling})
    return redirect("admin:requests_servicerequest_new")


def _shown(admin: Any, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    title = _("New report")
    shared = {**admin.admin_site.each_context(request), "model_admin": admin, "title": title, "content_title": title}
    return TemplateResponse(request, f"{FOLDER}/{template}", shared | context)


def _address_of(tenancy: Tenancy) -> str:
    return f"{reverse('admin:requests_servicerequest_new')}?tenancy={tenancy.pk}"
