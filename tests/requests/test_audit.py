"""Every invariant of `promises check`, broken on purpose: it is named, and nothing else is."""

import shutil
import uuid
from copy import deepcopy
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.db import connection, transaction
from django.test import override_settings
from django.utils import timezone, translation

from portal.demo.corporation import build
from requests import followup, services, workflow
from requests.audit import audit, invariants, look_for_files, look_for_photos
from requests.audit.guards import TRIGGERS
from requests.intake import catalogue
from requests.models import Report, ServiceRequest
from requests.services import Said
from requests.services.taking_in import Intake
from requests.workflow import Actor
from tenants.notifications import delivery
from tests.factories import (
    NOON,
    CommunalAreaFactory,
    DraftFactory,
    DwellingFactory,
    StaffFactory,
    TenancyFactory,
)
from tests.requests.tenant_pages import stored_photo

pytestmark = pytest.mark.django_db

LEAVES = catalogue.shipped().leaves.values()
LIFT = next(leaf for leaf in LEAVES if leaf.shared == "automatic" and leaf.element_code == "LIF")
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = NOON + 20 * DAY + 2 * HOUR
GUARDS = "guards_are_at_work"
OF_FILES = ["photo_has_its_file", "file_has_its_photo"]


# --- a world in which everything happened once ------------------------------------------------------------------------


class World:
    """Requests by what became of them, made by the services alone."""

    def __init__(self):
        self.staff = StaffFactory()
        self.home = DwellingFactory()
        self.cases = {name: self.report() for name in ("closed", "lapsed", "reopened", "duplicate", "merged", "late")}
        self.shared()
        self.solve()
        self.go_on()

    def report(self, at=NOON):
        tenant = TenancyFactory(dwelling__complex=self.home.complex).tenant
        home = tenant.tenancies.get().dwelling
        draft = DraftFactory(tenant=tenant, dwelling=home)
        stored_photo(draft=draft)
        return services.submit(draft.pk, tenant=tenant, at=at)

    def move(self, name, move, at=NOON, **said):
        case = self.cases[name]
        services.make_move(case.pk, move, actor=Actor.STAFF, by=self.staff, at=at, said=Said(**said))

    def shared(self):
        """Two neighbours report the lift; the second turns out to have another problem."""
        area = CommunalAreaFactory(complex=self.home.complex)
        for tenancy in [TenancyFactory(dwelling__complex=area.complex) for _ in range(2)]:
            intake = Intake(tenancy=tenancy, problem=LIFT, area=area, text="De lift staat stil.", by=self.staff)
            joins = ServiceRequest.objects.filter(communal_area=area).first()
            report = services.take_down(intake, key=uuid.uuid4(), at=NOON, joins=joins)
        self.cases["lift"] = report.service_request
        self.cases["split"] = services.split_off(report, self.staff, NOON + HOUR)

    def solve(self):
        for name in ("closed", "lapsed", "reopened"):
            self.move(name, workflow.PLAN)
            self.move(name, workflow.FINISH, at=NOON + HOUR)
        for name, answer in (("closed", "solved"), ("reopened", "not_solved")):
            report = self.cases[name].reports.get()
            said = {"answer": answer, "words": "Nog steeds.", "by": report.tenant.user, "at": NOON + 2 * HOUR}
            services.answer_verdict(report.pk, round=1, **said)
            services.give_mark(report.pk, mark=7, at=NOON + 3 * HOUR)

    def go_on(self):
        services.merge(self.cases["duplicate"], self.cases["merged"], self.staff, NOON + HOUR)
        window = (NOON + 30 * DAY, NOON + 30 * DAY + HOUR)
        self.move("late", workflow.SCHEDULE, window=window, craftsman="Carla", note="Geen onderdelen")
        self.cases["broken"] = self.report(NOON + 4 * DAY)  # the last working day before LATER is its promised day
        for day in (7, 14, 20):
            at = NOON + day * DAY + 2 * HOUR
            followup.watch(at=at)
            followup.rise(at=at)
            followup.follow_up(at=at)
            delivery.deliver_due(now=lambda at=at: at)
        tenant = self.cases["merged"].reports.first().tenant
        services.write_to_staff(self.cases["merged"].pk, tenant=tenant, body="Hoe staat het?", at=LATER)
        self.cases["new"] = self.report(LATER)
        self.cases["put_off"] = self.report(LATER)
        until, why = LATER + 30 * DAY, "Samen met het schilderwerk"
        self.move("put_off", workflow.DEFER, at=LATER, waiting_reason="planned_work", until=until, note=why)
        self.cases["done"] = self.report(LATER)
        self.move("done", workflow.PLAN, at=LATER)
        self.move("done", workflow.FINISH, at=LATER)
        ended = DraftFactory()
        services.end_draft(ended.pk, tenant=ended.tenant, at=LATER, how="own_job")


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """Built once, as the services take a while; each test changes it for itself alone."""
    media = tmp_path_factory.mktemp("media")
    with django_db_blocker.unblock(), transaction.atomic(), override_settings(MEDIA_ROOT=media):
        yield World(), media
        transaction.set_rollback(True)


@pytest.fixture
def world(built, settings, tmp_path):
    world, media = built
    settings.MEDIA_ROOT = shutil.copytree(media, tmp_path / "copy")
    return deepcopy(world)


def failing(at=LATER):
    return {finding.name: finding for finding in audit(at=at) if finding.failures}


def execute(*statements, **values):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement, values)


# before `world`, which stays to the end
@pytest.mark.long
def test_the_synthetic_corporation_keeps_every_promise():
    with translation.override("nl"):
        build(dwellings=100, seed=1, at=NOON, progress=lambda *args: None)

    assert failing(at=NOON) == {}


def test_nothing_fails_where_everything_happened_by_the_services(world):
    findings = list(audit(at=LATER))

    assert [finding.name for finding in findings if finding.failures] == []
    assert [finding.name for finding in findings if not finding.looked_at] == []


def test_every_invariant_has_a_name_of_its_own_and_an_attempt_to_break_it():
    names = [invariant.name for invariant in invariants()]

    assert len(names) == len(set(names))
    assert {name for name, *_ in BREAKS} == set(names)


def test_every_trigger_of_the_migrations_is_among_the_guards():
    ours = "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(ours)
        there = set(cursor.fetchall())

    assert set(TRIGGERS) == there


# --- each of them broken ----------------------------------------------------------------------------------------------

CASE = "requests_servicerequest"
STEP = "requests_statuschange"
REFUSED = {  # the constraint that is taken away first, as it refuses what is tried
    "open_has_a_next_word": (CASE, "request_next_word_iff_open"),
    "waiting_has_a_reason": (CASE, "request_waiting_iff_reason"),
    "closed_has_an_outcome": (CASE, "request_outcome_iff_closed"),
    "ready_has_its_moment": (CASE, "request_done_at_iff_done"),
    "in_one_place": (CASE, "request_in_exactly_one_place"),
    "sent_has_words": ("tenants_notification", "notification_has_words_or_writes_them"),
    "mark_is_given_or_not": ("requests_survey", "survey_mark_iff_answered"),
    "draft_ended_one_way": ("requests_draft", "draft_sent_or_ended"),
    "photo_belongs_somewhere": ("requests_attachment", "photo_of_a_draft_or_a_report"),
    "told_once": ("tenants_notification", "notification_once_per_occasion"),
    "sent_has_its_moment": ("tenants_notification", "notification_sent_iff_sent_at"),
}
TOO = {  # what says the same from the other side
    "waiting_has_a_reason": "history_ends_where_the_request_is",
    "closed_has_an_outcome": "counts_follow_history",
}
COPIED = "tenant_id, channel, address, kind, occasion, about, secret, attaches, subject, body, html, state, queued_at"
BREAKS = [  # which invariant, on whose case, how
    (GUARDS, "new", "ALTER TABLE requests_statuschange DISABLE TRIGGER history_is_appended"),
    (GUARDS, "new", "ALTER TABLE requests_visit DROP CONSTRAINT visit_by_somebody"),
    (GUARDS, "new", "DROP INDEX visit_one_planned_per_request"),
    ("open_has_a_next_word", "new", f"UPDATE {CASE} SET next_word_at = NULL WHERE id = %(case)s"),
    ("next_word_is_not_overdue", "new", f"UPDATE {CASE} SET next_word_at = %(just_late)s WHERE id = %(case)s"),
    ("waiting_has_a_reason", "new", f"UPDATE {CASE} SET waiting_reason = 'parts' WHERE id = %(case)s"),
    ("closed_has_an_outcome", "new", f"UPDATE {CASE} SET closed_at = %(at)s WHERE id = %(case)s"),
    ("ready_has_its_moment", "done", f"UPDATE {CASE} SET done_at = NULL WHERE id = %(case)s"),
    ("in_one_place", "new", f"UPDATE {CASE} SET communal_area_id = (SELECT max(id) FROM dwellings_communalarea)"
     " WHERE id = %(case)s"),
    ("six_weeks_count_from_the_first_report", "new", f"UPDATE {CASE} SET statutory_since = NULL WHERE id = %(case)s"),
    ("six_weeks_count_from_the_first_report", "new", f"UPDATE {CASE} SET statutory_since = now() WHERE id = %(case)s"),
    ("put_off_comes_back", "put_off", f"UPDATE {CASE} SET next_word_at = deferred_until + interval '1 second'"
     " WHERE id = %(case)s"),
    ("history_ends_where_the_request_is", "new", f"UPDATE {CASE} SET status = 'in_review' WHERE id = %(case)s"),
    ("history_is_unbroken", "done", f"DELETE FROM {STEP} WHERE service_request_id = %(case)s AND move = 'plan'"),
    ("history_is_unbroken", "done", f"DELETE FROM {STEP} WHERE service_request_id = %(case)s AND move = 'receive'"),
    ("history_follows_the_table_of_moves", "done", f"UPDATE {STEP} SET actor = 'tenant'"
     " WHERE service_request_id = %(case)s AND move = 'plan'"),
    ("history_follows_the_table_of_moves", "done", f"UPDATE {STEP} SET waiting_reason = 'parts'"
     " WHERE service_request_id = %(case)s AND move = 'plan'"),
    ("counts_follow_history", "reopened", f"UPDATE {CASE} SET times_reopened = 0 WHERE id = %(case)s"),
    ("counts_follow_history", "new", f"UPDATE {CASE} SET times_done = 1 WHERE id = %(case)s"),
    ("counts_follow_history", "closed", f"UPDATE {CASE} SET closed_at = %(at)s WHERE id = %(case)s"),
    ("counts_follow_history", "lapsed", f"UPDATE {CASE} SET done_at = received_at WHERE id = %(case)s"),
    ("counts_follow_history", "done", f"UPDATE {CASE} SET answered_at = NULL WHERE id = %(case)s"),
    ("promise_moved_with_a_row", "new", f"UPDATE {CASE} SET fix_by = fix_by + interval '1 day' WHERE id = %(case)s"),
    ("promise_moved_with_a_row", "late", f"UPDATE {CASE} SET first_fix_by = fix_by WHERE id = %(case)s"),
    ("promise_moved_with_a_row", "late", "UPDATE requests_promisemove SET new_fix_by = new_fix_by + interval '1 day'"
     " WHERE service_request_id = %(case)s"),
    ("visit_is_of_work_to_come", "new", "INSERT INTO requests_visit (service_request_id, \"window\", craftsman,"
     " outcome) VALUES (%(case)s, tstzrange(%(at)s, %(at)s + interval '1 hour'), 'Carla', 'planned')"),
    ("scheduled_has_a_visit", "late", "UPDATE requests_visit SET outcome = 'moved', settled_at = %(at)s"
     " WHERE service_request_id = %(case)s"),
    ("merged_goes_on_elsewhere", "duplicate", f"UPDATE {CASE} SET merged_into_id = id WHERE id = %(case)s"),
    ("merged_goes_on_elsewhere", "duplicate", "UPDATE requests_report SET service_request_id = %(case)s WHERE id ="
     " (SELECT report_id FROM requests_reportmove WHERE old_id = %(case)s)",
     "DELETE FROM requests_reportmove WHERE old_id = %(case)s",
     "UPDATE tenants_notification SET about = '' WHERE about = %(merged)s"),
    ("split_off_took_a_report", "new", f"UPDATE {CASE} SET split_from_id = (SELECT min(id) FROM {CASE})"
     " WHERE id = %(case)s"),
    ("request_has_a_household", "new", "DELETE FROM requests_draft WHERE sent_as_id = %(case)s",
     "UPDATE tenants_notification SET about = '' WHERE about = %(reference)s",
     "DELETE FROM requests_report WHERE service_request_id = %(case)s"),
    ("report_is_where_it_went", "split", "INSERT INTO requests_reportmove (report_id, old_id, new_id, by_id, at)"
     " VALUES (%(report)s, %(case)s, %(elsewhere)s, %(staff)s, %(at)s)"),
    ("reported_from_their_own_home", "new", "UPDATE requests_report SET tenancy_id = (SELECT min(id) FROM"
     " dwellings_tenancy) WHERE service_request_id = %(case)s"),
    ("asked_whether_it_is_solved", "done", "DELETE FROM requests_verdict WHERE report_id = %(report)s"),
    ("asked_for_a_mark", "done", "DELETE FROM requests_survey WHERE report_id = %(report)s"),
    ("mark_is_given_or_not", "done", "UPDATE requests_survey SET mark = 7 WHERE report_id = %(report)s"),
    ("not_solved_reopens", "done", "UPDATE requests_verdict SET answer = 'not_solved', words = 'x', answered_at ="
     " %(at)s WHERE report_id = %(report)s"),
    ("solved_said_everybody", "closed", "UPDATE requests_verdict SET answer = 'dont_know'"
     " WHERE report_id = %(report)s"),
    ("unanswered_was_reminded", "lapsed", "UPDATE requests_verdict SET reminded_at = NULL"
     " WHERE report_id = %(report)s"),
    ("message_waits_for_a_reply", "merged", f"UPDATE {CASE} SET tenant_waits_for_reply = false WHERE id = %(case)s"),
    ("reply_is_to_a_message", "new", f"UPDATE {CASE} SET tenant_waits_for_reply = true WHERE id = %(case)s"),
    ("draft_ended_one_way", "new", "UPDATE requests_draft SET ended = 'solved', ended_at = %(at)s"
     " WHERE sent_as_id = %(case)s"),
    ("sent_draft_is_a_report", "new", f"UPDATE requests_draft SET sent_as_id = (SELECT min(id) FROM {CASE})"
     " WHERE sent_as_id = %(case)s"),
    ("sent_draft_is_a_report", "new", "UPDATE requests_attachment SET report_id = NULL, draft_id = (SELECT id FROM"
     " requests_draft WHERE sent_as_id = %(case)s) WHERE report_id = %(report)s"),
    ("photo_belongs_somewhere", "new", "UPDATE requests_attachment SET report_id = NULL WHERE report_id = %(report)s"),
    ("told_that_it_was_received", "new", "DELETE FROM tenants_notification WHERE about = %(reference)s"),
    ("told_once", "new", f"INSERT INTO tenants_notification ({COPIED}, sent_at, due_at, attempts, lost_workers, error)"
     f" SELECT {COPIED}, sent_at, due_at, 0, 0, '' FROM tenants_notification WHERE about = %(reference)s"),
    ("told_who_reported", "new", "UPDATE tenants_notification SET about = (SELECT min(reference) FROM"
     f" {CASE}) WHERE about = %(reference)s"),
    ("told_who_reported", "new", "UPDATE tenants_notification SET about = '1999-1' WHERE about = %(reference)s"),
    ("one_mail_has_one_fate", "closed", "UPDATE tenants_notification SET part = '{}', goes_with_id = (SELECT min(id)"
     " FROM tenants_notification other WHERE other.about <> %(reference)s) WHERE id = (SELECT max(id) FROM"
     " tenants_notification WHERE about = %(reference)s AND channel = 'email')"),
    ("sent_has_words", "closed", "UPDATE tenants_notification SET body = '' WHERE about = %(reference)s"),
    ("sent_has_its_moment", "closed", "UPDATE tenants_notification SET sent_at = NULL WHERE about = %(reference)s"),
    ("promise_is_watched", "new", f"UPDATE {CASE} SET watch_at = %(just_late)s WHERE id = %(case)s"),
    ("broken_is_known", "merged", "DELETE FROM requests_alarm WHERE service_request_id = %(case)s"),
    ("broken_is_known", "merged", "UPDATE requests_alarm SET of = 'promise-1' WHERE service_request_id = %(case)s"),
    ("broken_is_known", "late", f"UPDATE {CASE} SET fix_by = %(at)s - interval '1 day', watch_at = %(at)s + interval"
     " '1 day' WHERE id = %(case)s", "UPDATE requests_promisemove SET new_fix_by = %(at)s - interval '1 day'"
     " WHERE service_request_id = %(case)s"),
    ("alarm_is_of_work_to_do", "done", "INSERT INTO requests_alarm (service_request_id, kind, of, raised_at, level)"
     " VALUES (%(case)s, 'broken', 'promise-1', %(at)s, 0)"),
    ("alarm_rises_in_time", "merged", "UPDATE requests_alarm SET rises_at = %(just_late)s, settled_at = NULL"
     " WHERE service_request_id = %(case)s"),
    ("recovery_ends_with_the_work", "done", "INSERT INTO requests_recovery (service_request_id, why, of, promised,"
     " begun_at, hear_by, gesture_nl, gesture_en) VALUES (%(case)s, 'broken', 'promise-1', %(at)s,"
     " %(at)s - interval '1 day', %(at)s, '', '')"),
    ("recovery_stays_due", "broken", f"UPDATE {CASE} SET next_word_at = (SELECT hear_by + interval '1 second' FROM"
     " requests_recovery WHERE service_request_id = %(case)s) WHERE id = %(case)s"),
    ("recovery_was_told", "merged", "DELETE FROM tenants_notification WHERE kind = 'recovery_broken'"
     " AND about = %(reference)s"),
    ("nothing_is_stuck", "new", "UPDATE tenants_notification SET due_at = %(just_late)s WHERE about = %(reference)s"),
    ("nothing_is_stuck", "new", "UPDATE tenants_notification SET due_at = %(at)s, attempts = 6, id = id + 1000000"
     " WHERE about = %(reference)s AND state = 'queued'"),
]  # fmt: skip


def test_what_is_broken_is_named_and_nothing_else(world, subtests):
    for name, of, *statements in BREAKS:
        with subtests.test(name), transaction.atomic():
            found = broken(world, name, world.cases[of], statements)
            transaction.set_rollback(True)

            assert found == {name, *([GUARDS] if name in REFUSED else []), *([TOO[name]] if name in TOO else [])}


def broken(world, name, case, statements):
    """The names of what fails after these statements."""
    values = {
        "case": case.pk,
        "reference": case.reference,
        "report": Report.objects.filter(service_request=case).values_list("pk", flat=True).first(),
        "elsewhere": world.cases["new"].pk,
        "merged": world.cases["merged"].reference,
        "staff": world.staff.pk,
        "at": LATER,
        "just_late": LATER - timedelta(minutes=15, seconds=1),
    }
    if name in REFUSED:
        execute("ALTER TABLE {} DROP CONSTRAINT {}".format(*REFUSED[name]))
    execute("SET LOCAL session_replication_role = replica", *statements, **values)
    return set(failing())


def test_a_word_that_is_a_quarter_of_an_hour_late_is_still_in_time(world):
    service_request = world.cases["new"]

    service_request.next_word_at = LATER - timedelta(minutes=15)
    service_request.save(update_fields=["next_word_at"])

    assert failing() == {}
    assert set(failing(at=LATER + timedelta(seconds=1))) == {"next_word_is_not_overdue"}


def test_ten_of_those_that_fail_are_named(world):
    world.report(LATER)
    execute("SET LOCAL session_replication_role = replica", f"UPDATE {CASE} SET first_fix_by = first_fix_by - %(day)s",
            day=DAY)  # fmt: skip

    finding = failing()["promise_moved_with_a_row"]

    assert (finding.failures, len(finding.first)) == (ServiceRequest.objects.count(), 10)
    assert set(finding.first) < set(ServiceRequest.objects.values_list("reference", flat=True))


def test_a_photo_without_its_file_is_named(world):
    photo = Report.objects.get(service_request=world.cases["new"]).photos.get()

    assert look_for_files().failures == 0
    photo.image.storage.delete(photo.image.name)

    assert look_for_files().first == (photo.image.name,)


def test_a_file_of_no_photo_is_named_when_the_sweep_left_it(world, settings):
    photo = Report.objects.get(service_request=world.cases["new"]).photos.get()
    storage, now = photo.image.storage, timezone.now()
    left = storage.save("photos/ab/left.jpg", ContentFile(b"half a photo"))

    assert look_for_photos(at=now + timedelta(days=2)).first == ()
    assert look_for_photos(at=now + timedelta(days=3)).first == (left,)


# --- the command ------------------------------------------------------------------------------------------------------


def check(*args):
    said = StringIO()
    call_command("promises", "check", f"--at={LATER.isoformat()}", *args, stdout=said, no_color=True)
    return said.getvalue().splitlines()


def test_the_command_prints_a_line_for_each_invariant(world):
    heading, *lines, total = check("--files")

    assert heading.split() == ["invariant", "rows", "failures", "seconds"]
    assert [line.split()[0] for line in lines] == [*(one.name for one in invariants()), *OF_FILES]
    assert total.startswith(f"{len(lines)} invariants, none failed, ")


def test_the_command_says_what_fails_and_ends_with_1(world):
    reference = world.cases["new"].reference
    ServiceRequest.objects.filter(reference=reference).update(next_word_at=NOON)
    said = StringIO()

    with pytest.raises(SystemExit, match="1"):
        call_command("promises", "check", f"--at={LATER.isoformat()}", stdout=said, no_color=True)

    assert (
        "  Nobody waits longer than a quarter of an hour for the word that is due. Not so for:\n"
        f"  {reference}\n" in said.getvalue()
    )
