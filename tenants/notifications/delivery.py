"""Take due messages out of the outbox and hand them to the mail server or the text service.

At least once, with the same Message-ID: a worker that dies after the server took the message and
before it is settled sends it again, because a missed appointment hurts more than a double. What
leaves as one mail is claimed together and has the same fate, and a second time it is the same mail. What is only
written when it leaves (`late`) is kept in its row before it is handed over, so that it is the same then, too.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.module_loading import import_string

from . import addresses, attachments, outbox
from .late import mine, written
from .mail_server import patience
from .models import Channel, Mail, Notification
from .sms import NumberRefused, TextServiceAway

logger = logging.getLogger(__name__)

ATTEMPTS = 31  # the pauses between them add up to a day
ATTEMPTS_OF_POISON = 5  # when it is not the other side that fails, but the message or the worker
FIRST_RETRY_AFTER = timedelta(seconds=30)
DOUBLED = 7  # times; then the pauses stay as long as they are
SECRET_IS_WORTH = timedelta(minutes=10)  # a sign-in code is of no use after that
PERMANENT = range(500, 600)  # SMTP replies that will not get better, RFC 5321 4.2.1


class Refused(Exception):
    """The address does not accept this message; trying again is of no use."""


class MovedOut(Exception):
    """A letter to who rents no home of ours any more."""


class TryLater(Exception):
    """The other side could not take the message now."""


def deliver_due(*, now: Callable[[], datetime], go_on: Callable[[], bool] = lambda: True) -> int:
    """Send everything that is due; returns how many mails and texts left. `go_on` is asked before each of them.

    Safe to run twice and on many workers: each row is found and claimed by one statement. `now` is asked again for
    every message, because a long queue takes longer than a lease.
    """
    sent = 0
    while go_on() and (mail := _claim(at=now())):
        sent += _deliver(mail, now=now)
    return sent


def _claim(*, at: datetime) -> Mail:
    """What leaves next. No mail while the mail server is left alone; after that one asks whether it is back."""
    if not patience.is_tried():
        return Notification.objects.claim(at=at)
    if texts := Notification.objects.claim(at=at, channels=[Channel.TEXT]):
        return texts
    mails = Notification.objects.due(at=at).filter(channel=Channel.EMAIL)
    if patience.rests() or not mails.exists() or not patience.may_try():
        return []
    return Notification.objects.claim(at=at, channels=[Channel.EMAIL])


def _deliver(mail: Mail, *, now: Callable[[], datetime]) -> bool:
    """Send what this worker claimed; False when there was nothing to say any more."""
    at = now()
    if reason := _is_hopeless(mail[0], at=at):
        _give_up(mail, reason)
        return True
    try:
        if not written(mail, at=at):
            return False
        _send(mail)
    except Refused as refusal:
        _give_up(mail, str(refusal))
    except TryLater as failure:
        _put_back(mail, str(failure), at=at)
    except Exception as failure:  # a message that cannot be built may not hold up the others
        logger.exception("Notification %s could not be sent", mail[0].pk)
        _put_back(mail, type(failure).__name__, at=at, most=ATTEMPTS_OF_POISON)
    else:
        _settle(mail, at=now())
    return True


def try_again(notification_id: int, *, at: datetime) -> Channel | None:
    """Put a message that was not delivered back in the queue, with what was in its mail, as if it were new.

    Returns how it goes, None if it arrived meanwhile. It goes to where the tenant is reached now: the address may be
    what was wrong. A letter waits to be printed, and MovedOut is raised when that would be in vain.
    """
    failed = Notification.objects.undelivered().select_related("tenant")
    row = failed.filter(pk=notification_id).first()
    if row is None:
        return None
    address = _address_now(row, at=at)
    if not address:
        raise MovedOut
    mail = failed.in_the_mail_of(row.goes_with_id or row.pk)
    due_at = None if row.channel == Channel.LETTER else at
    anew = {"state": Notification.State.QUEUED, "due_at": due_at, "attempts": 0, "lost_workers": 0, "error": ""}
    return Channel(row.channel) if mail.update(**anew, seen_at=None, goes_with=None, address=address) else None


def note_seen(*, at: datetime, about: str = "") -> None:
    """Somebody of staff looks at what was not delivered: all of it, or what is about one request."""
    unseen = Notification.objects.unseen()
    (unseen.filter(about=about) if about else unseen).update(seen_at=at)


def _address_now(row: Notification, *, at: datetime) -> str:
    """Somebody of staff is no tenant, and a tenant may have no other address. Empty: who left gets no letter."""
    if row.tenant is None:
        return row.address
    if row.channel == Channel.LETTER:
        return addresses.of(row.tenant, at=at)
    return (row.tenant.phone if row.channel == Channel.TEXT else row.tenant.email) or row.address


def retry_after(attempts: int) -> timedelta:
    """30 s, 1, 2, 4 … 64 minutes, after `attempts` failures."""
    return FIRST_RETRY_AFTER * 2 ** min(attempts - 1, DOUBLED)


def _is_hopeless(notification: Notification, *, at: datetime) -> str:
    """Why there is no point in sending it; empty when there is."""
    if notification.lost_workers >= ATTEMPTS_OF_POISON:
        return "every worker that took it died"
    if notification.secret and at > notification.queued_at + SECRET_IS_WORTH:
        return "too late for a code"
    return ""


def _send(mail: Mail) -> None:
    if mail[0].channel == Channel.TEXT:
        _send_text(mail[0])
    else:
        _send_mail(mail)


def _send_mail(rows: Mail) -> None:
    said = sorted(rows, key=lambda row: (row.queued_at, row.pk))
    text = outbox.together(said) if len(said) > 1 else said[0]
    mail = EmailMultiAlternatives(
        text.subject,
        text.body,
        settings.DEFAULT_FROM_EMAIL,
        [rows[0].address],
        headers={"Message-ID": rows[0].message_id, "Auto-Submitted": "auto-generated"},
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


def _settle(mail: Mail, *, at: datetime) -> None:
    Notification.objects.settle(mail, at=at)


def _put_back(mail: Mail, error: str, *, at: datetime, most: int = ATTEMPTS) -> None:
    attempts = mail[0].attempts
    if attempts >= most:
        _give_up(mail, error)
        return
    mine(mail).update(state=Notification.State.QUEUED, due_at=at + retry_after(attempts), error=error[:200])


def _give_up(mail: Mail, error: str) -> None:
    """Staff see it on the request, and in the list of messages that were not delivered."""
    logger.error("Notification %s was not delivered: %s", mail[0].pk, error)
    erased = {"subject": "", "body": "", "html": ""} if mail[0].secret else {}
    mine(mail).update(state=Notification.State.FAILED, due_at=None, error=error[:200], **erased)
