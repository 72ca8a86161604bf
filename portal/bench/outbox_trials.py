"""How fast messages leave, and how soon."""

import dataclasses
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median, quantiles

from celery import current_app
from django.db import transaction
from django.utils import timezone

from portal.local.processes import free_port
from requests import notifications
from tenants.models import Tenant
from tenants.notifications import outbox, wake
from tenants.notifications.claiming import TAKE_NEXT
from tenants.notifications.models import LEASE, LEAVE_BY_THEMSELVES, Notification

from .trials import NO_MAIL, Figure, Ground, above, below, found_by, index_of, trial, workers

OCCASION = "bench-"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
LONGEST = 300.0  # seconds
A_DAY = timedelta(days=1)


@trial("P11")
def _(ground: Ground) -> Iterator[Figure]:
    """P11 Messages a second, two workers, the mail server takes no time."""
    many = 20_000 if ground.full else 4_000
    with none_left(), workers(2, EMAIL_BACKEND=NO_MAIL):
        ours = _rate(queue(many), start=_one_hint_each)
        until_none_waits()  # hints that came when everything had left
        theirs = _rate(queue(many, due_in=A_DAY), start=_one_task_each)
    yield above("by the outbox", ours, 600, "a second")
    yield Figure("by a Celery task each, same commits", f"{theirs:,.4g} a second")
    yield above("the one beside the other", ours / theirs, 0.5, "times")
    yield due_plan()


@trial("P14")
def _(ground: Ground) -> Iterator[Figure]:
    """P14 From commit to the mail server, one worker, in quiet."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 -- only of the test group

    sink, times = Sink(), 500 if ground.full else 60
    server = Controller(sink, hostname="127.0.0.1", port=free_port())
    server.start()
    try:
        where = {"EMAIL_BACKEND": SMTP, "EMAIL_HOST": "127.0.0.1", "EMAIL_PORT": str(server.port)}
        with none_left(), workers(1, **where):
            waits = [_one_mail(ground, sink) for _ in range(times)]
    finally:
        server.stop()
    yield Figure("p50", f"{median(waits):,.3g} s")
    yield below("p95", quantiles(waits, n=20)[-1], 2, "s")
    yield Figure("longest", f"{max(waits):,.3g} s")


class Sink:
    """A mail server that remembers when it was handed which message."""

    def __init__(self) -> None:
        self.taken: dict[str, float] = {}

    async def handle_DATA(self, server: object, session: object, envelope: object) -> str:
        at = time.monotonic()
        for line in envelope.content.split(b"\r\n"):  # type: ignore[attr-defined]  # aiosmtpd has no types
            if line.lower().startswith(b"message-id:"):
                self.taken[line.split(b":", 1)[1].strip().decode()] = at
        return "250 taken"


def _one_mail(ground: Ground, sink: Sink) -> float:
    """Seconds between the commit of a message and the moment at which the mail server has it."""
    service_request = ground.world.service_request
    told = notifications.received(service_request, service_request.reports.filter(tenant=ground.world.tenant)[0])
    message = dataclasses.replace(told, occasion=f"{OCCASION}{uuid.uuid4()}")
    with transaction.atomic():
        outbox.post(message, at=timezone.now())
        row = Notification.objects.get(occasion=message.occasion, channel="email")
    committed = time.monotonic()
    while row.message_id not in sink.taken and time.monotonic() < committed + LONGEST:
        time.sleep(0.001)
    time.sleep(0.2)  # quiet
    return sink.taken[row.message_id] - committed


@contextmanager
def none_left() -> Iterator[None]:
    try:
        yield
    finally:
        Notification.objects.filter(occasion__startswith=OCCASION).delete()


def _rate(keys: list[int], *, start: Callable[[list[int]], object]) -> float:
    """Messages a second, from the first wake-up call until the last one left."""
    began = time.monotonic()
    start(keys)
    left = Notification.objects.filter(pk__gte=keys[0], pk__lte=keys[-1], due_at__isnull=False)
    while left.exists() and time.monotonic() < began + LONGEST:
        time.sleep(0.02)
    return len(keys) / (time.monotonic() - began)


def queue(many: int, *, due_in: timedelta = timedelta(0)) -> list[int]:
    """So many messages, due now, or later, so that the workers leave them alone."""
    tenant, now = Tenant.objects.exclude(email="")[0], timezone.now()
    text = {"subject": "Uw melding", "body": "Wij hebben uw melding ontvangen. " * 12, "html": "<p>Dank u.</p>" * 100}
    rows = Notification.objects.bulk_create(
        Notification(
            tenant=tenant,
            channel="email",
            address=tenant.email,
            kind="request_received",
            occasion=f"{OCCASION}{uuid.uuid4()}",
            queued_at=now,
            due_at=now + due_in,
            **text,
        )
        for _ in range(many)
    )
    return [row.pk for row in rows]


def _one_hint_each(keys: list[int]) -> None:
    """As the transactions do that write them."""
    for _ in keys:
        wake.up("notifications.deliver_due")


def _one_task_each(keys: list[int]) -> None:
    with current_app.producer_or_acquire() as producer:
        for key in keys:
            current_app.send_task("bench.two_commits", args=[key], producer=producer, ignore_result=True)


def until_none_waits() -> None:
    """Until the workers have taken every task."""
    with current_app.connection_for_read() as connection:
        channel = connection.default_channel
        while channel.client.llen(current_app.conf.task_default_queue):
            time.sleep(0.02)


def due_plan() -> Figure:
    """Of the statement that workers find their next message with."""
    now = timezone.now()
    used = index_of(TAKE_NEXT, {"at": now, "until": now + LEASE, "channels": list(LEAVE_BY_THEMSELVES)})
    return found_by("notification_due", "what is due", used)
