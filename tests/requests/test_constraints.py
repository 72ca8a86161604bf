"""Every invariant, and an attempt to break it that the database refuses."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from requests.models import (
    Attachment,
    Draft,
    Message,
    PromiseMove,
    ServiceRequest,
    StatusChange,
    Survey,
    Verdict,
    Visit,
)
from requests.workflow import Status
from tenants.notifications.models import Notification

from ..factories import (
    NOON,
    CommunalAreaFactory,
    DraftFactory,
    NotificationFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
)

pytestmark = [pytest.mark.django_db, pytest.mark.whole]
TOMORROW = NOON + timedelta(days=1)


@pytest.mark.parametrize(
    ("status", "lie", "constraint"),
    [
        (Status.RECEIVED, {"next_word_at": None}, "request_next_word_iff_open"),
        (Status.DONE, {"next_word_at": None}, "request_next_word_iff_open"),
        (Status.CLOSED, {"next_word_at": TOMORROW}, "request_next_word_iff_open"),
        (Status.DONE, {"done_at": None}, "request_done_at_iff_done"),
        (Status.IN_PROGRESS, {"done_at": NOON}, "request_done_at_iff_done"),
        (Status.CLOSED, {"done_at": None}, "request_done_at_iff_done"),
        (Status.CLOSED, {"outcome": "declined"}, "request_done_at_iff_done"),
        (Status.CLOSED, {"closed_at": None}, "request_outcome_iff_closed"),
        (Status.DONE, {"outcome": "solved"}, "request_outcome_iff_closed"),
        (Status.WAITING, {"waiting_reason": ""}, "request_waiting_iff_reason"),
        (Status.PLANNED, {"waiting_reason": "parts"}, "request_waiting_iff_reason"),
        (Status.RECEIVED, {"dwelling": None}, "request_in_exactly_one_place"),
        (Status.RECEIVED, {"status": "lost"}, "request_"),
        (Status.RECEIVED, {"urgency": "X"}, "request_urgency_known"),
        (Status.RECEIVED, {"answer_by": NOON - timedelta(days=1)}, "request_in_order_of_time"),
    ],
)
def test_the_database_refuses_a_request_that_lies(status, lie, constraint):
    service_request = ServiceRequestFactory(status=status)

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ServiceRequest.objects.filter(pk=service_request.pk).update(**lie)


def test_the_database_refuses_a_request_in_two_places():
    with pytest.raises(IntegrityError, match="request_in_exactly_one_place"), transaction.atomic():
        ServiceRequestFactory(communal_area=CommunalAreaFactory())


def test_the_database_refuses_to_change_or_remove_history():
    service_request = ServiceRequestFactory()

    for attempt in (lambda rows: rows.update(note="anders"), lambda rows: rows.delete()):
        with pytest.raises(IntegrityError, match="appended"), transaction.atomic():
            attempt(StatusChange.objects.filter(service_request=service_request))


def test_a_promise_does_not_move_without_a_row_that_says_who_and_why():
    service_request = ServiceRequestFactory()
    later = service_request.fix_by + timedelta(days=3)

    with pytest.raises(IntegrityError, match="moved without a row"), transaction.atomic():
        ServiceRequest.objects.filter(pk=service_request.pk).update(fix_by=later)
        _check_deferred_constraints()


def test_a_promise_moves_with_such_a_row():
    service_request = ServiceRequestFactory()
    later = service_request.fix_by + timedelta(days=3)
    PromiseMove.objects.create(
        service_request=service_request, old_fix_by=service_request.fix_by, new_fix_by=later,
        actor="staff", by=StaffFactory(), at=NOON, reason="Het onderdeel is later.",
    )  # fmt: skip

    ServiceRequest.objects.filter(pk=service_request.pk).update(fix_by=later)
    _check_deferred_constraints()

    service_request.refresh_from_db()
    assert service_request.fix_by == later


def test_a_row_says_why_once_and_not_for_every_time_the_promise_comes_by():
    service_request = ServiceRequestFactory()
    first, later = service_request.fix_by, service_request.fix_by + timedelta(days=3)
    for old, new in ((first, later), (later, first)):
        PromiseMove.objects.create(
            service_request=service_request,
            old_fix_by=old,
            new_fix_by=new,
            actor="clock",
            at=NOON,
            reason="Heen en weer",
        )
        ServiceRequest.objects.filter(pk=service_request.pk).update(fix_by=new)
        _check_deferred_constraints()

    with pytest.raises(IntegrityError, match="moved without a row"), transaction.atomic():
        ServiceRequest.objects.filter(pk=service_request.pk).update(fix_by=later)
        _check_deferred_constraints()


def test_the_first_promise_never_changes():
    service_request = ServiceRequestFactory()

    with pytest.raises(IntegrityError, match="never changes"), transaction.atomic():
        ServiceRequest.objects.filter(pk=service_request.pk).update(first_fix_by=TOMORROW + timedelta(days=90))
        _check_deferred_constraints()


def test_a_promise_moves_with_a_reason():
    service_request = ServiceRequestFactory()

    with pytest.raises(IntegrityError, match="promise_move_has_a_reason"), transaction.atomic():
        PromiseMove.objects.create(
            service_request=service_request,
            old_fix_by=NOON,
            new_fix_by=TOMORROW,
            actor="clock",
            at=NOON,
            reason="",
        )


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"mark": 8}, "survey_mark_iff_answered"),
        ({"answered_at": NOON}, "survey_mark_iff_answered"),
        ({"mark": 11, "answered_at": NOON}, "survey_mark_iff_answered"),
        ({"mark": 0, "answered_at": NOON}, "survey_mark_iff_answered"),
        ({"reason": "Omdat"}, "survey_reason_only_with_a_mark"),
    ],
)
def test_a_survey_has_a_mark_iff_it_was_answered(broken, constraint):
    report = ServiceRequestFactory().reports.get()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Survey.objects.create(report=report, asked_at=NOON, **broken)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"answer": "solved"}, "verdict_answer_iff_answered"),
        ({"answered_at": NOON}, "verdict_answer_iff_answered"),
        ({"answer": "perhaps", "answered_at": NOON}, "verdict_answer_iff_answered"),
        ({"answer": "not_solved", "answered_at": NOON, "words": ""}, "verdict_no_requires_words"),
    ],
)
def test_a_verdict_that_lies_is_refused(broken, constraint):
    report = ServiceRequestFactory().reports.get()

    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Verdict.objects.create(report=report, round=1, asked_at=NOON, **broken)


@pytest.mark.parametrize(
    ("broken", "constraint"),
    [
        ({"state": "sent", "due_at": None}, "notification_sent_iff_sent_at"),
        ({"sent_at": NOON}, "notification_sent_iff_sent_at"),
        ({"due_at": None}, "notification_due_until_settled"),
        ({"state": "failed"}, "notification_due_until_settled"),
        ({"state": "lost"}, "notification_due_until_settled"),
        ({"address": ""}, "notification_has_an_address"),
    ],
)
def test_a_notification_that_lies_is_refused(broken, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        NotificationFactory(**broken)


@pytest.mark.parametrize("to", ["tenant", "address"])
def test_an_occasion_is_told_once_per_person_and_channel(to):
    tenant = TenantFactory() if to == "tenant" else None
    NotificationFactory(tenant=tenant, occasion="change-1")

    with pytest.raises(IntegrityError, match="notification_once_per_occasion"), transaction.atomic():
        NotificationFactory(tenant=tenant, occasion="change-1")

    NotificationFactory(tenant=tenant, occasion="change-1", channel="text")
    assert Notification.objects.count() == 2


def test_one_dwelling_has_one_contract_at_a_time():
    tenancy = TenancyFactory()

    with pytest.raises(IntegrityError, match="tenancy_one_contract_at_a_time"), transaction.atomic():
        TenancyFactory(dwelling=tenancy.dwelling)

    TenancyFactory(dwelling=tenancy.dwelling, role="co_tenant")
    day = tenancy.period.lower
    TenancyFactory(dwelling=tenancy.dwelling, period=DateRange(day - timedelta(days=365), day))


def test_somebody_reports_the_same_case_once():
    report = ServiceRequestFactory().reports.get()

    with pytest.raises(IntegrityError, match="report_once_per_person"), transaction.atomic():
        ReportFactory(service_request=report.service_request, tenant=report.tenant)


def test_a_photo_belongs_to_a_draft_or_a_report():
    photo = {"width": 1, "height": 1, "bytes": 1, "sha256": "0" * 64, "image": "photos/x.jpg", "at": NOON}

    with pytest.raises(IntegrityError, match="photo_of_a_draft_or_a_report"), transaction.atomic():
        Attachment.objects.create(**photo)


def test_a_draft_has_a_file_once():
    photo = {"width": 1, "height": 1, "bytes": 1, "sha256": "0" * 64, "image": "photos/x.jpg", "at": NOON}
    draft = DraftFactory()
    for other in ({"draft": DraftFactory(), "upload_sha256": "1" * 64}, {"draft": draft}, {"draft": draft}):
        Attachment.objects.create(**photo, **other)  # of another draft; and of which it is not known
    Attachment.objects.create(**photo, draft=draft, upload_sha256="1" * 64)

    with pytest.raises(IntegrityError, match="photo_of_a_draft_once"), transaction.atomic():
        Attachment.objects.create(**photo, draft=draft, upload_sha256="1" * 64)


def test_a_sent_draft_is_complete():
    draft = DraftFactory(text="")

    with pytest.raises(IntegrityError, match="draft_sent_is_complete"), transaction.atomic():
        Draft.objects.filter(pk=draft.pk).update(sent_as=ServiceRequestFactory())


@pytest.mark.parametrize("broken", [{}, {"tenant": True, "by": True}, {"tenant": True, "internal": True}])
def test_a_message_is_from_a_tenant_or_from_staff(broken):
    fields = broken | ({"tenant": TenantFactory()} if "tenant" in broken else {})
    fields |= {"by": StaffFactory()} if "by" in broken else {}

    with pytest.raises(IntegrityError, match="message_from_tenant_or_staff"), transaction.atomic():
        Message.objects.create(service_request=ServiceRequestFactory(), body="Hallo", at=NOON, **fields)


def test_a_request_has_one_planned_visit_at_a_time():
    service_request = ServiceRequestFactory()
    window = DateTimeTZRange(NOON, NOON + timedelta(hours=2))
    Visit.objects.create(service_request=service_request, window=window, craftsman="Loodgieter")

    with pytest.raises(IntegrityError, match="visit_one_planned_per_request"), transaction.atomic():
        Visit.objects.create(service_request=service_request, window=window, craftsman="Timmerman")


def test_a_visit_is_settled_iff_it_is_not_planned():
    window = DateTimeTZRange(NOON, NOON + timedelta(hours=2))

    with pytest.raises(IntegrityError, match="visit_settled_iff_not_planned"), transaction.atomic():
        Visit.objects.create(
            service_request=ServiceRequestFactory(), window=window, craftsman="Loodgieter", outcome="done"
        )


def test_a_change_of_a_request_writes_no_index_that_nobody_reads():
    """A number is looked for as a whole; Django makes an index for the beginnings of unique texts, too."""
    ours = {index.name for index in ServiceRequest._meta.indexes}
    with connection.cursor() as cursor:
        made = connection.introspection.get_constraints(cursor, ServiceRequest._meta.db_table)
    others = [each["columns"] for name, each in made.items() if each["index"] or each["unique"] if name not in ours]

    assert sorted(others) == [["dwelling_id"], ["id"], ["reference"]]


def _check_deferred_constraints():
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
