"""Wake-up calls for what is due. They may run twice, and on several workers."""

from celery import shared_task
from django.utils import timezone

from . import followup, services


@shared_task(name="requests.follow_up")
def follow_up() -> None:
    followup.follow_up(at=timezone.now())


@shared_task(name="requests.make_thumbnails")
def make_thumbnails() -> None:
    services.make_thumbnails()


@shared_task(name="requests.forget_old_drafts")
def forget_old_drafts() -> None:
    services.forget_drafts(at=timezone.now())
