"""Browsers in which somebody signed in before: a cookie names the browser, and for whom it is known.

It lets nobody in. Who has it does not have to wait when others try the same address.
"""

import secrets
from typing import Any

from allauth.core.internal.ratelimit import get_ip
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

from .attempts import Visitor

__all__ = ["remember", "visitor"]

KNOWN_FOR = 365 * 24 * 3600  # seconds
PEOPLE = 5  # of one household; who signed in longest ago is forgotten first
_SALT = "tenants.known_browsers"


def visitor(request: HttpRequest, address: str) -> Visitor:
    """Who tries this address, after the same work whether it is known or not."""
    name, people = _read(request)
    person = _person(address)
    known = [each for each in people if constant_time_compare(each, person)]
    return Visitor(address, network=get_ip(request), browser=name if known else "")


def remember(request: HttpRequest, response: HttpResponse, address: str) -> None:
    """This person signed in, in this browser."""
    name, people = _read(request)
    person = _person(address)
    people = [person, *(each for each in people if each != person)][:PEOPLE]
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing.dumps([name or secrets.token_urlsafe(12), people], salt=_SALT),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _read(request: HttpRequest) -> tuple[str, list[str]]:
    cookie = request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, "")
    try:
        found: Any = signing.loads(cookie, salt=_SALT, max_age=KNOWN_FOR)
    except signing.BadSignature:
        return "", []
    name, people = found
    return name, people


def _person(address: str) -> str:
    """Not the address itself: a cookie is read by whoever has the computer."""
    return salted_hmac(_SALT, address.lower(), algorithm="sha256").hexdigest()[:24]
