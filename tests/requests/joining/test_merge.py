"""Two cases go on as one."""

import re
import threading
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from requests import audit, followup, services, workflow
from requests.models import Alarm, Objection, PromiseMove, Recovery, Report, ReportMove, ServiceRequest, Verdict
from requests.services import CannotMerge, Said, WhyNot
from requests.workflow import Actor, Outcome, Status
from tenants.notifications import delivery
from tenants.notifications.models import Notification
from tests.factories import (
    CommunalAreaFactory,
    ReportFactory,
    StaffFactory,
)
from tests.requests.joining.cases import AT, LIFT, case_of, lift_case, plan_a_visit, two_cases
from tests.requests.tenant_pages import stored_photo

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


# --- merge ------------------------------------------------------------------------------------------------------------


def test_everybody_goes_on_with_the_other_case(by):
    duplicate, into = two_cases()
    report = duplicate.reports.get()
    photo = stored_photo(report=report)

    services.merge(duplicate, into, by, AT)

    duplicate.refresh_from_db()
    report.refresh_from_db()
    assert (duplicate.status, duplicate.outcome, duplicate.merged_into) == (Status.CLOSED, Outcome.DUPLICATE, into)
    assert [row.move for row in duplicate.history.all()] == ["receive", "decline"]
    assert (report.service_request, list(report.photos.all())) == (into, [photo])
    assert into.reports.count() == 2
    assert [(row.report, row.old, row.new) for row in ReportMove.objects.all()] == [(report, duplicate, into)]


def test_who_reported_the_duplicate_is_told_once_and_who_reported_the_other_is_not(by):
    duplicate, into = two_cases()
    report = duplicate.reports.get()

    services.merge(duplicate, into, by, AT)

    mail = Notification.objects.get()
    assert (mail.kind, mail.tenant) == ("request_merged", report.tenant)
    assert into.reference in mail.subject
    assert f"/meldingen/{into.reference}/" in mail.body


def test_who_reported_both_keeps_both_reports(by):
    duplicate, into = two_cases()
    tenant = into.reports.get().tenant
    second = ReportFactory(service_request=duplicate, tenant=tenant, text="Nog steeds stuk.")

    services.merge(duplicate, into, by, AT)

    assert Report.objects.filter(tenant=tenant).count() == 2
    assert second.service_request == duplicate
    assert Notification.objects.filter(tenant=tenant).count() == 1


def cases_promised_on(*days):
    """Requests about the same lift, by the day on which each was first promised."""
    area = CommunalAreaFactory()
    fields = {"dwelling": None, "communal_area": area, "received_at": AT - 10 * DAY}
    return [case_of(LIFT, first_fix_by=day, **fields) for day in days]


def test_a_broken_promise_does_not_leave_the_figures_by_merging(by):
    broken, later = cases_promised_on(AT - DAY, AT + 30 * DAY)

    with pytest.raises(CannotMerge) as refused:
        services.merge(broken, later, by, AT)
    services.merge(later, broken, by, AT)

    assert refused.value.why == WhyNot.EARLIER
    assert ServiceRequest.objects.to_do().get().first_fix_by == AT - DAY


def merge_page(case):
    return reverse("admin:requests_servicerequest_merge", args=[case.pk])


def links_of(response, page):
    """Where the links of a page lead."""
    return [
        link if link.startswith("/") else page + link
        for link in map(unescape, re.findall(r'href="([^"]+)"', response.content.decode()))
    ]


@pytest.mark.ignore_template_errors
def test_the_page_offers_to_merge_into_what_was_promised_first(planner_client):
    first, later = cases_promised_on(AT - DAY, AT + 30 * DAY)
    works = f"{merge_page(later)}?into={first.reference}"

    offered = [links_of(planner_client.get(page), page) for page in (merge_page(first), merge_page(later))]

    assert [[link for link in links if "?into=" in link] for links in offered] == [[works], [works]]


@pytest.mark.ignore_template_errors
def test_the_page_says_why_it_must_be_the_other_way_around_and_leads_there(planner_client):
    first, later = cases_promised_on(AT - DAY, AT + 30 * DAY)
    works = f"{merge_page(later)}?into={first.reference}"

    refused = planner_client.get(merge_page(first), {"into": later.reference})

    assert "Voeg ze andersom samen." in refused.content.decode()
    assert works in links_of(refused, merge_page(first))
    assert "Voeg ze andersom samen." not in planner_client.get(works).content.decode()


def test_a_question_that_waits_for_an_answer_waits_on_in_the_other_case(by):
    duplicate, into = two_cases()
    tenant = duplicate.reports.get().tenant
    services.write_to_staff(duplicate.pk, tenant=tenant, body="Wanneer komt u?", at=AT)

    services.merge(duplicate, into, by, AT)

    into.refresh_from_db()
    assert into.tenant_waits_for_reply


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"duplicate": {"status": Status.DONE}}, WhyNot.NOT_OPEN),
        ({"into": {"status": Status.DONE}}, WhyNot.NOT_OPEN),
        ({"into": {"status": Status.CLOSED}}, WhyNot.NOT_OPEN),
        ({"into": {"communal_area__name": "Lift", "elsewhere": True}}, WhyNot.ELSEWHERE),
    ],
)
def test_two_cases_that_cannot_be_one_are_not_merged(by, change, why):
    area = CommunalAreaFactory()
    made = {}
    for name in ("duplicate", "into"):
        fields = dict(change.get(name, {}))
        place = CommunalAreaFactory() if fields.pop("elsewhere", False) else area
        fields.pop("communal_area__name", None)
        made[name] = case_of(LIFT, dwelling=None, communal_area=place, **fields)

    with pytest.raises(CannotMerge) as refused:
        services.merge(made["duplicate"], made["into"], by, AT)

    assert refused.value.why == why
    assert not ReportMove.objects.exists()


def test_a_case_does_not_go_on_as_itself(by):
    case = lift_case()

    with pytest.raises(CannotMerge) as refused:
        services.merge(case, case, by, AT)

    assert refused.value.why == WhyNot.SAME


def test_a_planned_visit_is_settled_first(by):
    duplicate, into = two_cases()
    plan_a_visit(duplicate, by)

    with pytest.raises(CannotMerge) as refused:
        services.merge(duplicate, into, by, AT)

    assert refused.value.why == WhyNot.VISIT
    services.merge(into, duplicate, by, AT)


def test_an_objection_is_answered_first(by):
    duplicate, into = two_cases()
    Objection.objects.create(
        service_request=duplicate, report=duplicate.reports.first(), rule="law_d", words="Dit is van u.", at=AT
    )

    with pytest.raises(CannotMerge) as refused:
        services.merge(duplicate, into, by, AT)

    assert refused.value.why == WhyNot.OBJECTION


def test_households_that_were_asked_before_are_asked_again_after_a_merge(by):
    duplicate, into = two_cases(status=Status.IN_PROGRESS)
    report = duplicate.reports.get()
    services.make_move(duplicate.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)
    services.answer_verdict(report.pk, round=1, answer="not_solved", words="Nee.", by=None, at=AT)

    services.merge(duplicate, into, by, AT)
    services.make_move(into.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    into.refresh_from_db()
    assert Verdict.objects.filter(report__service_request=into, round=into.times_done, answer="").count() == 2


def test_a_case_that_took_one_over_goes_on_as_a_third(by):
    first, second = two_cases()
    third = case_of(LIFT, dwelling=None, communal_area=first.communal_area)

    services.merge(first, second, by, AT)
    second.refresh_from_db()
    services.merge(second, third, by, AT)

    assert third.reports.count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_colleagues_who_merge_both_ways_at_once_do_not_lose_a_report():
    by, (one, other) = StaffFactory(), two_cases()
    together, refused = threading.Barrier(2), []

    def merge(duplicate, into):
        together.wait()
        try:
            services.merge(duplicate, into, by, AT)
        except CannotMerge as cannot:
            refused.append(cannot.why)
        connection.close()

    threads = [threading.Thread(target=merge, args=pair) for pair in ((one, other), (other, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    still_open = ServiceRequest.objects.to_do().get()
    assert refused == [WhyNot.NOT_OPEN]
    assert still_open.reports.count() == 2


# --- a visit to come --------------------------------------------------------------------------------------------------


def with_a_visit(into, by, *, days):
    window = (AT + timedelta(days=days), AT + timedelta(days=days, hours=2))
    said = Said(window=window, craftsman="Ali Demir", note="Eerder lukt niet.")
    services.make_move(into.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=by, at=AT, said=said)
    Notification.objects.all().delete()
    with connection.cursor() as cursor:  # as at the end of the transaction: the promise may move once more in this one
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def merged_with_a_visit(by, *, days):
    """The mail, and the case that both are now."""
    duplicate, into = two_cases()
    with_a_visit(into, by, days=days)
    services.merge(duplicate, into, by, AT)
    into.refresh_from_db()
    return Notification.objects.get(kind="request_merged").body, into


def test_a_visit_that_is_planned_already_is_in_the_mail(by):
    body, into = merged_with_a_visit(by, days=3)

    assert "Het is uiterlijk maandag 16 maart gemaakt." in body
    assert "Op donderdag 5 maart komt er een vakman, tussen 15:00 en 17:00 uur." in body
    assert not into.needs_attention


def test_who_was_promised_an_earlier_day_reads_that_it_is_later_and_nobody_else_hears_of_it(by):
    body, into = merged_with_a_visit(by, days=40)

    duplicate = ServiceRequest.objects.get(merged_into=into)
    moved = PromiseMove.objects.get(service_request=duplicate)
    assert "uiterlijk maandag 16 maart gemaakt zou zijn. Dat wordt nu zaterdag 11 april. Onze excuses." in body
    assert "Op zaterdag 11 april komt er een vakman, tussen 15:00 en 17:00 uur." in body
    assert (moved.old_fix_by, moved.new_fix_by) == (duplicate.first_fix_by, into.fix_by)
    assert set(Notification.objects.values_list("about", flat=True)) == {duplicate.reference}
    followup.watch(at=duplicate.first_fix_by)
    assert (Alarm.objects.count(), Recovery.objects.count()) == (0, 0)


# --- a broken promise -------------------------------------------------------------------------------------------------

BROKEN = AT.replace(day=16, hour=17)  # what came in at NOON was promised for then
HEAR_BY = BROKEN + DAY
MORNING = HEAR_BY.replace(hour=9)
FRIDAY = (AT.replace(day=20, hour=10), AT.replace(day=20, hour=12))


def kinds_about(case):
    return list(Notification.objects.filter(about=case.reference).order_by("pk").values_list("kind", flat=True))


def mail_about(case, kind):
    return Notification.objects.get(about=case.reference, kind=kind).body


def run_the_clock(at):
    followup.watch(at=at)
    followup.follow_up(at=at)
    delivery.deliver_due(now=lambda: at)


def later_promised(case, to, by, at=AT):
    services.move_promise(case.pk, to=to, reason="Het onderdeel komt dan.", by=by, at=at)


@pytest.mark.django_db(transaction=True)  # each step as it is: the promise is looked at when a transaction ends
def test_who_was_told_of_a_visit_hears_nothing_of_the_promise_that_was_broken_to_others():
    by, (planned, broken) = StaffFactory(), two_cases()
    said = Said(window=FRIDAY, craftsman="Ali Demir", note="Eerder lukt niet.")
    services.make_move(planned.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=by, at=AT, said=said)
    run_the_clock(BROKEN)
    assert kinds_about(broken)[-1] == "recovery_broken"
    told_before = kinds_about(planned)

    services.merge(broken, planned, by, MORNING)
    for at in (MORNING, HEAR_BY):
        run_the_clock(at)

    planned.refresh_from_db()
    assert (planned.fix_by, planned.first_fix_by) == (FRIDAY[1], BROKEN)
    assert (kinds_about(planned), kinds_about(broken)[-1]) == (told_before, "request_merged")
    assert list(Alarm.objects.standing()) == list(Recovery.objects.running()) == []
    body = mail_about(broken, "request_merged")
    assert "uiterlijk maandag 16 maart gemaakt zou zijn. Dat wordt nu vrijdag 20 maart. Onze excuses." in body
    assert "Op vrijdag 20 maart komt er een vakman, tussen 10:00 en 12:00 uur." in body
    found = {finding.name for finding in audit.audit(at=HEAR_BY) if finding.failures}
    assert found & {"recovery_stays_due", "recovery_was_told", "promise_moved_with_a_row", "broken_is_known"} == set()


@pytest.mark.django_db(transaction=True)
def test_a_broken_promise_has_the_day_of_the_request_that_joins_it_as_its_new_day():
    by, (promised, broken) = StaffFactory(), two_cases()
    later_promised(promised, FRIDAY[1], by)
    run_the_clock(BROKEN)

    services.merge(promised, broken, by, MORNING)
    for at in (MORNING, HEAR_BY):
        run_the_clock(at)

    broken.refresh_from_db()
    moved, recovery = PromiseMove.objects.get(service_request=broken), Recovery.objects.get()
    assert (moved.old_fix_by, moved.new_fix_by, broken.fix_by) == (BROKEN, FRIDAY[1], FRIDAY[1])
    assert (recovery.service_request, recovery.new_day, recovery.dated_at) == (broken, FRIDAY[1], MORNING)
    assert kinds_about(broken) == ["recovery_broken", "request_later"]
    assert "Het is nu uiterlijk vrijdag 20 maart 2026 klaar." in mail_about(broken, "request_later")
    assert (kinds_about(promised)[-1], "recovery_broken" in kinds_about(promised)) == ("request_merged", False)
    assert "Het is uiterlijk vrijdag 20 maart gemaakt." in mail_about(promised, "request_merged")
    assert not Alarm.objects.standing().exists()


def test_where_both_are_broken_the_earlier_moment_for_a_new_day_is_kept(by):
    late, later = cases_promised_on(BROKEN, BROKEN + DAY)
    for at in (BROKEN, BROKEN + DAY):
        followup.watch(at=at)
    Recovery.objects.filter(service_request=late).update(hear_by=HEAR_BY + 4 * DAY)
    ServiceRequest.objects.filter(pk=late.pk).update(next_word_at=HEAR_BY + 4 * DAY)
    theirs = Recovery.objects.get(service_request=later)

    services.merge(later, late, by, MORNING + DAY)
    followup.watch(at=MORNING + DAY)

    kept = Recovery.objects.running().get()
    late.refresh_from_db()
    assert (kept.service_request, kept.hear_by, late.next_word_at) == (late, theirs.hear_by, theirs.hear_by)
    assert late.needs_attention
    body = mail_about(later, "request_merged")
    assert "Wij hadden beloofd dat het uiterlijk dinsdag 17 maart gemaakt zou zijn." in body
    assert "U hoort vóór woensdag 18 maart 17:00 uur een nieuwe dag van ons." in body
    assert (kinds_about(late), kinds_about(later)) == (["recovery_broken"], ["recovery_broken", "request_merged"])


def test_who_waits_for_a_new_day_after_a_missed_visit_hears_something_by_then_in_the_other_request(by):
    missed, goes_on = two_cases()
    plan_a_visit(missed, by)
    at = AT + DAY + timedelta(hours=3)
    said = Said(visit="missed", waiting_reason="parts")
    services.make_move(missed.pk, workflow.WAIT, actor=Actor.STAFF, by=by, at=at, said=said)
    hear_by = Recovery.objects.get().hear_by
    goes_on.refresh_from_db()
    ServiceRequest.objects.filter(pk=goes_on.pk).update(next_word_at=hear_by + DAY)

    services.merge(missed, goes_on, by, at)

    goes_on.refresh_from_db()
    assert (goes_on.next_word_at, goes_on.needs_attention) == (hear_by, True)


def test_where_a_visit_is_planned_that_is_what_they_hear(by):
    missed, goes_on = two_cases()
    plan_a_visit(missed, by)
    at = AT + DAY + timedelta(hours=3)
    said = Said(visit="missed", waiting_reason="parts")
    services.make_move(missed.pk, workflow.WAIT, actor=Actor.STAFF, by=by, at=at, said=said)
    with_a_visit(goes_on, by, days=7)
    goes_on.refresh_from_db()
    due = goes_on.next_word_at

    services.merge(missed, goes_on, by, at)

    goes_on.refresh_from_db()
    assert goes_on.next_word_at == due


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (9, 5, "Het blijft beloofd vóór"),
        (5, 9, "leest dat het later wordt, met onze excuses."),
        (5, -5, "de nieuwe dag is."),
        (-5, -5, "Iedereen wacht nog op een nieuwe dag."),
    ],
)
def test_the_page_says_which_day_holds(planner_client, old, new, said):
    now = timezone.now()
    duplicate, into = cases_promised_on(now - 30 * DAY, now - 30 * DAY)
    for case, days in ((duplicate, old), (into, new)):
        later_promised(case, now + days * DAY, StaffFactory(), at=now - 31 * DAY)

    page = planner_client.get(merge_page(duplicate), {"into": into.reference}).content.decode()

    assert said in page
