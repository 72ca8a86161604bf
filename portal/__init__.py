"""The composition root: settings, URLs, the Celery app and the pages that know every app."""

from .celery import app as celery_app

__all__ = ["celery_app"]
