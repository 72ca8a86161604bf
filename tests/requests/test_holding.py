"""What a tenant hears while nothing happens: why, and in other words each time. And when, with a visit to come."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import translation

from requests import followup, services, workflow
from requests.holding import holding_of, masked, sentences
from requests.models import ServiceRequest, StatusChange
from requests.promises import shipped
from requests.services import Said
from requests.workflow import Actor, Status, WaitingReason
from tenants.notifications import delivery
from tenants.notifications.models import Notification

from ..factories import NOON, OutageFactory, ServiceRequestFactory, StaffFactory, TenantFactory
from ..size import LONG

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def follow_up_and_deliver(at):
    followup.follow_up(at=at)
    delivery.deliver_due(now=lambda: at)


def hold(service_request, times):
    """So many words, each when it is due."""
    bodies = []
    for _ in range(times):
        service_request.refresh_from_db()
        follow_up_and_deliver(at=service_request.next_word_at)
        bodies.append(Notification.objects.filter(kind="request_holding").latest("pk").body)
    return bodies


def said_in(body):
    """Its own sentences, without numbers and days; the promise that ends it is to be there each time."""
    own = body.split("\n\n", 1)[1].split("\n\nHebt u een vraag")[0].split("\n\nBekijk")[0].split("\n\nMet vr")[0]
    always = ("Het gaat om melding", "U hoort uiterlijk")
    return {masked(text) for text in sentences(own) if not text.startswith(always)}


def waiting(status, reason=""):
    service_request = ServiceRequestFactory(status=status, waiting_reason=reason, next_word_at=NOON + 7 * DAY)
    StatusChange.objects.create(
        service_request=service_request, move="receive", new_status=status, waiting_reason=reason, actor="staff",
        by=StaffFactory(), at=NOON,
    )  # fmt: skip
    return service_request


def schedule(service_request, days, at=NOON):
    window = (at + days * DAY, at + days * DAY + timedelta(hours=2))
    said = Said(window=window, craftsman="Carla", note="Eerder lukt niet.")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=at, said=said)
    service_request.refresh_from_db()


REASONS = [(Status.WAITING, reason) for reason in WaitingReason.values] + [
    (status, "") for status in sorted(workflow.TO_DO - {Status.WAITING})
]


@pytest.mark.parametrize(("status", "reason"), REASONS if LONG else REASONS[::3])
def test_whatever_it_waits_for_no_sentence_is_read_three_times(status, reason):
    service_request = waiting(status, reason)

    bodies = [said_in(body) for body in hold(service_request, 14)]

    said = Counter(sentence for body in bodies for sentence in body)
    assert {sentence: times for sentence, times in said.items() if times > 2} == {}
    assert [number for number, body in enumerate(bodies[:8]) if not body] == []


@pytest.mark.parametrize(("status", "reason"), REASONS)
def test_whatever_it_waits_for_is_said_in_english_too(status, reason):
    service_request = waiting(status, reason)
    service_request.reports.get().tenant.__class__.objects.update(language="en")

    bodies = hold(service_request, 3)

    assert [body for body in bodies if "werkdag" in body or "uw melding" in body] == []


def test_the_third_message_in_a_row_says_openly_that_it_takes_too_long():
    first, second, third = hold(waiting(Status.WAITING, WaitingReason.PARTS), 3)

    assert "Wij wachten sinds maandag 2 maart op onderdelen die wij hebben besteld." in first
    assert "De bestelde onderdelen zijn er na 10 werkdagen nog niet." in second
    assert "Dit is nu het 3e bericht op rij waarin wij geen nieuws voor u hebben, en dat duurt te lang." in third
    assert "Wij wachten nu al 15 werkdagen op de onderdelen, en dat is te lang." in third


def test_it_says_who_looks_at_it_when_somebody_does():
    service_request = waiting(Status.PLANNED)
    ServiceRequest.objects.update(assignee=StaffFactory(first_name="Sanne", last_name="de Wit"))

    *_, third = hold(service_request, 3)

    assert "Sanne de Wit heeft uw melding, en ziet die dinsdag 24 maart bovenaan de lijst staan." in third


def test_what_we_asked_stands_in_the_reminder_of_it():
    service_request = ServiceRequestFactory()
    said = Said(waiting_reason=WaitingReason.TENANT, note="Welk merk is de kraan?")
    services.make_move(service_request.pk, workflow.WAIT, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)

    first, _, third = hold(service_request, 3)

    assert "Dit was onze vraag: Welk merk is de kraan?" in first
    assert "Weet u niet meer wat wij vroegen, bel ons dan" in third


# --- with a visit to come ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("urgency", "days", "word"),
    [
        ("N", 2, "2026-03-05 17:00"),  # somebody comes soon: the working day after it
        ("N", 7, "2026-03-10 17:00"),  # on the last day of the norm
        ("N", 8, "2026-03-09 08:00"),  # a day later: the reminder
        ("N", 15, "2026-03-09 17:00"),  # far away: confirmed within the norm
        ("U", 1, "2026-03-04 17:00"),
        ("U", 4, "2026-03-04 17:00"),
        ("S", 1, "2026-03-04 17:00"),
        ("S", 3, "2026-03-03 17:00"),
        ("N", 35, "2026-03-09 17:00"),
    ],
)
def test_when_the_next_word_comes(urgency, days, word):
    ends = NOON + days * DAY

    at = shipped().next_word_after(urgency, at=NOON, visit_ends=ends)

    assert f"{at.astimezone(NOON.tzinfo):%Y-%m-%d %H:%M}" == word


@pytest.mark.parametrize("urgency", "ASUNP")
def test_the_next_word_is_within_the_norm_or_follows_a_visit_that_is(urgency):
    rules = shipped()
    for hours in range(1, 24 * 40, 7):
        ends = NOON + timedelta(hours=hours)
        by = rules.next_word_after(urgency, at=NOON)

        word = rules.next_word_after(urgency, at=NOON, visit_ends=ends)

        assert word > NOON
        assert word <= by or (ends.date() <= by.date() and word == rules.calendar.add_working_days(ends, 1))


def test_a_visit_that_is_far_is_confirmed_within_the_norm_and_raises_nothing():
    service_request = ServiceRequestFactory(urgency="P")
    schedule(service_request, 17)
    for _ in range(2):
        service_request.refresh_from_db()
        follow_up_and_deliver(at=service_request.next_word_at)

    service_request.refresh_from_db()
    told = Notification.objects.exclude(kind="request_scheduled").order_by("pk")
    assert [(one.kind, f"{one.queued_at.astimezone(NOON.tzinfo):%d-%m %H:%M}") for one in told] == [
        ("request_holding", "09-03 17:00"),
        ("request_holding", "16-03 17:00"),
    ]
    assert "donderdag 19 maart tussen 12:00 en 14:00 uur gaat gewoon door: dat is over 8 werkdagen." in told[0].body
    assert "Er verandert niets: de vakman komt op donderdag 19 maart tussen 12:00 en 14:00 uur." in told[1].body
    assert service_request.next_word_at == NOON.replace(day=20, hour=17)
    assert service_request.needs_attention is False


def test_the_reminder_also_goes_as_a_text_message_and_says_when():
    tenant = TenantFactory(wants_texts=True, phone="06-55500001")
    service_request = ServiceRequestFactory(urgency="N", reported_by=tenant)
    schedule(service_request, 8)

    followup.follow_up(at=service_request.next_word_at)
    delivery.deliver_due(now=lambda: service_request.next_word_at)

    mail, text = Notification.objects.filter(kind="request_visit").order_by("channel")
    assert mail.subject == "Herinnering: er komt een vakman op dinsdag 10 maart tussen 12:00 en 14:00 uur"
    assert text.body.endswith(
        f"Er komt een vakman op dinsdag 10 maart tussen 12:00 en 14:00 uur voor melding {service_request.reference}."
    )


def test_who_waits_for_a_reply_hears_about_that_too_before_a_visit():
    service_request = ServiceRequestFactory(urgency="N")
    schedule(service_request, 8)
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Kan het eerder?", at=NOON + 5 * DAY)
    service_request.refresh_from_db()

    follow_up_and_deliver(at=service_request.next_word_at)

    service_request.refresh_from_db()
    assert Notification.objects.latest("pk").kind == "request_holding"
    assert "Wij hebben nog niet geantwoord op uw bericht" in Notification.objects.latest("pk").body
    assert service_request.needs_attention is True


def test_a_word_that_follows_a_message_of_staff_waits_ten_minutes_at_most():
    service_request = ServiceRequestFactory(next_word_at=NOON)
    services.note(service_request.pk, by=StaffFactory(), body="Gebeld.", at=NOON)
    services.write_to_tenants(service_request.pk, by=StaffFactory(), body="Wij komen.", at=NOON - timedelta(minutes=3))
    ServiceRequest.objects.update(next_word_at=NOON)
    delivery.deliver_due(now=lambda: NOON - timedelta(minutes=3))

    followup.follow_up(at=NOON)

    assert Notification.objects.latest("pk").due_at == NOON + timedelta(minutes=7)


def test_the_sentences_follow_the_language_of_the_reader():
    service_request = waiting(Status.PLANNED)

    still = holding_of(service_request, outage=None, at=NOON + 7 * DAY)
    with translation.override("en"):
        english = still.what
    with translation.override("nl"):
        dutch = still.what

    assert english[1] == "Since Monday 2 March we have been looking for a craftsman with time for it."
    assert dutch[1] == "Sinds maandag 2 maart zoeken wij een vakman die tijd heeft."


@pytest.mark.parametrize(("planned", "called"), [(False, "storing in"), (True, "geplande werk in")])
def test_what_an_outage_explains_is_not_said_to_lie_untouched(planned, called):
    service_request = waiting(Status.RECEIVED)
    service_request.words_given = 2
    outage = OutageFactory(planned=planned, until=NOON + 9 * DAY)

    still = holding_of(service_request, outage=outage, at=NOON + 7 * DAY)
    with translation.override("nl"):
        said = " ".join([*still.what, *still.then])

    assert called in said
    assert "Wij verwachten dat" in said
    assert "Werkt het daarna nog niet?" in said
    assert [wrong for wrong in ("niemand", "geen nieuws") if wrong in said] == []
