"""Several households, one case: added, split off, merged; and nobody reads what is not theirs."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from requests import services, workflow
from requests.intake import catalogue
from requests.models import Message, Objection, PromiseMove, Report, ReportMove, ServiceRequest, StatusChange, Verdict
from requests.services import CannotJoin, CannotMerge, CannotSplit, ChangedMeanwhile, Said, WhyNot
from requests.services.taking_in import Intake
from requests.workflow import Actor, Outcome, Status
from tenants.notifications.models import Notification
from tests.factories import (
    NOON,
    CommunalAreaFactory,
    DwellingFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
)
from tests.requests.tenant_pages import page, stored_photo, words_of

pytestmark = pytest.mark.django_db

AT = NOON + timedelta(hours=3)
LEAVES = catalogue.shipped().leaves.values()
LIFT = next(leaf for leaf in LEAVES if leaf.shared == "automatic" and leaf.element_code == "LIF")
LEAK = next(leaf for leaf in LEAVES if leaf.shared == "stack" and not leaf.phone_only)


@pytest.fixture
def by():
    return StaffFactory()


def case_of(leaf, **fields):
    codes = {name: getattr(leaf, name) for name in ("location_code", "element_code", "defect_code", "category")}
    return ServiceRequestFactory(problem=leaf.key, thing=leaf.thing.key, shared=leaf.shared, **codes, **fields)


def lift_case(**fields):
    return case_of(LIFT, dwelling=None, communal_area=CommunalAreaFactory(), **fields)


def neighbour_of(case):
    home = DwellingFactory(complex=case.place.complex, stack=case.dwelling.stack if case.dwelling else "")
    return TenancyFactory(dwelling=home)


def intake_of(case, leaf, tenancy=None, text="De lift staat stil op de vierde."):
    return Intake(tenancy=tenancy or neighbour_of(case), problem=leaf, area=case.communal_area, text=text)


def told(kind):
    return sorted(Notification.objects.filter(kind=kind).values_list("tenant__name", flat=True))


# --- join -------------------------------------------------------------------------------------------------------------


def test_a_neighbour_joins_with_their_own_words_and_hears_what_was_promised():
    case = lift_case()
    intake = intake_of(case, LIFT)

    report = services.join(intake, case, at=AT)

    mail = Notification.objects.get()
    assert (report.service_request, report.tenant, report.text, report.at) == (
        case,
        intake.tenancy.tenant,
        "De lift staat stil op de vierde.",
        AT,
    )
    assert (mail.kind, mail.tenant, mail.about) == ("request_joined", report.tenant, case.reference)
    assert case.reference in mail.subject


def test_joining_moves_no_promise_and_raises_nothing():
    case = lift_case()
    kept = ("fix_by", "first_fix_by", "next_word_at", "urgency", "status", "needs_attention")
    before = {name: getattr(case, name) for name in kept}

    services.join(intake_of(case, LIFT), case, at=AT)

    case.refresh_from_db()
    assert {name: getattr(case, name) for name in kept} == before


def test_who_joins_twice_keeps_one_report_and_no_word_is_lost():
    case = lift_case()
    tenancy = neighbour_of(case)

    first = services.join(intake_of(case, LIFT, tenancy), case, at=AT)
    second = services.join(intake_of(case, LIFT, tenancy, text="Nu ook lawaai."), case, at=AT + timedelta(hours=1))

    case.refresh_from_db()
    assert first == second
    assert [(message.tenant, message.body) for message in case.messages.all()] == [(tenancy.tenant, "Nu ook lawaai.")]
    assert case.tenant_waits_for_reply
    assert Notification.objects.count() == 1


def test_a_case_of_another_complex_is_not_joined_by_guessing():
    case, elsewhere = lift_case(), lift_case()

    with pytest.raises(CannotJoin):
        services.join(intake_of(elsewhere, LIFT), case, at=AT)

    assert case.reports.count() == 1


def test_a_case_about_something_else_is_not_joined():
    case = case_of(LEAK, dwelling=DwellingFactory(stack="A-1"))

    with pytest.raises(CannotJoin):
        services.join(Intake(tenancy=neighbour_of(case), problem=LIFT, text="De lift"), case, at=AT)


@pytest.mark.parametrize("status", [Status.DONE, Status.CLOSED])
def test_what_is_ready_is_not_joined(status):
    case = lift_case(status=status)

    with pytest.raises(CannotJoin):
        services.join(intake_of(case, LIFT), case, at=AT)


@pytest.mark.django_db(transaction=True)
def test_ten_neighbours_who_join_at_once_all_get_in():
    case = lift_case()
    tenancies = [neighbour_of(case) for _ in range(10)]
    together = threading.Barrier(10)

    def join(tenancy):
        together.wait()
        services.join(intake_of(case, LIFT, tenancy), case, at=AT)
        connection.close()

    threads = [threading.Thread(target=join, args=[tenancy]) for tenancy in tenancies]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert case.reports.count() == 11
    assert Notification.objects.filter(kind="request_joined").count() == 10


def test_forty_households_are_each_asked_whether_it_is_solved(by):
    case = lift_case(status=Status.IN_PROGRESS)
    for _ in range(39):
        services.join(intake_of(case, LIFT), case, at=AT)

    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    assert Verdict.objects.filter(report__service_request=case, round=1).count() == 40
    assert len(told("request_done")) == 40


def test_it_closes_when_the_last_household_says_solved(by):
    case = lift_case(status=Status.IN_PROGRESS)
    services.join(intake_of(case, LIFT), case, at=AT)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    seen = []
    for report in case.reports.all():
        services.answer_verdict(report.pk, round=1, answer="solved", by=None, at=AT)
        case.refresh_from_db()
        seen.append(case.status)

    assert seen == [Status.DONE, Status.CLOSED]


# --- split off --------------------------------------------------------------------------------------------------------


def two_households(leaf=LEAK, **fields):
    """A leak that a neighbour in the stack joined."""
    tenancy = TenancyFactory(dwelling=DwellingFactory(stack="A-1"))
    case = case_of(leaf, dwelling=tenancy.dwelling, reported_by=tenancy.tenant, **fields)
    report = services.join(intake_of(case, leaf, text="Bij mij druppelt het plafond."), case, at=AT)
    Notification.objects.all().delete()
    case.refresh_from_db()
    return case, report


def test_a_report_that_is_split_off_is_a_case_of_its_own(by):
    case, report = two_households()
    photo = stored_photo(report=report)
    at = AT + timedelta(days=2)

    new = services.split_off(report, by, at)

    report.refresh_from_db()
    new.refresh_from_db()
    assert report.service_request == new
    assert (new.split_from, new.dwelling, new.problem) == (case, report.tenancy.dwelling, LEAK.key)
    assert (new.status, new.received_at, new.version) == (Status.RECEIVED, AT, 1)
    assert list(report.photos.all()) == [photo]
    assert [(row.move, row.actor, row.by) for row in new.history.all()] == [("receive", "staff", by)]
    assert [(row.report, row.old, row.new, row.by) for row in ReportMove.objects.all()] == [(report, case, new, by)]
    assert [row.tenant for row in case.reports.all()] != [report.tenant]


def test_what_is_measured_is_the_promise_from_the_day_it_was_reported(by):
    _case, report = two_households()
    at = AT + timedelta(days=2)

    new = services.split_off(report, by, at)

    moved = PromiseMove.objects.get(service_request=new)
    assert new.first_fix_by < new.fix_by
    assert (moved.old_fix_by, moved.new_fix_by, moved.by) == (new.first_fix_by, new.fix_by, by)
    assert new.answer_by >= new.received_at
    assert new.next_word_at > at


def test_who_is_split_off_hears_the_new_number_and_nobody_else_hears_anything(by):
    case, report = two_households()

    new = services.split_off(report, by, AT)

    mail = Notification.objects.get()
    assert (mail.kind, mail.tenant, mail.about) == ("request_split", report.tenant, new.reference)
    assert new.reference in mail.subject
    assert case.reference in mail.body


def test_the_last_report_of_a_case_stays(by):
    case = lift_case()

    with pytest.raises(CannotSplit) as refused:
        services.split_off(case.reports.get(), by, AT)

    assert refused.value.why == WhyNot.LAST_REPORT


def test_nothing_is_split_off_while_the_households_say_whether_it_is_solved(by):
    case, report = two_households()
    services.make_move(case.pk, workflow.PLAN, actor=Actor.STAFF, by=by, at=AT)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    with pytest.raises(CannotSplit) as refused:
        services.split_off(report, by, AT)

    assert refused.value.why == WhyNot.NOT_OPEN


def test_when_the_home_of_the_case_goes_the_case_goes_on_at_a_home_that_is_left(by):
    case, joined = two_households()
    first = case.reports.exclude(pk=joined.pk).get()

    new = services.split_off(first, by, AT)

    case.refresh_from_db()
    assert (case.dwelling, new.dwelling) == (joined.tenancy.dwelling, first.tenancy.dwelling)


def test_a_household_that_waits_for_a_visit_is_not_split_off(by):
    case, joined = two_households()
    first = case.reports.exclude(pk=joined.pk).get()
    plan_a_visit(case, by)

    with pytest.raises(CannotSplit) as refused:
        services.split_off(first, by, AT)

    assert refused.value.why == WhyNot.VISIT
    assert services.split_off(joined, by, AT).split_from == case


def plan_a_visit(case, by):
    window = (AT + timedelta(days=1), AT + timedelta(days=1, hours=2))
    said = Said(window=window, craftsman="Ali Demir")
    services.make_move(case.pk, workflow.SCHEDULE, actor=Actor.STAFF, by=by, at=AT, said=said)


def test_a_report_that_was_asked_before_is_asked_again_in_its_own_case(by):
    case, report = two_households(status=Status.IN_PROGRESS)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)
    services.answer_verdict(report.pk, round=1, answer="not_solved", words="Het lekt nog.", by=None, at=AT)

    new = services.split_off(report, by, AT)
    services.make_move(new.pk, workflow.PLAN, actor=Actor.STAFF, by=by, at=AT)
    services.make_move(new.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=AT)

    assert sorted(report.verdicts.values_list("round", "answer")) == [(1, "not_solved"), (2, "")]


def test_a_stale_page_splits_nothing_off(by):
    case, report = two_households()

    with pytest.raises(ChangedMeanwhile):
        services.split_off(report, by, AT, seen=case.version - 1)

    assert not ReportMove.objects.exists()


def test_what_another_household_was_to_pay_is_not_taken_over(by):
    case, report = two_households()
    ServiceRequest.objects.filter(pk=case.pk).update(payer="tenant", payer_rule="law_d", agreed_price=80)

    new = services.split_off(report, by, AT)

    assert (new.payer, new.agreed_price) == ("corporation", None)


# --- merge ------------------------------------------------------------------------------------------------------------


def two_cases(**fields):
    """Two requests about the same lift."""
    area = CommunalAreaFactory()
    return [case_of(LIFT, dwelling=None, communal_area=area, **fields) for _ in range(2)]


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
    duplicate, into = two_cases()
    late = duplicate.fix_by + timedelta(days=4)
    into = ServiceRequestFactory(communal_area=into.communal_area, dwelling=None, first_fix_by=late)

    services.merge(duplicate, into, by, AT)

    into.refresh_from_db()
    moved = PromiseMove.objects.get(service_request=into)
    assert (into.first_fix_by, into.fix_by) == (late, duplicate.fix_by)
    assert (moved.old_fix_by, moved.new_fix_by) == (late, duplicate.fix_by)


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


# --- what the database keeps ------------------------------------------------------------------------------------------


def test_where_a_report_went_is_never_rewritten(by):
    duplicate, into = two_cases()
    services.merge(duplicate, into, by, AT)

    with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
        ReportMove.objects.update(at=NOON)
    with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
        ReportMove.objects.all()._raw_delete("default")


def test_a_case_goes_on_as_another_only_when_it_is_closed_as_a_duplicate():
    one, other = two_cases()

    with pytest.raises(IntegrityError, match="request_merged_is_closed_as_duplicate"), transaction.atomic():
        ServiceRequest.objects.filter(pk=one.pk).update(merged_into=other)


def test_a_report_moves_somewhere_else(by):
    case = lift_case()

    with pytest.raises(IntegrityError, match="report_move_moves"), transaction.atomic():
        ReportMove.objects.create(report=case.reports.get(), old=case, new=case, by=by, at=AT)


# --- what who reads ---------------------------------------------------------------------------------------------------

SECRET = "Het geheim van boven"


@pytest.fixture
def shared(tenant, by):
    """A case of a neighbour with a secret in everything; the tenant joined it on the second day."""
    mine = tenant.tenancies.get()
    neighbour = TenancyFactory(dwelling__complex=mine.dwelling.complex, dwelling__street=SECRET, tenant__name=SECRET)
    case = case_of(LIFT, dwelling=neighbour.dwelling, reported_by=neighbour.tenant, status=Status.IN_PROGRESS)
    Report.objects.filter(service_request=case).update(text=SECRET)
    services.write_to_staff(case.pk, tenant=neighbour.tenant, body=SECRET, at=NOON + timedelta(minutes=5))
    services.write_to_tenants(case.pk, by=by, body=SECRET, at=NOON + timedelta(minutes=10))
    wait = Said(waiting_reason="parts", note=SECRET)
    services.make_move(case.pk, workflow.WAIT, actor=Actor.STAFF, by=by, at=NOON + timedelta(minutes=20), said=wait)
    services.make_move(case.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=NOON + timedelta(minutes=30))
    services.answer_verdict(
        case.reports.get().pk,
        round=1,
        answer="not_solved",
        words=SECRET,
        by=neighbour.tenant.user,
        at=NOON + timedelta(minutes=40),
    )
    stored_photo(report=case.reports.get())
    services.join(Intake(tenancy=mine, problem=LIFT, text="Bij mij ook."), case, at=AT)
    return case


def test_who_joined_reads_nothing_of_the_other_household(tenant_client, shared):
    pages = [tenant_client.get(page(*of)) for of in (("detail", shared.reference), ("mine",))]

    assert [SECRET in words_of(response) for response in pages] == [False, False]
    assert "Bij mij ook." in words_of(pages[0])


def test_the_secret_is_on_the_page_of_whose_it_is(client, shared):
    neighbour = shared.reports.order_by("at").first().tenant
    client.force_login(neighbour.user)

    said = words_of(client.get(page("detail", shared.reference)))

    assert said.count(SECRET) >= 5
    assert "Bij mij ook." not in said


def test_a_joiner_reads_what_staff_write_from_then_on(tenant_client, shared, by):
    services.write_to_tenants(shared.pk, by=by, body="Morgen komt het onderdeel.", at=AT + timedelta(hours=1))

    assert "Morgen komt het onderdeel." in words_of(tenant_client.get(page("detail", shared.reference)))


def test_no_mail_to_the_joiner_holds_the_words_of_the_other(tenant, shared, by):
    at = AT + timedelta(hours=1)
    services.make_move(shared.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=at, said=Said(cause="SLT"))
    said = Said(note=SECRET)
    services.make_move(shared.pk, workflow.REOPEN, actor=Actor.STAFF, by=by, at=at, said=said)
    services.make_move(shared.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=at, said=Said(cause="SLT"))
    services.make_move(shared.pk, workflow.CONFIRM_BY_PHONE, actor=Actor.STAFF, by=by, at=at, said=said)

    mails = Notification.objects.filter(tenant=tenant)
    assert mails.filter(kind="request_confirmed").exists()
    assert not mails.filter(body__contains=SECRET).exists()


def test_what_one_tenant_said_on_the_phone_is_not_on_the_others_page(tenant_client, shared, by):
    at = AT + timedelta(hours=1)
    said = Said(note=SECRET)
    services.make_move(shared.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=at, said=Said(cause="SLT"))
    services.make_move(shared.pk, workflow.REOPEN, actor=Actor.STAFF, by=by, at=at, said=said)
    services.make_move(shared.pk, workflow.FINISH, actor=Actor.STAFF, by=by, at=at, said=Said(cause="SLT"))
    services.make_move(shared.pk, workflow.CONFIRM_BY_PHONE, actor=Actor.STAFF, by=by, at=at, said=said)

    assert SECRET not in words_of(tenant_client.get(page("detail", shared.reference)))


def test_who_stays_behind_alone_still_reads_nothing_of_who_was_split_off(tenant_client, shared, by):
    neighbour = shared.reports.order_by("at").first()

    services.split_off(neighbour, by, AT + timedelta(hours=1))

    assert SECRET not in words_of(tenant_client.get(page("detail", shared.reference)))


def test_the_number_of_a_merged_case_leads_its_reporter_to_the_other(tenant_client, tenant, by):
    home = tenant.tenancies.get().dwelling
    mine = case_of(LIFT, dwelling=home, reported_by=tenant)
    into = case_of(LIFT, dwelling=DwellingFactory(complex=home.complex))
    services.write_to_staff(mine.pk, tenant=tenant, body="Mijn eigen bericht.", at=NOON)
    services.write_to_tenants(mine.pk, by=by, body="Ons antwoord.", at=NOON + timedelta(minutes=5))
    services.write_to_tenants(into.pk, by=by, body=SECRET, at=NOON + timedelta(minutes=5))

    services.merge(mine, into, by, AT)

    response = tenant_client.get(page("detail", mine.reference), follow=True)
    said = words_of(response)
    assert response.redirect_chain == [(page("detail", into.reference), 302)]
    assert "Mijn eigen bericht." in said
    assert "Ons antwoord." in said
    assert SECRET not in said


def test_strangers_are_led_nowhere_by_the_number_of_a_merged_case(tenant_client, tenant, by):
    """Not even who reported the case that it goes on as."""
    home = tenant.tenancies.get().dwelling
    into = case_of(LIFT, dwelling=home, reported_by=tenant)
    duplicate = case_of(LIFT, dwelling=DwellingFactory(complex=home.complex))
    services.merge(duplicate, into, by, AT)

    assert tenant_client.get(page("detail", duplicate.reference)).status_code == 404


def test_who_reported_both_still_finds_their_first_words(tenant_client, tenant, by):
    home = tenant.tenancies.get().dwelling
    duplicate, into = (case_of(LIFT, dwelling=home, reported_by=tenant) for _ in range(2))
    Report.objects.filter(service_request=duplicate).update(text="Mijn eerste woorden.")

    services.merge(duplicate, into, by, AT)

    said = words_of(tenant_client.get(page("detail", duplicate.reference)))
    assert "Mijn eerste woorden." in said
    assert page("detail", into.reference) in said


def test_the_number_before_it_was_split_off_leads_to_the_new_one(tenant_client, tenant, shared, by):
    new = services.split_off(shared.reports.get(tenant=tenant), by, AT + timedelta(hours=1))

    response = tenant_client.get(page("detail", shared.reference))

    assert (response.status_code, response["Location"]) == (302, page("detail", new.reference))


def test_a_note_for_colleagues_stays_one(tenant, shared, by):
    services.note(shared.pk, by=by, body=SECRET, at=AT + timedelta(hours=1))

    report = shared.reports.get(tenant=tenant)

    assert list(Message.objects.read_by(report)) == []


def test_a_visit_to_the_neighbour_does_not_ask_to_stay_at_home(tenant_client, tenant, shared, by):
    plan_a_visit(shared, by)

    mails = Notification.objects.filter(kind="request_scheduled")
    assert {mail.tenant == tenant: "thuis is" in mail.body for mail in mails} == {True: False, False: True}
    assert "thuis is" not in words_of(tenant_client.get(page("detail", shared.reference)))


def test_a_history_has_one_receipt_per_case(by):
    case, report = two_households()

    new = services.split_off(report, by, AT)

    receipts = StatusChange.objects.filter(move="receive").order_by("pk")
    assert [row.service_request for row in receipts] == [case, new]


def test_two_people_of_one_home_are_one_household_that_is_left(by):
    case, _report = two_households()
    housemate = TenancyFactory(dwelling=case.dwelling, tenant=TenantFactory(), role="co_tenant")
    services.join(Intake(tenancy=housemate, problem=LEAK, text="Ik woon er ook."), case, at=AT)
    first = case.reports.order_by("at", "pk").first()

    services.split_off(first, by, AT)

    case.refresh_from_db()
    assert case.dwelling == housemate.dwelling
