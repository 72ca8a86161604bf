"""A few weeks of a small corporation, played; and what would be found if people were left waiting or told the same."""

from datetime import timedelta

import pytest
from django.db import transaction

from requests import followup, services, workflow
from requests.audit import audit
from requests.models import ServiceRequest
from requests.services import Said
from requests.simulation import figures, play
from requests.workflow import Actor
from tenants.notifications import delivery
from tests.factories import NOON, NotificationFactory, ServiceRequestFactory, StaffFactory

pytestmark = pytest.mark.django_db

MIDNIGHT = NOON.replace(hour=0)
DAY = timedelta(days=1)


def played(days=6, dwellings=40, seed=1):
    return play(start=MIDNIGHT, days=days, dwellings=dwellings, seed=seed, progress=lambda *args: None)


def test_a_played_week_keeps_every_invariant():
    at = played()

    found = figures(at=at)

    assert [finding.name for finding in audit(at=at) if finding.failures] == []
    assert found.made == ServiceRequest.objects.count() > 0
    assert found.made == found.kept + found.moved + found.broken + found.without_repair + found.running
    assert [urgency for urgency, silence in found.silences.items() if silence.excess] == []


def test_the_same_seed_plays_the_same_week():
    said = []
    for _ in range(2):
        with transaction.atomic():
            found = figures(at=played(days=3))
            transaction.set_rollback(True)
        said.append((found.made, found.kept, found.running, sorted(found.messages.items())))

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
    for _ in range(2):
        NotificationFactory(tenant=tenant, about=service_request.reference, state="sent", sent_at=NOON, due_at=None)

    found = figures(at=NOON)

    assert found.repeated_messages == ["Beste huurder"]
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
