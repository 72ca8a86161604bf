"""Take due messages out of the outbox and hand them to the mail server or the text service.

At least once, with the same Message-ID: a worker that dies after the server took the message and
before it is settled sends it again, because a missed appointment hurts more than a double. What
leaves as one mail is claimed together and has the same fate, and a second time it is the same mail.
"""

import logging
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import takewhile
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from . import attachments, outbox
from .mail_server import patience
from .models import Channel, Notification
from .sms import NumberRefused, TextServiceAway

logger = logging.getLogger(__name__)

BATCH = 50
FRESH = 1.0  # seconds; then it is asked again what is due, as a code may have come
ATTEMPTS = 31  # the pauses between them add up to a day
ATTEMPTS_OF_POISON = 5  # when it is not the other side that fails, but the message or the worker
FIRST_RETRY_AFTER = timedelta(seconds=30)
SECRET_IS_WORTH = timedelta(minutes=10)  # a sign-in code is of no use after that
PERMANENT = range(500, 600)  # SMTP replies that will not get better, RFC 5321 4.2.1


class Refused(Exception):
    """The address does not accept this message; trying again is of no use."""


class TryLater(Exception):
    """The other side could not take the message now."""


def deliver_due(*, now: Callable[[], datetime], go_on: Callable[[], bool] = lambda: True) -> int:
    """Send everything that is due; returns how many messages left. `go_on` is asked before each of them.

    Safe to run twice and on many workers: each row is claimed by one UPDATE. `now` is asked again
    for every message, because a long queue takes longer than a lease.
    """
    sent = 0
    while go_on() and (due := _next(at=now())):
        fresh = _as_long_as_fresh(due, go_on)
        claimed = sum(_may_try(channel) and deliver(pk, now=now) for pk, channel in fresh)
        sent += claimed
        if not claimed:
            break  # other workers have them
    return sent


def _as_long_as_fresh(due: list[tuple[int, str]], go_on: Callable[[], bool]) -> Iterator[tuple[int, str]]:
    stale_at = time.monotonic() + FRESH
    return takewhile(lambda _: go_on() and time.monotonic() < stale_at, due)


def _next(*, at: datetime) -> list[tuple[int, str]]:
    """What is due: codes first, as somebody waits for them; no mail while the mail server is left alone."""
    due = Notification.objects.due(at=at).values_list("pk", "channel")
    if patience.rests():
        due = due.exclude(channel=Channel.EMAIL)
    return list(due.filter(secret=True)[:BATCH]) or list(due[:BATCH])


def _may_try(channel: str) -> bool:
    return channel != Channel.EMAIL or patience.may_try()


def deliver(notification_id: int, *, now: Callable[[], datetime]) -> bool:
    """Send one message if it is due and nobody else has it; True when this call took it."""
    at = now()
    if not Notification.objects.claim(notification_id, at=at):
        return False
    notification = Notification.objects.get(pk=notification_id)
    if reason := _is_hopeless(notification, at=at):
        _give_up(notification, reason)
        return True
    try:
        _send(notification)
    except Refused as refusal:
        _give_up(notification, str(refusal))
    except TryLater as failure:
        _put_back(notification, str(failure), at=at)
    except Exception as failure:  # a message that cannot be built may not hold up the others
        logger.exception("Notification %s could not be sent", notification.pk)
        _put_back(notification, type(failure).__name__, at=at, most=ATTEMPTS_OF_POISON)
    else:
        _settle(notification, at=now())
    return True


def try_again(notification_id: int, *, at: datetime) -> bool:
    """Put a message that was given up back in the queue, with what was in its mail; True if it was given up."""
    failed = Notification.objects.failed().filter(secret=False)
    row = failed.filter(pk=notification_id).first()
    if row is None:
        return False
    mail = failed.in_the_mail_of(row.goes_with_id or row.pk)
    return bool(mail.update(state=Notification.State.QUEUED, due_at=at, attempts=0, error="", goes_with=None))


def retry_after(attempts: int) -> timedelta:
    """30 s, 1, 2, 4 … 64 minutes, after `attempts` failures."""
    return FIRST_RETRY_AFTER * 2 ** min(attempts - 1, 7)


def _is_hopeless(notification: Notification, *, at: datetime) -> str:
    """Why there is no point in sending it; empty when there is."""
    if notification.lost_workers >= ATTEMPTS_OF_POISON:
        return "every worker that took it died"
    if notification.secret and at > notification.queued_at + SECRET_IS_WORTH:
        return "too late for a code"
    return ""


def _send(notification: Notification) -> None:
    if notification.channel == Channel.TEXT:
        _send_text(notification)
    else:
        _send_mail(notification)


def _send_mail(notification: Notification) -> None:
    said = [notification, *(notification.takes_along.all() if notification.part else ())]
    said.sort(key=lambda row: (row.queued_at, row.pk))
    text = outbox.together(said) if len(said) > 1 else notification
    mail = EmailMultiAlternatives(
        text.subject,
        text.body,
        settings.DEFAULT_FROM_EMAIL,
        [notification.address],
        headers={"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"},
        connection=_mail_server(),
    )
    if text.html:
        mail.attach_alternative(text.html, "text/html")
    for row in said:
        if row.attaches and (paper := attachments.made(row.attaches)):
            mail.attach(paper.filename, paper.content, paper.content_type)
    began, answered = time.monotonic(), True
    try:
        mail.send()
    except SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        raise (Refused if all(code in PERMANENT for code in codes) else TryLater)(
            f"address refused {codes}"
        ) from refusal
    except SMTPDataError as answer:
        kind = Refused if answer.smtp_code in PERMANENT else TryLater
        raise kind(f"mail server answered {answer.smtp_code}") from answer
    except (SMTPException, OSError) as failure:  # also a refusal of us: our password, our address
        answered = False
        raise TryLater(f"mail server away: {type(failure).__name__}") from failure
    finally:
        patience.heard(took=time.monotonic() - began, answered=answered)


def _mail_server() -> BaseEmailBackend:
    connection: BaseEmailBackend = get_connection()
    return connection


def _send_text(notification: Notification) -> None:
    try:
        import_string(settings.SMS_BACKEND)(notification.address, notification.body, key=notification.message_id)
    except NumberRefused as refusal:
        raise Refused("number refused") from refusal
    except TextServiceAway as failure:
        raise TryLater("text service away") from failure


def _settle(notification: Notification, *, at: datetime) -> None:
    _mine(notification).update(
        state=Notification.State.SENT, sent_at=at, due_at=None, error="", **_without_secret(notification)
    )


def _put_back(notification: Notification, error: str, *, at: datetime, most: int = ATTEMPTS) -> None:
    if notification.attempts >= most:
        _give_up(notification, error)
        return
    _mine(notification).update(
        state=Notification.State.QUEUED, due_at=at + retry_after(notification.attempts), error=error[:200]
    )


def _give_up(notification: Notification, error: str) -> None:
    """Staff see it on the request, and in the list of messages that were not delivered."""
    logger.error("Notification %s was not delivered: %s", notification.pk, error)
    _mine(notification).update(
        state=Notification.State.FAILED, due_at=None, error=error[:200], **_without_secret(notification)
    )


def _mine(notification: Notification) -> QuerySet[Notification]:
    """The rows of the mail, if this is still the worker that has it: after the lease another may have settled it."""
    mail = Notification.objects.in_the_mail_of(notification.pk)
    return mail.filter(state=Notification.State.SENDING, attempts=notification.attempts)


def _without_secret(notification: Notification) -> dict[str, str]:
    return {"subject": "", "body": "", "html": ""} if notification.secret else {}
