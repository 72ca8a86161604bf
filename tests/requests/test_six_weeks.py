"""When the six weeks of the law are over each household hears it, once, with what they can do now."""

from copy import copy
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from requests import followup, services
from requests.letters import Envelope, document_of
from requests.models import Report, ServiceRequest
from requests.proof import Proof, Where, papers, steps_of
from requests.workflow import Outcome, Status, WaitingReason
from tenants.models import Notification, Tenant
from tenants.notifications import attachments, delivery

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory, moves_out
from ..size import LONG

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
    assert (mail.tenant, mail.queued_at, mail.attaches) == (report.tenant, OVER, steps_of(report, at=OVER))
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
    assert (letter.channel, letter.attaches) == ("letter", steps_of(case.reports.get(), at=OVER))
    assert "Bij deze brief zit een brief voor elke stap die u nu kunt zetten." in letter.body


# --- the letters that go with it --------------------------------------------------------------------------------------


def papers_of(case, *, at=OVER):
    return list(papers(steps_of(case.reports.get(), at=at)))


def test_with_it_are_the_proof_and_a_letter_for_each_step_that_is_open(case):
    proof, *letters = papers_of(case)

    assert proof.reference == case.reference
    assert [letter.where for letter in letters] == [Where.COMPLAINT, Where.TRIBUNAL]
    assert {letter.written for letter in letters} == {"dinsdag 14 april 2026"}


def test_the_letters_stay_the_same_whatever_happens_later(case):
    report, before = case.reports.get(), papers_of(case)

    services.write_to_staff(case.pk, tenant=report.tenant, body="Schande.", at=OVER + DAY, is_complaint=True)
    services.write_to_tenants(case.pk, by=StaffFactory(), body="Sorry.", at=OVER + 2 * DAY)
    ServiceRequest.objects.update(status=Status.DONE, done_at=OVER + 3 * DAY, times_done=1)

    assert papers_of(case) == before
    assert [letter.where for letter in papers_of(case, at=OVER + 4 * DAY)[1:]] == [Where.COMMITTEE, Where.TRIBUNAL]


def test_when_it_is_for_the_tenant_to_repair_after_all_only_the_proof_is_with_it(case):
    ServiceRequest.objects.update(payer="tenant", payer_rule="law_d", statutory_since=None)

    assert [type(paper) for paper in papers_of(case)] == [Proof]
    assert attachments.made(steps_of(case.reports.get(), at=OVER)).filename == f"bewijs-{case.reference}.pdf"


def test_they_are_one_file_with_the_mail(case):
    tenant = case.reports.get().tenant
    tenant.language = "en"
    tenant.save()

    file = attachments.made(steps_of(case.reports.get(), at=OVER))

    assert file.filename == f"letters-{case.reference}.pdf"
    assert file.content.count(b"/Type /Page\n") >= 3


def test_and_are_printed_behind_the_letter_of_who_gets_letters(case):
    Tenant.objects.update(wants_letters=True)
    look(OVER)
    letter = Notification.objects.get(kind="request_six_weeks")
    alone = document_of([Envelope(letter.tenant, letter.about, (replace_attaches(letter, ""),))], at=OVER)

    printed = document_of([Envelope(letter.tenant, letter.about, (letter,))], at=OVER)

    assert printed.count(b"/Type /Page\n") >= alone.count(b"/Type /Page\n") + 3
    assert printed == document_of([Envelope(letter.tenant, letter.about, (letter,))], at=OVER)


def replace_attaches(letter, attaches):
    other = copy(letter)
    other.attaches = attaches
    return other


# --- what staff read before -------------------------------------------------------------------------------------------

A_WEEK_IN_MARCH = [NOON.replace(day=8 + day) for day in range(7)]  # from a Sunday on
AROUND_EASTER = [datetime(2026, 2, day, 23, tzinfo=NOON.tzinfo) for day in (22, 23, 24, 25, 26)]  # day 40: 3 to 7 April
AROUND_CHRISTMAS = [datetime(2026, 11, day, 1, tzinfo=NOON.tzinfo) for day in (14, 15, 16, 17, 22, 26)]
EACH = [*A_WEEK_IN_MARCH, *AROUND_EASTER, *AROUND_CHRISTMAS]


def days_of_mails(user):
    """By what they name: the day of the first mail that does."""
    named = {}
    for mail in Notification.objects.filter(address=user.email, kind="staff_digest").order_by("pk"):
        for day in (28, 40):
            if f"Dag {day} van de zes weken" in mail.body:
                named.setdefault(day, timezone.localdate(mail.queued_at))
    return named


@pytest.mark.parametrize("reported", EACH if LONG else EACH[::6], ids=str)
def test_staff_read_of_day_28_and_of_day_40_on_that_day_or_before_it(reported):
    lead = StaffFactory()
    lead.groups.add(Group.objects.get(name="Team lead"))
    far = {"first_fix_by": LATER, "fix_by": LATER, "next_word_at": LATER, "statutory_since": reported}
    ServiceRequestFactory(status=Status.PLANNED, at=reported, watch_at=reported, **far)

    midnight = timezone.localtime(reported).replace(hour=0, minute=0)
    for day in range(20, 43):
        for hour in (0, 8, 9):
            at = midnight + day * DAY + hour * HOUR
            followup.watch(at=at)
            followup.write_digests(at=at)

    first = timezone.localdate(reported)
    named = days_of_mails(lead)
    assert set(named) == {28, 40}
    assert all(named[day] <= first + day * DAY for day in (28, 40))
