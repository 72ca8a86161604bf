"""What the outbox is compared with: Celery's own way, one task per message, with the same two commits."""

from celery import shared_task
from django.utils import timezone

from tenants.notifications.models import Notification


@shared_task(name="bench.two_commits")
def two_commits(notification_id: int) -> None:
    row = Notification.objects.filter(pk=notification_id)
    row.update(state=Notification.State.SENDING)
    row.get()
    row.update(state=Notification.State.SENT, sent_at=timezone.now(), due_at=None)
