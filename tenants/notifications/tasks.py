"""Wake-up calls for the outbox."""

from celery import shared_task
from django.utils import timezone

from . import delivery


@shared_task(name="notifications.deliver_due")
def deliver_due() -> None:
    delivery.deliver_due(now=timezone.now)
