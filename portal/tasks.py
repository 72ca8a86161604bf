"""Wake-up calls for the housekeeping of the installation."""

from celery import shared_task
from django.core.management import call_command


@shared_task(name="portal.forget_old_sessions")
def forget_old_sessions() -> None:
    call_command("clearsessions")
