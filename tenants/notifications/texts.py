"""What a message says: as an e-mail, as a letter, as a text message, and as one mail that says several things."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from django.conf import settings
from django.template import TemplateDoesNotExist, engines
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext, ngettext

from .models import Channel, Notification, Part

if TYPE_CHECKING:
    from ..models import Tenant

__all__ = [
    "HEADING", "UNWRITTEN", "Message", "Rendered", "channel_of", "greeting", "has_text_message", "one_line", "render",
    "render_text", "render_text_message", "together",
]  # fmt: skip

LONGEST_SUBJECT = 200
HEADING = "— "  # of a part, in plain text


@dataclass(frozen=True, kw_only=True)
class Message:
    """Something to tell a tenant: which text, about what, and once per `occasion`.

    The text is `templates/notifications/<kind>.txt`: its first line is the subject, the rest the body; `by_letter`
    says in it that it goes on paper. `action` is the one thing they can do now: a label (lazy, so that it follows
    their language) and a path. `attaches` is what goes with it: kind and key, see `attachments`. What is `urgent`
    leaves at once, also at night, and alone. What is not for `on_paper` would come too late by post.
    What may not be true any more when it leaves says what it `writes` then: kind and key, see `late`. That is for the
    mail; a letter and a text message say what is true now.
    A kind that has a `<kind>.sms.txt` also goes as a text message to tenants who want those.
    """

    kind: str
    tenant: "Tenant"
    occasion: str
    about: str = ""
    context: Mapping[str, object] = field(default_factory=dict)
    action: tuple[object, str] | None = None
    attaches: str = ""
    writes: str = ""
    urgent: bool = False
    on_paper: bool = True


@dataclass(frozen=True)
class Rendered:
    """`part` is what is left of it in a mail that says several things."""

    subject: str
    body: str
    html: str
    text_message: str = ""
    part: Part | None = None


UNWRITTEN = Rendered("", "", "", part=Part(words="", label="", url=""))  # of a mail that is written when it leaves


def channel_of(tenant: "Tenant") -> Channel:
    """Letters are for whoever wants them, and for whom nothing else reaches."""
    return Channel.LETTER if tenant.wants_letters or not tenant.email else Channel.EMAIL


def render(message: Message) -> Rendered:
    """The e-mail or letter in the tenant's language, exactly as it will be sent, and the text message beside it."""
    tenant = message.tenant
    text = render_text(message.kind, _context(message), language=tenant.language, action=message.action)
    with_text = settings.SMS_BACKEND and tenant.wants_texts
    return replace(text, text_message=render_text_message(message)) if with_text else text


def render_text_message(message: Message) -> str:
    """The text message of this kind in the tenant's language; empty when the kind has none."""
    if not has_text_message(message.kind):
        return ""
    with translation.override(message.tenant.language):
        template = engines["text"].get_template(f"{message.kind}.sms.txt")
        return one_line(template.render(_context(message)), limit=480)


def has_text_message(kind: str) -> bool:
    try:
        engines["text"].get_template(f"{kind}.sms.txt")
    except TemplateDoesNotExist:
        return False
    return True


def render_text(
    kind: str, context: Mapping[str, object], *, language: str, action: tuple[object, str] | None = None
) -> Rendered:
    """A message of this kind in this language: for people of whom we know nothing but an address."""
    with translation.override(language):
        text = engines["text"].get_template(f"{kind}.txt").render({"by_letter": False, **context}).strip()
        subject, _, body = text.partition("\n")
        body = re.sub(r"\n{3,}", "\n\n", body.strip())
        label, path = action or ("", "")
        url = f"{settings.SITE_URL}{path}" if path else ""
        section = {"heading": "", "words": body, "label": str(label), "url": url}
        plain, html = _dressed(one_line(subject), [section], by_letter=bool(context.get("by_letter")))
        words = body.removeprefix(greeting(context)).strip() if "tenant" in context else body
        part = Part(words=words, label=str(label), url=url)
        return Rendered(one_line(subject), plain, html, part=part)


def together(rows: Sequence[Notification]) -> Rendered:
    """Several messages to one tenant as one, in the order in which they happened. They come with their tenant."""
    tenant, last = rows[0].tenant, rows[-1]
    assert tenant is not None
    with translation.override(tenant.language):
        more = len(rows) - 1
        subject = ngettext("%(subject)s (and %(n)d more message)", "%(subject)s (and %(n)d more messages)", more)
        subject %= {"subject": last.subject, "n": more}
        intro = gettext("More than one thing happened. So that you get one message, you can read it all here.")
        first = {"heading": "", "words": f"{greeting({'tenant': tenant})}\n\n{intro}", "label": "", "url": ""}
        by_letter = last.channel == Channel.LETTER
        sections = [first, *_sections(rows, dated=by_letter)]
        plain, html = _dressed(one_line(subject), sections, by_letter=by_letter)
        return Rendered(one_line(subject), plain, html)


def _sections(rows: Sequence[Notification], *, dated: bool) -> list[dict[str, str]]:
    """One for each, in which a link stands once: with the last that has it."""
    links = [row.part["url"] if row.part else "" for row in rows]
    return [
        {
            "heading": _heading(row, dated=dated),
            "words": row.part["words"] if row.part else "",
            "label": row.part["label"] if row.part else "",
            "url": "" if url in links[number + 1 :] else url,
        }
        for number, (row, url) in enumerate(zip(rows, links, strict=True))
    ]


def _heading(row: Notification, *, dated: bool) -> str:
    """On paper with the day: it may have been written days ago."""
    return f"{date_format(timezone.localtime(row.queued_at), 'l j F')}: {row.subject}" if dated else row.subject


def greeting(context: Mapping[str, object]) -> str:
    """In the language that is active."""
    return engines["text"].get_template("_greeting.txt").render(dict(context)).strip()


def _dressed(subject: str, sections: Sequence[Mapping[str, str]], *, by_letter: bool) -> tuple[str, str]:
    """With what is around every message: as plain text, and as HTML unless it goes on paper."""
    shell = {
        "subject": subject,
        "sections": sections,
        "by_letter": by_letter,
        "mark": HEADING,
        "corporation_name": settings.CORPORATION_NAME,
        "emergency_phone": settings.EMERGENCY_PHONE,
        **settings.BRAND,
    }
    plain = re.sub(r"\n{3,}", "\n\n", engines["text"].get_template("_shell.txt").render(shell).strip()) + "\n"
    unbroken = settings.EMERGENCY_PHONE.replace(" ", "\u00a0")
    shell |= {"emergency_phone": unbroken, "emergency_phone_link": settings.EMERGENCY_PHONE_LINK}
    return plain, "" if by_letter else render_to_string("notifications/_shell.html", shell)


def _context(message: Message) -> dict[str, object]:
    return {
        "tenant": message.tenant,
        "by_letter": channel_of(message.tenant) == Channel.LETTER,
        "corporation_name": settings.CORPORATION_NAME,
        "emergency_phone": settings.EMERGENCY_PHONE,
        **message.context,
    }


def one_line(text: str, *, limit: int = LONGEST_SUBJECT) -> str:
    """A subject is one line; what a tenant typed may not start a new header."""
    return " ".join(text.split())[:limit]
