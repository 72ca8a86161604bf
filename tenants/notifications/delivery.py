"""Take due messages out of the outbox and hand them to the mail server or the text service.

At least once, with the same Message-ID: a worker that dies after the server took the message and
before it is settled sends it again, because a missed appointment hurts more than a double.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from .models import Channel, Notification
from .sms import NumberRefused, TextServiceAway

logger = logging.getLogger(__name__)

BATCH = 50
ATTEMPTS = 8  # spread over about a day by the back-off
ATTEMPTS_OF_POISON = 5  # when it is not the other side that fails, but the message or the worker
FIRST_RETRY_AFTER = timedelta(seconds=30)
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
    if notification.attempts > ATTEMPTS:  # its worker died each time, without a word
        _give_up(notification, "worker died")
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
    """30 s, 1, 2, 4 … 32 minutes, after `attempts` failures."""
    return FIRST_RETRY_AFTER * 2 ** min(attempts - 1, 6)


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
    try:
        mail.send()
    except SMTPRecipientsRefused as refusal:
        codes = [code for code, _ in refusal.recipients.values()]
        raise (Refused if all(code in PERMANENT for code in codes) else TryLater)(
            f"address refused {codes}"
        ) from refusal
    except SMTPResponseException as answer:
        kind = Refused if answer.smtp_code in PERMANENT else TryLater
        raise kind(f"mail server answered {answer.smtp_code}") from answer
    except (SMTPException, OSError) as failure:
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
    erased = {"subject": "", "body": "", "html": ""} if notification.secret else {}
    Notification.objects.filter(pk=notification.pk).update(
        state=Notification.State.SENT, sent_at=at, due_at=None, error="", **erased
    )


def _put_back(notification: Notification, error: str, *, at: datetime, most: int = ATTEMPTS) -> None:
    if notification.attempts >= most:
        _give_up(notification, error)
        return
    Notification.objects.filter(pk=notification.pk).update(
        state=Notification.State.QUEUED, due_at=at + retry_after(notification.attempts), error=error[:200]
    )


def _give_up(notification: Notification, error: str) -> None:
    """Staff see it on the request, and in the list of messages that were not delivered."""
    logger.error("Notification %s was not delivered: %s", notification.pk, error)
    Notification.objects.filter(pk=notification.pk).update(
        state=Notification.State.FAILED, due_at=None, error=error[:200]
    )
