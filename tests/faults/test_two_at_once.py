"""F13: two people act on one request at the same moment. One of them is told that it changed; nothing is lost."""

import threading
from contextlib import suppress
from itertools import combinations_with_replacement

from django.db import connection
from django.utils import timezone

from requests import services, workflow
from requests.audit import audit
from requests.models import Message, Report, ServiceRequest, StatusChange
from requests.services import Said, moves
from requests.workflow import Actor, Status
from tests.factories import ServiceRequestFactory, StaffFactory
from tests.size import chance, times

from . import figures

SECOND = (  # what the second one may be told
    services.ChangedMeanwhile,
    services.MoveNotAllowed,
    services.AlreadyAnswered,
    services.TooLate,
)
STAFF_MOVES = {
    "plan": (workflow.PLAN, Said()),
    "wait": (workflow.WAIT, Said(waiting_reason="parts")),
    "decline": (workflow.DECLINE, Said(note="Dit doet u zelf.", outcome="tenant_job")),
    "confirm_call": (workflow.CONFIRM_BY_PHONE, Said(note="Gebeld.")),
    "reopen": (workflow.REOPEN, Said(note="Het lekt nog.")),
}


def staff_move(name):
    move, said = STAFF_MOVES[name]
    return lambda one, who: services.make_move(
        one.pk, move, actor=Actor.STAFF, by=who, at=timezone.now(), said=said, seen=one.version
    )


def staff_writes(one, who):
    services.write_to_tenants(one.pk, by=who, body="Wij komen.", at=timezone.now(), seen=one.version)


def assigned(one, who):
    services.assign([one.pk], to=who, by=who, at=timezone.now())


def tenant_writes(one, who):
    services.write_to_staff(one.pk, tenant=Report.objects.get(service_request=one).tenant, body="?", at=timezone.now())


def withdraws(one, who):
    services.make_move(one.pk, workflow.WITHDRAW, actor=Actor.TENANT, by=None, at=timezone.now(), seen=one.version)


def says(answer):
    def verdict(one, who):
        report = Report.objects.get(service_request=one)
        services.answer_verdict(report.pk, round=1, answer=answer, words="Lekt.", by=None, at=timezone.now())

    return verdict


OPEN = {name: staff_move(name) for name in ("plan", "wait", "decline")}
OPEN |= {"staff write": staff_writes, "assign": assigned, "tenant writes": tenant_writes, "withdraw": withdraws}
DONE = {name: staff_move(name) for name in ("confirm_call", "reopen")}
DONE |= {"solved": says("solved"), "not solved": says("not_solved"), "staff write": staff_writes, "assign": assigned}
PAIRS = [(Status.RECEIVED, pair) for pair in combinations_with_replacement(OPEN.items(), 2)]
PAIRS += [(Status.DONE, pair) for pair in combinations_with_replacement(DONE.items(), 2)]


def both(one, acts):
    """What each was told who acted at the same moment: nothing, or why not."""
    people, together, told = [StaffFactory(), StaffFactory()], threading.Barrier(2), []

    def act(what, who):
        try:
            together.wait()
            what(one, who)
            told.append(None)
        except Exception as failure:  # noqa: BLE001 -- looked at below
            told.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=act, args=pair) for pair in zip(acts, people, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def broken(at):
    return {finding.name for finding in audit(at=at) if finding.failures}


def request_in(status):
    """One that came there as they do."""
    one = ServiceRequestFactory(at=timezone.now())
    steps = [(workflow.PLAN, Said()), (workflow.FINISH, Said())] if status == Status.DONE else []
    for move, said in steps:
        one = services.make_move(one.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=timezone.now(), said=said)
    return one


def trial(status, pair):
    """How many were refused, how often the version went up, and how many traces there are of what was done."""
    one = request_in(status)
    steps = StatusChange.objects.filter(service_request=one).count()
    told = both(one, [act for _, act in pair])
    refused = [each for each in told if each is not None]
    after = ServiceRequest.objects.get(pk=one.pk)
    traces = StatusChange.objects.filter(service_request=one).count() - steps
    traces += Message.objects.filter(service_request=one).count()
    assert all(isinstance(each, SECOND) for each in refused), (pair, refused)
    return len(refused), after.version - one.version, traces


def test_of_two_at_once_nothing_is_lost_and_the_second_is_told(transactional_db):
    chance("two at once").shuffle(PAIRS)
    rounds = [PAIRS[number % len(PAIRS)] for number in range(times(200, short=6))]
    refused = 0
    for status, pair in rounds:
        no, versions, traces = trial(status, pair)
        refused += no
        names = [name for name, _ in pair]
        if not {"assign", "solved", "not solved"} & set(names):
            assert (no, versions, traces) in [(0, 2, 2), (1, 1, 1)], names
        assert no < 2

    figures.note(
        "F13",
        f"two at once, {len(PAIRS)} pairs of actions",
        times=len(rounds),
        remark=f"{refused} were told that it changed",
    )
    assert broken(timezone.now()) <= {"told_that_it_was_received"}  # the rows were made without that mail


def test_without_the_lock_both_would_move_it(transactional_db, monkeypatch):
    met = threading.Barrier(2)

    def look(pk, *, seen=None):
        row = ServiceRequest.objects.get(pk=pk)
        with suppress(threading.BrokenBarrierError):
            met.wait(timeout=2)
        return row

    monkeypatch.setattr(moves, "lock", look)

    no, versions, traces = trial(Status.RECEIVED, [("plan", OPEN["plan"]), ("wait", OPEN["wait"])])

    assert (no, versions, traces) == (0, 1, 2)
    assert "history_is_unbroken" in broken(timezone.now())
