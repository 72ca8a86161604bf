"""When the six weeks of the law are over each household hears it, once, with what they can do now."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from requests import followup, services
from requests.models import Report, ServiceRequest
from requests.workflow import Outcome, Status, WaitingReason
from tenants.models import Notification
from tenants.notifications import delivery

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory, moves_out

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OVER = datetime(2026, 4, 14, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))  # reported on 2 March; 13 April was the last day
LATER = OVER + 400 * DAY


def promised(fix_by):
    fields = {"first_fix_by": fix_by, "fix_by": fix_by, "next_word_at": fix_by, "statutory_since": NOON}
    return ServiceRequestFactory(status=Status.PLANNED, at=NOON, **fields)


@pytest.fixture
def case():
    """What is promised for later than the law allows, so that nothing else is said on that day."""
    return promised(LATER)


def look(at):
    """As the clock does: at the moment at which something may be true."""
    ServiceRequest.objects.update(watch_at=at)
    followup.watch(at=at)


def told(**about):
    rows = Notification.objects.filter(kind="request_six_weeks", **about).order_by("pk")
    return list(rows.values_list("tenant", flat=True))


def test_a_household_hears_once_that_they_are_over(case):
    for at in (OVER - HOUR, OVER, OVER + HOUR, OVER + 30 * DAY):
        look(at)

    mail = Notification.objects.get(kind="request_six_weeks")
    report = case.reports.get()
    assert (mail.tenant, mail.queued_at, mail.attaches) == (report.tenant, OVER, f"proof:{report.pk}")
    assert f"/meldingen/{case.reference}/verder/" in mail.body


def test_it_says_in_plain_words_which_steps_are_open(case):
    look(OVER)

    body = Notification.objects.get(kind="request_six_weeks").body
    assert "tot en met maandag 13 april" in body
    assert "- Vraag de Huurcommissie om een lagere huur" in body
    assert "Wacht niet te lang: de lagere huur gaat hooguit zes maanden voor uw verzoek in." in body
    assert "- Dien bij ons een klacht in" in body
    assert "Naar de klachtencommissie kunt u later" in body


def test_who_complained_and_had_an_answer_reads_that_the_committee_is_open(case):
    tenant = case.reports.get().tenant
    services.write_to_staff(case.pk, tenant=tenant, body="Dit duurt te lang.", at=NOON + DAY, is_complaint=True)
    services.write_to_tenants(case.pk, by=StaffFactory(), body="Wij kunnen niet eerder.", at=NOON + 2 * DAY)

    look(OVER)

    body = Notification.objects.get(kind="request_six_weeks").body
    assert "- Ga met uw klacht naar de klachtencommissie" in body
    assert "Dien bij ons een klacht in" not in body


def test_who_reported_it_later_has_six_weeks_of_their_own(case):
    neighbour = ReportFactory(service_request=case, at=NOON + 10 * DAY)
    first = case.reports.exclude(pk=neighbour.pk).get()

    look(OVER)
    case.refresh_from_db()
    assert told() == [first.tenant_id]
    assert case.watch_at <= OVER + 7 * DAY

    look(OVER + 9 * DAY)
    case.refresh_from_db()
    assert (told(), case.watch_at) == ([first.tenant_id], OVER + 10 * DAY)

    followup.watch(at=OVER + 10 * DAY)
    assert told() == [first.tenant_id, neighbour.tenant_id]


@pytest.mark.parametrize(
    "change",
    [
        {"status": Status.DONE, "done_at": OVER - DAY, "times_done": 1},
        {"status": Status.CLOSED, "outcome": Outcome.DECLINED, "closed_at": OVER - DAY, "next_word_at": None},
        {"payer": "tenant", "payer_rule": "law_d", "statutory_since": None},
    ],
)
def test_nobody_hears_it_of_what_is_ready_or_closed_or_not_for_us_to_repair(case, change):
    ServiceRequest.objects.update(**change)

    look(OVER)

    assert told() == []


def test_who_moved_out_hears_nothing(case):
    neighbour = ReportFactory(service_request=case, at=NOON)
    moves_out(neighbour, on=OVER.date())

    look(OVER)

    assert told() == [case.reports.exclude(pk=neighbour.pk).get().tenant_id]


def test_no_waiting_stops_them(case):
    ServiceRequest.objects.update(status=Status.WAITING, waiting_reason=WaitingReason.TENANT)

    look(OVER)

    assert len(told()) == 1


def test_with_a_promise_that_breaks_at_that_moment_it_is_one_mail():
    case = promised(OVER)

    look(OVER)
    delivery.deliver_due(now=lambda: OVER)

    rows = Notification.objects.filter(about=case.reference, state="sent").order_by("pk")
    assert [row.kind for row in rows] == ["recovery_broken", "request_six_weeks"]
    assert len({row.goes_with_id or row.pk for row in rows}) == 1


def test_it_is_a_word_so_that_nothing_else_is_said_that_day(case):
    ServiceRequest.objects.update(next_word_at=OVER + 8 * HOUR)

    look(OVER)
    followup.follow_up(at=OVER + 8 * HOUR)

    case.refresh_from_db()
    assert list(Notification.objects.values_list("kind", flat=True)) == ["request_six_weeks"]
    assert case.next_word_at == OVER.replace(day=21, hour=17)
    assert "uiterlijk dinsdag 21 april" in Notification.objects.get().body


def test_who_waits_for_an_answer_still_has_it_in_time(case):
    ServiceRequest.objects.update(next_word_at=OVER + 8 * HOUR, tenant_waits_for_reply=True)

    look(OVER)

    case.refresh_from_db()
    assert case.next_word_at == OVER + 8 * HOUR


def test_who_cannot_be_reached_puts_nothing_off(case):
    tenant = TenantFactory(user=None)
    Report.objects.update(tenant=tenant)
    due = OVER + 8 * HOUR
    ServiceRequest.objects.update(next_word_at=due)

    look(OVER)

    case.refresh_from_db()
    assert (told(channel="email"), case.next_word_at) == ([], due)


def test_who_wants_letters_has_it_on_paper(case):
    tenant = case.reports.get().tenant
    tenant.wants_letters = True
    tenant.save()

    look(OVER)

    letter = Notification.objects.get(kind="request_six_weeks")
    assert (letter.channel, letter.attaches) == ("letter", f"proof:{case.reports.get().pk}")
    assert "zit bij deze brief" in letter.body
