"""A database that exists as long as it is played with."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager

from celery import current_app
from django.db import connection
from django.test.utils import override_settings

NOWHERE = "django.core.mail.backends.dummy.EmailBackend"


@contextmanager
def scratch_database() -> Iterator[None]:
    """Another database on the same server, migrated and empty. Mails and texts go nowhere, and no worker is woken.

    The role of DATABASE_URL must be allowed to create databases.
    """
    own = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = f"simulation_{os.getpid()}"
    logging.disable(logging.INFO)  # a year of it
    current_app.conf.update(broker_url="memory://", broker_write_url="memory://")
    with override_settings(EMAIL_BACKEND=NOWHERE, SMS_BACKEND=""):
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET synchronous_commit = off")  # a power cut may lose a database that is thrown away
            yield
        finally:
            connection.creation.destroy_test_db(own, verbosity=0)
            logging.disable(logging.NOTSET)
