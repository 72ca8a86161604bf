"""Who moved out hears nothing more and sees nothing more; who only has another contract is still at home."""

from datetime import date, timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.urls import reverse
from django.utils import timezone

from dwellings import post
from dwellings.models import Outage
from requests import audit, followup, services, workflow
from requests.models import Attachment, Gesture, Objection, Report, ServiceRequest
from requests.services import Said
from requests.workflow import Actor, Status
from tenants.models import Notification
from tenants.notifications import delivery
from tests.factories import (
    NOON,
    CommunalAreaFactory,
    DwellingFactory,
    OutageFactory,
    ReportFactory,
    ServiceRequestFactory,
    StaffFactory,
    TenancyFactory,
    TenantFactory,
    moves_out,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
GONE = NOON + 2 * DAY  # from this day on somebody else lives there


def move(case, one, at, **said):
    services.make_move(case.pk, one, actor=Actor.STAFF, by=StaffFactory(), at=at, said=Said(**said))


def new_contract(report, *, dwelling=None, since=GONE):
    """The old one ends on the day on which the new one begins."""
    moves_out(report, on=since.date())
    home = dwelling or report.tenancy.dwelling
    return TenancyFactory(tenant=report.tenant, dwelling=home, role="co_tenant", period=DateRange(since.date(), None))


def told():
    return set(Notification.objects.values_list("tenant", flat=True))


def failing(at):
    """Of what is true of people and apologies; the rows of a factory do not keep every other invariant."""
    names = ("asked_", "solved_", "unanswered_", "recovery_was_told")
    return [finding.name for finding in audit.audit(at=at) if finding.failures and finding.name.startswith(names)]


# --- nothing is told --------------------------------------------------------------------------------------------------


def hold(case, at):
    ServiceRequest.objects.filter(pk=case.pk).update(next_word_at=at)
    followup.follow_up(at=at)


def remind_of_a_visit(case, at):
    window = (at + DAY, at + DAY + timedelta(hours=2))
    move(case, workflow.SCHEDULE, at - 5 * DAY, window=window, craftsman="Carla")
    Notification.objects.all().delete()
    hold(case, at)


def break_the_promise(case, at):
    followup.watch(at=case.fix_by + DAY)


def give_a_gesture(case, at):
    followup.watch(at=case.fix_by + DAY)
    Gesture.objects.get_or_create(urgency=case.urgency, defaults={"what_nl": "Een bon", "what_en": "A voucher"})
    services.give_gesture(case.recoveries.get().pk, by=StaffFactory(), at=case.fix_by + DAY)


def let_the_six_weeks_end(case, at):
    followup.watch(at=NOON + 60 * DAY)


def plan(case, at):
    move(case, workflow.PLAN, at, note="Wij zoeken een vakman.")


def move_the_promise(case, at):
    services.move_promise(case.pk, to=case.fix_by + DAY, reason="Geen onderdelen.", by=StaffFactory(), at=at)


def write(case, at):
    services.write_to_tenants(case.pk, by=StaffFactory(), body="Wij komen.", at=at)


def ask_again(case, at):
    """The reminder and the closing of what was ready when they still lived there."""
    ServiceRequest.objects.filter(pk=case.pk).update(status=Status.IN_PROGRESS)
    move(case, workflow.FINISH, NOON)
    Notification.objects.all().delete()
    for days in range(15):
        followup.follow_up(at=NOON + days * DAY)


def announce(case, at):
    outage = Outage(what="lift", complex=case.dwelling.complex, starts_at=at, until=at + DAY)
    services.announce_outage(outage, by=StaffFactory(), at=at)


WAYS = [
    hold, remind_of_a_visit, break_the_promise, give_a_gesture, let_the_six_weeks_end, plan, move_the_promise, write,
    ask_again, announce,
]  # fmt: skip


@pytest.mark.parametrize("happens", WAYS)
def test_who_moved_out_hears_nothing_more_whatever_happens(happens):
    case = ServiceRequestFactory(element_code="LIF")
    leaves, stays = case.reports.get(), ReportFactory(service_request=case, at=NOON)
    letters = ReportFactory(service_request=case, at=NOON, tenant=TenantFactory(wants_letters=True))
    moves_out(leaves, letters, on=GONE.date())

    happens(case, GONE + 3 * DAY)

    assert told() == {stays.tenant_id}
    assert failing(NOON + 60 * DAY) == []


def test_who_left_before_the_repair_is_closed_is_not_waited_for():
    case = ServiceRequestFactory(status=Status.IN_PROGRESS)
    leaves, stays = case.reports.get(), ReportFactory(service_request=case, at=NOON)
    move(case, workflow.FINISH, NOON)
    moves_out(leaves, on=GONE.date())

    services.answer_verdict(stays.pk, round=1, answer="solved", by=stays.tenant.user, at=GONE)

    case.refresh_from_db()
    leaves.refresh_from_db()
    assert (case.outcome, leaves.left_at, failing(GONE)) == ("solved", GONE, [])


def test_who_still_lives_there_is_waited_for():
    case = ServiceRequestFactory(status=Status.IN_PROGRESS)
    first, second = case.reports.get(), ReportFactory(service_request=case, at=NOON)
    move(case, workflow.FINISH, NOON)

    services.answer_verdict(second.pk, round=1, answer="solved", by=second.tenant.user, at=GONE)

    case.refresh_from_db()
    assert (case.status, first.left_at) == (Status.DONE, None)


def test_what_was_queued_at_night_is_not_said_to_who_is_gone_in_the_morning(mailoutbox):
    case = ServiceRequestFactory(next_word_at=GONE.replace(hour=22) - DAY)
    moves_out(case.reports.get(), on=GONE.date())

    followup.follow_up(at=case.next_word_at)
    queued = Notification.objects.count()
    delivery.deliver_due(now=lambda: GONE.replace(hour=8))

    assert (queued, mailoutbox) == (1, [])


def test_who_objected_and_left_does_not_hear_who_pays():
    case = ServiceRequestFactory(status=Status.IN_REVIEW, payer="tenant", payer_rule="law_d", statutory_since=None)
    report = case.reports.get()
    objection = Objection.objects.create(service_request=case, report=report, rule="law_d", words="Slijtage.", at=NOON)
    moves_out(report, on=GONE.date())

    services.decide_objection(objection.pk, upheld=True, answer="U hebt gelijk.", by=StaffFactory(), at=GONE)

    assert told() == set()


def test_whose_report_goes_on_by_itself_after_they_left_is_not_told_the_new_number():
    case = ServiceRequestFactory()
    leaves = ReportFactory(service_request=case, at=NOON)
    moves_out(leaves, on=GONE.date())

    services.split_off(leaves, StaffFactory(), GONE)

    assert (leaves.tenant_id in told(), ServiceRequest.objects.count()) == (False, 2)


def test_who_follows_an_outage_of_a_building_that_they_left_does_not_hear_of_it():
    outage = OutageFactory(until=GONE)
    stays, leaves = (TenancyFactory(dwelling__complex=outage.complex) for _ in range(2))
    for one in (stays, leaves):
        services.follow_outage(one.tenant, outage, NOON)
    leaves.period = DateRange(date(2020, 1, 1), GONE.date())
    leaves.save()

    services.end_outage(outage.pk, at=GONE)

    assert told() == {stays.tenant_id}


def test_staff_are_told_before_they_write_that_nobody_reads_it():
    case = ServiceRequestFactory()
    moves_out(case.reports.get(), on=GONE.date())

    with pytest.raises(services.NobodyLeft):
        write(case, GONE)


@pytest.mark.parametrize(("on", "found"), [(-1, True), (0, False), (1, False)])
def test_letters_have_an_address_as_long_as_somebody_lives_there(on, found):
    tenancy = TenancyFactory(period=DateRange(date(2020, 1, 1), GONE.date()))

    assert bool(post.addresses_of([tenancy.tenant_id], GONE + on * DAY)) is found


def test_a_home_in_which_somebody_will_live_is_no_address_yet():
    tenancy = TenancyFactory(period=DateRange(GONE.date(), None))

    assert post.addresses_of([tenancy.tenant_id], NOON) == {}


# --- another contract -------------------------------------------------------------------------------------------------


def put_off(case, until):
    move(case, workflow.DEFER, NOON, waiting_reason="season", until=until, note="In het voorjaar.")


def test_who_gets_another_contract_of_the_same_home_has_not_left():
    case = ServiceRequestFactory(status=Status.IN_REVIEW)
    put_off(case, GONE + 30 * DAY)
    report = case.reports.get()
    new_contract(report)

    followup.follow_up(at=GONE + 30 * DAY)
    for one in (workflow.PLAN, workflow.FINISH):
        move(case, one, GONE + 31 * DAY)

    report.refresh_from_db()
    kinds = set(Notification.objects.values_list("kind", flat=True))
    assert (report.left_at, report.verdicts.count()) == (None, 1)
    assert {"request_back", "request_done"} <= kinds


@pytest.mark.parametrize(
    ("shared", "same_complex", "stays"), [(True, True, True), (True, False, False), (False, True, False)]
)
def test_a_home_elsewhere_in_the_building_keeps_who_reported_what_the_building_shares(shared, same_complex, stays):
    area = CommunalAreaFactory()
    home = DwellingFactory(complex=area.complex)
    place = {"dwelling": None, "communal_area": area} if shared else {"dwelling": home}
    tenancy = TenancyFactory(dwelling=home)
    case = ServiceRequestFactory(**place, reported_by=tenancy.tenant)
    new_contract(case.reports.get(), dwelling=DwellingFactory(**({"complex": area.complex} if same_complex else {})))

    plan(case, GONE)

    today = GONE.date()
    assert (told() == {tenancy.tenant_id}) is stays
    assert ServiceRequest.objects.of(tenancy.tenant, on=today).exists() is stays
    assert Report.objects.of(tenancy.tenant, on=today).exists() is stays


def test_who_has_another_contract_sees_the_request_with_its_photos(client):
    case = ServiceRequestFactory()
    report = case.reports.get()
    photo = Attachment.objects.create(
        report=report, image="a.jpg", width=9, height=9, bytes=9, sha256="0" * 64, at=NOON
    )
    old, today = report.tenancy, timezone.localdate()
    new_contract(report, since=timezone.now())
    client.force_login(report.tenant.user)

    page = client.get(reverse("requests:detail", args=[case.reference]))

    assert page.status_code == 200
    assert list(Attachment.objects.of(report.tenant, on=today)) == [photo]
    assert not Attachment.objects.of(TenancyFactory(dwelling=old.dwelling, role="co_tenant").tenant, on=today).exists()


def test_who_is_found_to_live_there_after_all_has_not_left_any_more():
    case = ServiceRequestFactory()
    report = case.reports.get()
    moves_out(report, on=GONE.date())
    plan(case, GONE)
    report.refresh_from_db()
    left = report.left_at
    moves_out(report, on=None)

    move(case, workflow.WAIT, GONE + DAY, waiting_reason="parts")

    report.refresh_from_db()
    assert (left, report.left_at, told()) == (GONE, None, {report.tenant_id})
