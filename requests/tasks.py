"""Wake-up calls for what is due. They may run twice, and on several workers."""

from celery import shared_task
from django.utils import timezone

from . import followup, services


@shared_task(name="requests.follow_up")
def follow_up() -> None:
    followup.watch(at=timezone.now())
    followup.rise(at=timezone.now())
    followup.follow_up(at=timezone.now())
    followup.write_digests(at=timezone.now())


@shared_task(name="requests.make_thumbnails")
def make_thumbnails() -> None:
    services.make_thumbnails()


@shared_task(name="requests.forget_old_drafts")
def forget_old_drafts() -> None:
    services.forget_drafts(at=timezone.now())


@shared_task(name="requests.remove_lost_files")
def remove_lost_files() -> None:
    services.remove_lost_files(at=timezone.now())
