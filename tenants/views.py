"""The page on which tenants say what a craftsman must know to get in."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from . import preferences
from .access import tenant_required
from .models import Tenant
from .preference_forms import AccessForm


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_required
def access(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Show and change; "it is still right" is one button. Then back to where one came from (`next`)."""
    if "still_right" in request.POST and preferences.confirm(tenant, at=timezone.now()):
        messages.success(request, _("Thank you. We keep it like this for a year."))
        return _back(request)
    form = AccessForm(request.POST if request.method == "POST" else None, tenant=tenant)
    if form.is_valid():
        form.save(at=timezone.now())
        translation.activate(tenant.language)  # what is said next is in the language that was chosen
        messages.success(request, _("Saved. The craftsman knows this from now on."))
        return _back(request)
    context = {"form": form, "access": preferences.offer(tenant, at=timezone.now()), "back_to": _next(request)}
    return render(request, "tenants/access.html", context)


def _back(request: HttpRequest) -> HttpResponseRedirect:
    return redirect(_next(request) or "tenants:access")


def _next(request: HttpRequest) -> str:
    """An address of ours, or nothing."""
    given = request.POST.get("next") or request.GET.get("next") or ""
    return given if given.startswith("/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None) else ""
