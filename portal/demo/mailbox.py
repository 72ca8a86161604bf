"""What the demo "sent": the mails and texts that its backends wrote to files, newest first."""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings

__all__ = ["Letter", "letters"]

SEPARATOR = b"\n" + b"-" * 79 + b"\n"  # Django's file backend writes it after every message


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail, or one text message (no subject). `html` is what a mail program would show."""

    key: str
    to: str
    subject: str
    at: datetime
    text: str
    html: str

    @property
    def is_text_message(self) -> bool:
        return not self.subject

    @property
    def parts(self) -> list[tuple[str, bool]]:
        """The text in pieces; True for a link into this portal, which may be followed."""
        pieces = re.split(rf"({re.escape(settings.SITE_URL)}/\S*)", self.text)
        return [(piece, bool(index % 2)) for index, piece in enumerate(pieces)]


def letters(*, most: int = 100) -> list[Letter]:
    """The newest mails and texts."""
    found = [*_mails(most), *_texts(most)]
    return sorted(found, key=lambda letter: letter.at, reverse=True)[:most]


def _mails(most: int) -> Iterator[Letter]:
    # the names of the files begin with the time
    files = sorted(Path(settings.EMAIL_FILE_PATH).glob("*.log"), key=lambda file: file.name, reverse=True)
    for file in files[:most]:
        for raw in file.read_bytes().split(SEPARATOR):
            if raw.strip():
                yield _mail(raw)


def _mail(raw: bytes) -> Letter:
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return Letter(
        key=hashlib.sha256(raw).hexdigest()[:16],
        to=str(message["To"]),
        subject=str(message["Subject"]),
        at=_aware(message["Date"].datetime),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _aware(at: datetime) -> datetime:
    """Mail writes "no time zone known" as -0000; Django means UTC by it."""
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return part.get_content() if part is not None else ""


def _texts(most: int) -> Iterator[Letter]:
    file = Path(settings.SMS_FILE_PATH) / "texts.jsonl"
    lines = file.read_text(encoding="utf-8").splitlines()[-most:] if file.exists() else []
    for line in lines:
        sent = json.loads(line)
        yield Letter(
            key=hashlib.sha256(line.encode()).hexdigest()[:16],
            to=sent["to"],
            subject="",
            at=datetime.fromisoformat(sent["at"]),
            text=sent["text"],
            html="",
        )
