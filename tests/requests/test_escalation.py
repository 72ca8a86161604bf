"""Alarms rise one level at a time, and everybody of staff hears of each once, in one mail a day."""

from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.urls import reverse

from requests import followup, services
from requests.followup import people, replies
from requests.letters import print_letters
from requests.models import Alarm, DigestDay
from requests.workflow import Status
from tenants.notifications.models import Notification

from ..factories import (
    NOON,
    CommunalAreaFactory,
    LetterFactory,
    NotificationFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenantFactory,
)

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FIX_BY = NOON.replace(day=16, hour=17)  # a Monday; of a normal request that comes in at NOON
TUESDAY, WEDNESDAY, THURSDAY = (NOON.replace(day=day, hour=8) for day in (17, 18, 19))


def member(group, **fields):
    user = StaffFactory(**fields)
    user.groups.add(Group.objects.get(name=group))
    return user


def broken(**fields):
    """Since Monday at closing time."""
    service_request = ServiceRequestFactory(**fields)
    followup.watch(at=FIX_BY)
    Notification.objects.all().delete()
    return service_request


def read_by(user):
    return list(Notification.objects.filter(address=user.email).order_by("pk").values_list("occasion", flat=True))


# --- rising -----------------------------------------------------------------------------------------------------------


def test_a_broken_promise_that_nobody_settles_rises_one_level_at_a_time():
    broken()
    levels = []

    for day in range(1, 9):
        followup.rise(at=FIX_BY + day * DAY)
        levels.append(Alarm.objects.get().level)

    assert levels == [1, 1, 1, 2, 2, 2, 2, 2]  # a working day, then three more: Saturday and Sunday are none
    assert Alarm.objects.get().rises_at is None


def test_it_rises_once_however_often_the_clock_looks():
    broken()

    assert [followup.rise(at=FIX_BY + DAY) for _ in range(3)] == [1, 0, 0]


def test_a_warning_stays_with_the_planner():
    ServiceRequestFactory()
    followup.watch(at=FIX_BY - DAY)

    assert followup.rise(at=FIX_BY + 300 * DAY) == 0


def test_a_badly_broken_promise_begins_with_the_team_lead():
    ServiceRequestFactory()
    followup.watch(at=FIX_BY + 60 * DAY)

    alarm = Alarm.objects.get(of__startswith="promise")
    assert (alarm.kind, alarm.level) == ("badly_broken", Alarm.Level.TEAM_LEAD)


# --- who --------------------------------------------------------------------------------------------------------------


def test_a_level_at_which_there_is_nobody_is_passed_over():
    administrator = StaffFactory(is_superuser=True)
    gone = StaffFactory(is_active=False)
    assert list(people.readers(Alarm.Level.PLANNER, gone)) == [administrator]

    manager = member("Manager")
    assert list(people.readers(Alarm.Level.PLANNER, gone)) == [manager]

    lead = member("Team lead")
    assert list(people.readers(Alarm.Level.PLANNER, gone)) == [lead]
    assert list(people.readers(Alarm.Level.MANAGER, gone)) == [manager]


def test_whoever_has_the_request_hears_of_it_first():
    member("Team lead")
    planner = StaffFactory()

    assert list(people.readers(Alarm.Level.PLANNER, planner)) == [planner]


# --- the daily mail ---------------------------------------------------------------------------------------------------


def test_the_mail_is_written_once_at_eight_on_a_working_day():
    planner = StaffFactory(first_name="Sanne")
    request = broken(assignee=planner)

    written = [followup.write_digests(at=TUESDAY + minutes * HOUR / 60) for minutes in (-1, 0, 1, 300)]

    mail = Notification.objects.get()
    assert written == [0, 1, 0, 0]
    assert (mail.address, mail.kind, mail.tenant) == (planner.email, "staff_digest", None)
    assert mail.subject == "1 melding heeft u vandaag nodig"
    assert f"- {request.reference} De kraan druppelt, {request.place}: Beloofd vóór" in mail.body


def test_each_level_reads_of_an_alarm_once():
    planner, lead, manager = StaffFactory(), member("Team lead"), member("Manager")
    DigestDay.objects.create(day=FIX_BY.date(), written_at=FIX_BY - 9 * HOUR)
    broken(assignee=planner)

    for hours in range(9 * 24):
        at = FIX_BY + hours * HOUR
        followup.rise(at=at)
        followup.write_digests(at=at)

    assert read_by(planner) == [f"digest-2026-03-17-{planner.pk}"]
    assert read_by(lead) == [f"digest-2026-03-18-{lead.pk}"]
    assert read_by(manager) == [f"digest-2026-03-23-{manager.pk}"]


def test_what_was_settled_in_time_is_in_no_mail():
    broken(assignee=StaffFactory())
    Alarm.objects.update(settled_at=FIX_BY, rises_at=None)

    assert followup.write_digests(at=TUESDAY) == 0


@pytest.mark.parametrize("day", [NOON.replace(day=14), NOON.replace(month=4, day=6)])  # a Saturday, Easter Monday
def test_on_a_day_off_there_is_no_mail_and_nothing_is_lost(day):
    broken(assignee=StaffFactory())

    assert followup.write_digests(at=day) == 0

    assert not DigestDay.objects.exists()
    assert Alarm.objects.untold().exists()


def test_many_alarms_make_one_mail_that_stays_short():
    planner = StaffFactory()
    for _ in range(13):
        ServiceRequestFactory(assignee=planner)
    followup.watch(at=FIX_BY)
    Notification.objects.all().delete()

    assert followup.write_digests(at=TUESDAY) == 1

    body = Notification.objects.get().body
    assert body.count("De kraan druppelt") == 10
    assert "- en nog 3" in body


def test_nobody_to_tell_is_logged_and_told_as_soon_as_somebody_is_there(caplog):
    request = broken()

    assert followup.write_digests(at=TUESDAY) == 0
    assert f"Nobody of staff is there to hear of request {request.reference}" in caplog.text

    lead = member("Team lead")
    followup.write_digests(at=WEDNESDAY)
    assert read_by(lead) == [f"digest-2026-03-18-{lead.pk}"]


def test_a_worker_that_dies_over_it_has_written_nothing(monkeypatch):
    lead = member("Team lead")
    broken()

    def dies(*args, **kwargs):
        raise SystemExit

    with monkeypatch.context() as patched, pytest.raises(SystemExit):
        patched.setattr("requests.followup.digest._post", dies)
        followup.write_digests(at=TUESDAY)

    assert followup.write_digests(at=TUESDAY) == 1
    assert read_by(lead) == [f"digest-2026-03-17-{lead.pk}"]


def test_what_could_not_be_delivered_is_in_the_mail_of_the_team_leads():
    lead, planner = member("Team lead"), StaffFactory()
    broken(assignee=planner)
    failed = {"state": "failed", "due_at": None}
    NotificationFactory(about="2026-000001", subject="Wij komen vrijdag", queued_at=FIX_BY, **failed)
    NotificationFactory(subject="Van lang geleden", queued_at=NOON - 10 * DAY, **failed)
    NotificationFactory(subject="Uw code", secret=True, queued_at=FIX_BY, **failed)

    followup.write_digests(at=TUESDAY)

    body = Notification.objects.get(address=lead.email).body
    assert "Berichten die niet zijn aangekomen:" in body
    assert "2026-000001" in body
    assert "Wij komen vrijdag" in body
    assert "Van lang geleden" not in body
    assert "Uw code" not in body
    assert "Berichten die niet zijn aangekomen:" not in Notification.objects.get(address=planner.email).body


def test_what_failed_while_the_office_was_closed_is_in_the_first_mail_after_it():
    lead = member("Team lead")
    before, after = (datetime(2026, 12, 24, 8, tzinfo=NOON.tzinfo), datetime(2027, 1, 4, 8, tzinfo=NOON.tzinfo))
    DigestDay.objects.create(day=before.date(), written_at=before)
    NotificationFactory(state="failed", due_at=None, queued_at=before + 8 * HOUR, subject="Wij komen niet")
    NotificationFactory(state="failed", due_at=None, queued_at=before - 8 * DAY, subject="Van lang geleden")

    followup.write_digests(at=after)

    body = Notification.objects.get(address=lead.email).body
    assert "Wij komen niet" in body
    assert "Van lang geleden" not in body


def test_of_many_that_did_not_arrive_the_newest_are_named():
    member("Team lead")
    for hours in range(13):
        NotificationFactory(state="failed", due_at=None, queued_at=NOON + hours * HOUR, subject=f"Bericht {hours:02}.")

    followup.write_digests(at=NOON + DAY)

    body = Notification.objects.get(kind="staff_digest").body
    assert [f"Bericht {hours:02}." in body for hours in range(13)] == [False] * 3 + [True] * 10


def test_a_mail_of_what_was_not_delivered_alone_leads_to_the_list_of_it():
    member("Team lead")
    NotificationFactory(state="failed", due_at=None, queued_at=FIX_BY)

    followup.write_digests(at=TUESDAY)

    mail = Notification.objects.get(kind="staff_digest")
    assert mail.subject == "1 bericht is niet aangekomen"
    assert "/admin/tenants/notification/" in mail.body


def test_letters_that_nobody_printed_within_two_working_days_are_in_the_mail_of_the_team_leads():
    lead, friday, tenant = member("Team lead"), NOON.replace(day=13, hour=23), TenantFactory()
    LetterFactory(tenant=tenant, about="2026-000001", queued_at=friday)
    LetterFactory(tenant=tenant, about="2026-000001", queued_at=friday + HOUR / 2)  # in the same envelope
    LetterFactory(queued_at=friday + 3 * DAY)

    written = [followup.write_digests(at=day) for day in (TUESDAY, WEDNESDAY)]

    mail = Notification.objects.get(kind="staff_digest")
    assert (written, mail.address, mail.subject) == ([0, 1], lead.email, "1 brief moet nog worden geprint")
    assert "- 1 brief, geschreven op vr 13 mrt: http" in mail.body
    assert reverse("admin:tenants_letter_changelist") in mail.body


def test_letters_that_were_printed_are_in_no_mail():
    member("Team lead")
    letter = LetterFactory(queued_at=NOON)

    print_letters([letter.pk], at=NOON + DAY)

    assert followup.write_digests(at=TUESDAY) == 0


def test_looking_before_eight_asks_the_database_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        followup.write_digests(at=TUESDAY - HOUR)


def statements_for(requests, *, day):
    for _ in range(requests):
        ServiceRequestFactory()
    followup.watch(at=FIX_BY)
    count = []
    with connection.execute_wrapper(lambda run, *args: (count.append(1), run(*args))[1]):
        followup.write_digests(at=day)
    return len(count)


def test_a_mail_about_many_asks_as_much_as_one_about_one():
    member("Team lead")

    assert statements_for(1, day=TUESDAY) == statements_for(3, day=WEDNESDAY)


# --- what cannot wait for the daily mail ------------------------------------------------------------------------------

SATURDAY_EVENING = NOON.replace(day=14, hour=20)


def emergencies(number=1, **fields):
    """Broken on a Saturday evening, four hours after they came in."""
    at = SATURDAY_EVENING - 4 * HOUR
    made = [ServiceRequestFactory(urgency="A", at=at, fix_by=at + 4 * HOUR, **fields) for _ in range(number)]
    followup.watch(at=SATURDAY_EVENING)
    return made


def alarms_read_by(user):
    return list(Notification.objects.filter(address=user.email, kind="staff_alarm").order_by("pk"))


def test_of_an_emergency_the_team_lead_and_whoever_has_it_hear_at_once_when_we_break_it():
    lead, planner = member("Team lead"), StaffFactory()

    (request,) = emergencies(assignee=planner)

    (mail,) = alarms_read_by(lead)
    assert (mail.queued_at, mail.due_at) == (SATURDAY_EVENING, SATURDAY_EVENING)
    assert mail.subject == f"Acuut, {request.reference}: Belofte gebroken, nog geen nieuwe dag"
    assert str(request.place) in mail.body
    assert len(alarms_read_by(planner)) == 1


def test_it_is_told_once_for_each_level_and_in_no_daily_mail():
    lead, manager = member("Team lead"), member("Manager")
    emergencies()

    for hours in range(5 * 24):
        at = SATURDAY_EVENING + hours * HOUR
        Alarm.objects.exclude(kind="broken").delete()  # what is badly broken is another alarm
        followup.rise(at=at)
        followup.write_digests(at=at)

    assert [len(alarms_read_by(user)) for user in (lead, manager)] == [1, 1]
    assert alarms_read_by(manager)[0].queued_at == FIX_BY  # a working day later
    assert not Notification.objects.filter(kind="staff_digest").exists()


def test_an_ordinary_promise_waits_for_the_daily_mail():
    lead = member("Team lead")

    ServiceRequestFactory(urgency="U", at=SATURDAY_EVENING - 4 * HOUR, fix_by=SATURDAY_EVENING)
    followup.watch(at=SATURDAY_EVENING)

    assert Alarm.objects.get(kind="broken").told is None
    assert alarms_read_by(lead) == []


def test_many_at_once_are_no_flood_and_the_others_are_in_the_daily_mail():
    lead = member("Team lead")

    emergencies(13)
    followup.write_digests(at=FIX_BY - 9 * HOUR)

    assert len(alarms_read_by(lead)) == 10
    assert Notification.objects.get(kind="staff_digest").body.count("De kraan druppelt") == 3
    assert not Alarm.objects.untold().exists()


def test_with_nobody_to_tell_it_stays_untold():
    emergencies()

    assert Alarm.objects.untold().filter(kind="broken").exists()


# --- tenants who wait for a reply -------------------------------------------------------------------------------------


def wrote(service_request, *, at):
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Het lekt weer!", at=at)


def test_who_wrote_about_what_is_closed_is_in_the_mail_until_somebody_answers():
    lead, closed = member("Team lead"), ServiceRequestFactory(status=Status.CLOSED)
    wrote(closed, at=FIX_BY)  # a Monday; the answer is promised until Wednesday evening
    days = [TUESDAY, WEDNESDAY, THURSDAY, THURSDAY + DAY]

    written = [followup.write_digests(at=day) for day in days]
    services.write_to_tenants(closed.pk, by=lead, body="Wij komen kijken.", at=days[-1])
    after = followup.write_digests(at=days[-1] + 3 * DAY)

    body = Notification.objects.filter(address=lead.email).earliest("pk").body
    assert (written, after) == ([0, 0, 1, 1], 0)
    assert "Huurders die te lang op antwoord wachten:" in body
    assert f"- {closed.reference} De kraan druppelt, {closed.place}: wacht op antwoord sinds ma 16 mrt" in body
    assert "?tab=messages" in body


def test_whoever_has_the_request_reads_who_waits_for_them():
    member("Team lead")
    planner = StaffFactory()
    wrote(ServiceRequestFactory(status=Status.CLOSED, assignee=planner), at=FIX_BY)

    followup.write_digests(at=THURSDAY)

    mail = Notification.objects.get(kind="staff_digest")
    assert (mail.address, mail.subject) == (planner.email, "1 melding heeft u vandaag nodig")


def test_they_wait_since_the_first_message_after_what_staff_did_last():
    closed, planner = ServiceRequestFactory(status=Status.CLOSED), StaffFactory()
    wrote(closed, at=NOON)
    closed.refresh_from_db()
    services.settle_message(closed.pk, by=planner, at=NOON + HOUR, seen=closed.version)
    wrote(closed, at=NOON + DAY)
    wrote(closed, at=NOON + 3 * DAY)

    assert replies.late(at=NOON + 4 * DAY) == [(closed, NOON + DAY)]

    services.note(closed.pk, by=planner, body="Gebeld, geen gehoor.", at=NOON + 5 * DAY)
    assert replies.late(at=NOON + 8 * DAY) == [(closed, NOON + 3 * DAY)]


def test_what_was_asked_about_a_request_that_goes_on_in_another_waits_there():
    area = CommunalAreaFactory()
    duplicate, into = [ServiceRequestFactory(dwelling=None, communal_area=area) for _ in range(2)]
    wrote(duplicate, at=NOON)

    services.merge(duplicate, into, StaffFactory(), NOON + HOUR)

    assert replies.late(at=NOON + 3 * DAY) == [(into, NOON)]
