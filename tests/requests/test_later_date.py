"""Staff promise a later day without a visit."""

from datetime import timedelta

import pytest

from requests import services
from requests.models import ServiceRequest
from requests.services import CannotMovePromise, ChangedMeanwhile
from requests.workflow import Status
from tenants.models import Notification
from tests.factories import NOON, ServiceRequestFactory, StaffFactory

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
WHY = "Het onderdeel komt uit Duitsland."


@pytest.fixture
def case():
    return ServiceRequestFactory(status=Status.PLANNED, at=NOON, tenant_waits_for_reply=True, words_given=2)


def later(case, *, to=None, reason=WHY, at=NOON + DAY, **more):
    to = to or case.fix_by + 10 * DAY
    return services.move_promise(case.pk, to=to, reason=reason, by=StaffFactory(), at=at, **more)


def test_the_promise_moves_with_its_reason_and_the_first_one_stays(case):
    before, version = case.fix_by, case.version

    move = later(case)

    case.refresh_from_db()
    assert (case.fix_by, case.first_fix_by) == (before + 10 * DAY, before)
    assert (move.old_fix_by, move.new_fix_by, move.reason, move.actor) == (before, case.fix_by, WHY, "staff")
    assert (case.version, case.watch_at) == (version + 1, NOON + DAY)


def test_everybody_who_reported_it_reads_the_new_day_and_why(case):
    later(case)

    mail = Notification.objects.get(kind="request_later")
    assert WHY in mail.body
    assert "maandag 16 maart" in mail.body
    assert "donderdag 26 maart 2026" in mail.body


def test_it_counts_as_an_answer_and_as_the_word_to_the_tenant(case):
    before = case.next_word_at

    later(case)

    case.refresh_from_db()
    assert (case.answered_at, case.tenant_waits_for_reply, case.words_given) == (NOON + DAY, False, 0)
    assert case.next_word_at > before


@pytest.mark.parametrize(
    ("days", "reason", "why"),
    [
        (-1, WHY, CannotMovePromise.NOT_LATER),
        (0, WHY, CannotMovePromise.NOT_LATER),
        (400, WHY, CannotMovePromise.TOO_LATE),
        (10, " ", CannotMovePromise.NO_REASON),
    ],
)
def test_what_is_no_later_day_or_has_no_reason_is_refused(case, days, reason, why):
    with pytest.raises(CannotMovePromise) as cannot:
        later(case, to=case.fix_by + days * DAY, reason=reason)

    assert cannot.value.why == why
    assert not case.promise_moves.exists()


def test_a_broken_promise_moves_to_a_day_that_is_to_come(case):
    with pytest.raises(CannotMovePromise) as cannot:
        later(case, to=case.fix_by + DAY, at=case.fix_by + 2 * DAY)

    assert cannot.value.why == CannotMovePromise.NOT_LATER


@pytest.mark.parametrize("status", [Status.DONE, Status.CLOSED])
def test_what_is_ready_has_no_promise_to_move(status):
    with pytest.raises(CannotMovePromise) as cannot:
        later(ServiceRequestFactory(status=status, at=NOON))

    assert cannot.value.why == CannotMovePromise.NOT_TO_DO


def test_who_looked_at_an_older_version_changes_nothing(case):
    with pytest.raises(ChangedMeanwhile):
        later(case, seen=case.version - 1)

    assert ServiceRequest.objects.get(pk=case.pk).fix_by == case.fix_by
