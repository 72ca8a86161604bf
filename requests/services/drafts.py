"""A report that is being written: its photos, and what becomes of it when it is forgotten."""

import logging
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.db.models import Case, QuerySet, When

from tenants.models import Tenant
from tenants.notifications import wake

from .. import photos
from ..front_door import catalogues
from ..models import Attachment, Draft

logger = logging.getLogger(__name__)

_MONEY = ("payer_answer", "agreed_price")
THUMBNAIL_ATTEMPTS = 5
THUMBNAILS_A_TIME = 200
# What an answer decides: when it changes, these are forgotten, and what they decide in their turn.
DECIDES: Mapping[str, tuple[str, ...]] = {
    "dwelling": ("communal_area", "place", "thing", "problem"),
    "place": ("thing", "problem"),
    "communal_area": ("joins", "known_seen"),
    "thing": ("problem",),
    "problem": ("cause_code", "reachable", "own_property", "details_given", "joins", "known_seen", *_MONEY),
    **dict.fromkeys(("cause_code", "reachable", "own_property"), _MONEY),
}
UNSENT_DRAFTS = 20  # of one tenant; the pages offer only the newest, so the others are merely open in some tab


class DraftFull(Exception):
    """The draft has as many photos as a report may have."""


class DraftSent(Exception):
    """The draft was sent, or ended in another way; it does not change any more."""


@transaction.atomic
def start_draft(*, tenant: Tenant, at: datetime) -> Draft:
    """A new draft, or the one in which nothing was chosen yet.

    A new one takes the place of what nobody touched for longest, first of all of one without words.
    """
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)  # however often it is asked at once
    unsent = Draft.objects.of(tenant).unsent()
    empty = unsent.filter(problem="", text="", photos=None).first()
    if empty:
        return _bring_up_to_date(empty)
    newest_first = unsent.order_by(Case(When(text="", then=1), default=0), "-touched_at")
    for draft in newest_first.select_for_update()[UNSENT_DRAFTS - 1 :]:
        _remove(draft)
    return Draft.objects.create(tenant=tenant, catalogue_id=catalogues.current_version(), started_at=at, touched_at=at)


@transaction.atomic
def keep_answers(draft_id: uuid.UUID, *, tenant: Tenant, at: datetime, **answers: object) -> Draft:
    """Write these answers (fields of Draft) into the draft; another answer than before forgets what hung on it.

    Raises DraftSent.
    """
    return _write(_lock(draft_id, tenant), answers, at=at)


@transaction.atomic
def end_draft(draft_id: uuid.UUID, *, tenant: Tenant, at: datetime, how: str, **answers: object) -> Draft:
    """It need not become a request; `how` is of Ended. Raises DraftSent."""
    return _write(_lock(draft_id, tenant), {**answers, "ended": how, "ended_at": at}, at=at)


@transaction.atomic
def throw_away(draft_id: uuid.UUID, *, tenant: Tenant) -> None:
    """The tenant does not want it any more; its photos go too. Raises DraftSent."""
    _remove(_lock(draft_id, tenant))


@transaction.atomic
def resume_draft(draft_id: uuid.UUID, *, tenant: Tenant, at: datetime) -> Draft:
    """Go on with a draft that ended; what ended it is asked again. Nothing happens when it did not end."""
    draft = Draft.objects.of(tenant).select_for_update(of=("self",)).get(pk=draft_id)
    if not draft.ended:
        return draft
    return _write(draft, {"ended": "", "ended_at": None, "payer_answer": "", "known_seen": False}, at=at)


def _write(draft: Draft, answers: Mapping[str, object], *, at: datetime) -> Draft:
    changed = {**_forgotten(draft, answers), **answers, "touched_at": at}
    for name, value in changed.items():
        setattr(draft, name, value)
    draft.save(update_fields=changed)
    return draft


def _forgotten(draft: Draft, answers: Mapping[str, object]) -> dict[str, object]:
    """What hangs on an answer that is another one now, back to how it began."""
    untouched = Draft()
    forgotten: dict[str, object] = {}
    to_do = [name for name, value in answers.items() if getattr(draft, name) != value]
    while to_do:
        for name in DECIDES.get(to_do.pop(), ()):
            if name not in answers and name not in forgotten:
                forgotten[name] = getattr(untouched, name)
                to_do.append(name)
    return forgotten


def add_photo(draft_id: uuid.UUID, upload: IO[bytes], *, tenant: Tenant, at: datetime) -> Attachment:
    """Re-encode and keep a photo with the draft. Raises DraftFull, DraftSent and the refusals of `photos`.

    A file that was sent before is there already, and is not opened again. When the disk is full nothing of the photo
    is left; a file whose row was not committed is swept away later.
    """
    theirs = Attachment.objects.filter(draft=draft_id, draft__tenant=tenant)
    upload_sha256 = photos.fingerprint(upload)
    if (kept := _sent_before(upload_sha256, theirs)) is not None:
        return kept  # before anything is decoded; looked at again when nobody else can add one
    if not connection.in_atomic_block:
        connection.close()  # re-encoding takes up to two seconds and waits for its turn: others need it meanwhile
    photo = photos.reencode(upload)
    with transaction.atomic():
        draft = _lock(draft_id, tenant)
        if (kept := _sent_before(upload_sha256, draft.photos.all())) is not None:
            return kept
        attachment = Attachment(
            draft=draft,
            width=photo.width,
            height=photo.height,
            bytes=len(photo.bytes),
            sha256=photo.sha256,
            upload_sha256=upload_sha256,
            at=at,
        )
        try:
            attachment.keep(ContentFile(photo.bytes))
        except OSError as failure:
            logger.error("No photo could be kept: %s", failure.strerror)
            raise photos.NoRoom from failure
        transaction.on_commit(lambda: wake.up("requests.make_thumbnails"), robust=True)
    return attachment


def _sent_before(upload_sha256: str, kept: QuerySet[Attachment]) -> Attachment | None:
    """The photo that was made of this file; None when there is none yet, and room for it. Raises DraftFull."""
    there = list(kept)
    before = next((photo for photo in there if photo.upload_sha256 == upload_sha256), None)
    if before is None and len(there) >= settings.PHOTOS_PER_REPORT:
        raise DraftFull
    return before


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
            _remove(draft)
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


def _bring_up_to_date(empty: Draft) -> Draft:
    """Nothing was chosen in it yet, so it may as well begin with the catalogue of today."""
    empty.catalogue_id = catalogues.current_version()
    empty.save(update_fields=["catalogue"])
    return empty


def _lock(draft_id: uuid.UUID, tenant: Tenant) -> Draft:
    draft = Draft.objects.of(tenant).select_for_update(of=("self",)).get(pk=draft_id)
    if draft.sent_as_id is not None or draft.ended:
        raise DraftSent
    return draft


def _remove(draft: Draft) -> None:
    for attachment in draft.photos.all():
        _delete_files_after_commit(attachment)
    draft.delete()


def _delete_files_after_commit(attachment: Attachment) -> None:
    storage = attachment.image.storage
    for name in filter(None, (attachment.image.name, attachment.thumbnail.name)):
        transaction.on_commit(lambda name=name: storage.delete(name), robust=True)  # type: ignore[misc]  # a lambda with a default has no type
