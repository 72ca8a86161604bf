"""The town on which trials are made: real servers and programs, people who report, and a mail server."""

import os
import time
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import pytest
import redis
from django.conf import settings
from django.db import connection
from django.utils import timezone

from tenants.notifications.models import Notification
from tests import kept_rows, services_plugin
from tests.portal.processes import until
from tests.size import FULL, LONG, SEED

from . import auditor, figures
from .breaking import forget_connections, thaw
from .mail_sink import Door, Sink
from .people import Street
from .programs import Nursery


def pytest_report_header(config):
    return f"trials: {'all' if FULL else 'a tenth' if LONG else 'a few'}, SEED={SEED}"


def pytest_terminal_summary(terminalreporter):
    if LONG and figures.lines:
        heading = [
            "| | trial | times | lost | twice | back to normal | |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        terminalreporter.write_line("\n".join(["", f"SEED={SEED}", *heading, *sorted(figures.lines)]))


@dataclass
class Town:
    """Everything a trial needs. Programs are started by the trial and ended after it."""

    nursery: Nursery
    sink: Sink
    door: Door
    street: Street
    postgres: object
    valkey: object

    def web(self, **order):
        return self._start("web", order)

    def worker(self, **order):
        return self._start("worker", order)

    def workers(self, **order):
        return [self.worker(**order), self.worker(**order)]

    def sweep(self, **order):
        """What every worker does by itself, and nothing else."""
        return self._start("sweep", order)

    def beat(self, every=1, **order):
        return self.nursery.start("beat", every=every, **order)

    def _start(self, be, order):
        order["settings"] = {"MEDIA_ROOT": str(settings.MEDIA_ROOT), **order.pop("settings", {})}
        return self.nursery.start(be, **order)

    def unsettled(self):
        return Notification.objects.filter(state__in=["queued", "sending"])

    def is_quiet(self, seconds=60):
        """Whether every message has left, within so many seconds."""
        return until(lambda: not self.unsettled().exists(), seconds=seconds)

    def back_to_normal(self, since, seconds=60):
        """How long after `since` everything had left, and a new report was confirmed as well."""
        assert self.is_quiet(seconds), list(self.unsettled().values("state", "attempts", "due_at", "error"))
        quiet = time.monotonic() - since
        [person] = self.street.move_in(1)
        began = time.monotonic()
        assert self.street.send_until_told(person).acknowledged
        assert until(lambda: any(person.email == taken.recipient for taken in self.sink.taken), seconds=seconds)
        return max(quiet, began - since)

    def look(self, **ignore):
        """What the auditor finds."""
        return auditor.look(self.street.people, self.sink, at=timezone.now(), **ignore)


@pytest.fixture(scope="session")
def mail_servers():
    sink = Sink()
    door = Door(sink)
    yield sink, door
    door.close()
    sink.close()


@pytest.fixture(scope="session")
def nursery(django_db_setup, mail_servers, tmp_path_factory):
    _sink, door = mail_servers
    environment = {
        "DATABASE_URL": url_of_the_database(),
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": str(door.port),
        "PYTHONWARNINGS": "ignore",
        "QUIET_HOURS": "00:00-00:00",  # tests run at night, too
    }
    with Nursery(tmp_path_factory.mktemp("programs"), environment) as nursery:
        yield nursery


@pytest.fixture
def transactional_db(django_db_setup, django_db_blocker):
    """As pytest-django's own, of which it is told by the name; also after a trial that broke the connection."""
    with django_db_blocker.unblock():
        forget_connections()
        yield
        kept_rows.bring_back()
        connection.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """What the programs said last, where a trial failed."""
    report = yield
    log = getattr(item, "funcargs", {}).get("nursery") and item.funcargs["nursery"].log
    if report.failed and log and log.exists():
        report.sections.append(("what the programs said", log.read_text(errors="replace")[-6000:]))
    return report


@pytest.fixture
def town(transactional_db, nursery, mail_servers):
    sink, door = mail_servers
    redis.Redis.from_url(settings.REDIS_URL).flushdb()  # hints of other tests
    sink.forget()
    nursery.log.unlink(missing_ok=True)
    own = services_plugin.own
    yield Town(nursery, sink, door, Street(nursery.port), own.get("postgres"), own.get("valkey"))
    gone = nursery.end_all()
    door.set("open")
    assert not gone, "programs that no trial ended did not outlive it"


@pytest.fixture
def valkey(town):
    """The broker, to be broken."""
    if town.valkey is None:
        pytest.skip("the broker of REDIS_URL is not ours to break")
    yield town.valkey
    if town.valkey.process.poll() is None:
        thaw(town.valkey)
    else:
        town.valkey.launch()


@pytest.fixture
def postgres(town):
    """The database, to be broken."""
    if town.postgres is None:
        pytest.skip("the server of DATABASE_URL is not ours to break")
    yield town.postgres
    if town.postgres.process.poll() is not None:
        town.postgres.launch()


def url_of_the_database():
    url = urlsplit(os.environ["DATABASE_URL"])
    return urlunsplit(url._replace(path="/" + connection.settings_dict["NAME"]))
