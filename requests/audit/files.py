"""Every photo has its file, and every file its photo."""

import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from django.core.files.storage import Storage
from django.db.models import Q

from ..models import Attachment
from .invariant import NAMED, Finding

__all__ = ["files_without_a_photo", "look_for_files", "look_for_photos"]

FOLDER = "photos"
KEPT = timedelta(days=1)  # a file is there before its row is committed; longer ago it was left behind
AT_ONCE = 500


def look_for_files() -> Finding:
    """One look at the storage per photo and thumbnail, so not for every night."""
    began = time.monotonic()
    looked_at, missing = 0, list[str]()
    for photo in Attachment.objects.order_by("pk").iterator():
        for name in filter(None, (photo.image.name, photo.thumbnail.name)):
            looked_at += 1
            if not photo.image.storage.exists(name):
                missing.append(name)
    return Finding(
        "photo_has_its_file",
        "Every photo and every thumbnail is in the storage",
        looked_at,
        len(missing),
        tuple(missing[:NAMED]),
        time.monotonic() - began,
    )


def look_for_photos(*, at: datetime) -> Finding:
    """What the sweep should have taken away: it looks once a day, and may need half an hour."""
    began = time.monotonic()
    left = list(files_without_a_photo(at=at - timedelta(days=1, minutes=30)))
    return Finding(
        "file_has_its_photo",
        "No file that is of no photo is kept for more than two days",
        sum(1 for _ in _files(storage(), FOLDER)),
        len(left),
        tuple(left[:NAMED]),
        time.monotonic() - began,
    )


def files_without_a_photo(*, at: datetime) -> Iterator[str]:
    """The names of files that nobody can find any more: a row was never committed, or a disk was full half-way."""
    old = (name for name in _files(storage(), FOLDER) if _is_older(name, at - KEPT))
    while names := list(islice(old, AT_ONCE)):
        photos = Attachment.objects.filter(Q(image__in=names) | Q(thumbnail__in=names))
        known = {name for pair in photos.values_list("image", "thumbnail") for name in pair}
        yield from (name for name in names if name not in known)


def _is_older(name: str, at: datetime) -> bool:
    try:
        return storage().get_modified_time(name) < at
    except FileNotFoundError:  # taken away just now
        return False


def storage() -> Storage:
    """Where photos and thumbnails are kept."""
    kept: Storage = Attachment._meta.get_field("image").storage
    return kept


def _files(kept: Storage, folder: str) -> Iterator[str]:
    """Every file below the folder; none when it was never made."""
    try:
        folders, files = kept.listdir(folder)
    except FileNotFoundError:
        return
    yield from (f"{folder}/{name}" for name in sorted(files))
    for each in sorted(folders):
        yield from _files(kept, f"{folder}/{each}")
