"""Letters as one PDF: each on its own sheets, on the corporation's paper, with what goes with it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tenants.notifications import outbox

from ..proof import FONT, Letter, OwnLetter, Proof, add_letter, add_proof, papers
from .envelopes import Envelope

__all__ = ["document_of"]


class _Post(Letter):
    """Several letters one after the other, whose pages are counted apart."""

    first_page = 1
    written_in = "nl"

    def begin(self, envelope: Envelope, written: str) -> None:
        self._begin(settings.CORPORATION_NAME, envelope.tenant.language)
        self.head(envelope.address, written)

    def begin_of_their_own(self, letter: OwnLetter) -> None:
        """What the tenant can sign and send: it says nowhere that it is ours."""
        self._begin(letter.sender, letter.language)

    def _begin(self, sender: str, language: str) -> None:
        """A page, which first ends the one before with what stands below that."""
        self.add_page()
        self.first_page, self.sender, self.written_in = self.page_no(), sender, language

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font(FONT, "", 9)
        with translation.override(self.written_in):
            text = _("%(corporation)s · page %(page)s")
            page = self.page_no() - self.first_page + 1
            self.cell(text=text % {"corporation": self.printable(self.sender), "page": page}, w=0, align="C")


def document_of(envelopes: Iterable[Envelope], *, at: datetime) -> bytes:
    """The letters in this order, dated `at`: the same ones make the same document again."""
    post = _Post(settings.LANGUAGE_CODE)
    post.set_title(settings.CORPORATION_NAME)
    post.set_creation_date(timezone.localtime(at))
    for envelope in envelopes:
        with translation.override(envelope.tenant.language):
            _write(post, envelope, at=at)
    return bytes(post.output())


def _write(post: _Post, envelope: Envelope, *, at: datetime) -> None:
    post.begin(envelope, date_format(timezone.localtime(at), "l j F Y"))
    letters = envelope.letters
    text = letters[0] if len(letters) == 1 else outbox.together(letters)
    post.main_heading(text.subject)
    post.ln(2)
    for paragraph in text.body.strip().split("\n\n"):
        if paragraph.startswith(outbox.HEADING):
            post.heading(paragraph.removeprefix(outbox.HEADING))
        else:
            post.block(paragraph)
    for paper in (paper for letter in letters for paper in papers(letter.attaches)):
        if isinstance(paper, Proof):
            add_proof(post, paper)
        else:
            post.begin_of_their_own(paper)
            add_letter(post, paper)
