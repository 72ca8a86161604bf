"""Take due messages out of the outbox and hand them to the mail server or the text service.

At least once, with the same Message-ID: a worker that dies after the server took the message and
before it is settled sends it again, because a missed appointment hurts more than a double.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import QuerySet
from django.utils.module_loading import import_string

from . import attachments
from .models import Channel, Notification
from .sms import NumberRefused, TextServiceAway

logger = logging.getLogger(__name__)

BATCH = 50
ATTEMPTS = 31  # the pauses between them add up to a day
ATTEMPTS_OF_POISON = 5  # when it is not the other side that fails, but the message or the worker
FIRST_RETRY_AFTER = timedelta(seconds=30)
SECRET_IS_WORTH = timedelta(minutes=10)  # a sign-in code is of no use after that
PERMANENT = range(500, 600)  # SMTP replies that will not get better, RFC 5321 4.2.1


class Refused(Exception):
    """The address does not accept this message; trying again is of no use."""


class TryLater(Exception):
    """The other side could not take the message now."""


def deliver_due(*, now: Callable[[], datetime]) -> int:
    """Send everything that is due; returns how many messages left.

    Safe to run twice and on many workers: each row is claimed by one UPDATE. `now` is asked again
    for every message, because a long queue takes longer than a lease.
    """
    sent = 0
    while due := list(Notification.objects.due(at=now()).values_list("pk", flat=True)[:BATCH]):
        claimed = [pk for pk in due if deliver(pk, now=now)]
        sent += len(claimed)
        if not claimed:
            break  # other workers have them
    return sent


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
    """Put a message that was given up back in the queue; True if it was given up."""
    failed = Notification.objects.failed().filter(pk=notification_id, secret=False)
    return bool(failed.update(state=Notification.State.QUEUED, due_at=at, attempts=0, error=""))


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
    mail = EmailMultiAlternatives(
        notification.subject,
        notification.body,
        settings.DEFAULT_FROM_EMAIL,
        [notification.address],
        headers={"Message-ID": notification.message_id, "Auto-Submitted": "auto-generated"},
        connection=_mail_server(),
    )
    if notification.html:
        mail.attach_alternative(notification.html, "text/html")
    if notification.attaches and (paper := attachments.made(notification.attaches)):
        mail.attach(paper.filename, paper.content, paper.content_type)
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
        raise TryLater(f"mail server away: {type(failure).__name__}") from failure


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
    """The row, if this is still the worker that has it: after the lease another one may have settled it."""
    return Notification.objects.filter(
        pk=notification.pk, state=Notification.State.SENDING, attempts=notification.attempts
    )


def _without_secret(notification: Notification) -> dict[str, str]:
    return {"subject": "", "body": "", "html": ""} if notification.secret else {}
