"""Very many mails at once, by the database itself: what `outbox.post` does, for those with whom it is simple.

These are parts of a statement; `values` has what they need. Their words are written when they leave (`late`).
"""

import json
from datetime import datetime
from typing import Any

from django.conf import settings

from . import quiet_hours
from .texts import UNWRITTEN, has_text_message

__all__ = ["MAIL_ONLY", "TOLD_LATELY", "queue", "values"]

# Of a `tenant`: a mail, and nothing beside it. As `texts.channel_of` and `texts.render` say it.
MAIL_ONLY = "tenant.email <> '' AND NOT tenant.wants_letters AND NOT (%(with_texts)s AND tenant.wants_texts)"

# That what is next waits for, or leaves with, a mail about the same request. `about` is a column.
TOLD_LATELY = """
SELECT FROM tenants_notification lately
WHERE lately.about = {about} AND lately.about <> '' AND lately.channel = 'email'
    AND coalesce(lately.sent_at, lately.queued_at) > %(lately)s
"""


def queue(source: str) -> str:
    """Queue a mail for each line of `source`, unless its occasion is there already.

    A line has tenant_id, address, occasion, about and writes. All are of one kind.
    """
    return f"""
    INSERT INTO tenants_notification (
        tenant_id, address, occasion, about, writes, channel, kind, secret, attaches, subject, body, html, part,
        state, queued_at, due_at, attempts, lost_workers, error
    )
    SELECT tenant_id, address, occasion, about, writes, 'email', %(kind)s, false, '', '', '', '', %(part)s,
        'queued', %(at)s, %(leaves_at)s, 0, 0, ''
    FROM ({source}) told
    ON CONFLICT (occasion, tenant_id, channel) DO NOTHING
    """


def values(kind: str, *, at: datetime) -> dict[str, Any]:
    return {
        "kind": kind,
        "at": at,
        "leaves_at": quiet_hours.earliest(at),
        "lately": at - settings.MAILS_TOGETHER_FOR,
        "with_texts": bool(settings.SMS_BACKEND) and has_text_message(kind),
        "part": json.dumps(UNWRITTEN.part),
    }
