"""Read configuration from the environment: typed, and loud when it is wrong."""

import os
from datetime import time
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured


def text(name: str, default: str | None = None) -> str:
    """The value of `name`; raises ImproperlyConfigured when it is not set and has no default."""
    value = os.environ.get(name, default)
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set and has no safe default")
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """True for 1, False for 0; anything else stops the start."""
    value = os.environ.get(name)
    if value is None:
        return default
    if value not in ("0", "1"):
        raise ImproperlyConfigured(f"{name}={value!r}: use 0 or 1")
    return value == "1"


def number(name: str, default: int) -> int:
    """A whole number; anything else stops the start."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal():
        raise ImproperlyConfigured(f"{name}={value!r}: use a whole number")
    return int(value)


def words(name: str, default: str = "") -> list[str]:
    """The words of `name`, separated by spaces."""
    return text(name, default).split()


def hours(name: str, default: str) -> tuple[time, time]:
    """Two times of the day, such as 21:00-08:00."""
    value = text(name, default)
    try:
        first, last = (time.fromisoformat(part) for part in value.split("-"))
    except ValueError as wrong:
        raise ImproperlyConfigured(f"{name}={value!r}: write it as 21:00-08:00") from wrong
    return first, last


def site(name: str, default: str | None = None) -> str:
    """An address such as https://portal.example.org, without a slash at its end."""
    value = text(name, default)
    url = urlsplit(value)
    if url.scheme not in ("http", "https") or not url.hostname or url.query or url.fragment:
        raise ImproperlyConfigured(f"{name}={value!r}: write it as https://portal.example.org")
    return value.rstrip("/")


def host_of(site: str) -> str:
    """The host of an address, as it stands in ALLOWED_HOSTS."""
    host = urlsplit(site).hostname or ""
    return f"[{host}]" if ":" in host else host


def database(name: str, default: str | None = None) -> dict[str, Any]:
    """NAME, USER, PASSWORD, HOST and PORT of a postgresql:// URL, and OPTIONS: what stands behind its question mark."""
    url = urlsplit(text(name, default))
    if url.scheme not in ("postgresql", "postgres") or not url.path.strip("/"):
        raise ImproperlyConfigured(f"{name} must look like postgresql://user:password@host:5432/database")
    return {
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": unquote(url.hostname or ""),
        "PORT": str(url.port or ""),
        "OPTIONS": dict(parse_qsl(url.query)),
    }
