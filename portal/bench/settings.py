"""The settings of the demo, with one page more (the empty one) and one task (what the outbox is compared with)."""

from portal.settings import *  # noqa: F403

ROOT_URLCONF = "portal.bench.urls"
CELERY_IMPORTS = ["portal.bench.tasks"]
