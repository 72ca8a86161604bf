"""What several of these tests share."""

from datetime import timedelta

from django.utils import timezone


def just_now():
    return timezone.now() - timedelta(hours=1)
