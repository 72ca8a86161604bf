"""Places at which a program can be told to die, to fail, to wait or to change. Production knows nothing of them.

The programs that the tests start read FAIL_POINTS from their environment: "after the 250=die@3; before the
mail=wait:5" means: die when that place is passed for the third time, and wait five seconds the first time
the other one is. "a scan begins=do:tests.faults.some_module.some_function" calls that: so a trial takes a guard off
that is its own. The web server also takes an order for one request, in the header X-Fail-Point.
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

from django.db import transaction

BEFORE, AFTER = "before", "after"
AT_THE_END, COMMITTED = "at the end", "committed"  # of a function that is one transaction: still in it, and after it
PLACES = {  # in the order in which a message passes them; and then in which the scan of the promise engine does
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
    "a scan begins": ("requests.followup", "watch", BEFORE),
    "after many looks": ("requests.followup.watch", "_put_off", AFTER),
    "before an alarm is told": ("requests.followup.at_once", "tell", BEFORE),
    "before a look is committed": ("requests.followup.watch", "_look", AFTER),
    "after a look": ("requests.followup.watch", "look_at", AFTER),
    "before a rise is committed": ("requests.followup.alarms", "_rise_some", AT_THE_END),
    "after a rise": ("requests.followup.alarms", "_rise_some", COMMITTED),
    "before a batch is committed": ("requests.followup.plain", "_follow_up_some", AT_THE_END),
    "after a batch": ("requests.followup.plain", "_follow_up_some", COMMITTED),
    "before a word is committed": ("requests.followup.words", "_follow_up_on", AFTER),
    "after some words": ("requests.followup.words", "_follow_up_some", AFTER),
    "between two daily mails": ("requests.followup.digest", "_post", AFTER),
    "before the daily mail is committed": ("requests.followup.digest", "_write", AT_THE_END),
    "after the daily mail": ("requests.followup.digest", "_write", COMMITTED),
}
IN_THE_WEB, IN_A_WORKER, IN_A_SCAN = list(PLACES)[:4], list(PLACES)[5:10], list(PLACES)[11:]

_ordered = {}
_this_request = threading.local()


class Told(Exception):
    """A place was told to fail."""


@dataclass
class Order:
    """What is to happen at the nth time that a place is passed."""

    act: str
    nth: int
    seconds: float = 0
    what: str = ""

    def __post_init__(self):
        self.passes = count(1)

    def carry_out(self):
        if next(self.passes) != self.nth:
            return
        if self.act == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if self.act == "fail":
            raise Told
        if self.act == "do":
            module, _, function = self.what.rpartition(".")
            getattr(import_module(module), function)()
        time.sleep(self.seconds)


def put_up():
    """Stand at every place. Nothing happens there until it is ordered."""
    for place, (_module, path, when) in PLACES.items():
        name = path.split(".")[-1]
        setattr(_owner(place), name, _watched(getattr(_owner(place), name), place, when))


def found(place):
    """The function that is there now; where production itself makes it a transaction, what is in that."""
    _module, path, when = PLACES[place]
    there = getattr(_owner(place), path.split(".")[-1])
    return there.__wrapped__ if when in (AT_THE_END, COMMITTED) else there


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
    if when == AT_THE_END:
        return transaction.atomic(_watched(original.__wrapped__, place, AFTER))

    @wraps(original)
    def watched(*args, **kwargs):
        if when == BEFORE:
            _pass(place)
        result = original(*args, **kwargs)
        if when in (AFTER, COMMITTED):
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
    found = re.fullmatch(r"\s*([a-z0-9 ]+)=(die|fail|wait|do)(?::([\w.]+))?(?:@(\d+))?\s*", text)
    if not found or found[1] not in PLACES:
        raise ValueError(f"no such fail point: {text!r}")
    act, nth = found[2], int(found[4] or 1)
    return found[1], Order(act, nth, what=found[3]) if act == "do" else Order(act, nth, float(found[3] or 0))
