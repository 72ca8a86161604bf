"""The access log of gunicorn, if an operator asks for one: which pages, but not what people searched for."""

from datetime import timedelta
from typing import Any

from gunicorn.glogging import Logger

from .logs import address

_ADDRESSES = ("RAW_URI", "REQUEST_URI", "PATH_INFO", "HTTP_REFERER")


class AccessLog(Logger):
    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: timedelta) -> dict[str, Any]:
        """What the format of the log may name, from a request without words and without keys."""
        plain = environ | {name: address(environ[name]) for name in _ADDRESSES if name in environ}
        headers = [(name, value) for name, value in req.headers if name.upper() not in ("REFERER", "COOKIE")]
        return super().atoms(resp, headers, plain | {"QUERY_STRING": "", "HTTP_COOKIE": "-"}, request_time)
