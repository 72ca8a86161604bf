from datetime import timedelta

import pytest

from requests import followup, services, workflow
from requests.followup import words
from requests.letters import print_letters
from requests.models import ServiceRequest, Verdict
from requests.services import Said
from requests.workflow import Actor, Outcome, Status
from tenants.notifications import delivery
from tenants.notifications.models import Notification

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db
A_WEEK = timedelta(days=7)


def pass_a_day(day):
    """The clock looks, and what it wrote leaves."""
    say(NOON + timedelta(days=day))


def say(at):
    """Follow up on what is due, and let what is said then leave: what it says is written when it does."""
    count = followup.follow_up(at=at)
    delivery.deliver_due(now=lambda: at)
    return count


def told(**about):
    return list(Notification.objects.filter(**about).order_by("pk").values_list("kind", flat=True))


def test_a_tenant_who_should_hear_something_hears_it_and_knows_when_next():
    service_request = ServiceRequestFactory(next_word_at=NOON)

    assert say(NOON) == 1

    service_request.refresh_from_db()
    notification = Notification.objects.get()
    assert notification.kind == "request_holding"
    assert "U hoort uiterlijk maandag 9 maart weer van ons." in notification.body
    assert service_request.next_word_at == NOON.replace(day=9, hour=17)
    assert (service_request.needs_attention, service_request.words_given) == (True, 1)


def test_everybody_who_reported_is_told():
    service_request = ServiceRequestFactory(next_word_at=NOON)
    ReportFactory(service_request=service_request)

    followup.follow_up(at=NOON)

    assert Notification.objects.values("tenant").distinct().count() == 2


def test_running_it_again_tells_nothing_again():
    ServiceRequestFactory(next_word_at=NOON)

    assert [followup.follow_up(at=NOON) for _ in range(3)] == [1, 0, 0]

    assert told() == ["request_holding"]


@pytest.mark.parametrize("status", sorted(workflow.TO_DO))
def test_the_message_says_why(status):
    ServiceRequestFactory(status=status, next_word_at=NOON)
    reasons = {
        "received": "Wij hebben er nog niet goed naar kunnen kijken.",
        "in_review": "Sinds maandag 2 maart zoeken wij uit wat er moet gebeuren.",
        "planned": "Sinds maandag 2 maart zoeken wij een vakman die tijd heeft.",
        "scheduled": "Wij weten nog niet hoe het bezoek van maandag 2 maart is gegaan.",
        "in_progress": "Wij zijn er sinds maandag 2 maart mee bezig, en het is nog niet klaar.",
        "waiting": "Wij wachten sinds maandag 2 maart op onderdelen die wij hebben besteld.",
    }

    say(NOON)

    assert reasons[status] in Notification.objects.get().body


def test_a_message_that_was_not_answered_is_admitted_and_the_visit_goes_on():
    service_request = ServiceRequestFactory()
    window = (NOON + timedelta(days=9), NOON + timedelta(days=9, hours=2))
    said = Said(window=window, craftsman="Carla")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Kan het eerder?", at=NOON)

    followup.follow_up(at=NOON + timedelta(days=3))
    delivery.deliver_due(now=lambda: NOON + timedelta(days=3))

    body = Notification.objects.get(kind="request_holding").body
    assert "Wij hebben nog niet geantwoord op uw bericht van maandag 2 maart" in body
    assert "De afspraak op woensdag 11 maart tussen 12:00 en 14:00 uur gaat gewoon door: dat is over 4 werk" in body


def test_an_answer_before_a_visit_is_a_word_and_the_next_one_comes_within_the_norm():
    service_request = ServiceRequestFactory()
    window = (NOON + timedelta(days=9), NOON + timedelta(days=9, hours=2))
    planner, tenant = StaffFactory(), service_request.reports.get().tenant
    said = Said(window=window, craftsman="Carla")
    services.make_move(service_request.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=planner, at=NOON, said=said)

    services.write_to_staff(service_request.pk, tenant=tenant, body="Kan het eerder?", at=NOON)
    services.write_to_tenants(service_request.pk, by=planner, body="Helaas niet.", at=NOON)

    service_request.refresh_from_db()
    assert service_request.next_word_at == NOON.replace(day=9, hour=17)


def test_a_broken_promise_is_admitted():
    service_request = ServiceRequestFactory(next_word_at=NOON)
    late = service_request.fix_by + timedelta(days=1)

    say(late)

    notification = Notification.objects.get()
    assert notification.subject == f"Sorry, melding {service_request.reference} duurt langer dan beloofd"
    assert "Sorry: het had op maandag 16 maart gemaakt moeten zijn, 1 werkdag geleden." in notification.body


def test_a_word_of_staff_is_the_word():
    service_request = ServiceRequestFactory(next_word_at=NOON)
    planner = StaffFactory()

    services.write_to_tenants(service_request.pk, by=planner, body="Wij komen vrijdag.", at=NOON)
    followup.follow_up(at=NOON)

    assert told() == ["request_message"]


def test_who_does_not_say_whether_it_is_solved_is_reminded_once_and_then_it_closes():
    service_request = ServiceRequestFactory(status=Status.DONE)

    for day in range(20):
        pass_a_day(day)

    service_request.refresh_from_db()
    assert told() == ["request_reminder", "request_lapsed"]
    assert (service_request.status, service_request.outcome) == (Status.CLOSED, Outcome.UNANSWERED)
    assert service_request.closed_at == NOON + timedelta(days=14)
    assert service_request.history.last().actor == Actor.CLOCK


def test_what_they_read_of_how_long_it_is_ready_is_true_also_when_staff_wrote_meanwhile():
    service_request = ServiceRequestFactory(status=Status.DONE)
    for day in (6, 12):
        at = NOON + timedelta(days=day)
        services.write_to_tenants(service_request.pk, by=StaffFactory(), body="Wij nemen het filter mee.", at=at)

    for day in range(30):
        pass_a_day(day)

    reminder, lapsed = Notification.objects.exclude(kind="request_message").order_by("pk")
    assert "Op maandag 2 maart hoorden wij dat het werk klaar is." in reminder.body
    assert "Het werk was klaar op maandag 2 maart en wij hebben niets van u gehoord." in lapsed.body


def test_a_clock_that_stood_still_first_asks_again_and_leaves_time_to_answer():
    service_request = ServiceRequestFactory(status=Status.DONE)

    for day in (30, 31, 36, 37):
        pass_a_day(day)

    service_request.refresh_from_db()
    assert told() == ["request_reminder", "request_lapsed"]
    assert service_request.closed_at == NOON + timedelta(days=37)


def test_who_writes_while_we_ask_is_answered_and_not_closed():
    service_request = ServiceRequestFactory(status=Status.DONE)
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Het lekt nog steeds!", at=NOON)

    for day in range(30):
        pass_a_day(day)

    service_request.refresh_from_db()
    assert (service_request.status, service_request.needs_attention) == (Status.DONE, True)
    assert set(told()) == {"request_holding"}
    assert "Wij hebben nog niet geantwoord op uw bericht van maandag 2 maart" in Notification.objects.first().body


def test_an_answer_of_staff_leaves_time_to_say_whether_it_is_solved():
    service_request = ServiceRequestFactory(status=Status.DONE)
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Het lekt nog steeds!", at=NOON)

    services.write_to_tenants(service_request.pk, by=StaffFactory(), body="Dat hoort zo.", at=NOON)

    service_request.refresh_from_db()
    assert service_request.next_word_at == NOON + A_WEEK


def say_thanks(service_request, *, at):
    """A message that staff find needs no reply."""
    services.write_to_staff(service_request.pk, tenant=service_request.reports.get().tenant, body="Bedankt!", at=at)
    service_request.refresh_from_db()
    services.settle_message(service_request.pk, by=StaffFactory(), at=at, seen=service_request.version)
    service_request.refresh_from_db()


def test_a_thank_you_that_needs_no_reply_brings_no_reminder_forward():
    service_request = ServiceRequestFactory(status=Status.DONE)

    say_thanks(service_request, at=NOON + timedelta(hours=1))

    assert service_request.next_word_at == NOON + A_WEEK


def test_nobody_is_reminded_within_a_week_however_early_the_clock_looks():
    service_request = ServiceRequestFactory(status=Status.DONE, next_word_at=NOON + timedelta(days=2))

    followup.follow_up(at=NOON + timedelta(days=2))

    service_request.refresh_from_db()
    assert (told(), service_request.next_word_at) == ([], NOON + A_WEEK)


def test_a_thank_you_after_the_reminder_closes_it_no_sooner_than_we_said():
    service_request = ServiceRequestFactory(status=Status.DONE)
    pass_a_day(7)

    say_thanks(service_request, at=NOON + timedelta(days=8))
    for day in range(8, 15):
        pass_a_day(day)

    service_request.refresh_from_db()
    assert (service_request.outcome, service_request.closed_at) == (Outcome.UNANSWERED, NOON + timedelta(days=14))


def test_nobody_closes_what_somebody_was_never_asked_about():
    by_phone = ServiceRequestFactory(status=Status.DONE, reported_by=TenantFactory(user=None))

    for day in range(40):
        pass_a_day(day)

    by_phone.refresh_from_db()
    assert told(state="sent") == []
    assert (by_phone.status, by_phone.needs_attention) == (Status.DONE, True)


def test_who_was_asked_by_letter_has_two_weeks_from_when_it_was_printed():
    by_letter = ServiceRequestFactory(status=Status.DONE, reported_by=TenantFactory(user=None))
    for day in range(11):
        pass_a_day(day)
    asked = Notification.objects.get(kind="request_reminder", channel="letter")
    print_letters([asked.pk], at=NOON + timedelta(days=10))

    closed = []
    for day in range(11, 40):
        pass_a_day(day)
        by_letter.refresh_from_db()
        closed.append(by_letter.status == Status.CLOSED)

    assert by_letter.outcome == Outcome.UNANSWERED
    assert by_letter.closed_at >= NOON + timedelta(days=24)


def test_staff_record_what_the_tenant_says_by_telephone():
    by_phone = ServiceRequestFactory(status=Status.DONE, reported_by=TenantFactory(user=None))
    said = Said(note="Gebeld op 5 maart: het is opgelost.")

    services.make_move(by_phone.pk, workflow.CONFIRM_BY_PHONE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)

    by_phone.refresh_from_db()
    assert (by_phone.outcome, by_phone.history.last().actor) == (Outcome.SOLVED, Actor.STAFF)


def test_a_request_that_can_never_be_followed_up_is_parked_after_five_tries(monkeypatch):
    poison, tries = ServiceRequestFactory(next_word_at=NOON), []

    def holding(service_request, **kwargs):
        tries.append(kwargs["still"].at)
        raise RuntimeError("poison")

    monkeypatch.setattr(words.notifications, "holding", holding)
    for hour in range(40):
        words.follow_up_one_by_one(at=NOON + timedelta(hours=hour))

    poison.refresh_from_db()
    assert len(tries) == words.TRIES + 1
    assert poison.needs_attention


def test_nobody_is_reminded_early():
    ServiceRequestFactory(status=Status.DONE)

    assert followup.follow_up(at=NOON + A_WEEK - timedelta(seconds=1)) == 0


def test_only_who_did_not_answer_is_reminded():
    service_request = ServiceRequestFactory(status=Status.DONE)
    silent = service_request.reports.get()
    happy = ReportFactory(service_request=service_request)
    Verdict.objects.create(report=happy, round=1, asked_at=NOON, answer="solved", answered_at=NOON)

    followup.follow_up(at=NOON + A_WEEK)

    assert list(Notification.objects.values_list("tenant", flat=True)) == [silent.tenant_id]


def test_a_request_that_cannot_be_followed_up_holds_up_nobody_and_is_raised(monkeypatch):
    poison = ServiceRequestFactory(next_word_at=NOON)
    other = ServiceRequestFactory(next_word_at=NOON)
    original = words.notifications.holding

    def holding(service_request, **kwargs):
        if service_request == poison:
            raise RuntimeError("poison")
        return original(service_request, **kwargs)

    monkeypatch.setattr(words.notifications, "holding", holding)
    words.follow_up_one_by_one(at=NOON)

    poison.refresh_from_db()
    assert (poison.next_word_at, poison.needs_attention) == (NOON + timedelta(hours=1), True)
    assert list(Notification.objects.values_list("about", flat=True)) == [other.reference]


def test_three_silent_weeks_never_bring_the_same_sentence_twice_in_a_row():
    service_request = ServiceRequestFactory(next_word_at=NOON)
    at = NOON

    for _ in range(4):
        say(at)
        service_request.refresh_from_db()
        at = service_request.next_word_at

    subjects = list(Notification.objects.order_by("pk").values_list("subject", flat=True))
    assert [subject.split(service_request.reference)[0] for subject in subjects] == [
        "Wij zijn uw melding ",
        "Wij zijn nog bezig met melding ",
        "Nog geen nieuws over melding ",
        "Sorry, melding ",
    ]


def test_no_open_request_is_ever_without_a_next_moment():
    for status in Status:
        ServiceRequestFactory(status=status)

    assert ServiceRequest.objects.open().filter(next_word_at=None).count() == 0
    assert ServiceRequest.objects.closed().exclude(next_word_at=None).count() == 0


def test_a_closed_request_is_left_alone():
    service_request = ServiceRequestFactory(status=Status.RECEIVED)
    said = Said(note="Dit hoort bij de gemeente.", outcome="forwarded")
    services.make_move(service_request.pk, workflow.DECLINE, actor=Actor.STAFF, by=StaffFactory(), at=NOON, said=said)

    assert followup.follow_up(at=NOON + timedelta(days=100)) == 0
