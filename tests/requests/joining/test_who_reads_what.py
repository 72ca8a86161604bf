"""What the database keeps of a shared case, and which household reads which words."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from requests import services, workflow
from requests.models import Message, Report, ReportMove, ServiceRequest, StatusChange
from requests.services import Said
from requests.services.taking_in import Intake
from requests.workflow import Actor, Status
from tenants.notifications.models import Notification
from tests.factories import (
    NOON,
    DraftFactory,
    DwellingFactory,
    ReportFactory,
    TenancyFactory,
    TenantFactory,
)
from tests.requests.joining.cases import AT, LEAK, LIFT, case_of, lift_case, plan_a_visit, two_cases, two_households
from tests.requests.tenant_pages import page, stored_photo, words_of

pytestmark = pytest.mark.django_db


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


def test_a_draft_of_which_the_report_was_split_off_shows_the_confirmation_of_its_new_case(tenant_client, tenant, by):
    home = tenant.tenancies.get().dwelling
    now = timezone.now()
    case = case_of(LIFT, dwelling=DwellingFactory(complex=home.complex), at=now)
    report = ReportFactory(service_request=case, tenant=tenant, at=now)
    draft = DraftFactory(tenant=tenant, dwelling=home, sent_as=case)

    new = services.split_off(report, by, now)

    response = tenant_client.get(page("report_check", draft.pk), follow=True)
    shown = [page("sent", case.reference), page("sent", new.reference)]
    assert [address for address, _ in response.redirect_chain] == shown
    assert f'<strong class="reference">{new.reference}</strong>' in words_of(response)


def test_strangers_are_led_nowhere_by_the_number_of_a_merged_case(tenant_client, tenant, by):
    """Not even who reported the case that it goes on as."""
    home = tenant.tenancies.get().dwelling
    into = case_of(LIFT, dwelling=home, reported_by=tenant)
    duplicate = case_of(LIFT, dwelling=DwellingFactory(complex=home.complex))
    services.merge(duplicate, into, by, AT)

    asked = [tenant_client.get(page(name, duplicate.reference)).status_code for name in ("detail", "sent")]
    assert asked == [404, 404]


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
