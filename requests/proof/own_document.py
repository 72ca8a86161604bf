"""A tenant's own letters as PDF, with the proof of their report behind them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from .document import add_proof
from .own_letters import OwnLetter
from .paper import Letter

__all__ = ["add_letter", "pdf_of_letters"]


def pdf_of_letters(letters: Sequence[OwnLetter], *, at: datetime) -> bytes:
    """All of one tenant about one report; raises IndexError when there are none."""
    last = letters[-1]
    with translation.override(last.language):
        page = Letter(last.language, sender=last.sender)
        page.set_title(last.subject)
        page.set_creation_date(timezone.localtime(at))
        for letter in letters:
            page.add_page()
            add_letter(page, letter)
        add_proof(page, last.proof)
        return bytes(page.output())


def add_letter(page: Letter, letter: OwnLetter) -> None:
    """On a page that was begun for it."""
    with translation.override(letter.language):
        page.head(letter.to, letter.written, sender=letter.sender, from_address=letter.address)
        _body(page, letter)


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
