"""A form that came too late: nothing was done with it, and what somebody typed is shown, so that it is not lost.

Who was signed out finds it again on the page of the form, once they signed in in this browser. Until then it lies in
their session: words only, no files, for an hour, and for nobody else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

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


KEPT = "typed_before"  # in the session
KEPT_FOR = timedelta(hours=1)  # others may use this device
MOST_CHARACTERS = 10_000  # of one form; more can only be copied


@dataclass(frozen=True)
class Kept:
    """What somebody typed before they were signed out: the name of each field, and its words."""

    words: Mapping[str, str]


def typed_words(request: HttpRequest) -> str:
    """What somebody wrote in the form that was sent, one field below the other."""
    return "\n".join(_typed(request).values())


def _typed(request: HttpRequest) -> dict[str, str]:
    fields = {name: request.POST[name].strip() for name in request.POST if name.rpartition("-")[2] in OWN_WORDS}
    return {name: words for name, words in fields.items() if words}


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


def signed_out(request: HttpRequest, *, at: datetime) -> HttpResponse:
    """The session was over when the form was sent: sign in, and go on where one was."""
    sign_in = redirect_to_login(form_page(request))
    if not typed_words(request):
        return sign_in
    is_kept = _keep(request, at=at)
    return _page(request, "signed_out.html", {"sign_in": sign_in.url, "is_kept": is_kept}, status=403)


def _keep(request: HttpRequest, *, at: datetime) -> bool:
    """For who was signed out; when that is not known, for who may see the one thing that the form was about."""
    words, whose = _typed(request), getattr(request, "was_user", None)
    is_about_one_thing = bool(resolve(request.path_info).kwargs)
    if sum(map(len, words.values())) > MOST_CHARACTERS or (whose is None and not is_about_one_thing):
        return False
    page = urlsplit(form_page(request)).path
    request.session[KEPT] = {"page": page, "whose": whose, "until": (at + KEPT_FOR).timestamp(), "words": words}
    return True


def kept_words(request: HttpRequest, *, at: datetime) -> Kept | None:
    """What this person typed on this page before they were signed out."""
    kept = request.session.get(KEPT) if request.user.is_authenticated else None
    if kept is None:
        return None
    if kept["until"] <= at.timestamp() or kept["whose"] not in (None, request.user.pk):
        forget_words(request)
        return None
    return Kept(kept["words"]) if kept["page"] == request.path else None


def forget_words(request: HttpRequest) -> None:
    request.session.pop(KEPT, None)


def note_who_left(sender: object, request: HttpRequest | None, user: Any, **kwargs: object) -> None:
    """Connected to the signal that somebody was signed out: the form that they sent just then is theirs."""
    if request is not None and user is not None:
        request.was_user = user.pk  # type: ignore[attr-defined]  # ours


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
