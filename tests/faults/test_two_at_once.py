"""F13: two people act on one request at the same moment. Whoever looked is told that it changed; nothing is lost."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import combinations_with_replacement

from django.db import connection
from django.utils import timezone

from requests import services, workflow
from requests.audit import audit
from requests.models import Gesture, Objection, Recovery, ServiceRequest
from requests.services import Said, moves, recovery
from requests.workflow import Actor, Status
from tenants.notifications.models import Notification
from tests.factories import ServiceRequestFactory, StaffFactory
from tests.size import chance, times

from . import figures

DAY = timedelta(days=1)


class SomebodyElseHasIt(Exception):
    """What the page of a request says when `assign` changed nothing."""


SECOND = (  # what the second one may be told
    services.ChangedMeanwhile,
    services.MoveNotAllowed,
    services.AlreadyAnswered,
    services.TooLate,
    services.CannotMerge,
    services.CannotMovePromise,
    services.GestureDecided,
    services.AlreadyDecided,
    SomebodyElseHasIt,
)
LATER = timezone.now() + 60 * DAY
STAFF_MOVES = {
    "plan": (workflow.PLAN, Said()),
    "wait": (workflow.WAIT, Said(waiting_reason="parts")),
    "defer": (workflow.DEFER, Said(note="In het voorjaar.", waiting_reason="weather", until=LATER)),
    "decline": (workflow.DECLINE, Said(note="Dat doet u zelf.", outcome="tenant_job")),
    "confirm_call": (workflow.CONFIRM_BY_PHONE, Said(note="Gebeld.")),
    "reopen": (workflow.REOPEN, Said(note="Het lekt nog.")),
}


def staff_move(name):
    move, said = STAFF_MOVES[name]
    return lambda one, who, seen: services.make_move(
        one.pk, move, actor=Actor.STAFF, by=who, at=timezone.now(), said=said, seen=seen
    )


def staff_writes(one, who, seen):
    services.write_to_tenants(one.pk, by=who, body="Wij komen.", at=timezone.now(), seen=seen)


def assigned(one, who, seen):
    whose = None if seen is None else {one.pk: one.assignee_id}
    if not services.assign([one.pk], to=who, by=who, at=timezone.now(), seen=whose):
        raise SomebodyElseHasIt


def promised_later(one, who, seen):
    services.move_promise(one.pk, to=LATER, reason="Onderdelen.", by=who, at=timezone.now(), seen=seen)


def merged(one, who, seen):
    services.merge(one, one.other, who, timezone.now(), seen=seen)


def gives_a_gesture(one, who, seen):
    services.give_gesture(Recovery.objects.get(service_request=one).pk, by=who, at=timezone.now())


def decides(one, who, seen):
    pk = Objection.objects.get(service_request=one).pk
    services.decide_objection(pk, upheld=True, answer="U hebt gelijk.", by=who, at=timezone.now())


def tenant_writes(one, who, seen):
    services.write_to_staff(one.pk, tenant=one.tenant, body="?", at=timezone.now())


def withdraws(one, who, seen):
    services.make_move(one.pk, workflow.WITHDRAW, actor=Actor.TENANT, by=None, at=timezone.now(), seen=seen)


def says(answer):
    def verdict(one, who, seen):
        report = one.reports.get()
        services.answer_verdict(report.pk, round=1, answer=answer, words="Lekt.", by=None, at=timezone.now())

    return verdict


# Whoever does one of these looked at the request as a whole; for the others there is a guard of their own.
LOOKS = {name: staff_move(name) for name in STAFF_MOVES}
LOOKS |= {"staff write": staff_writes, "later": promised_later, "merge": merged, "withdraw": withdraws}
ONCE = {"assign": assigned, "gesture": gives_a_gesture, "objection": decides}
ACTS = LOOKS | ONCE | {"tenant writes": tenant_writes, "solved": says("solved"), "not solved": says("not_solved")}
OPEN = ("plan", "wait", "defer", "decline", "later", "merge", "gesture", "objection")
OPEN += ("staff write", "assign", "tenant writes", "withdraw")
DONE = ("confirm_call", "reopen", "solved", "not solved", "staff write", "assign")
PAIRS = [(Status.RECEIVED, pair) for pair in combinations_with_replacement(OPEN, 2)]
PAIRS += [(Status.DONE, pair) for pair in combinations_with_replacement(DONE, 2)]


def the_second_must_be_told(pair):
    """Both looked at what the other one changes, or both do what is done once."""
    return set(pair) <= LOOKS.keys() or (pair[0] == pair[1] and pair[0] in ONCE)


def request_in(status, pair):
    """One that came there as they do, with what the pair acts upon; `other` is what it may be merged into."""
    now = timezone.now()
    other = ServiceRequestFactory(at=now) if "merge" in pair else None
    place = {"dwelling": other.dwelling} if other else {}
    one = ServiceRequestFactory(at=now, **place)
    for move in (workflow.PLAN, workflow.FINISH) if status == Status.DONE else ():
        one = services.make_move(one.pk, move, actor=Actor.STAFF, by=StaffFactory(), at=now)
    one.other, one.tenant = other, one.reports.get().tenant
    if "gesture" in pair:
        Gesture.objects.get_or_create(urgency=one.urgency, what_nl="Een bloemetje", what_en="Flowers")
        broken = {"why": Recovery.Why.BROKEN, "promised": now, "begun_at": now}
        broken["hear_by"] = recovery.hears_by(one, at=now)
        Recovery.objects.create(service_request=one, of="promise-1", **broken)
        recovery.settle(one, at=now)
    if "objection" in pair:
        report = one.reports.get()
        Objection.objects.create(service_request=one, report=report, rule="law_d", words="Dit is van u.", at=now)
    return one


def told(act, one, who, seen):
    """Nothing, or why not."""
    try:
        ACTS[act](one, who, seen)
    except SECOND as failure:
        return type(failure).__name__
    return None


def at_once(one, pair, people, seen):
    together = threading.Barrier(2)

    def act(name, who):
        try:
            together.wait()
            return told(name, one, who, seen)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(act, pair, people))


def in_turn(first):
    """The first of the pair begins when `first` is 0."""

    def both(one, pair, people, seen):
        order = [first, 1 - first]
        answers = {number: told(pair[number], one, people[number], seen) for number in order}
        return [answers[0], answers[1]]

    return both


def ending(status, pair, both, looks=True):
    """How the two come out of it, and everything that can be seen of it afterwards."""
    one, people = request_in(status, pair), [StaffFactory(), StaffFactory()]
    before, seen = one.history.count(), one.version if looks else None
    mails = list(Notification.objects.values_list("pk", flat=True))
    answers = both(one, pair, people, seen)
    after = ServiceRequest.objects.get(pk=one.pk)

    def who(person):
        return people.index(person) if person in people else None

    return {
        "told": answers,
        "version": after.version - one.version,
        "is": (after.status, after.outcome, after.waiting_reason, after.deferred_until, after.payer_rule),
        "assignee": who(after.assignee),
        "waits": (after.tenant_waits_for_reply, after.needs_attention, after.times_reopened),
        "history": [(row.move, who(row.by)) for row in after.history.order_by("pk")][before:],
        "said": [(row.internal, who(row.by)) for row in after.messages.order_by("pk")],
        "promises": list(after.promise_moves.order_by("pk").values_list("reason", flat=True)),
        "gesture": [who(row.gesture_by) for row in one.recoveries.select_related("gesture_by")],
        "decided": [who(row.decided_by) for row in Objection.objects.filter(service_request=one)],
        "mails": Counter(Notification.objects.exclude(pk__in=mails).values_list("kind", flat=True)),
    }


def is_fair(pair, found, in_either_order):
    """As if one had come after the other, and the one who came second was told."""
    refused = [each for each in found["told"] if each]
    enough = len(refused) == 1 if the_second_must_be_told(pair) else len(refused) < 2
    return enough and found in in_either_order


def broken(at):
    return {finding.name for finding in audit(at=at) if finding.failures}


def rounds(full, short):
    """So many of the pairs; every pair in turn where there are more."""
    chosen = sorted(PAIRS)
    chance("two at once").shuffle(chosen)
    return [chosen[number % len(chosen)] for number in range(times(full, short=short))]


def test_of_two_at_once_nothing_is_lost_and_the_second_is_told(transactional_db):
    trials, refused, orders = rounds(400, short=4), 0, {}
    for status, pair in trials:
        if (status, pair) not in orders:
            orders[status, pair] = [ending(status, pair, in_turn(first)) for first in (0, 1)]
        found = ending(status, pair, at_once)
        assert is_fair(pair, found, orders[status, pair]), (status, pair, found, orders[status, pair])
        refused += any(found["told"])

    figures.note(
        "F13",
        f"two at once, {len(PAIRS)} pairs of actions",
        times=len(trials),
        remark=f"{refused} were told that it changed",
    )
    made_here = {"told_that_it_was_received", "broken_is_known", "recovery_was_told"}  # without a mail or an alarm
    assert broken(timezone.now()) <= made_here


def test_who_does_not_say_what_they_saw_is_not_told(transactional_db):
    pair = ("wait", "staff write")

    found = ending(Status.RECEIVED, pair, at_once, looks=False)
    orders = [ending(Status.RECEIVED, pair, in_turn(first), looks=False) for first in (0, 1)]

    assert (found["told"], found in orders) == ([None, None], True)
    assert not is_fair(pair, found, orders)


def test_two_who_assign_without_looking_would_both_believe_that_it_is_theirs(transactional_db):
    pair = ("assign", "assign")

    found = ending(Status.RECEIVED, pair, at_once, looks=False)

    assert found["told"] == [None, None]
    assert not is_fair(pair, found, [found])


def test_without_the_lock_both_would_move_it(transactional_db, monkeypatch):
    met = threading.Barrier(2)

    def look(pk, *, seen=None):
        row = ServiceRequest.objects.get(pk=pk)
        with suppress(threading.BrokenBarrierError):
            met.wait(timeout=2)
        return row

    monkeypatch.setattr(moves, "lock", look)

    found = ending(Status.RECEIVED, ("plan", "wait"), at_once)

    assert (found["told"], found["version"], len(found["history"])) == ([None, None], 1, 2)
    assert "history_is_unbroken" in broken(timezone.now())
