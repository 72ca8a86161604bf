"""A form that came too late: nothing was done with it, and what somebody typed is shown, so that it is not lost."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import url_has_allowed_host_and_scheme

# The fields in which people write; forms may put a prefix.
OWN_WORDS = {"text", "body", "words", "reason", "note", "objection", "not_on", "key_with"}
CASE = "admin:requests_servicerequest_"
# Addresses that only receive a form, and the page that the form is on. All others show the form themselves.
RECEIVE_ONLY = ("move", "preview", "message", "note", "settle", "again", "assign", "objection", "gesture")
PAGE_OF = {
    "requests:write": "requests:detail",
    "requests:report_resume": "requests:report_ended",
    f"{CASE}later_preview": f"{CASE}later",
    "admin:requests_emergency_seen": "admin:requests_emergency_change",
} | {f"{CASE}{name}": f"{CASE}change" for name in RECEIVE_ONLY}


def typed_words(request: HttpRequest) -> str:
    """What somebody wrote in the form that was sent, one field below the other."""
    fields = (name for name in request.POST if name.rpartition("-")[2] in OWN_WORDS)
    return "\n".join(filter(None, (request.POST[name].strip() for name in fields)))


def form_page(request: HttpRequest) -> str:
    """Where the form that was sent can be opened again."""
    try:
        found = resolve(request.path_info)
    except Resolver404:
        return reverse("home")
    if found.view_name == "set_language":
        return _safe(request, request.POST.get("next", ""))
    if found.view_name not in PAGE_OF:
        return request.get_full_path()
    of = next(iter(found.kwargs.values()))
    opened = f"?move={found.kwargs['name']}" if "name" in found.kwargs else ""
    return reverse(PAGE_OF[found.view_name], args=[of]) + opened


def _safe(request: HttpRequest, address: str) -> str:
    """The address, or the home page where it is none of ours."""
    ours = url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure())
    return address if ours else reverse("home")


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an old page (signed in again meanwhile, cookie gone): say how to go on. Django's CSRF check asks."""
    return _page(request, "403_csrf.html", {"page": form_page(request)}, status=403)


def signed_out(request: HttpRequest) -> HttpResponse:
    """The session was over when the form was sent: sign in, and go on where one was."""
    sign_in = redirect_to_login(form_page(request))
    if not typed_words(request):
        return sign_in
    return _page(request, "signed_out.html", {"sign_in": sign_in.url}, status=403)


def second_factor_first(request: HttpRequest) -> HttpResponse:
    """A colleague took the second factor away while the form was being filled in."""
    return _page(request, "second_factor_first.html", {}, status=403)


def gone(request: HttpRequest) -> HttpResponse:
    """What the form was about is not there (any more), or is not this person's."""
    return _page(request, "form_gone.html", {}, status=404)


def _page(request: HttpRequest, template: str, context: dict[str, object], *, status: int) -> HttpResponse:
    typed = {"typed": typed_words(request), "photos": bool(request.FILES)}
    response = render(request, template, context | typed, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response
