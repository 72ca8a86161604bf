"""Places at which a program can be told to die, to fail or to wait. Production knows nothing of them.

The programs that the tests start read FAIL_POINTS from their environment: "after the 250=die@3; before the
mail=wait:5" means: die when that place is passed for the third time, and wait five seconds the first time
the other one is. The web server also takes an order for one request, in the header X-Fail-Point.
"""

import os
import re
import signal
import threading
import time
from dataclasses import dataclass
from functools import reduce, wraps
from importlib import import_module
from itertools import count

BEFORE, AFTER = "before", "after"
PLACES = {  # in the order in which a message passes them
    "before the commit": ("requests.services.submission", "_send", AFTER),
    "before the wake": ("tenants.notifications.wake", "up", BEFORE),
    "after the wake": ("tenants.notifications.wake", "up", AFTER),
    "before the answer": ("portal.wsgi", "application", AFTER),
    "before a photo is committed": ("requests.models", "Attachment.keep", AFTER),
    "before the claim": ("tenants.notifications.models", "NotificationQuerySet.claim", BEFORE),
    "before the mail": ("tenants.notifications.delivery", "_send", BEFORE),
    "before the text": ("smtplib", "SMTP.data", BEFORE),
    "after the 250": ("tenants.notifications.delivery", "_settle", BEFORE),
    "after settling": ("tenants.notifications.delivery", "_settle", AFTER),
}
IN_THE_WEB, IN_A_WORKER = list(PLACES)[:4], list(PLACES)[5:]

_ordered = {}
_this_request = threading.local()


class Told(Exception):
    """A place was told to fail."""


@dataclass
class Order:
    """What is to happen at the nth time that a place is passed."""

    act: str
    nth: int
    seconds: float

    def __post_init__(self):
        self.passes = count(1)

    def carry_out(self):
        if next(self.passes) != self.nth:
            return
        if self.act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.act == "fail":
            raise Told
        time.sleep(self.seconds)


def put_up():
    """Stand at every place. Nothing happens there until it is ordered."""
    for place, (_module, path, when) in PLACES.items():
        setattr(_owner(place), path.split(".")[-1], _watched(found(place), place, when))


def found(place):
    """The function that is there now."""
    return getattr(_owner(place), PLACES[place][1].split(".")[-1])


def _owner(place):
    module, path, _when = PLACES[place]
    return reduce(getattr, path.split(".")[:-1], import_module(module))


def order(orders):
    """From now on, for this process."""
    _ordered.update(_read(orders))


def order_from_environment():
    order(os.environ.get("FAIL_POINTS", ""))


def for_one_request(application):
    """The WSGI application, with the orders of the request's own header."""

    def obedient(environ, start_response):
        _this_request.orders = _read(environ.get("HTTP_X_FAIL_POINT", ""))
        try:
            return application(environ, start_response)
        finally:
            _this_request.orders = {}

    return obedient


def _watched(original, place, when):
    @wraps(original)
    def watched(*args, **kwargs):
        if when == BEFORE:
            _pass(place)
        result = original(*args, **kwargs)
        if when == AFTER:
            _pass(place)
        return result

    return watched


def _pass(place):
    for orders in (_ordered, getattr(_this_request, "orders", {})):
        if place in orders:
            orders[place].carry_out()


def _read(orders):
    return dict(_read_one(each) for each in orders.split(";") if each.strip())


def _read_one(text):
    found = re.fullmatch(r"\s*([a-z0-9 ]+)=(die|fail|wait)(?::([0-9.]+))?(?:@(\d+))?\s*", text)
    if not found or found[1] not in PLACES:
        raise ValueError(f"no such fail point: {text!r}")
    return found[1], Order(found[2], int(found[4] or 1), float(found[3] or 0))
