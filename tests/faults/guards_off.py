"""Web servers of which a guard is off, for negative controls: named as `worker_class` of `town.web`."""

import logging

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.postgresql.features import DatabaseFeatures

from portal import urls
from portal.web_server import Worker

PLAIN_ERRORS = f"{__name__}.PlainErrors"
NO_TRANSACTION = f"{__name__}.NoTransaction"
STRICT_LOG = f"{__name__}.StrictLog"


class PlainErrors(Worker):
    """Whatever fails is an error as Django shows it, also when there is no room."""

    def init_process(self):
        urls.handler500 = "django.views.defaults.server_error"
        super().init_process()


class NoTransaction(Worker):
    """Each statement is for good at once, whatever comes after it."""

    def init_process(self):
        usual = BaseDatabaseWrapper.set_autocommit

        def always(database, autocommit, *args, **kwargs):
            usual(database, True)
            database.autocommit = autocommit  # as Django believes

        BaseDatabaseWrapper.set_autocommit, DatabaseFeatures.uses_savepoints = always, False
        super().init_process()


class StrictLog(Worker):
    """A line of the log that cannot be written is an error like any other."""

    def init_process(self):
        logging.Handler.handleError = _raise
        super().init_process()


def _raise(handler, record):
    raise  # what logging caught
