"""Write a message into the outbox. The only way to tell a tenant anything."""

from collections.abc import Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Max, Min, Q, Value
from django.db.models.functions import Coalesce

from . import addresses, quiet_hours, wake
from .models import Channel, Notification
from .texts import (
    HEADING,
    UNWRITTEN,
    Message,
    Rendered,
    channel_of,
    one_line,
    render,
    render_text,
    render_text_message,
    together,
)

__all__ = [
    "HEADING", "Message", "Rendered", "channel_of", "post", "post_secret", "post_to_staff", "render",
    "render_text", "render_text_message", "together",
]  # fmt: skip


def post(message: Message, *, at: datetime) -> None:
    """Queue `message` unless this occasion was told before; it leaves when the transaction commits.

    A letter leaves when staff print it. A mail that follows another one about the same request within ten minutes
    waits until they are over, and leaves with whatever else happened by then.
    """
    tenant = message.tenant
    rendered = render(message)
    if channel_of(tenant) == Channel.LETTER:
        if message.on_paper and (address := addresses.of(tenant, at=at)):
            _queue(_row(message, Channel.LETTER, address, rendered, at=at))
    else:
        mail = UNWRITTEN if message.writes else rendered
        _queue(_row(message, Channel.EMAIL, tenant.email, mail, at=at, due_at=_leaves_at(message, at=at)))
    if rendered.text_message:
        due_at = at if message.urgent else quiet_hours.earliest(at)
        text = Rendered("", rendered.text_message, "")
        _queue(_row(message, Channel.TEXT, tenant.phone, text, at=at, due_at=due_at))


def post_to_staff(
    *, address: str, kind: str, occasion: str, context: Mapping[str, object], action: tuple[object, str], at: datetime
) -> None:
    """Queue a mail to somebody of staff, in the language of the corporation, unless this occasion was told before."""
    text = render_text(kind, context, language=settings.LANGUAGE_CODE, action=action)
    _queue(
        Notification(
            channel=Channel.EMAIL,
            address=address,
            kind=kind,
            occasion=occasion,
            subject=text.subject,
            body=text.body,
            html=text.html,
            queued_at=at,
            due_at=at,
        )
    )


def post_secret(*, address: str, kind: str, occasion: str, subject: str, body: str, html: str, at: datetime) -> None:
    """Queue a message about an account (a code): leaves at once, and is erased when it has left."""
    _queue(
        Notification(
            channel=Channel.EMAIL,
            address=address,
            kind=kind,
            occasion=occasion,
            secret=True,
            subject=one_line(subject),
            body=body,
            html=html,
            queued_at=at,
            due_at=at,
        )
    )


def _row(
    message: Message,
    channel: Channel,
    address: str,
    text: Rendered,
    *,
    at: datetime,
    due_at: datetime | None = None,
) -> Notification:
    return Notification(
        tenant=message.tenant,
        channel=channel,
        address=address,
        kind=message.kind,
        occasion=message.occasion,
        about=message.about,
        attaches=message.attaches if channel != Channel.TEXT else "",
        writes=message.writes if channel == Channel.EMAIL else "",
        subject=text.subject,
        body=text.body,
        html=text.html,
        part=text.part if message.about and not message.urgent else None,
        queued_at=at,
        due_at=due_at,
    )


def _leaves_at(message: Message, *, at: datetime) -> datetime:
    if message.urgent:
        return at
    return quiet_hours.earliest(_after_the_mail_before(message, at=at))


def _after_the_mail_before(message: Message, *, at: datetime) -> datetime:
    """When what waits already leaves; or ten minutes after the last mail, if those are not over; otherwise `at`."""
    if not message.about:
        return at
    state, ago = Notification.State, at - settings.MAILS_TOGETHER_FOR
    about_it = Notification.objects.alias(latest=Coalesce("sent_at", "queued_at")).filter(about=message.about)
    recent = about_it.filter(latest__gt=ago, tenant=message.tenant, channel=Channel.EMAIL)
    queued = Q(state=state.QUEUED, attempts=0, due_at__lte=at + settings.MAILS_TOGETHER_FOR)
    waits = queued & Q(part__isnull=False)
    leaves = queued | Q(state__in=[state.SENDING, state.SENT])
    found = recent.aggregate(next=Min("due_at", filter=waits), last=Max(Coalesce("sent_at", Value(at)), filter=leaves))
    if found["next"]:
        return max(at, found["next"])
    return max(at, found["last"] + settings.MAILS_TOGETHER_FOR) if found["last"] else at


def _queue(notification: Notification) -> None:
    """Insert unless the occasion is there already, even if another transaction is just writing it."""
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    if notification.due_at:
        transaction.on_commit(lambda: wake.up("notifications.deliver_due"), robust=True)
