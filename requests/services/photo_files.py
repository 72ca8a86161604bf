"""Files that were left behind are taken away."""

from datetime import datetime

from ..audit import files_without_a_photo
from ..audit.files import storage

__all__ = ["remove_lost_files"]


def remove_lost_files(*, at: datetime) -> int:
    """Remove every file older than a day that is of no photo; safe to run twice at once. Returns how many."""
    lost = list(files_without_a_photo(at=at))
    for name in lost:
        storage().delete(name)
    return len(lost)
