"""Words that are written when they leave, from what is true then: until then a row only says what it `writes`.

They are kept in the row before it is handed over for the first time. From then on it is a row as any other, and a
second attempt is the same mail. A row of which nothing is true any more goes without a word: nobody was told of it,
and its occasion does not come again.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet

from .models import Mail, Notification
from .texts import Message, Rendered, render

__all__ = ["Write", "mine", "offer", "written"]

Write = Callable[[Notification, str, datetime], Message | None]

_writers: dict[str, Write] = {}


def offer(kind: str, write: Write) -> None:
    """Let rows write `kind:key`. `write` gets the row, the key and the moment at which it leaves.

    It returns nothing when there is nothing true to say any more.
    """
    _writers[kind] = write


def written(mail: Mail, *, at: datetime) -> bool:
    """Write what has no words yet. False when something in it is not to be said any more; it is then claimed anew."""
    texts = {row.pk: _text(row, at=at) for row in mail if row.writes}
    if not texts:
        return True
    if gone := [pk for pk, text in texts.items() if text is None]:
        _leave_out(mail, gone, at=at)
        return False
    with transaction.atomic():
        return all(_keep(row, texts[row.pk], mail) for row in mail if row.writes)


def mine(mail: Mail) -> QuerySet[Notification]:
    """The rows of the mail, if this is still the worker that has it: after the lease another may have settled it."""
    pks = [row.pk for row in mail]
    return Notification.objects.filter(pk__in=pks, state=Notification.State.SENDING, attempts=mail[0].attempts)


def _text(row: Notification, *, at: datetime) -> Rendered | None:
    kind, _, key = row.writes.partition(":")
    message = _writers[kind](row, key, at)
    return None if message is None else render(message)


def _keep(row: Notification, text: Rendered | None, mail: Mail) -> bool:
    assert text is not None
    row.subject, row.body, row.html, row.part, row.writes = text.subject, text.body, text.html, text.part, ""
    words = {"subject": row.subject, "body": row.body, "html": row.html, "part": row.part, "writes": row.writes}
    return bool(mine(mail).filter(pk=row.pk).update(**words))


@transaction.atomic
def _leave_out(mail: Mail, gone: Sequence[int], *, at: datetime) -> None:
    """None of it was ever handed over, so the others may go in another mail: they are due again at once."""
    held = set(mine(mail).select_for_update().values_list("pk", flat=True))
    if len(held) < len(mail):
        return  # another worker took it after the lease
    rows = Notification.objects.filter(pk__in=held)
    rows.update(goes_with=None)  # what goes may be the one that another goes with
    rows.exclude(pk__in=gone).update(state=Notification.State.QUEUED, due_at=at, attempts=F("attempts") - 1)
    rows.filter(pk__in=gone).delete()
