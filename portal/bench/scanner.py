"""What P12 runs in processes of their own, on a database of its own: `python -m portal.bench.scanner JOB NUMBER`.

Each job prints one line of JSON.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

import django
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

NEVER_READY = 1e6  # days
LOOKS = 300
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)  # nothing was due then


def fill(requests: int) -> dict[str, object]:
    """So many open requests, none of them due; made once, and without what earlier trials said about them."""
    from portal.demo import bulk  # noqa: PLC0415 -- models, so not before django.setup()
    from requests.models import ServiceRequest  # noqa: PLC0415 -- models, so not before django.setup()

    call_command("migrate", verbosity=0)
    bulk.fill(requests=requests, at=timezone.now(), days_until_ready=NEVER_READY)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM tenants_notification WHERE kind = 'request_holding'")
    bulk.settle()
    return {"open": ServiceRequest.objects.open().count()}


def due(requests: int) -> dict[str, object]:
    """Let so many of them be due, spread over all; `told`: how many messages there are before anybody looks."""
    from requests.models import ServiceRequest  # noqa: PLC0415 -- models, so not before django.setup()
    from tenants.models import Notification  # noqa: PLC0415 -- models, so not before django.setup()

    step = max(ServiceRequest.objects.count() // requests, 1)
    chosen = ServiceRequest.objects.to_do().extra(where=["id %% %s = 0"], params=[step]).values("pk")[:requests]
    moment = timezone.now() - timedelta(minutes=1)
    count = ServiceRequest.objects.filter(pk__in=chosen).update(next_word_at=moment, words_given=0)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE requests_servicerequest")
    return {"due": count, "told": Notification.objects.filter(kind="request_holding").count()}


def scan(at_once: int) -> dict[str, object]:
    """Follow up on what is due; how long, how much memory more than before, and the longest transaction.

    `at_once`: in statements of so many, for what is plain; 0 for as many as usual.
    """
    from requests import followup  # noqa: PLC0415 -- models, so not before django.setup()
    from requests.followup import plain  # noqa: PLC0415 -- models, so not before django.setup()

    _load_what_is_loaded_once()
    if at_once:
        plain.AT_A_TIME = (at_once, at_once)
    before, longest = _peak(forget=True), _watch_transactions()
    print("ready", flush=True)
    sys.stdin.readline()
    began = time.monotonic()
    count = followup.follow_up(at=timezone.now())
    took = time.monotonic() - began
    return {"count": count, "took": took, "memory": _peak() - before, "longest": longest() * 1000}


def _load_what_is_loaded_once() -> None:
    """As in a worker that did this before: templates, the holidays of this year, the line to the broker."""
    from requests import followup  # noqa: PLC0415 -- models, so not before django.setup()
    from tenants.notifications import wake  # noqa: PLC0415 -- models, so not before django.setup()

    with transaction.atomic():
        followup.follow_up_next(at=timezone.now())
        transaction.set_rollback(True)
    wake.up("notifications.deliver_due")


def told(_: int) -> dict[str, object]:
    """What the scanners did together."""
    from requests.models import ServiceRequest  # noqa: PLC0415 -- models, so not before django.setup()
    from tenants.models import Notification  # noqa: PLC0415 -- models, so not before django.setup()

    return {
        "told": Notification.objects.filter(kind="request_holding").count(),
        "twice": ServiceRequest.objects.filter(words_given__gt=1).count(),
        "left": ServiceRequest.objects.due_for_a_word(at=timezone.now()).count(),
    }


def idle(_: int) -> dict[str, object]:
    """A look when nothing is due, in milliseconds: at words, and at all that is looked at each minute."""
    from requests import followup  # noqa: PLC0415 -- models, so not before django.setup()

    words, all_of_it = list[float](), list[float]()
    for _look in range(LOOKS):
        began = time.perf_counter()
        followup.follow_up(at=LONG_AGO)
        words.append((time.perf_counter() - began) * 1000)
        followup.watch(at=LONG_AGO)
        followup.rise(at=LONG_AGO)
        all_of_it.append((time.perf_counter() - began) * 1000)
    return {"p50": median(words), "all": median(all_of_it)}


def plans(_: int) -> dict[str, object]:
    """How the database finds what is due: of the statements themselves."""
    from portal.bench.trials import index_of  # noqa: PLC0415 -- models, so not before django.setup()
    from requests.followup import plain  # noqa: PLC0415 -- models, so not before django.setup()
    from requests.models import ServiceRequest  # noqa: PLC0415 -- models, so not before django.setup()

    now = timezone.now()
    look = ServiceRequest.objects.due_for_a_look(at=now).order_by("watch_at", "pk").values("pk")[:1000]
    return {"words": index_of(*plain.statement(at=now)), "looks": index_of(*look.query.sql_with_params())}


def _peak(*, forget: bool = False) -> float:
    """The most memory that this process had since it was told to forget, in MiB. Of Linux."""
    if forget:
        Path("/proc/self/clear_refs").write_text("5")
    return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0]) / 1024


def _watch_transactions() -> Callable[[], float]:
    """Time every transaction from now on; the answer tells how long the longest took, in seconds."""
    connection.ensure_connection()
    lasted, begun, switch = [0.0], [time.monotonic()], connection.set_autocommit

    def watched(autocommit: bool, *args: Any, **kwargs: Any) -> None:
        if autocommit:  # committed just now; what was put off until then comes next
            lasted[0] = max(lasted[0], time.monotonic() - begun[0])
        switch(autocommit, *args, **kwargs)
        begun[0] = time.monotonic()

    connection.set_autocommit = watched  # type: ignore[method-assign]  # to see when it is called
    return lambda: lasted[0]


JOBS: dict[str, Callable[[int], dict[str, object]]] = {
    "fill": fill, "due": due, "scan": scan, "told": told, "idle": idle, "plans": plans,
}  # fmt: skip


if __name__ == "__main__":
    django.setup()
    print(json.dumps(JOBS[sys.argv[1]](int(sys.argv[2]))), flush=True)
