"""A report that is being written: its photos, and what becomes of it when it is forgotten."""

import logging
import uuid
from datetime import datetime
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction

from tenants.models import Tenant
from tenants.notifications import wake

from .. import photos
from ..models import Attachment, Draft

logger = logging.getLogger(__name__)

THUMBNAIL_ATTEMPTS = 5
THUMBNAILS_A_TIME = 200


class DraftFull(Exception):
    """The draft has as many photos as a report may have."""


class DraftSent(Exception):
    """The draft was sent; it does not change any more."""


def start_draft(*, tenant: Tenant, at: datetime) -> Draft:
    """A new draft, or the one in which nothing was chosen yet."""
    empty = Draft.objects.of(tenant).unsent().filter(problem="", text="", photos=None).first()
    return empty or Draft.objects.create(tenant=tenant, started_at=at, touched_at=at)


@transaction.atomic
def keep_answers(draft_id: uuid.UUID, *, tenant: Tenant, at: datetime, **answers: object) -> Draft:
    """Write these answers (fields of Draft) into the draft. Raises DraftSent."""
    draft = _lock(draft_id, tenant)
    for name, value in answers.items():
        setattr(draft, name, value)
    draft.touched_at = at
    draft.save(update_fields=[*answers, "touched_at"])
    return draft


def add_photo(draft_id: uuid.UUID, upload: IO[bytes], *, tenant: Tenant, at: datetime) -> Attachment:
    """Re-encode and keep a photo with the draft. Raises DraftFull, DraftSent and the refusals of `photos`."""
    if not connection.in_atomic_block:
        connection.close()  # re-encoding takes up to two seconds and waits for its turn: others need it meanwhile
    photo = photos.reencode(upload)
    with transaction.atomic():
        draft = _lock(draft_id, tenant)
        if draft.photos.count() >= settings.PHOTOS_PER_REPORT:
            raise DraftFull
        attachment = Attachment(
            draft=draft,
            width=photo.width,
            height=photo.height,
            bytes=len(photo.bytes),
            sha256=photo.sha256,
            at=at,
        )
        attachment.image.save("photo.jpg", ContentFile(photo.bytes), save=False)
        attachment.save()
        transaction.on_commit(lambda: wake.up("requests.make_thumbnails"), robust=True)
    return attachment


@transaction.atomic
def remove_photo(draft_id: uuid.UUID, photo_id: uuid.UUID, *, tenant: Tenant) -> None:
    """Take a photo out of the draft; nothing happens when it is gone already. Raises DraftSent."""
    draft = _lock(draft_id, tenant)
    for attachment in draft.photos.select_for_update().filter(pk=photo_id):
        attachment.delete()
        _delete_files_after_commit(attachment)


def make_thumbnails() -> int:
    """Make what is missing, one photo per transaction; safe on several workers. Returns how many were made."""
    missing = Attachment.objects.without_thumbnail().filter(thumbnail_attempts__lt=THUMBNAIL_ATTEMPTS)
    return sum(_make_thumbnail(pk) for pk in missing.values_list("pk", flat=True)[:THUMBNAILS_A_TIME])


def forget_drafts(*, at: datetime) -> int:
    """Remove drafts that nobody touched for the kept time, with their photos. Returns how many."""
    forgotten = 0
    while True:
        with transaction.atomic():
            draft = Draft.objects.forgotten(at=at).select_for_update(skip_locked=True).first()
            if draft is None:
                return forgotten
            for attachment in draft.photos.all():
                _delete_files_after_commit(attachment)
            draft.delete()
            forgotten += 1


@transaction.atomic
def _make_thumbnail(pk: uuid.UUID) -> bool:
    attachment = Attachment.objects.without_thumbnail().select_for_update(skip_locked=True).filter(pk=pk).first()
    if attachment is None:
        return False  # another worker has it, or it is gone
    attachment.thumbnail_attempts += 1
    try:
        with attachment.image.open("rb") as file:
            small = photos.thumbnail(file.read())
        attachment.thumbnail.save("photo.jpg", ContentFile(small), save=False)
    except Exception:  # one photo that cannot be made smaller must not hold up the others
        logger.exception("No thumbnail of photo %s", pk)
    attachment.save(update_fields=["thumbnail", "thumbnail_attempts"])
    return bool(attachment.thumbnail)


def _lock(draft_id: uuid.UUID, tenant: Tenant) -> Draft:
    draft = Draft.objects.of(tenant).select_for_update(of=("self",)).get(pk=draft_id)
    if draft.sent_as_id is not None:
        raise DraftSent
    return draft


def _delete_files_after_commit(attachment: Attachment) -> None:
    storage = attachment.image.storage
    for name in filter(None, (attachment.image.name, attachment.thumbnail.name)):
        transaction.on_commit(lambda name=name: storage.delete(name), robust=True)  # type: ignore[misc]
