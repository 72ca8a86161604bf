"""Wake-up calls for the outbox."""

from celery import shared_task
from django.utils import timezone

from . import delivery, pulse, sweep
from .models import Pulse


@shared_task(name="notifications.deliver_due")
def deliver_due() -> None:
    delivery.deliver_due(now=timezone.now, go_on=sweep.goes_on)


@shared_task(name="notifications.clock_ticks", expires=60)
def clock_ticks() -> None:
    """Beat sent this, the broker carried it and a worker took it: all three work."""
    pulse.give(pulse.CLOCK, Pulse.Kind.CLOCK, at=timezone.now())
