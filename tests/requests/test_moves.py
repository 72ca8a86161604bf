from datetime import timedelta

import pytest

from requests import services, workflow
from requests.models import Message, PromiseMove, ServiceRequest, Visit
from requests.services import ChangedMeanwhile, EmptyMessage, NeedsMore, Said
from requests.workflow import Actor, MoveNotAllowed, Need, Status
from tenants.notifications.models import Channel, Notification

from ..factories import NOON, ReportFactory, ServiceRequestFactory, StaffFactory, TenantFactory

pytestmark = pytest.mark.django_db
THURSDAY = (NOON.replace(day=5, hour=10), NOON.replace(day=5, hour=12))
AFTER_THE_PROMISE = (NOON.replace(day=18, hour=10), NOON.replace(day=18, hour=12))


def staff_moves(service_request, move, said=None, **kwargs):
    kwargs = {"at": NOON, "by": StaffFactory()} | kwargs
    return services.make_move(service_request.pk, move, actor=Actor.STAFF, said=said, **kwargs)


def visits(service_request):
    return list(service_request.visits.order_by("pk").values_list("craftsman", "outcome"))


def test_a_visit_is_planned_and_told():
    service_request = ServiceRequestFactory()

    staff_moves(service_request, workflow.SCHEDULE, Said(window=THURSDAY, craftsman="Jan Kraan"))

    service_request.refresh_from_db()
    notification = Notification.objects.get()
    assert visits(service_request) == [("Jan Kraan", "planned")]
    assert notification.subject == "Er komt een vakman op donderdag 5 maart"
    assert (
        "Donderdag 5 maart tussen 10:00 en 12:00 uur." in notification.body
        or "donderdag 5 maart tussen 10:00 en 12:00 uur." in notification.body
    )
    assert service_request.next_word_at == NOON.replace(day=6, hour=17)


def test_another_time_settles_the_first_visit():
    service_request = ServiceRequestFactory()
    staff_moves(service_request, workflow.SCHEDULE, Said(window=THURSDAY, craftsman="Jan Kraan"))

    friday = tuple(moment + timedelta(days=1) for moment in THURSDAY)
    staff_moves(service_request, workflow.SCHEDULE, Said(window=friday, craftsman="Jan Kraan"))

    assert visits(service_request) == [("Jan Kraan", "moved"), ("Jan Kraan", "planned")]


def test_another_time_says_that_it_replaces_the_first_and_that_the_promise_moved():
    service_request = ServiceRequestFactory()
    staff_moves(service_request, workflow.SCHEDULE, Said(window=THURSDAY, craftsman="Jan Kraan"))
    said = Said(window=AFTER_THE_PROMISE, craftsman="Jan Kraan", note="De onderdelen komen later.")

    staff_moves(service_request, workflow.SCHEDULE, said)

    body = Notification.objects.latest("pk").body
    assert "Deze afspraak komt in plaats van die op donderdag 5 maart. Die gaat niet door." in body
    assert (
        "Wij hadden beloofd dat het uiterlijk maandag 16 maart gemaakt zou zijn. Dat wordt nu woensdag 18 maart."
        in body
    )


@pytest.mark.parametrize(
    ("move", "said"),
    [
        (workflow.WAIT, Said(waiting_reason="parts")),
        (workflow.PLAN, Said()),
        (workflow.DECLINE, Said(outcome="forwarded", note="Dit doet de gemeente.")),
    ],
    ids=["wait", "plan", "decline"],
)
def test_nobody_stays_at_home_for_a_visit_that_does_not_take_place(move, said):
    tenant = TenantFactory(wants_texts=True, phone="06-55500001")
    service_request = ServiceRequestFactory(reported_by=tenant, status="in_progress")
    staff_moves(service_request, workflow.SCHEDULE, Said(window=THURSDAY, craftsman="Jan Kraan"))
    if move is workflow.PLAN:
        staff_moves(service_request, workflow.START, at=NOON)

    preview = services.preview(service_request, move, said=said, at=NOON)
    staff_moves(service_request, move, said)

    mail, text = Notification.objects.order_by("-pk")[:2][::-1]
    assert "Let op: de afspraak op donderdag 5 maart tussen 10:00 en 12:00 uur gaat niet door." in mail.body
    assert "de afspraak op donderdag 5 maart" in text.body
    assert preview.body == mail.body


@pytest.mark.parametrize(
    ("letters", "how"), [(True, "U krijgt hierover een brief."), (False, "Wij hebben u hierover gemaild")]
)
def test_a_text_about_it_says_in_which_way_the_rest_comes(letters, how):
    tenant = TenantFactory(wants_texts=True, wants_letters=letters, phone="06-55500001")
    service_request = ServiceRequestFactory(reported_by=tenant, status="in_progress")
    staff_moves(service_request, workflow.SCHEDULE, Said(window=THURSDAY, craftsman="Jan Kraan"))

    staff_moves(service_request, workflow.WAIT, Said(waiting_reason="parts"))

    assert how in Notification.objects.filter(channel=Channel.TEXT).latest("pk").body


def test_a_step_without_a_word_does_not_answer_the_tenant():
    service_request = ServiceRequestFactory()
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Wanneer komt u?", at=NOON)

    staff_moves(service_request, workflow.PLAN)

    service_request.refresh_from_db()
    assert service_request.tenant_waits_for_reply


def test_an_answer_is_due_before_the_visit_that_it_may_be_about():
    service_request = ServiceRequestFactory()
    tenant = service_request.reports.get().tenant
    tomorrow = (NOON + timedelta(days=1), NOON + timedelta(days=1, hours=2))
    staff_moves(service_request, workflow.SCHEDULE, Said(window=tomorrow, craftsman="Jan Kraan"))

    services.write_to_staff(service_request.pk, tenant=tenant, body="Ik kan morgen niet.", at=NOON)

    service_request.refresh_from_db()
    assert service_request.next_word_at == tomorrow[0]


def test_a_visit_after_the_promise_needs_a_reason():
    service_request = ServiceRequestFactory()

    with pytest.raises(NeedsMore) as missing:
        staff_moves(service_request, workflow.SCHEDULE, Said(window=AFTER_THE_PROMISE, craftsman="Jan Kraan"))

    assert missing.value.needs == {Need.NOTE}


def test_a_visit_after_the_promise_moves_it_and_keeps_the_first():
    service_request = ServiceRequestFactory()
    promised = service_request.fix_by
    said = Said(window=AFTER_THE_PROMISE, craftsman="Jan Kraan", note="Het onderdeel komt later.")

    staff_moves(service_request, workflow.SCHEDULE, said)

    service_request.refresh_from_db()
    move = PromiseMove.objects.get()
    assert (service_request.first_fix_by, service_request.fix_by) == (promised, AFTER_THE_PROMISE[1])
    assert (move.old_fix_by, move.new_fix_by, move.reason) == (
        promised,
        AFTER_THE_PROMISE[1],
        "Het onderdeel komt later.",
    )


@pytest.mark.parametrize(
    "said",
    [
        Said(),
        Said(window=THURSDAY),
        Said(window=(THURSDAY[1], THURSDAY[0]), craftsman="Jan"),
        Said(window=(NOON - timedelta(days=2), NOON - timedelta(days=1)), craftsman="Jan"),
        Said(window=(THURSDAY[0], THURSDAY[0] + timedelta(hours=13)), craftsman="Jan"),
    ],
    ids=["nothing", "nobody", "backwards", "past", "too long"],
)
def test_a_visit_has_a_craftsman_and_a_window_of_at_most_half_a_day(said):
    with pytest.raises(NeedsMore) as missing:
        staff_moves(ServiceRequestFactory(), workflow.SCHEDULE, said)

    assert missing.value.needs == {Need.WINDOW}


@pytest.mark.parametrize(
    ("move", "said", "at", "outcome"),
    [
        (workflow.FINISH, Said(), THURSDAY[1], Visit.Outcome.DONE),
        (workflow.WAIT, Said(waiting_reason="parts"), THURSDAY[1], Visit.Outcome.NOT_FINISHED),
        (
            workflow.WAIT,
            Said(waiting_reason="tenant", visit="no_access"),
            THURSDAY[1],
            Visit.Outcome.NO_ACCESS,
        ),
        (workflow.WAIT, Said(waiting_reason="parts"), NOON, Visit.Outcome.CANCELLED),
        (workflow.DECLINE, Said(outcome="declined", note="Nee"), NOON, Visit.Outcome.CANCELLED),
        (workflow.START, Said(), THURSDAY[0], Visit.Outcome.PLANNED),
    ],
)
def test_what_becomes_of_a_planned_visit(move, said, at, outcome):
    service_request = ServiceRequestFactory()
    staff_moves(service_request, workflow.SCHEDULE, Said(window=THURSDAY, craftsman="Jan Kraan"))

    staff_moves(service_request, move, said, at=at)

    assert visits(service_request) == [("Jan Kraan", outcome)]


def test_a_form_that_was_overtaken_changes_nothing():
    service_request = ServiceRequestFactory()
    seen = service_request.version
    staff_moves(service_request, workflow.REVIEW, seen=seen)

    with pytest.raises(ChangedMeanwhile):
        staff_moves(service_request, workflow.PLAN, seen=seen)

    service_request.refresh_from_db()
    assert (service_request.status, service_request.version) == (Status.IN_REVIEW, seen + 1)


def test_the_preview_is_what_is_sent_and_changes_nothing():
    service_request = ServiceRequestFactory()
    said = Said(window=THURSDAY, craftsman="Jan Kraan", note="Graag de kast leegmaken.")

    preview = services.preview(service_request, workflow.SCHEDULE, said=said, at=NOON)
    assert (Notification.objects.count(), Visit.objects.count()) == (0, 0)
    staff_moves(service_request, workflow.SCHEDULE, said)

    notification = Notification.objects.get()
    assert (preview.subject, preview.body) == (notification.subject, notification.body)


def test_a_move_without_words_for_the_tenant_has_no_preview():
    service_request = ServiceRequestFactory(status=Status.SCHEDULED)

    assert services.preview(service_request, workflow.START, said=Said(), at=NOON) is None


def test_every_text_can_be_written_in_both_languages():
    said = Said(note="Omdat", waiting_reason="quote", outcome="tenant_job", window=THURSDAY, craftsman="Jan")
    for language in ("nl", "en"):
        for move in workflow.MOVES:
            tenant = TenantFactory(language=language)
            service_request = ServiceRequestFactory(status=min(move.sources), reported_by=tenant)

            rendered = services.preview(service_request, move, said=said, at=NOON)

            assert rendered is None or (rendered.subject and service_request.reference in rendered.body)


def test_a_tenants_message_comes_up_in_the_queue_and_shortens_the_silence():
    service_request = ServiceRequestFactory(next_word_at=NOON + timedelta(days=9))
    tenant = service_request.reports.get().tenant

    services.write_to_staff(service_request.pk, tenant=tenant, body="Wanneer komt u?", at=NOON)

    service_request.refresh_from_db()
    assert service_request.tenant_waits_for_reply
    assert service_request.next_word_at == NOON.replace(day=4, hour=17)
    assert ServiceRequest.objects.with_unread_messages().get() == service_request


def test_an_answer_of_staff_is_told_and_takes_it_off_the_list():
    service_request = ServiceRequestFactory()
    tenant = service_request.reports.get().tenant
    services.write_to_staff(service_request.pk, tenant=tenant, body="Wanneer komt u?", at=NOON)

    services.write_to_tenants(service_request.pk, by=StaffFactory(), body="Donderdag.", at=NOON)

    service_request.refresh_from_db()
    assert not service_request.tenant_waits_for_reply
    assert "Donderdag." in Notification.objects.get(kind="request_message").body


def test_a_note_of_staff_is_told_to_nobody_and_not_shown_to_the_tenant():
    service_request = ServiceRequestFactory()

    services.note(service_request.pk, by=StaffFactory(), body="Lastige klant.", at=NOON)

    assert Notification.objects.count() == 0
    assert Message.objects.read_by(service_request.reports.get()).count() == 0


def test_an_empty_message_is_refused():
    with pytest.raises(EmptyMessage):
        services.write_to_tenants(ServiceRequestFactory().pk, by=StaffFactory(), body=" \n", at=NOON)


def test_assigning_many_changes_only_what_is_open_and_not_theirs_yet():
    colleague, planner = StaffFactory(), StaffFactory()
    fresh, theirs = ServiceRequestFactory(), ServiceRequestFactory(assignee=colleague)
    closed = ServiceRequestFactory(status=Status.CLOSED)

    changed = services.assign([fresh.pk, theirs.pk, closed.pk], to=colleague, by=planner, at=NOON)

    assert changed == 1
    assert set(ServiceRequest.objects.assigned_to(colleague)) == {fresh, theirs}


def test_what_neighbours_reported_too_is_not_one_persons_to_withdraw():
    service_request = ServiceRequestFactory()
    ReportFactory(service_request=service_request)
    tenant = service_request.reports.first().tenant

    with pytest.raises(MoveNotAllowed):
        services.make_move(service_request.pk, workflow.WITHDRAW, actor=Actor.TENANT, by=tenant.user, at=NOON)
