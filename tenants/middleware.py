"""What every request knows of the person, and when it may not go on: too old a session, no second factor."""

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from .access import tenant_of
from .models import Tenant, User

GetResponse = Callable[[HttpRequest], HttpResponse]

ASKED_BY = "X-Asked-By"  # "page": an open page asks for news by itself, which is not use by a person
BEGAN, SEEN = "began_at", "seen_at"  # keys of the session: seconds since 1970

logger = logging.getLogger(__name__)


class SessionLimits:
    """A session ends when nobody used it for a while, and at some time in any case; sooner for staff."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            if _is_over(request, at=timezone.now()):
                logout(request)
                messages.info(request, _("You were signed out, to be safe. Sign in again to go on."))
            elif request.headers.get(ASKED_BY) != "page":
                _note_use(request, at=timezone.now())
        return self.get_response(request)


class Person:
    """Set `request.tenant` (lazily), and speak the language that this person prefers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = SimpleLazyObject(lambda: _find_tenant(request))  # type: ignore[attr-defined]  # as Django sets request.user
        tenant = tenant_of(request)
        if tenant:
            translation.activate(tenant.language)
            request.LANGUAGE_CODE = tenant.language
        return self.get_response(request)


class StaffSecondFactor:
    """A staff session without a second factor may only enrol one, or leave."""

    open_to_all = ("mfa_", "account_", "usersessions_", "set_language", "theme", "health")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_staff and not self._may_pass(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _may_pass(self, request: HttpRequest) -> bool:
        try:
            name = resolve(request.path_info).view_name
        except Resolver404:
            return False
        return name.startswith(self.open_to_all) or _has_second_factor(request)


class CacheAway:
    """Sign-in counts attempts in the cache. Without it nobody signs in, and is told so; other pages go on."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, RedisError):
            return None
        logger.error("The cache is away: %s", type(exception).__name__)
        response = render(request, "503.html", status=503)
        response.headers["Retry-After"] = "60"
        return response


def begin_session(sender: type[User], request: HttpRequest, user: User, **kwargs: Any) -> None:
    """Connected to the signal that somebody signed in, in whatever way."""
    now = timezone.now().timestamp()
    request.session[BEGAN] = request.session[SEEN] = now


def _is_over(request: HttpRequest, *, at: datetime) -> bool:
    idle, whole = _limits(request)
    began, seen = (request.session.get(key, 0) for key in (BEGAN, SEEN))
    return bool(at.timestamp() > min(seen + idle, began + whole))


def _note_use(request: HttpRequest, *, at: datetime) -> None:
    """Now and then: a write on every page would cost more than it tells."""
    idle, _whole = _limits(request)
    if at.timestamp() > request.session[SEEN] + idle / 20:
        request.session[SEEN] = at.timestamp()


def _limits(request: HttpRequest) -> tuple[float, float]:
    idle, whole = settings.STAFF_SESSION if request.user.is_staff else settings.TENANT_SESSION
    return idle.total_seconds(), whole.total_seconds()


def _has_second_factor(request: HttpRequest) -> bool:
    known: bool | None = getattr(request.user, "has_second_factor", None)  # comes with a person from the session
    return is_mfa_enabled(request.user) if known is None else known


def _find_tenant(request: HttpRequest) -> Tenant | None:
    """Comes with a person from the session; nobody's for strangers."""
    return getattr(request.user, "tenant", None)
