"""The proof as PDF: on the corporation's letter, so that it fits a window envelope and can be sent by post too."""

from __future__ import annotations

import io
from pathlib import Path

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from fpdf import FPDF
from PIL import Image

from ..models import Attachment, Report
from .content import Proof, proof_of

__all__ = ["pdf_of"]

FONTS = Path(__file__).parent / "fonts"
FONT = "Atkinson"
MARGIN = 25  # mm
LINE = 6  # mm
PHOTO_WIDTH, PHOTO_HEIGHT = 75, 60  # mm, at most
LONGEST_SIDE = 1000  # pixels: sharp on paper, and five still fit in a mail
ADDRESS_TOP = 48  # mm: the window of a Dutch envelope, at the left


def pdf_of(report: Report, *, language: str = "") -> tuple[str, bytes]:
    """File name and bytes. The same report makes the same document, whenever it is asked for."""
    proof = proof_of(report, language=language)
    with translation.override(proof.language):
        page = _Letter(proof.language)
        page.set_title(f"{proof.title} {proof.reference}")
        page.set_author(settings.CORPORATION_NAME)
        page.set_creation_date(timezone.localtime(report.at))
        page.add_page()
        _head(page, proof)
        _body(page, proof)
        return proof.filename, bytes(page.output())


class _Letter(FPDF):
    def __init__(self, language: str) -> None:
        super().__init__(format="A4")
        self.set_lang("en-GB" if language == "en" else "nl-NL")
        self.set_margins(MARGIN, 20, MARGIN)
        self.set_auto_page_break(True, margin=25)
        self.add_font(FONT, "", FONTS / "atkinson-regular.ttf")
        self.add_font(FONT, "B", FONTS / "atkinson-bold.ttf")
        self.set_font(FONT, "", 11)

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font(FONT, "", 9)
        text = _("%(corporation)s · page %(page)s of %(pages)s")
        self.cell(
            text=text % {"corporation": settings.CORPORATION_NAME, "page": self.page_no(), "pages": "{nb}"},
            w=0,
            align="C",
        )

    def printable(self, text: str) -> str:
        """What the font cannot draw (emoji, other scripts) as [?]: the words themselves are kept in the portal."""
        drawn = self.fonts[FONT.lower()].cmap  # type: ignore[union-attr]
        return "".join(sign if ord(sign) in drawn else "[?]" if sign.isprintable() else " " for sign in text)

    def heading(self, text: str) -> None:
        if self.will_page_break(3 * LINE):
            self.add_page()
        self.ln(LINE / 2)
        self.set_font(FONT, "B", 12)
        self.multi_cell(0, LINE, self.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.set_font(FONT, "", 11)

    def paragraph(self, text: str) -> None:
        self.multi_cell(0, LINE, self.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(1.5)


def _head(page: _Letter, proof: Proof) -> None:
    page.set_font(FONT, "B", 14)
    page.cell(0, 8, page.printable(settings.CORPORATION_NAME), new_x="LMARGIN", new_y="NEXT")
    page.set_font(FONT, "", 11)
    page.set_y(ADDRESS_TOP)
    for line in proof.address:
        page.cell(0, LINE, page.printable(line), new_x="LMARGIN", new_y="NEXT")
    page.set_y(ADDRESS_TOP + 7 * LINE)
    page.paragraph(proof.written)


def _body(page: _Letter, proof: Proof) -> None:
    page.set_font(FONT, "B", 16)
    page.multi_cell(0, 9, page.printable(proof.title), new_x="LMARGIN", new_y="NEXT", align="L")
    page.set_font(FONT, "", 11)
    page.paragraph(proof.intro)
    for label, value in proof.facts:
        _fact(page, label, value)
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


def _fact(page: _Letter, label: str, value: str) -> None:
    if page.will_page_break(2 * LINE):
        page.add_page()
    page.set_font(FONT, "B", 11)
    page.multi_cell(0, LINE, page.printable(label), new_x="LMARGIN", new_y="NEXT", align="L")
    page.set_font(FONT, "", 11)
    page.multi_cell(0, LINE, page.printable(value), new_x="LMARGIN", new_y="NEXT", align="L")
    page.ln(1)


def _photos(page: _Letter, photos: tuple[Attachment, ...]) -> None:
    page.heading(_("Your photos"))
    page.paragraph(
        _("Under each photo is its fingerprint (SHA-256). With it, anybody can check that nobody changed it.")
    )
    for photo in photos:
        if page.will_page_break(PHOTO_HEIGHT + 2 * LINE):
            page.add_page()
        if picture := _picture(photo):
            page.image(picture, w=PHOTO_WIDTH, h=PHOTO_HEIGHT, keep_aspect_ratio=True, alt_text=_("Photo"))
        page.set_font(FONT, "", 9)
        page.multi_cell(0, 5, photo.sha256, new_x="LMARGIN", new_y="NEXT", align="L")
        page.set_font(FONT, "", 11)
        page.ln(2)


def _picture(photo: Attachment) -> io.BytesIO | None:
    """Small enough for a mail; nothing when the file is gone, of which the fingerprint still tells."""
    try:
        with photo.image.open("rb") as file, Image.open(file) as picture:
            picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            small = io.BytesIO()
            picture.convert("RGB").save(small, "JPEG", quality=80)
    except FileNotFoundError:
        return None
    small.seek(0)
    return small
