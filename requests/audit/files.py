"""Every photo has its file."""

import time

from ..models import Attachment
from .invariant import NAMED, Finding

__all__ = ["look_for_files"]


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
