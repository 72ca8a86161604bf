"""What holds for every page: its headers, what needs no person, and which addresses are none."""

import logging
from collections.abc import Callable

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone

from . import stale
from .views import theme

STRICT = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# Unfold runs Alpine, which evaluates attributes and sets styles: only for staff, only under /admin/.
ADMIN = STRICT.replace("script-src 'self'", "script-src 'self' 'unsafe-eval'").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)

FORGET = '"cache"'  # and no cookies: the next page says what happened
IN_EACH_OTHERS_WAY = {"40P01", "40001"}  # of PostgreSQL: a deadlock, and what could not be one after the other

logger = logging.getLogger(__name__)


class SecurityHeaders:
    """A strict content policy, and no copy of a personal page in any cache.

    A browser may keep the pages of a report that is being written (see `draft_required`): until its tenant signs out.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", ADMIN if request.path.startswith("/admin/") else STRICT)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), microphone=(), payment=()")
        response.headers.setdefault("Cache-Control", "no-store")
        if request.method == "POST" and request.path == reverse("account_logout"):
            response.headers["Clear-Site-Data"] = FORGET
        return response


class SameForEverybody:
    """The corporation's stylesheet may lie in any cache: answered before anybody is looked up, so without a cookie."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return theme(request) if request.path == reverse("theme") else self.get_response(request)


class PlainAddresses:
    """No address of ours holds a NUL, and PostgreSQL takes none: 400 instead of an error further down."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("A NUL in the address.")
        return self.get_response(request)


class KeepWords:
    """A form that is turned away at the door shows what was typed in it; who had to sign in finds it again after that.

    It looks at the answer, so it does not matter who turned the form away: the check that somebody is signed
    in, the admin's own for who does not work here (any more), the second factor, or a view that found nothing.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST":
            return self._show_again(request)
        response = self.get_response(request)
        sent_to = response.url if isinstance(response, HttpResponseRedirect) else ""
        if sent_to == redirect_to_login(request.get_full_path()).url:
            return stale.signed_out(request, at=timezone.now())
        if sent_to == reverse("mfa_index") and stale.typed_words(request):
            return stale.second_factor_first(request)
        not_for_them = sent_to == redirect_to_login(request.get_full_path(), reverse("admin:login")).url
        if (not_for_them or response.status_code == 404) and stale.typed_words(request):
            return stale.gone(request)
        return response

    def _show_again(self, request: HttpRequest) -> HttpResponse:
        """Once: on the first page that opens for them."""
        kept = stale.kept_words(request, at=timezone.now())
        request.typed_before = kept  # type: ignore[attr-defined]  # for portal.context
        response = self.get_response(request)
        if kept and response.status_code == 200:
            stale.forget_words(request)
        return response


class TryAgain:
    """Two people who were in each other's way: PostgreSQL undid all that one of them did, who simply begins again.

    What we do to the database is one transaction per request, so nothing of the first try is left.
    """

    tries = 3

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The view's answer when it goes well this time; otherwise what is said of any other failure."""
        found, tried = request.resolver_match, 1
        while found and tried < self.tries and _undone(exception):
            logger.warning("%s was undone by a deadlock, try %s", found.view_name, tried)
            tried += 1
            try:
                response: HttpResponse = found.func(request, *found.args, **found.kwargs)
            except OperationalError as again:
                exception = again
            else:
                return response
        return None


def _undone(exception: BaseException) -> bool:
    return getattr(exception.__cause__, "sqlstate", None) in IN_EACH_OTHERS_WAY
