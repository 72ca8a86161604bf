"""Two cases go on as one."""

import re
import threading
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.urls import reverse

from requests import followup, services, workflow
from requests.models import Alarm, Objection, PromiseMove, Recovery, Report, ReportMove, ServiceRequest, Verdict
from requests.services import CannotMerge, Said, WhyNot
from requests.workflow import Actor, Outcome, Status
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


def test_the_earlier_of_two_promises_holds(by):
    duplicate, _ = two_cases()
    first, late = duplicate.first_fix_by, duplicate.fix_by + 4 * DAY
    into = case_of(LIFT, dwelling=None, communal_area=duplicate.communal_area, first_fix_by=first, fix_by=late)

    services.merge(duplicate, into, by, AT)

    into.refresh_from_db()
    moved = PromiseMove.objects.get(service_request=into)
    assert (into.first_fix_by, into.fix_by) == (first, duplicate.fix_by)
    assert (moved.old_fix_by, moved.new_fix_by) == (late, duplicate.fix_by)


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


def test_a_visit_after_the_day_that_was_promised_to_the_duplicate_breaks_that_promise(by):
    body, into = merged_with_a_visit(by, days=40)

    assert "Wij hebben beloofd dat het uiterlijk maandag 16 maart gemaakt is, en dat blijft zo." in body
    assert "De afspraak hieronder is later. Daarom zoeken wij een eerdere dag." in body
    assert "Op zaterdag 11 april komt er een vakman, tussen 15:00 en 17:00 uur." in body
    assert into.needs_attention
    followup.watch(at=into.fix_by)
    assert [alarm.kind for alarm in Alarm.objects.standing()] == ["broken"]
    assert Recovery.objects.get().of == f"promise-{int(into.fix_by.timestamp())}"
