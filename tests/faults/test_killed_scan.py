"""F1 and F14: the scan of the promise engine is killed with -9. Whoever should hear something hears it, and once."""

import signal
import time
from collections import Counter
from datetime import time as hour
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from requests import followup, workflow
from requests.audit import audit
from requests.followup import digest, plain, words
from requests.models import Alarm, DigestDay, ServiceRequest, StatusChange, Visit
from requests.workflow import Actor, Status
from tenants.notifications.models import Channel, Notification
from tests import kept_rows
from tests.factories import ServiceRequestFactory, StaffFactory, TenantFactory
from tests.portal.processes import until
from tests.size import LONG, chance, times

from . import figures
from .auditor import Found
from .fail_points import IN_A_SCAN

ROUNDS = times(24, short=1)
PLACES = IN_A_SCAN if LONG else IN_A_SCAN[2::4]  # while it looks, tells by the hundred, and writes the daily mail
QUICK = {"lease": 2, "sweep": 1}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AT_THE_OFFICE = f"a scan begins=do:{__name__}.open_the_office"
MADE_HERE = ["told_that_it_was_received"]  # without that mail
PLAIN, OTHERS, BROKEN = 55 if LONG else 10, 4, 2  # requests of each kind; fifty are the first batch
AS_OFTEN = {  # as such a place is surely passed
    "before an alarm is told": 2,
    "before a look is committed": 2,
    "after a look": 2,
    "before a batch is committed": 2,
    "after a batch": 2,
    "before a word is committed": OTHERS,
    "between two daily mails": 2,
}


class Due:
    """What a scan finds of every kind, and what everybody should have heard when all of it is done."""

    def __init__(self):
        self.now = timezone.now()
        self.leads = [self._staff("Team lead"), self._staff("Team lead")]
        self.manager = self._staff("Manager")
        emergency = {"urgency": "A", "at": self.now - 12 * HOUR}
        self.rising = [ServiceRequestFactory(**emergency) for _ in range(BROKEN)]
        followup.watch(at=self.now)
        Alarm.objects.update(raised_at=self.now - 2 * HOUR, rises_at=self.now - HOUR)
        with transaction.atomic():  # nobody sees a request without its report
            self.emergencies = [ServiceRequestFactory(**emergency) for _ in range(BROKEN)]
            late = {"at": self.now - 20 * DAY, "watch_at": self.now - HOUR}  # looked at when the emergencies were
            self.late = [ServiceRequestFactory(**late) for _ in range(BROKEN)]
            self.plain = [self._silent() for _ in range(PLAIN)]
            self.on_paper = [self._silent(reported_by=TenantFactory(wants_letters=True)) for _ in range(OTHERS)]
            self.visited = [self._visited() for _ in range(OTHERS)]

    def _staff(self, group):
        user = StaffFactory()
        user.groups.add(Group.objects.get(name=group))
        return user

    def _silent(self, **fields):
        return ServiceRequestFactory(at=self.now - 2 * DAY, next_word_at=self.now - HOUR, **fields)

    def _visited(self):
        """Somebody comes soon, as was planned yesterday."""
        planned, window = self.now - DAY, DateTimeTZRange(self.now + 2 * HOUR, self.now + 4 * HOUR)
        row = self._silent(answered_at=planned)
        Visit.objects.create(service_request=row, window=window, craftsman="Carla")
        plan = {"move": workflow.SCHEDULE.name, "old_status": Status.RECEIVED, "new_status": Status.SCHEDULED}
        StatusChange.objects.create(service_request=row, actor=Actor.STAFF, by=self.manager, at=planned, **plan)
        ServiceRequest.objects.filter(pk=row.pk).update(status=Status.SCHEDULED)
        return row

    def told(self):
        """How often who should have heard what."""
        mails = {"request_holding": self.plain + self.on_paper, "request_visit": self.visited}
        mails["recovery_broken"] = self.rising + self.emergencies + self.late
        told = Counter((kind, row.reports.get().tenant.name) for kind, rows in mails.items() for row in rows)
        for lead in self.leads:
            told |= {("staff_alarm", lead.email): 2 * BROKEN, ("staff_digest", lead.email): 1}
        return told | Counter({("staff_alarm", self.manager.email): BROKEN})

    def raised(self):
        """Every alarm, and at which level it stands."""
        levels = {Alarm.Level.MANAGER: self.rising, Alarm.Level.TEAM_LEAD: self.emergencies, 0: self.late}
        return Counter((row.reference, int(level)) for level, rows in levels.items() for row in rows)


def told():
    rows = Notification.objects.values_list("kind", "tenant__name", "address")
    return Counter((kind, tenant or address) for kind, tenant, address in rows)


def raised():
    return Counter(Alarm.objects.values_list("service_request__reference", "level"))


def is_done():
    """Nothing is due any more, whoever has done it, and every mail has left."""
    at, requests = timezone.now(), ServiceRequest.objects
    due = [requests.due_for_a_word(at=at), requests.due_for_a_look(at=at), Alarm.objects.due_to_rise(at=at)]
    due.append(Notification.objects.filter(due_at__isnull=False))
    return DigestDay.objects.exists() and not any(rows.exists() for rows in due)


def look(town, due):
    """As the auditor does; he knows no mail to staff."""
    mails = {row.message_id for row in Notification.objects.exclude(channel=Channel.LETTER)}
    copies = town.sink.copies()
    untold = [alarm.pk for alarm in Alarm.objects.untold()]
    lost = [*(due.told() - told()), *(due.raised() - raised()), *(mails - copies.keys()), *untold]
    twice = [*(told() - due.told()), *(raised() - due.raised()), *(copies.keys() - mails)]
    broken = [one.name for one in audit(at=timezone.now()) if one.failures and one.name not in MADE_HERE]
    return Found(lost=lost, twice=twice, broken=broken, repeated=sum(copies.values()) - len(copies))


def open_the_office():
    """In the worker: the daily mail is written at any hour of any day, as these tests are run."""
    digest.FROM, digest.is_working_day = hour(0), lambda day: True


def die(program, place, nth=1, orders=AT_THE_OFFICE):
    """A worker, or only its sweep, which makes the scan: it dies there."""
    assert program(seconds=QUICK, fail_points=f"{orders}; {place}=die@{nth}").ends() == signal.SIGKILL, place


@pytest.fixture(autouse=True)
def at_any_hour(settings):
    """Mail leaves at night, too, as it does for the programs."""
    settings.QUIET_HOURS = (hour(0), hour(0))


def a_new_day(town):
    kept_rows.bring_back()
    town.sink.forget()
    return Due()


def test_a_scan_that_is_killed_anywhere_tells_everybody_once_and_raises_every_alarm_once(town):
    moments, found, longest = chance("killed scan"), Found(), 0
    for _ in range(ROUNDS):
        due = a_new_day(town)
        for place in PLACES:
            die(town.worker, place, moments.randint(1, AS_OFTEN.get(place, 1)))
        ended = time.monotonic()
        healthy = town.worker(seconds=QUICK, fail_points=AT_THE_OFFICE)
        assert until(is_done, seconds=60)
        longest = max(longest, time.monotonic() - ended)
        healthy.stop()
        seen = look(town, due)
        assert seen.faults().keys() <= {"repeated"}, seen
        found.repeated += seen.repeated

    figures.note(
        "F1, F14",
        "worker killed in its scan: while it looks, raises, tells by the hundred and one by one, writes the daily mail",
        times=ROUNDS * len(PLACES),
        found=found,
        back=longest,
        remark=f"{due.told().total()} messages in each round; {found.repeated} mails repeated with the same Message-ID",
    )
    assert longest <= 60


# --- with a guard off -------------------------------------------------------------------------------------------------


def without_transactions():
    """In the worker: what a statement did stays."""
    open_the_office()
    connection.execute_wrappers.append(_commit_it)


def _commit_it(execute, sql, params, many, context):
    if sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
        return None
    result = execute(sql, params, many, context)
    connection.connection.commit()
    return result


def mark_first():
    """In the worker: whoever is due is put off before they are told, in a transaction of its own."""
    open_the_office()
    plain.follow_up = lambda at: 0
    words._follow_up_some = _mark_first


def _mark_first(*, at, most):
    due = list(ServiceRequest.objects.due_for_a_word(at=at)[:most])
    ServiceRequest.objects.filter(pk__in=[row.pk for row in due]).update(next_word_at=at + DAY)
    for row in due:
        words._follow_up_on(row, at=at)
    return due


CONTROLS = {
    "before a word is committed": mark_first,
    "before an alarm is told": without_transactions,
    "between two daily mails": without_transactions,
}


@pytest.mark.parametrize("place", CONTROLS if LONG else ["between two daily mails"])
def test_without_its_transactions_a_scan_that_is_killed_loses_something(town, place):
    due = Due()
    without = f"a scan begins=do:{__name__}.{CONTROLS[place].__name__}"
    die(town.sweep, place, orders=without)
    town.sweep(seconds=QUICK, fail_points=without)

    assert until(is_done, seconds=60)
    assert look(town, due).lost != []
    assert look(town, due).twice == []


@pytest.mark.long
@pytest.mark.parametrize("guard", [mark_first, without_transactions])
def test_without_them_and_without_being_killed_it_loses_nothing(town, guard):
    due = Due()
    town.sweep(seconds=QUICK, fail_points=f"a scan begins=do:{__name__}.{guard.__name__}")

    assert until(is_done, seconds=60)
    assert look(town, due).faults() == {}
