"""A tenant's own letter as PDF, with the proof of their report behind it."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .document import add_proof
from .own_letters import OwnLetter
from .paper import Letter

__all__ = ["pdf_of_letter"]


def pdf_of_letter(letter: OwnLetter, *, at: datetime) -> bytes:
    with translation.override(letter.language):
        page = Letter(letter.language, sender=letter.sender)
        page.set_title(letter.subject)
        page.set_creation_date(timezone.localtime(at))
        page.add_page()
        page.head(letter.to, letter.written, from_address=letter.address)
        _body(page, letter)
        add_proof(page, letter.proof)
        return bytes(page.output())


def _body(page: Letter, letter: OwnLetter) -> None:
    page.main_heading(letter.subject)
    for text in letter.intro:
        page.paragraph(text)
    for label, value in letter.facts:
        page.paragraph(f"{label}: {value}")
    page.heading(_("My own words when I reported it"))
    for line in letter.words.split("\n"):
        page.paragraph(line)
    page.heading(_("What happened"))
    for when, what in letter.happened:
        page.paragraph(f"{when}: {what}")
    page.heading(_("What I ask"))
    for text in letter.asks:
        page.paragraph(text)
    page.paragraph(_("Yours sincerely,"))
    page.ln(12)  # room to sign
    page.paragraph(letter.sender)
