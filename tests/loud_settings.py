"""The settings of the tests for programs that write all they can; PLAIN=1 takes the guard of the logs away."""

import os
from datetime import timedelta

from portal.test_settings import *  # noqa: F403

LOGGING["root"]["level"] = "DEBUG"  # noqa: F405
if os.environ.get("PLAIN"):
    LOGGING["formatters"]["line"]["()"] = "logging.Formatter"  # noqa: F405
MAILS_TOGETHER_FOR = timedelta(0)
for entry in CELERY_BEAT_SCHEDULE.values():  # noqa: F405
    entry["schedule"] = 1.0
