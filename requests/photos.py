"""Turn what a person uploads into a photo that is safe to keep: pixels, and nothing else.

The only module that opens somebody else's image. A file counts for what it contains, never for its name
or its declared type. What comes out is a new JPEG, made from the pixels alone: no EXIF, no place, no second
file hidden behind the first. A refusal is an exception whose text may be shown to who sent the file.
"""

import hashlib
import io
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import IO

import pi_heif
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from PIL import Image

MOST_BYTES = 10 * 1024 * 1024
LONGEST_SIDE = 2048
LONGEST_SIDE_OF_THUMBNAIL = 400
CONTENT_TYPE = "image/jpeg"  # opens everywhere: in every mail program and on every craftsman's phone
QUALITY = 85

# A decoder's need per pixel differs by a factor of ten; with these each stays under 200 MiB and 2 seconds.
MOST_PIXELS = {
    "JPEG": 50_000_000,
    "MPO": 50_000_000,  # a JPEG with a second picture behind it, as many phones make them
    "PNG": 42_000_000,
    "HEIF": 25_000_000,
    "WEBP": 12_300_000,
}
MOST_PIXELS_IN_PASSES = 28_000_000  # a progressive JPEG is held whole, at 2 bytes per coefficient
MOST_PASSES = 40  # cameras make ten; thousands of empty ones keep a processor busy for minutes

ORIENTATION_TAG = 0x0112
TRANSPOSED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=2)

_decoders = BoundedSemaphore(2)  # so that a process needs 400 MiB for photos at most, however many people upload


class PhotoRefused(Exception):
    """This file cannot be kept. `message` says why, what was kept and what to do now."""

    message: str | Promise

    def __str__(self) -> str:
        return str(self.message)


class PhotoTooLarge(PhotoRefused):
    message = _(
        "This photo is larger than 10 MB, so we did not save it. Your text and your other photos are saved. "
        "Choose a smaller photo."
    )


class NotAPhoto(PhotoRefused):
    message = _(
        "This file is not a photo that we can open, so we did not save it. "
        "Your text and your other photos are saved. Choose a photo of the type JPEG, PNG, WebP or HEIC."
    )


class DamagedPhoto(PhotoRefused):
    message = _(
        "This photo is damaged or incomplete, so we did not save it. "
        "Your text and your other photos are saved. Take the photo again, or choose another one."
    )


class TooManyPixels(PhotoRefused):
    message = _(
        "This photo is too large in height and width, so we did not save it. "
        "Your text and your other photos are saved. "
        "Choose a smaller photo, for example a screenshot of this photo."
    )


class NoRoom(PhotoRefused):
    message = _(
        "We could not save this photo: something is wrong on our side. Your text and your other photos are saved. "
        "You can send your report without this photo, or try again later."
    )


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo that may be stored: `sha256` is that of `bytes`."""

    bytes: bytes
    width: int
    height: int
    sha256: str
    content_type: str = CONTENT_TYPE


def reencode(upload: IO[bytes]) -> Photo:
    """A clean copy of the photo in `upload`, upright and at most 2,048 pixels long; or a `PhotoRefused`."""
    upload.seek(0)
    original = upload.read(MOST_BYTES + 1)
    if len(original) > MOST_BYTES:
        raise PhotoTooLarge
    with _decoders:
        clean = _redrawn(original, LONGEST_SIDE)
        content = _as_jpeg(clean)
    return Photo(bytes=content, width=clean.width, height=clean.height, sha256=hashlib.sha256(content).hexdigest())


def fingerprint(upload: IO[bytes]) -> str:
    """The SHA-256 of the file as it was sent: tells without opening it that it was sent before."""
    upload.seek(0)
    found = hashlib.sha256()
    while piece := upload.read(64 * 1024):
        found.update(piece)
    upload.seek(0)
    return found.hexdigest()


def thumbnail(photo: bytes) -> bytes:
    """The small version of a photo that `reencode` made; a `PhotoRefused` when the stored file is damaged."""
    with _decoders:
        return _as_jpeg(_redrawn(photo, LONGEST_SIDE_OF_THUMBNAIL))


def _redrawn(original: bytes, longest: int) -> Image.Image:
    image = _opened(original)
    _check_size(image, original)
    try:
        image.draft("RGB", _fitting(image.size, longest))
        image.load()
        orientation = _orientation(image)  # after load(): a PNG may tell it behind its pixels
        small = _shrunk(image, longest)
        image.close()  # its pixels are the most of the memory
        return _upright(_small_enough(small, longest), orientation)
    except Exception as failure:  # what decoders raise on hostile bytes has no end: OSError, struct.error, KeyError ...
        raise DamagedPhoto from failure


def _opened(original: bytes) -> Image.Image:
    try:
        return Image.open(io.BytesIO(original), formats=("JPEG", "PNG", "WEBP", "HEIF"))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise TooManyPixels from bomb
    except Exception as failure:  # the same: a parser may raise anything on a file that only looks like a photo
        raise NotAPhoto from failure


def _check_size(image: Image.Image, original: bytes) -> None:
    """Refuse, from the header alone, what would cost too much to decode."""
    pixels = image.width * image.height
    if pixels > MOST_PIXELS[image.format or ""]:
        raise TooManyPixels
    if "progressive" in image.info and pixels > MOST_PIXELS_IN_PASSES:
        raise TooManyPixels
    if image.format in ("JPEG", "MPO") and original.count(b"\xff\xda") > MOST_PASSES:
        raise DamagedPhoto


def _fitting(size: tuple[int, int], longest: int) -> tuple[int, int]:
    scale = min(1.0, longest / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _shrunk(image: Image.Image, longest: int) -> Image.Image:
    """The pixels of `image` in plain RGB, made smaller by a whole factor.

    In strips, because a second copy of a large picture in another mode is what memory goes to.
    """
    factor = max(1, max(image.size) // longest)
    small = Image.new("RGB", (-(-image.width // factor), -(-image.height // factor)))
    strip = 32 * factor
    for top in range(0, image.height, strip):
        piece = image.crop((0, top, image.width, min(top + strip, image.height)))
        small.paste(_plain(piece).reduce(factor), (0, top // factor))
    return small


def _plain(piece: Image.Image) -> Image.Image:
    """`piece` in RGB, with white where it can be seen through."""
    if piece.mode.startswith("I"):
        piece = piece.point(lambda value: value * (1 / 256)).convert("L")  # 16 bits: convert() alone makes it white
    if not piece.has_transparency_data:
        return piece.convert("RGB")
    piece = piece.convert("RGBA")
    paper = Image.new("RGBA", piece.size, "white")
    return Image.alpha_composite(paper, piece).convert("RGB")


def _small_enough(image: Image.Image, longest: int) -> Image.Image:
    if max(image.size) <= longest:
        return image
    return image.resize(_fitting(image.size, longest), Image.Resampling.LANCZOS)


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - broken EXIF is no reason to refuse a good photo
        return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    return image.transpose(TRANSPOSED[orientation]) if orientation in TRANSPOSED else image


def _as_jpeg(image: Image.Image) -> bytes:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=QUALITY, optimize=True)
    return content.getvalue()
