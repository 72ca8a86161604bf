"""When each of a tenant's next steps opens, and what its letter says."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from requests import services
from requests.models import Message, Recovery, Visit
from requests.proof import Where, letter_of, next_steps, pdf_of, pdf_of_letters
from requests.views.own import case_of
from requests.workflow import Outcome, Status
from tests.factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
OVER = datetime(2026, 4, 14, tzinfo=AMSTERDAM)  # six weeks after 2 March end on 13 April
LATE = OVER + 30 * DAY


def local(text):
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=AMSTERDAM)


def steps(report, *, at):
    """Which are open, and when the others open."""
    report.refresh_from_db()
    report.service_request.refresh_from_db()
    found = next_steps(case_of(report.service_request, report), at=at)
    return {step.where.value: step.is_open or step.opens_at for step in found}


@pytest.fixture
def report():
    """Reported on 2 March; fixed on 16 March at the latest, we said."""
    return ServiceRequestFactory(status=Status.PLANNED, at=NOON).reports.get()


def complain(report, *, at):
    return services.write_to_staff(
        report.service_request_id, tenant=report.tenant, body="Dit duurt te lang.", at=at, is_complaint=True
    )


def test_nothing_is_offered_as_long_as_we_keep_our_promises(report):
    assert steps(report, at=NOON + 13 * DAY) == {}


def test_a_complaint_opens_when_the_first_promise_is_broken(report):
    broken = report.service_request.first_fix_by

    found = steps(report, at=broken)

    assert found == {"klacht": True, "klachtencommissie": None, "huurcommissie": OVER}
    assert steps(report, at=broken - timedelta(seconds=1)) == {}


def test_a_promise_that_moved_was_not_kept_all_the_same(report):
    first = report.service_request.first_fix_by
    services.move_promise(
        report.service_request_id, to=first + 20 * DAY, reason="Het onderdeel is op.", by=StaffFactory(), at=NOON
    )

    assert steps(report, at=first)["klacht"] is True


def test_a_missed_visit_opens_the_complaint_before_the_promised_day(report):
    window = (NOON + DAY, NOON + DAY + timedelta(hours=2))
    Visit.objects.create(
        service_request=report.service_request, window=window, craftsman="Carla", outcome="missed", settled_at=window[1]
    )

    assert steps(report, at=window[1])["klacht"] is True


def visit_of(report, **fields):
    window = (NOON + DAY, NOON + DAY + timedelta(hours=2))
    return Visit.objects.create(service_request=report.service_request, window=window, craftsman="Carla", **fields)


def apologise(report, visit, *, at):
    return Recovery.objects.create(
        service_request=report.service_request,
        why=Recovery.Why.VISIT_MISSED,
        of=f"visit-{visit.pk}",
        promised=visit.window[1],
        begun_at=at,
        hear_by=at + DAY,
    )


@pytest.mark.parametrize("outcome", [Visit.Outcome.PLANNED, Visit.Outcome.MOVED])
def test_an_apology_for_a_visit_opens_it_before_staff_wrote_down_what_became_of_the_visit(report, outcome):
    settled = {} if outcome == Visit.Outcome.PLANNED else {"settled_at": NOON + 2 * DAY}
    visit = visit_of(report, outcome=outcome, **settled)
    apology = apologise(report, visit, at=visit.window[1] + timedelta(hours=1))

    assert steps(report, at=apology.begun_at)["klacht"] is True
    assert steps(report, at=apology.begun_at - timedelta(seconds=1)) == {}


@pytest.mark.parametrize("outcome", Visit.CAME)
def test_an_apology_opens_nothing_when_the_craftsman_was_there_after_all(report, outcome):
    visit = visit_of(report, outcome=outcome, settled_at=NOON + 2 * DAY)
    apologise(report, visit, at=visit.window[1] + timedelta(hours=1))

    assert steps(report, at=NOON + 3 * DAY) == {}


def test_an_apology_to_others_opens_nothing_for_who_joined_after_it(report):
    visit = visit_of(report)
    apology = apologise(report, visit, at=NOON + DAY)
    joined = ReportFactory(service_request=report.service_request, at=apology.begun_at + DAY)

    assert steps(report, at=NOON + 3 * DAY)["klacht"] is True
    assert steps(joined, at=NOON + 3 * DAY) == {}


def test_the_huurcommissie_opens_when_the_last_of_the_six_weeks_is_over(report):
    before, after = steps(report, at=OVER - timedelta(seconds=1)), steps(report, at=OVER)

    assert (before["huurcommissie"], after["huurcommissie"]) == (OVER, True)


def test_who_reported_it_later_has_six_weeks_of_their_own(report):
    neighbour = ReportFactory(service_request=report.service_request, at=NOON + 10 * DAY)

    found = [steps(one, at=OVER)["huurcommissie"] for one in (report, neighbour)]

    assert found == [True, OVER + 10 * DAY]


def test_what_the_tenant_pays_is_nothing_for_the_huurcommissie(report):
    type(report.service_request).objects.filter(pk=report.service_request_id).update(
        payer="tenant", payer_rule="law_d", statutory_since=None
    )

    assert steps(report, at=LATE) == {"klacht": True, "klachtencommissie": None}


def test_the_committee_opens_with_our_answer_to_the_complaint(report):
    complain(report, at=local("03-20 12:00"))
    waits = steps(report, at=local("03-21 12:00"))
    services.write_to_tenants(
        report.service_request_id, by=StaffFactory(), body="Wij kunnen niet eerder.", at=local("03-22 12:00")
    )

    assert waits["klachtencommissie"] == local("05-02 00:00")
    assert steps(report, at=local("03-22 12:00"))["klachtencommissie"] is True


def test_the_committee_opens_after_six_weeks_without_an_answer(report):
    complain(report, at=local("03-20 12:00"))

    assert steps(report, at=local("05-02 00:00"))["klachtencommissie"] is True


def test_a_message_is_no_complaint_and_a_neighbours_complaint_is_theirs(report):
    neighbour = ReportFactory(service_request=report.service_request, at=NOON)
    services.write_to_staff(report.service_request_id, tenant=report.tenant, body="Wanneer?", at=NOON + 20 * DAY)
    complain(neighbour, at=NOON + 20 * DAY)

    assert steps(report, at=NOON + 21 * DAY)["klachtencommissie"] is None
    assert steps(neighbour, at=NOON + 21 * DAY)["klachtencommissie"] is not None


@pytest.mark.parametrize(
    ("status", "outcome", "open_"),
    [
        (Status.DONE, "", False),
        (Status.CLOSED, Outcome.SOLVED, False),
        (Status.CLOSED, Outcome.WITHDRAWN, False),
        (Status.CLOSED, Outcome.DECLINED, True),
        (Status.CLOSED, Outcome.TENANT_JOB, True),
    ],
)
def test_what_is_ready_has_no_next_steps_and_what_we_refused_has(status, outcome, open_):
    report = ServiceRequestFactory(status=status, outcome=outcome, at=NOON).reports.get()

    assert bool(steps(report, at=NOON)) == open_


def ready(report, *, at):
    fields = {"status": Status.DONE, "done_at": at, "times_done": 1}
    type(report.service_request).objects.filter(pk=report.service_request_id).update(**fields)
    report.service_request.refresh_from_db()


def test_a_complaint_goes_on_when_it_is_ready_and_the_huurcommissie_does_not(report):
    complain(report, at=local("03-20 12:00"))
    ready(report, at=local("03-25 12:00"))

    assert steps(report, at=local("03-26 12:00")) == {"klacht": True, "klachtencommissie": local("05-02 00:00")}
    assert steps(report, at=local("05-02 00:00")) == {"klacht": True, "klachtencommissie": True}


# --- the letters ------------------------------------------------------------------------------------------------------


def letter(report, where, *, at, language="nl"):
    with translation.override(language):
        return letter_of(where, case_of(report.service_request, report), at=at)


def test_a_letter_tells_what_was_promised_and_what_became_of_it(report):
    services.move_promise(
        report.service_request_id, to=local("03-27 17:00"), reason="Het onderdeel is op.", by=StaffFactory(), at=NOON
    )
    report.service_request.refresh_from_db()

    found = letter(report, Where.COMPLAINT, at=LATE, language="en")

    assert found.happened == (
        ("Monday 2 March 2026", "Reported. Promised: repaired on Monday 16 March 2026 at the latest."),
        ("Monday 2 March 2026", "The promised day became Friday 27 March 2026. “Het onderdeel is op.”"),
        ("Thursday 14 May 2026", "Not repaired yet."),
    )
    assert (found.sender, found.words) == (report.tenant.name, report.text)
    assert dict(found.facts)["Number"] == report.service_request.reference


def test_a_letter_about_what_is_ready_says_so_and_asks_for_no_repair(report):
    complain(report, at=local("03-20 12:00"))
    ready(report, at=local("03-25 12:00"))

    committee, complaint = (letter(report, where, at=LATE) for where in (Where.COMMITTEE, Where.COMPLAINT))

    assert committee.happened[-1] == ("woensdag 25 maart 2026", "Klaar, volgens de verhuurder.")
    assert complaint.asks == ("Wilt u schriftelijk op deze klacht antwoorden?",)


def test_letters_to_others_are_in_dutch_whatever_the_tenant_reads(report):
    languages = {where: letter(report, where, at=LATE, language="en").language for where in Where}

    assert languages == {Where.COMPLAINT: "en", Where.COMMITTEE: "nl", Where.TRIBUNAL: "nl"}


def test_the_letter_to_the_committee_says_when_they_complained_and_what_we_answered(report):
    complain(report, at=local("03-20 12:00"))
    silent = letter(report, Where.COMMITTEE, at=LATE)
    services.write_to_tenants(report.service_request_id, by=StaffFactory(), body="Nee.", at=local("03-22 12:00"))
    answered = letter(report, Where.COMMITTEE, at=LATE)

    assert "vrijdag 20 maart 2026" in silent.intro[1]
    assert "zes weken" in silent.intro[2]
    assert "zondag 22 maart 2026" in answered.intro[2]


def test_words_that_were_for_others_are_not_in_the_letter_of_who_joined(report):
    services.move_promise(
        report.service_request_id, to=local("03-27 17:00"), reason="Geheim van de buren", by=StaffFactory(), at=NOON
    )
    joined = ReportFactory(service_request=report.service_request, tenant=TenantFactory(), at=NOON + DAY)

    theirs = letter(joined, Where.COMPLAINT, at=LATE)

    assert "Geheim van de buren" not in theirs.body
    assert "Geheim van de buren" in letter(report, Where.COMPLAINT, at=LATE).body


def test_the_pdf_has_the_proof_of_the_report_behind_the_letter(report):
    text = letter(report, Where.TRIBUNAL, at=LATE)

    proof, both = pdf_of(report, language="nl")[1], pdf_of_letters([text], at=LATE)

    assert pages_of(both) > pages_of(proof) >= 1


def pages_of(pdf):
    return pdf.count(b"/Type /Page\n")


def test_a_complaint_stands_on_top_of_the_queue_and_is_kept_once(report):
    complain(report, at=NOON + 20 * DAY)

    service_request = report.service_request
    service_request.refresh_from_db()
    assert (service_request.needs_attention, service_request.tenant_waits_for_reply) == (True, True)
    assert Message.objects.filter(is_complaint=True).count() == 1
