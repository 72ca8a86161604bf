"""Wake-up calls for the housekeeping of the installation."""

from allauth.usersessions.models import UserSession
from celery import shared_task
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone

from tenants import attempts


@shared_task(name="portal.forget_old_sessions")
def forget_old_sessions() -> None:
    call_command("clearsessions")
    UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()  # they hold addresses
    attempts.forget(at=timezone.now())
