"""A zip that a stranger could have made, read without trusting what it says about itself."""

from __future__ import annotations

import io
import zipfile
import zlib

from django.utils.translation import gettext as _

__all__ = ["MOST_BYTES", "UnreadableFile", "packed", "unpacked"]

MOST_BYTES = 5 * 1024 * 1024  # as it is sent
MOST_UNPACKED = 25 * 1024 * 1024  # together; a catalogue of 2,000 problems is about 3 MB
MOST_ENTRIES = 200
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the same rows make the same file


class UnreadableFile(Exception):
    """Nothing can be read from it; the text says why and what to do, for whoever sent it."""


def unpacked(data: bytes) -> dict[str, bytes]:
    """Everything in the archive by name, never more than fits in memory. Raises UnreadableFile."""
    if len(data) > MOST_BYTES:
        raise UnreadableFile(_("This file is larger than 5 MB. A catalogue is much smaller: is it the right file?"))
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            too_large = sum(entry.file_size for entry in entries) > MOST_UNPACKED
            if len(entries) > MOST_ENTRIES or too_large:
                raise UnreadableFile(_("Unpacked, this file is far too large for a catalogue. Is it the right file?"))
            # Reading stops where an entry says that it ends; what says less than it has fails on its checksum.
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError) as cause:
        raise UnreadableFile(
            _("This is not a workbook (.xlsx) or a zip that can be read, or it is damaged or locked. Save it again.")
        ) from cause


def packed(files: dict[str, bytes]) -> bytes:
    """An archive with these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, FIXED_TIME), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
