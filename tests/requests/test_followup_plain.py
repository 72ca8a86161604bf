"""What is plain is followed up by the hundred, and comes to the same as one by one."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from requests import followup, services, workflow
from requests.admin.timeline import Story, moved_reports
from requests.followup import plain, words
from requests.intake import catalogue
from requests.models import ServiceRequest, Visit
from requests.services import Said
from requests.workflow import Actor, Status
from tenants.models import Tenant
from tenants.notifications import delivery, wake
from tenants.notifications.models import Notification

from ..factories import (
    NOON,
    CommunalAreaFactory,
    NotificationFactory,
    OutageFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenantFactory,
    moves_out,
)

pytestmark = pytest.mark.django_db
LIFT = next(
    leaf for leaf in catalogue.shipped().leaves.values() if leaf.element_code == "LIF" and leaf.shared == "automatic"
)
DAY = timedelta(days=1)
LATE = NOON + 20 * DAY  # promises are broken


def deliver(at=NOON):
    return delivery.deliver_due(now=lambda: at)


def due(**about):
    return ServiceRequestFactory(**{"next_word_at": NOON + timedelta(microseconds=999_999), **about})


@pytest.fixture
def mixed():
    """Requests of every kind; those of the first group are plain."""
    for number, status in enumerate(sorted(workflow.TO_DO)):
        due(status=status, urgency="ASUNP"[number % 5], words_given=number % 4, category=("water", "damp")[number % 2])
    due(status=Status.WAITING, waiting_reason="tenant", reported_by=TenantFactory(language="en"))
    due(reported_by=TenantFactory(user=None, email="zonder-account@example.org", name="<b>Ada</b>"))
    due(assignee=StaffFactory(first_name="Sanne"), words_given=3)
    services.write_to_staff(due().pk, tenant=Tenant.objects.latest("pk"), body="Hoe lang nog?", at=NOON)
    ReportFactory(service_request=due())
    codes = {name: getattr(LIFT, name) for name in ("location_code", "element_code", "defect_code", "category")}
    lift = due(dwelling=None, communal_area=CommunalAreaFactory(), problem=LIFT.key, thing=LIFT.thing.key, **codes)
    OutageFactory(complex=lift.communal_area.complex, until=LATE + DAY, made_by=StaffFactory())

    moves_out(ReportFactory(service_request=due()), on=NOON.date())
    due(reported_by=TenantFactory(wants_letters=True))
    due(reported_by=TenantFactory(user=None, email=""))
    due(status=Status.DONE)
    due(status=Status.CLOSED, next_word_at=None)
    window = DateTimeTZRange(NOON + 30 * DAY, NOON + 31 * DAY)
    Visit.objects.create(service_request=due(status=Status.SCHEDULED), window=window, craftsman="Carla")
    due(status=Status.WAITING, waiting_reason="planned_work", deferred_until=NOON + 60 * DAY)
    told = due()
    NotificationFactory(tenant=told.reports.get().tenant, about=told.reference, queued_at=LATE, due_at=LATE)


def after(follow_up, at):
    """What is in the rows when that was done and everything left; then it never was."""
    with transaction.atomic():
        follow_up(at=at)
        deliver(at)
        rows = [sorted(_values(row) for row in model.objects.all()) for model in (ServiceRequest, Notification)]
        transaction.set_rollback(True)
    return rows


def _values(row):
    names = [field.attname for field in row._meta.concrete_fields[1:]]
    return [(name, str(getattr(row, name))) for name in names]


@pytest.mark.parametrize("at", [NOON + DAY, LATE], ids=["in time", "too late"])
def test_by_the_hundred_comes_to_the_same_as_one_by_one(mixed, at, caplog):
    assert after(words.follow_up, at) == after(words.follow_up_one_by_one, at)
    assert caplog.text == ""


def test_by_the_hundred_also_waits_for_the_end_of_the_night_and_has_no_words_yet(mixed):
    night = LATE.replace(hour=23)

    by_the_hundred, one_by_one = (after(one, night) for one in (words.follow_up, words.follow_up_one_by_one))

    assert by_the_hundred == one_by_one


def test_what_is_plain_is_done_by_the_hundred_and_nothing_else(mixed, monkeypatch):
    monkeypatch.setattr(plain, "AT_A_TIME", (3, 3))

    assert plain.follow_up(at=LATE) == 12

    waits = Notification.objects.exclude(writes="").order_by("pk")
    assert (waits.count(), set(waits.values_list("kind", flat=True))) == (13, {"request_holding"})
    assert ServiceRequest.objects.due_for_a_word(at=LATE).count() == 7


def test_as_many_at_once_as_fit_in_the_time_that_somebody_may_wait(monkeypatch):
    due()
    now, seconds_for_fifty, asked = [0.0], iter([0.001, 0.001, 0.010, 1]), []

    def some_slower_and_slower(values):
        asked.append(values["most"])
        if (seconds := next(seconds_for_fifty, None)) is None:
            return None
        now[0] += seconds * values["most"] / 50
        return {}, 0

    monkeypatch.setattr(plain, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(plain, "_follow_up_some", some_slower_and_slower)

    plain.follow_up(at=LATE)

    assert asked == [50, 400, 400, 100, 50]


def test_who_also_gets_text_messages_is_not_plain_once_there_is_a_text(monkeypatch):
    due(reported_by=TenantFactory(wants_texts=True, phone="06-55500001"))
    monkeypatch.setattr("tenants.notifications.in_bulk.has_text_message", lambda kind: True)

    assert plain.follow_up(at=LATE) == 0


def test_what_the_database_refuses_is_done_one_by_one(monkeypatch, caplog):
    due()
    no_moment = {"urgencies": ["N"], "categories": ["water"], "moments": [None]}
    monkeypatch.setattr(plain, "_moments", lambda *, at: no_moment)

    assert followup.follow_up(at=LATE) == 1

    assert Notification.objects.get().kind == "request_holding"
    assert "the rest is done one by one" in caplog.text


def test_a_class_without_a_norm_is_left_to_people(monkeypatch, caplog):
    due()
    monkeypatch.setattr("requests.promises.norms.Norms._newest", lambda *about: None)

    followup.follow_up(at=LATE)

    assert ServiceRequest.objects.get().follow_up_failures == 1


def test_a_whole_scan_wakes_the_post_once(monkeypatch, django_capture_on_commit_callbacks):
    asked = []
    monkeypatch.setattr(wake, "up", asked.append)
    monkeypatch.setattr(plain, "AT_A_TIME", (2, 2))
    for _ in range(5):
        due()

    for at in (NOON - DAY, NOON + DAY):
        with django_capture_on_commit_callbacks(execute=True):
            plain.follow_up(at=at)

    assert asked == ["notifications.deliver_due"]


def test_as_many_statements_for_three_as_for_one(django_assert_num_queries, django_assert_max_num_queries):
    due()
    with django_assert_max_num_queries(20) as one:
        plain.follow_up(at=LATE)
    for _ in range(3):
        due()

    with django_assert_num_queries(len(one)):
        plain.follow_up(at=LATE)


def test_staff_see_on_the_request_that_it_has_no_words_yet():
    pk = due().pk
    plain.follow_up(at=LATE)

    case = ServiceRequest.objects.annotate(moved_reports=moved_reports()).get(pk=pk)
    entries = Story(case, list(case.reports.all()), Notification.objects.all()).entries()

    assert [entry.title for entry in entries if entry.kind == "delivery"] == [
        "Bericht dat wordt geschreven als het vertrekt"
    ]


# --- what is said when it leaves --------------------------------------------------------------------------------------


def close(case):
    said = Said(note="Dit hoort bij de gemeente.", outcome="forwarded")
    services.make_move(case.pk, workflow.DECLINE, actor=Actor.STAFF, by=StaffFactory(), at=LATE, said=said)


def make_ready(case):
    services.make_move(case.pk, workflow.PLAN, actor=Actor.STAFF, by=StaffFactory(), at=LATE)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=StaffFactory(), at=LATE)


def write(case):
    services.write_to_tenants(case.pk, by=StaffFactory(), body="Wij komen vrijdag.", at=LATE)


def put_off(case):
    services.make_move(case.pk, workflow.REVIEW, actor=Actor.STAFF, by=StaffFactory(), at=LATE)
    said = Said(waiting_reason="planned_work", until=LATE + 60 * DAY, note="Wij schilderen dan uw straat.")
    services.make_move(case.pk, workflow.DEFER, actor=Actor.STAFF, by=StaffFactory(), at=LATE, said=said)


def move_out(case):
    moves_out(*case.reports.all(), on=LATE.date())


def go_on_elsewhere(case):
    case.reports.update(service_request=ServiceRequestFactory(words_given=1))


def begin(case):
    """Tells nothing: after a visit that was told, the craftsman is at the door."""
    ServiceRequest.objects.filter(pk=case.pk).update(status=Status.SCHEDULED)
    services.make_move(case.pk, workflow.START, actor=Actor.STAFF, by=StaffFactory(), at=LATE)


@pytest.mark.parametrize("happens", [close, make_ready, write, put_off, move_out, go_on_elsewhere, begin])
def test_what_is_not_so_any_more_is_not_said(happens, mailoutbox):
    case, other = due(), due()
    followup.follow_up(at=LATE)

    happens(case)
    deliver(LATE)

    held = Notification.objects.filter(kind="request_holding")
    assert [(row.about, row.state) for row in held] == [(other.reference, "sent")]


def test_whoever_was_told_something_else_since_is_not_told_that_there_is_no_news(mailoutbox):
    case = due()
    followup.follow_up(at=LATE)
    NotificationFactory(
        tenant=case.reports.get().tenant, about=case.reference, queued_at=LATE, due_at=LATE, part={"words": "Sorry."}
    )

    deliver(LATE)

    assert [mail.subject for mail in mailoutbox] == ["Wij hebben uw melding ontvangen"]


def test_what_happened_at_night_is_in_the_mail_of_the_morning(mailoutbox):
    case, night = due(), LATE.replace(hour=23)
    followup.follow_up(at=night)
    tenant = case.reports.get().tenant
    services.write_to_staff(case.pk, tenant=tenant, body="Hoe lang nog?", at=night + timedelta(hours=1))

    assert (deliver(night), deliver(night + timedelta(hours=9))) == (0, 1)

    assert "Wij hebben uw bericht van vandaag, en u krijgt er antwoord op." in mailoutbox[0].body


def test_a_mail_that_waited_for_long_promises_no_day_that_is_over(mailoutbox):
    due(words_given=1)
    followup.follow_up(at=LATE)

    deliver(LATE + 10 * DAY)

    assert "U hoort uiterlijk woensdag 1 april weer van ons." in mailoutbox[0].body


def test_two_that_waited_are_one_mail_with_the_last_word(mailoutbox):
    case = due()
    followup.follow_up(at=LATE)
    case.refresh_from_db()
    followup.follow_up(at=case.next_word_at)

    deliver(case.next_word_at + DAY)

    (row,) = Notification.objects.filter(kind="request_holding")
    assert (row.state, len(mailoutbox)) == ("sent", 1)
    assert row.occasion == f"word-{case.pk}-{int(case.next_word_at.timestamp())}"


# --- and so of what is not plain --------------------------------------------------------------------------------------


def with_a_letter(**about):
    """Somebody gets a mail, somebody else a letter: not plain."""
    case = due(**about)
    ReportFactory(service_request=case, tenant=TenantFactory(wants_letters=True))
    return case


@pytest.mark.parametrize("happens", [close, make_ready, write, put_off, move_out, go_on_elsewhere, begin])
def test_what_is_not_plain_is_not_said_either_when_it_is_not_so_any_more(happens, mailoutbox):
    case, other = with_a_letter(), with_a_letter()
    night = LATE.replace(hour=2)
    followup.follow_up(at=night)

    happens(case)
    deliver(LATE + DAY)

    held = Notification.objects.filter(kind="request_holding", channel="email")
    assert [(row.about, row.state) for row in held] == [(other.reference, "sent")]


def test_what_was_put_off_and_what_is_ready_and_asked_about_are_written_late_too(mailoutbox):
    put = due(status=Status.WAITING, waiting_reason="season", deferred_until=LATE + 30 * DAY)
    asked = due(status=Status.DONE)
    services.write_to_staff(asked.pk, tenant=asked.reports.get().tenant, body="Het druppelt nog.", at=NOON)
    followup.follow_up(at=LATE)

    deliver(LATE)

    bodies = {row.about: row.body for row in Notification.objects.filter(kind="request_holding")}
    assert "Wij hadden het uitgesteld tot dinsdag 21 april" in bodies[put.reference]
    assert "Wij hebben nog niet geantwoord op uw bericht" in bodies[asked.reference]


def test_who_was_answered_about_what_is_ready_is_not_told_that_they_were_not(mailoutbox):
    asked = due(status=Status.DONE)
    services.write_to_staff(asked.pk, tenant=asked.reports.get().tenant, body="Dank u.", at=NOON)
    followup.follow_up(at=LATE)
    asked.refresh_from_db()
    services.settle_message(asked.pk, by=StaffFactory(), at=LATE, seen=asked.version)

    deliver(LATE)

    assert mailoutbox == []
