"""Write a message into the outbox. The only way to tell a tenant anything."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import transaction
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.utils import translation

from . import quiet_hours, wake
from .models import Channel, Notification

if TYPE_CHECKING:
    from ..models import Tenant

__all__ = ["Message", "Rendered", "post", "post_secret", "render", "render_text", "render_text_message"]


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something to tell a tenant: which text, about what, and once per `occasion`.

    The text is `templates/notifications/<kind>.txt`: its first line is the subject, the rest the body.
    `action` is the one thing they can do now: a label (lazy, so that it follows their language) and a path.
    `attaches` is what goes with the mail: kind and key, see `attachments`.
    A kind that has a `<kind>.sms.txt` also goes as a text message to tenants who want those.
    """

    kind: str
    tenant: "Tenant"
    occasion: str
    about: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
    action: tuple[object, str] | None = None
    attaches: str = ""
    urgent: bool = False


@dataclass(frozen=True)
class Rendered:
    subject: str
    body: str
    html: str
    text_message: str = ""


def render(message: Message) -> Rendered:
    """The e-mail in the tenant's language, exactly as it will be sent, and the text message beside it."""
    tenant = message.tenant
    mail = render_text(message.kind, _context(message), language=tenant.language, action=message.action)
    with_text = settings.SMS_BACKEND and tenant.wants_texts
    return replace(mail, text_message=render_text_message(message)) if with_text else mail


def render_text_message(message: Message) -> str:
    """The text message of this kind in the tenant's language; empty when the kind has none."""
    with translation.override(message.tenant.language):
        try:
            template = engines["text"].get_template(f"{message.kind}.sms.txt")
        except TemplateDoesNotExist:
            return ""
        return _one_line(template.render(_context(message)), limit=480)


def render_text(
    kind: str, context: Mapping[str, object], *, language: str, action: tuple[object, str] | None = None
) -> Rendered:
    """An e-mail of this kind in this language: for people of whom we know nothing but an address."""
    with translation.override(language):
        text = engines["text"].get_template(f"{kind}.txt").render(dict(context)).strip()
        subject, _, body = text.partition("\n")
        label, path = action or ("", "")
        shell = {
            "subject": _one_line(subject),
            "body": re.sub(r"\n{3,}", "\n\n", body.strip()),
            "label": str(label),
            "url": f"{settings.SITE_URL}{path}" if path else "",
            "corporation_name": settings.CORPORATION_NAME,
            "emergency_phone": settings.EMERGENCY_PHONE,
            **settings.BRAND,
        }
        plain = engines["text"].get_template("_shell.txt").render(shell).strip() + "\n"
        return Rendered(shell["subject"], plain, render_to_string("notifications/_shell.html", shell))


def post(message: Message, *, at: datetime) -> None:
    """Queue `message` unless this occasion was told before; it leaves when the transaction commits."""
    tenant = message.tenant
    rendered = render(message)
    if tenant.email:
        _queue_for(message, Channel.EMAIL, tenant.email, rendered, at=at)
    if rendered.text_message:
        _queue_for(message, Channel.TEXT, tenant.phone, Rendered("", rendered.text_message, ""), at=at)


def post_secret(*, address: str, kind: str, occasion: str, subject: str, body: str, html: str, at: datetime) -> None:
    """Queue a message about an account (a code): leaves at once, and is erased when it has left."""
    _queue(
        Notification(
            channel=Channel.EMAIL,
            address=address,
            kind=kind,
            occasion=occasion,
            secret=True,
            subject=_one_line(subject),
            body=body,
            html=html,
            queued_at=at,
            due_at=at,
        )
    )


def _queue_for(message: Message, channel: Channel, address: str, text: Rendered, *, at: datetime) -> None:
    _queue(
        Notification(
            tenant=message.tenant,
            channel=channel,
            address=address,
            kind=message.kind,
            occasion=message.occasion,
            about=message.about,
            attaches=message.attaches if channel == Channel.EMAIL else "",
            subject=text.subject,
            body=text.body,
            html=text.html,
            queued_at=at,
            due_at=at if message.urgent else quiet_hours.earliest(at),
        )
    )


def _queue(notification: Notification) -> None:
    """Insert unless the occasion is there already, even if another transaction is just writing it."""
    Notification.objects.bulk_create([notification], ignore_conflicts=True)
    transaction.on_commit(lambda: wake.up("notifications.deliver_due"), robust=True)


def _context(message: Message) -> dict[str, object]:
    corporation = {"corporation_name": settings.CORPORATION_NAME, "emergency_phone": settings.EMERGENCY_PHONE}
    return {"tenant": message.tenant, **corporation, **message.context}


def _one_line(text: str, *, limit: int = 200) -> str:
    """A subject is one line; what a tenant typed may not start a new header."""
    return " ".join(text.split())[:limit]
