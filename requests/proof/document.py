"""The proof as PDF: on the corporation's letter, so that it fits a window envelope and can be sent by post too."""

from __future__ import annotations

import io

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from PIL import Image

from ..models import Attachment, Report
from .content import Proof, proof_of
from .paper import LINE, Letter

__all__ = ["add_proof", "pdf_of"]

PHOTO_WIDTH, PHOTO_HEIGHT = 75, 60  # mm, at most
LONGEST_SIDE = 1000  # pixels: sharp on paper, and five still fit in a mail


def pdf_of(report: Report, *, language: str = "") -> tuple[str, bytes]:
    """File name and bytes. The same report makes the same document, whenever it is asked for."""
    proof = proof_of(report, language=language)
    with translation.override(proof.language):
        page = Letter(proof.language)
        page.set_title(f"{proof.title} {proof.reference}")
        page.set_creation_date(timezone.localtime(report.at))
        add_proof(page, proof)
        return proof.filename, bytes(page.output())


def add_proof(page: Letter, proof: Proof) -> None:
    """From a new page on, as a letter of its own."""
    page.add_page()
    page.head(proof.address, proof.written, sender=settings.CORPORATION_NAME)
    _body(page, proof)


def _body(page: Letter, proof: Proof) -> None:
    page.main_heading(proof.title)
    page.paragraph(proof.intro)
    for label, value in proof.facts:
        page.fact(label, value)
    page.heading(_("Your own words"))
    for line in proof.words.split("\n"):
        page.paragraph(line)
    if proof.photos:
        _photos(page, proof.photos)
    page.heading(_("What we promised"))
    for text in proof.promise:
        page.paragraph(text)
    if proof.rights:
        page.heading(_("What the law says"))
        for text in proof.rights:
            page.paragraph(text)
    page.heading(_("Questions?"))
    text = _("Call us on %(phone)s and give your number %(reference)s.")
    page.paragraph(text % {"phone": settings.EMERGENCY_PHONE, "reference": proof.reference})


def _photos(page: Letter, photos: tuple[Attachment, ...]) -> None:
    page.heading(_("Your photos"))
    page.paragraph(
        _("Under each photo is its fingerprint (SHA-256). With it, anybody can check that nobody changed it.")
    )
    for photo in photos:
        picture, width, height = _picture(photo)
        if page.will_page_break(height + 2 * LINE):
            page.add_page()
        if picture:
            page.image(picture, w=width, h=height, alt_text=_("Photo"))
        page.small(photo.sha256)
        page.ln(2)


def _picture(photo: Attachment) -> tuple[io.BytesIO | None, float, float]:
    """Small enough for a mail, with its width and height on paper; none when the file is gone, of which the
    fingerprint still tells.
    """
    try:
        with photo.image.open("rb") as file, Image.open(file) as picture:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            small = io.BytesIO()
            picture.convert("RGB").save(small, "JPEG", quality=80)
    except FileNotFoundError:
        return None, 0, 0
    small.seek(0)
    scale = min(PHOTO_WIDTH / picture.width, PHOTO_HEIGHT / picture.height)
    return small, picture.width * scale, picture.height * scale
