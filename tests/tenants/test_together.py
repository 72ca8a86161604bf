"""What follows a mail about the same request within ten minutes waits until they are over, and leaves as one mail."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction

from tenants.notifications import delivery, outbox
from tenants.notifications.models import LEASE, Notification
from tenants.notifications.outbox import Message

from ..factories import NOON, NotificationFactory, TenantFactory

pytestmark = pytest.mark.django_db
ABOUT = "2026-000007"
MINUTE = timedelta(minutes=1)
CONTEXT = {"service_request": {"reference": ABOUT, "title": "De kraan druppelt"}, "change": {"note": ""}, "note": ""}


@pytest.fixture
def tenant():
    return TenantFactory(name="Ada")


def tell(tenant, occasion, at, **changes):
    message = {"kind": "request_withdrawn", "about": ABOUT, "context": CONTEXT, **changes}
    outbox.post(Message(tenant=tenant, occasion=occasion, **message), at=at)


def deliver(at):
    return delivery.deliver_due(now=lambda: at)


def due():
    return list(Notification.objects.order_by("pk").values_list("due_at", flat=True))


def states():
    return list(Notification.objects.order_by("pk").values_list("state", flat=True))


def test_the_first_leaves_at_once_and_what_follows_leaves_as_one_mail(tenant, mailoutbox):
    tell(tenant, "a", NOON)
    deliver(NOON)
    tell(tenant, "b", NOON + 2 * MINUTE)
    tell(tenant, "c", NOON + 5 * MINUTE)

    sent = [deliver(NOON + minute * MINUTE) for minute in (5, 9, 10)]

    assert sent == [0, 0, 1]
    assert len(mailoutbox) == 2
    assert states() == ["sent"] * 3


def test_a_mail_that_follows_another_by_ten_minutes_leaves_at_once(tenant):
    tell(tenant, "a", NOON)
    deliver(NOON)
    tell(tenant, "b", NOON + 10 * MINUTE)

    assert due()[-1] == NOON + 10 * MINUTE


def test_nobody_gets_two_mails_about_a_request_within_ten_minutes(tenant, mailoutbox):
    left = []
    for minute in range(70):
        if minute % 3 == 0 and minute < 60:
            tell(tenant, f"at {minute}", NOON + minute * MINUTE)
        if deliver(NOON + minute * MINUTE):
            left.append(minute)

    assert left == [0, 10, 20, 30, 40, 50, 60]
    assert states() == ["sent"] * 20


@pytest.mark.parametrize(
    "changes",
    [{"about": "2026-000008"}, {"about": ""}, {"urgent": True}],
    ids=["another request", "no request", "an answer to what they just did"],
)
def test_what_never_waits(tenant, changes):
    tell(tenant, "a", NOON)
    deliver(NOON)
    tell(tenant, "b", NOON + MINUTE, **changes)

    assert due()[-1] == NOON + MINUTE


def test_somebody_else_does_not_wait(tenant):
    tell(tenant, "a", NOON)
    deliver(NOON)
    tell(TenantFactory(), "a", NOON + MINUTE)

    assert due()[-1] == NOON + MINUTE


def test_a_code_never_waits_and_is_never_put_in_another_mail(tenant, mailoutbox):
    tell(tenant, "a", NOON)
    outbox.post_secret(
        address=tenant.email, kind="code", occasion="c", subject="Uw code", body="123456", html="", at=NOON
    )

    deliver(NOON)

    assert sorted(mail.subject for mail in mailoutbox) == ["U hebt melding 2026-000007 ingetrokken", "Uw code"]


def test_what_one_act_tells_twice_is_one_mail_at_once(tenant, mailoutbox):
    tell(tenant, "a", NOON)
    tell(tenant, "b", NOON)

    deliver(NOON)

    assert len(mailoutbox) == 1
    assert states() == ["sent", "sent"]


def test_what_waited_for_the_night_to_end_is_one_mail_in_the_morning(tenant, mailoutbox):
    night = NOON.replace(hour=22)
    tell(tenant, "a", night)
    tell(tenant, "b", night + 60 * MINUTE)
    morning = NOON.replace(day=3, hour=8)

    assert (deliver(morning - MINUTE), deliver(morning)) == (0, 1)
    assert len(mailoutbox) == 1


def test_one_mail_greets_once_and_says_everything_in_order(tenant, mailoutbox):
    tell(tenant, "a", NOON, action=("Bekijk uw melding", "/een/"))
    tell(tenant, "b", NOON, kind="request_lapsed", action=("Geef een cijfer", "/twee/"))

    deliver(NOON)

    (mail,) = mailoutbox
    html = mail.alternatives[0][0]
    order = ["Beste Ada", "— U hebt melding", "/een/", "— Wij hebben melding", "/twee/", "Met vriendelijke groet"]
    assert mail.subject == "Wij hebben melding 2026-000007 afgesloten (en nog 1 bericht)"
    assert [mail.body.count(words) for words in order] == [1] * len(order)
    assert sorted(order, key=mail.body.index) == order
    assert (html.count("Beste Ada"), html.count("<h2"), html.count("/een/"), html.count("/twee/")) == (1, 2, 1, 1)


def test_the_same_link_stands_once_below_the_last_that_has_it(tenant, mailoutbox):
    for occasion in ("a", "b"):
        tell(tenant, occasion, NOON, action=("Bekijk uw melding", "/zelfde/"))

    deliver(NOON)

    body = mailoutbox[0].body
    assert body.count("/zelfde/") == 1
    assert body.rindex("— U hebt melding") < body.index("/zelfde/")


def test_what_a_tenant_typed_is_no_markup_in_one_mail_either(mailoutbox):
    tenant = TenantFactory(name="<script>alert(1)</script>")
    tell(tenant, "a", NOON)
    tell(tenant, "b", NOON)

    deliver(NOON)

    html = mailoutbox[0].alternatives[0][0]
    assert ("<script>" in html, "&lt;script&gt;" in html) == (False, True)


def test_a_worker_that_died_sends_the_same_mail_again_without_what_came_later(tenant, mailoutbox):
    tell(tenant, "a", NOON)
    tell(tenant, "b", NOON)
    deliver(NOON)
    died = {"state": "sending", "sent_at": None, "due_at": NOON + LEASE}
    Notification.objects.update(**died)  # after the mail server took it, before it was settled
    tell(tenant, "c", NOON + LEASE)

    deliver(NOON + LEASE)

    first, again = mailoutbox
    assert first.extra_headers["Message-ID"] == again.extra_headers["Message-ID"]
    assert (first.subject, first.body) == (again.subject, again.body)
    assert states() == ["sent", "sent", "queued"]


def test_a_mail_that_was_tried_takes_nothing_along(tenant, mailoutbox):
    tell(tenant, "a", NOON)
    Notification.objects.update(attempts=1)
    tell(tenant, "b", NOON + 30 * MINUTE)

    assert deliver(NOON + 30 * MINUTE) == 2
    assert len(mailoutbox) == 2


def test_what_is_refused_fails_as_a_whole_and_is_tried_again_as_a_whole(tenant, mailoutbox, monkeypatch):
    tell(tenant, "a", NOON)
    tell(tenant, "b", NOON)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "_send", _refuse)
        deliver(NOON)
    failed = states()

    again = delivery.try_again(Notification.objects.last().pk, at=NOON)
    deliver(NOON)

    assert (failed, again, states(), len(mailoutbox)) == (["failed"] * 2, "email", ["sent"] * 2, 1)


def _refuse(notification):
    raise delivery.Refused("address refused")


def test_what_was_written_after_a_change_of_address_goes_to_the_new_one(tenant, mailoutbox):
    night = NOON.replace(hour=22)
    tell(tenant, "a", night)
    old, tenant.email = tenant.email, "nieuw@example.org"
    tenant.save(update_fields=["email"])
    for occasion in ("b", "c"):
        tell(tenant, occasion, night)

    deliver(NOON.replace(day=3, hour=8))

    assert [(mail.to, "(en nog 1 bericht)" in mail.subject) for mail in mailoutbox] == [
        ([old], False),
        (["nieuw@example.org"], True),
    ]


def test_everything_in_a_mail_has_its_message_id(tenant):
    tell(tenant, "a", NOON)
    tell(tenant, "b", NOON)

    deliver(NOON)

    assert len({one.message_id for one in Notification.objects.all()}) == 1


@pytest.mark.django_db(transaction=True)
def test_six_workers_make_one_mail_of_what_is_due_to_each(mailoutbox):
    tenants = [TenantFactory() for _ in range(5)]
    for tenant in tenants:
        for number in range(4):
            part = {"words": f"{number}", "label": "", "url": ""}
            NotificationFactory(tenant=tenant, about=ABOUT, part=part)

    def work():
        try:
            deliver(NOON)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(6)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert sorted(mail.to[0] for mail in mailoutbox) == sorted(tenant.email for tenant in tenants)
    assert states() == ["sent"] * 20


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_takes_the_first_of_a_mail_no_other_takes_the_rest(tenant):
    first, _second = (NotificationFactory(tenant=tenant, about=ABOUT, part={"words": "", "url": ""}) for _ in range(2))
    alone = NotificationFactory(tenant=tenant, about=ABOUT)
    elsewhere = NotificationFactory(tenant=tenant, about=ABOUT, address="nieuw@example.org", part={"words": ""})

    def claim():
        try:
            return Notification.objects.claim(at=NOON)
        finally:
            connection.close()

    with transaction.atomic(), ThreadPoolExecutor(1) as other:
        Notification.objects.select_for_update(no_key=True).get(pk=first.pk)
        claimed = [other.submit(claim).result() for _ in range(3)]

    assert claimed == [[alone], [elsewhere], []]
