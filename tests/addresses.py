"""Every address that the URL configuration knows, with its name and its route."""

import re
import uuid

from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLResolver

FILLERS = {"uuid": str(uuid.UUID(int=7)), "int": "7", "slug": "word", "str": "word", "path": "word", None: "word"}
ROUTE_ARGUMENT = re.compile(r"<(?:(\w+):)?(\w+)>")
REGEX_ARGUMENT = re.compile(r"\(\?P<(\w+)>[^)]*\)")


def every_pattern(resolver=None, route="", namespaces=()):
    """(name, route) of each address; an address without a name has its route for a name."""
    for pattern in (resolver or get_resolver()).url_patterns:
        here = route + _as_route(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inside = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from every_pattern(pattern, here, inside)
        else:
            yield (":".join((*namespaces, pattern.name)) if pattern.name else here), here


def address(route, arguments=None):
    """A path for `route`; what `arguments` does not name is filled with something that nothing has."""
    given = {key: str(value) for key, value in (arguments or {}).items()}
    return "/" + ROUTE_ARGUMENT.sub(lambda found: given.get(found[2], FILLERS[found[1]]), route)


def every_address():
    """A path for every name."""
    return {name: address(route) for name, route in every_pattern()}


def _as_route(pattern):
    if isinstance(pattern, RoutePattern):
        return str(pattern)
    return REGEX_ARGUMENT.sub(r"<\1>", str(pattern)).removeprefix("^/").removeprefix("^").removesuffix("$")
