"""F11: the mail server accepts and says nothing, or a byte a second. Pages, other mail and follow-up do not notice."""

import time

import pytest

from tenants.notifications import mail_server
from tenants.notifications.models import Notification, Pulse
from tests.factories import NotificationFactory, TenantFactory
from tests.portal.processes import until
from tests.size import LONG

from . import figures
from .people import p95

PATIENCE = 15 if LONG else 2  # seconds for a mail
QUICK = {"sweep": 1, "first_retry": 1, "hangs_after": PATIENCE / 3, "mail_rest": PATIENCE}
REPORTS = 50
WARM_UP = 10
SENDING = 2 * (4 + 1)  # threads of two workers


def send_all(town, count=REPORTS):
    answers = [town.street.send(person) for person in town.street.move_in(count)]
    assert {answer.status for answer in answers} == {302}
    return p95([answer.took for answer in answers])


def hung():
    return Notification.objects.filter(state="sending").count()


@pytest.mark.long
@pytest.mark.parametrize("mood", ["silent", "drip"])
def test_a_mail_server_that_hangs_holds_up_no_page_and_no_worker(town, mood):
    town.web()
    town.workers(seconds=QUICK, settings={"EMAIL_TIMEOUT": PATIENCE})
    send_all(town, WARM_UP)
    quiet = send_all(town)
    assert town.is_quiet()
    town.door.set(mood)
    faulty = send_all(town)
    assert until(lambda: hung() == SENDING, PATIENCE)
    all_hang = time.monotonic()
    text = NotificationFactory(channel="text", tenant=TenantFactory(phone="0612345678"), address="0612345678")
    assert until(lambda: Notification.objects.get(pk=text.pk).state == "sent", seconds=2 * PATIENCE)
    waited = time.monotonic() - all_hang
    text.delete()
    missed = Pulse.objects.exclude(missed_at=None).count()
    town.door.set("open")
    back = town.back_to_normal(time.monotonic(), seconds=90)

    found = town.look()
    figures.note(
        "F11",
        f"mail server {mood}",
        times=REPORTS,
        found=found,
        back=back,
        remark=f"p95 {quiet:.3f} s, {mood} {faulty:.3f} s; all threads hung, and a text left within {waited:.1f} s",
    )
    assert found.faults() == {}
    assert missed == 0
    assert faulty <= 1.5 * quiet
    assert waited <= PATIENCE + 1  # they look again each second here
    assert back <= 60


@pytest.mark.long
def test_addresses_that_hang_hold_up_no_other_mail(town):
    town.web()
    town.workers(seconds=QUICK, settings={"EMAIL_TIMEOUT": PATIENCE})
    hanging, good = town.street.move_in(2), town.street.move_in(REPORTS)
    town.sink.answers = {hanging[0].email: ["silent", "250 taken"], hanging[1].email: ["drip", "250 taken"]}
    for person in [*hanging, *good]:
        assert town.street.send(person).status == 302
    back = town.back_to_normal(time.monotonic())

    rows = {each.address: each for each in Notification.objects.all()}
    waited = max(rows[person.email].sent_at - rows[person.email].queued_at for person in good).total_seconds()
    found = town.look()
    figures.note(
        "F11",
        "two addresses that hang, among good ones",
        times=len(good),
        found=found,
        back=back,
        remark=f"the longest that somebody else waited: {waited:.1f} s",
    )
    assert found.faults() == {}
    assert [rows[person.email].attempts for person in hanging] == [2, 2]
    assert waited <= PATIENCE / 3 + 2  # who waits for one that hangs waits for the whole of it


@pytest.mark.long
def test_without_a_time_in_which_a_mail_must_end_a_byte_a_second_holds_it_for_ever(town):
    town.web()
    town.worker(seconds=QUICK, settings={"EMAIL_TIMEOUT": 2}, without="timeout")
    [person] = town.street.move_in(1)
    town.door.set("drip")
    assert town.street.send(person).status == 302

    assert until(lambda: Notification.objects.filter(state="sending").exists())
    assert not until(lambda: Notification.objects.filter(state="queued").exists(), seconds=4)


def test_mail_rests_after_three_that_hang_and_one_asks_whether_it_is_over(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(mail_server.time, "monotonic", lambda: clock[0])
    patience = mail_server.Patience()
    for _ in range(3):
        assert patience.may_try()
        patience.heard(took=15, answered=False)

    tries_at_once = [patience.may_try() for _ in range(3)]
    clock[0] += mail_server.REST
    tries_after_the_rest = [patience.may_try() for _ in range(3)]
    patience.heard(took=0.1, answered=True)

    assert (tries_at_once, tries_after_the_rest) == ([False] * 3, [True, False, False])
    assert [patience.may_try(), patience.rests()] == [True, False]


def test_quick_refusals_are_no_reason_to_rest():
    patience = mail_server.Patience()

    for _ in range(10):
        patience.heard(took=0.1, answered=False)
        patience.heard(took=14, answered=True)

    assert patience.may_try()
