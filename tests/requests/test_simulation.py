"""A few weeks of a small corporation, played; and what would be found if people were left waiting or told the same."""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction
from django.utils import timezone

from requests import followup, services, workflow
from requests.audit import audit
from requests.models import ServiceRequest
from requests.services import Said
from requests.simulation import PUT_OFF, figures, neighbourhood, play, silence, staff, year
from requests.simulation.clock import Clock
from requests.workflow import Actor, WaitingReason
from tenants.notifications import delivery
from tests.factories import (
    NOON,
    LetterFactory,
    NotificationFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenantFactory,
    moves_out,
)

pytestmark = pytest.mark.django_db

MIDNIGHT = NOON.replace(hour=0)
DAY = timedelta(days=1)


def played(days=6, dwellings=40, seed=1):
    return play(start=MIDNIGHT, days=days, dwellings=dwellings, seed=seed, progress=lambda *args: None)


def put_off(service_request, *, days, at=NOON):
    said = Said(waiting_reason=WaitingReason.SEASON, until=NOON + days * DAY, note="In het voorjaar.")
    services.make_move(service_request.pk, workflow.DEFER, actor=Actor.STAFF, by=StaffFactory(), at=at, said=said)
    delivery.deliver_due(now=lambda: at)


def test_a_played_week_keeps_every_invariant():
    at = played()

    found = figures(at=at)

    assert found.made == ServiceRequest.objects.count() > 0
    assert nothing_is_wrong(found, at=at)


HAPPENINGS = {  # how it becomes usual, and in how many days
    "put_off": ({(staff, "PUTS_OFF"): 1}, 3),
    "moved_out": ({(year, "MOVES_OUT"): 1, (year, "LEAVES_WITHIN"): 1}, 3),
    "merged": ({(year, "TWICE"): 1}, 4),
    "letters": ({(neighbourhood, "WANTS_LETTERS"): 1}, 2),
}


@pytest.mark.whole
@pytest.mark.parametrize("what", HAPPENINGS)
def test_what_happens_in_a_year_happens_in_a_week_when_it_is_usual(what, monkeypatch):
    usual, days = HAPPENINGS[what]
    for (module, name), rate in usual.items():
        monkeypatch.setattr(module, name, rate)
    monkeypatch.setattr(year, "REPORTS_A_YEAR", 120)  # one of three homes a day
    at = played(days=days, dwellings=3)

    found = figures(at=at)
    assert getattr(found, what) > 0
    assert nothing_is_wrong(found, at=at)


def test_staff_promise_a_later_day_before_a_promise_is_broken(monkeypatch):
    """Promised within ten working days, in danger from the eighth on: on the morning after that it moves."""
    monkeypatch.setattr(staff, "PROMISES_LATER", 1)
    service_request = ServiceRequestFactory(urgency="N")
    somebody = staff.Staff(Clock(NOON), StaffFactory(), Random(1))
    for day in range(14):
        followup.watch(at=NOON + day * DAY)
        somebody.look_at_the_queue(NOON + day * DAY)

    found = figures(at=NOON + 14 * DAY)

    move = service_request.promise_moves.get()
    assert move.at < move.old_fix_by < move.new_fix_by
    assert (found.moved_before, found.moved_by_itself, found.broken) == (1, 1, 0)


@pytest.mark.parametrize(("letters", "calls"), [(True, 1), (False, 0)])
def test_staff_phone_who_reads_letters_before_a_visit(letters, calls):
    service_request = ServiceRequestFactory(reported_by=TenantFactory(wants_letters=letters))
    planner, start = StaffFactory(), NOON + 8 * DAY
    said = Said(window=(start, start + timedelta(hours=2)), craftsman="Carla")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=planner, at=NOON, said=said)
    somebody = staff.Staff(Clock(NOON), planner, Random(1))
    for day in range(8):
        followup.follow_up(at=NOON + day * DAY)
        somebody.look_at_the_queue(NOON + day * DAY)

    assert service_request.messages.filter(internal=True, body=silence.PHONED).count() == calls


def nothing_is_wrong(found, *, at):
    ended = found.kept + found.moved + found.broken + found.without_repair + found.merged
    too_long = [name for part in (found.silences, found.by_letter) for name, one in part.items() if one.excess]
    assert found.made == ended + found.running
    assert [finding.name for finding in audit(at=at) if finding.failures] == []
    assert (too_long, found.told_after_leaving, found.repeated_messages) == ([], [], [])
    return True


def test_the_same_seed_plays_the_same_week():
    said = []
    for _ in range(2):
        with transaction.atomic():
            found = figures(at=played(days=3))
            transaction.set_rollback(True)
        said.append(found)

    assert said[0] == said[1]


def test_a_silence_beyond_the_norm_is_found():
    service_request = ServiceRequestFactory(urgency="N", received_at=NOON)
    NotificationFactory(
        tenant=service_request.reports.get().tenant,
        about=service_request.reference,
        state="sent",
        sent_at=NOON,
        due_at=None,
    )

    in_time, too_late = (figures(at=NOON + days * DAY).silences["N"] for days in (7, 8))

    assert (in_time.longest, in_time.excess) == (5, [])
    assert (too_late.longest, too_late.excess) == (6, [service_request.reference])


@pytest.mark.parametrize(
    ("until", "days", "too_long"),
    [
        (60, 28, False),  # twenty working days
        (60, 29, True),
        (14, 14, False),  # the day that was told
        (14, 15, True),
    ],
)
def test_what_is_put_off_has_a_norm_of_its_own(until, days, too_long):
    service_request = ServiceRequestFactory(urgency="N", received_at=NOON)
    put_off(service_request, days=until)

    found = figures(at=NOON + days * DAY).silences

    assert (bool(found[PUT_OFF].excess), found["N"].longest) == (too_long, 0)


def test_what_came_back_has_the_norm_of_its_class_again():
    service_request = ServiceRequestFactory(urgency="U", received_at=NOON)
    put_off(service_request, days=7)
    back = NOON + 7 * DAY
    followup.follow_up(at=back)
    delivery.deliver_due(now=lambda: back)

    in_time, too_late = (figures(at=back + days * DAY).silences for days in (2, 3))

    assert (in_time[PUT_OFF].excess, in_time["U"].excess) == ([], [])
    assert (too_late[PUT_OFF].excess, too_late["U"].excess) == ([], [service_request.reference])


def test_a_letter_is_heard_of_when_it_is_printed():
    """Its norm is a working day longer: five and one."""
    service_request = ServiceRequestFactory(urgency="N", reported_by=TenantFactory(wants_letters=True))
    about = {"tenant": service_request.reports.get().tenant, "about": service_request.reference}
    LetterFactory(**about, queued_at=NOON - DAY, state="sent", sent_at=NOON)
    LetterFactory(**about, queued_at=NOON + DAY)  # nobody prints it

    in_time, too_late = (figures(at=NOON + days * DAY) for days in (8, 9))

    assert (in_time.by_letter["N"].longest, in_time.by_letter["N"].excess) == (6, [])
    assert (too_late.by_letter["N"].longest, too_late.by_letter["N"].excess) == (7, [service_request.reference])
    assert (too_late.silences["N"].longest, too_late.letters) == (0, 1)


@pytest.mark.parametrize("phoned", [True, False])
def test_who_reads_letters_is_phoned_before_a_visit(phoned):
    service_request = ServiceRequestFactory(urgency="U", reported_by=TenantFactory(wants_letters=True))
    planner, start = StaffFactory(), NOON + 7 * DAY
    said = Said(window=(start, start + timedelta(hours=2)), craftsman="Carla", note="Eerder lukt niet.")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=planner, at=NOON, said=said)
    if phoned:
        services.note(service_request.pk, by=planner, body=silence.PHONED, at=NOON + 3 * DAY)

    found = figures(at=NOON + 6 * DAY)

    assert bool(found.by_letter["U"].excess) is not phoned


def test_who_moved_out_is_told_nothing_and_waits_for_nothing():
    service_request = ServiceRequestFactory(urgency="N")
    report = service_request.reports.get()
    moves_out(report, on=timezone.localdate(NOON) + 4 * DAY)
    about = {"tenant": report.tenant, "about": service_request.reference, "state": "sent", "due_at": None}

    NotificationFactory(**about, sent_at=NOON)
    quiet = figures(at=NOON + 30 * DAY)
    NotificationFactory(**about, sent_at=NOON + 5 * DAY)
    told = figures(at=NOON + 30 * DAY)

    assert (quiet.moved_out, quiet.silences["N"].longest, quiet.silences["N"].excess) == (1, 4, [])
    assert (quiet.told_after_leaving, told.told_after_leaving) == (
        [],
        [f"{service_request.reference}: request_received"],
    )


def test_what_was_merged_is_one_request_to_who_reported_both():
    first = ServiceRequestFactory(urgency="N")
    tenant = first.reports.get().tenant
    second = ServiceRequestFactory(urgency="N", dwelling=first.dwelling, reported_by=tenant, received_at=NOON + DAY)
    services.merge(second, first, by=StaffFactory(), at=NOON + DAY)
    delivery.deliver_due(now=lambda: NOON + DAY)
    said = Said(note="Wij doen het niet.", outcome="declined")
    services.make_move(first.pk, workflow.DECLINE, actor=Actor.STAFF, by=StaffFactory(), at=NOON + 2 * DAY, said=said)
    delivery.deliver_due(now=lambda: NOON + 2 * DAY)

    found = figures(at=NOON + 3 * DAY)

    assert (found.made, found.merged, found.without_repair) == (2, 1, 1)
    assert found.messages == {2: 1}  # that it goes on as the other one, and that we do not do it


def test_a_silence_before_a_visit_counts_apart():
    service_request = ServiceRequestFactory(urgency="U", received_at=NOON)
    window = (NOON + 14 * DAY, NOON + 14 * DAY + timedelta(hours=2))
    said = Said(window=window, craftsman="Carla", note="Eerder lukt niet.")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)
    delivery.deliver_due(now=lambda: NOON)

    silence = figures(at=NOON + 13 * DAY).silences["U"]  # a Sunday: nine working days are over

    assert (silence.longest, silence.before_a_visit, silence.excess) == (0, 10, [service_request.reference])


@pytest.mark.parametrize(("days", "too_long"), [(2, False), (3, True)])
def test_who_comes_in_the_evening_comes_on_that_day(days, too_long):
    """The norm of an urgent request is two working days, until five o'clock."""
    service_request = ServiceRequestFactory(urgency="U", received_at=NOON)
    start = NOON.replace(hour=18) + days * DAY
    said = Said(window=(start, start + timedelta(hours=2)), craftsman="Carla")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)
    delivery.deliver_due(now=lambda: NOON)
    finish = start + timedelta(hours=2)
    services.make_move(service_request.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=finish)

    silence = figures(at=finish).silences["U"]

    assert (silence.before_a_visit, bool(silence.excess)) == (days, too_long)


def test_a_sentence_that_is_read_three_times_is_found():
    service_request = ServiceRequestFactory()
    tenant = service_request.reports.get().tenant
    found = []
    for day in range(3):
        NotificationFactory(
            tenant=tenant,
            about=service_request.reference,
            kind="request_holding",
            body=f"Beste {tenant.name},\n\nWij wachten nog. Dat doen wij {day} dagen.\n",
            state="sent",
            sent_at=NOON + day * DAY,
            due_at=None,
        )
        found.append(dict(figures(at=NOON + 3 * DAY).repeated_sentences))

    in_one_household = {"Wij wachten nog.": 1, "Dat doen wij # dagen.": 1}  # other numbers make no other sentence
    assert found == [{}, {}, in_one_household]


def test_holding_messages_of_a_month_repeat_no_sentence_three_times():
    service_request = ServiceRequestFactory()
    for day in range(30):
        followup.follow_up(at=NOON + day * DAY)
        delivery.deliver_due(now=lambda day=day: NOON + day * DAY)

    found = figures(at=NOON + 30 * DAY)

    assert service_request.reports.get().tenant.notifications.filter(kind="request_holding").count() >= 4
    assert (found.repeated_messages, found.repeated_sentences) == ([], {})


def test_the_same_message_twice_is_found():
    service_request = ServiceRequestFactory(status="closed")
    tenant = service_request.reports.get().tenant
    about = {"tenant": tenant, "about": service_request.reference, "state": "sent", "sent_at": NOON, "due_at": None}
    for number in range(2):
        NotificationFactory(**about, body=f"Beste huurder, zie https://example.org/{number}/")

    found = figures(at=NOON)

    assert found.repeated_messages == [f"{service_request.reference}: Beste huurder, zie …"]
    assert found.median_messages == 2


@pytest.mark.parametrize(
    ("days", "moved_after", "expected"),
    [
        (10, None, {"kept": 1}),
        (20, None, {"broken": 1}),
        (20, 5, {"moved": 1}),
        (20, 16, {"broken": 1, "recovered": 1}),
    ],
)
def test_what_became_of_a_promise(days, moved_after, expected):
    """Promised within 14 days; ready after so many; planned for later on that day, or not."""
    service_request = ServiceRequestFactory(urgency="N", received_at=NOON)
    staff, ready = StaffFactory(), NOON + days * DAY

    def move(one, at, **said):
        services.make_move(service_request.pk, one, actor=Actor.STAFF, by=staff, at=at, said=Said(**said))

    if moved_after is None:
        move(workflow.PLAN, NOON)
    else:
        window = (ready, ready + timedelta(hours=2))
        move(workflow.SCHEDULE, NOON + moved_after * DAY, window=window, craftsman="Carla", note="Geen vakman vrij.")
    move(workflow.FINISH, ready)

    found = figures(at=ready)

    names = ("kept", "moved", "broken", "recovered", "running", "without_repair")
    assert {name: getattr(found, name) for name in names} == dict.fromkeys(names, 0) | expected


@pytest.mark.parametrize(
    ("how", "at", "expected"),
    [
        ("later", 5, (0, 1, 1)),
        ("later", 16, (0, 0, 0)),  # it was broken by then
        ("visit", 5, (0, 1, 0)),
        ("put off", 5, (1, 1, 0)),
    ],
)
def test_how_a_promise_moved_before_it_was_broken(how, at, expected):
    """Promised within 14 days."""
    service_request = ServiceRequestFactory(urgency="N", received_at=NOON)
    at, later = NOON + at * DAY, NOON + 20 * DAY
    if how == "later":
        services.move_promise(service_request.pk, to=later, reason="Ziek.", by=StaffFactory(), at=at)
    elif how == "put off":
        put_off(service_request, days=20, at=at)
    else:
        said = Said(window=(later, later + timedelta(hours=2)), craftsman="Carla", note="Eerder lukt niet.")
        services.make_move(
            service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=at, said=said
        )

    found = figures(at=later)

    assert (found.put_off, found.moved_before, found.moved_by_itself) == expected
