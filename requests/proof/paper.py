"""A letter on paper: fits a window envelope, and is read by a screen reader too."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import count
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF

__all__ = ["FONT", "LINE", "Letter"]

FONTS = Path(__file__).parent / "fonts"
FONT = "Atkinson"
MARGIN = 25  # mm
LINE = 6  # mm
ADDRESS_TOP = 48  # mm: the window of a Dutch envelope, at the left
ADDRESS_WIDTH = 85  # mm: what lies beside the window is not read by the post
LABELS = 45  # mm: the column of what a fact is called
RESERVED = "¤"
PAGES = f"{RESERVED}nb{RESERVED}"  # stands for how many there are, until all are drawn


class Letter(FPDF):
    """`sender`: whose letter it is; the corporation's, unless somebody else writes."""

    def __init__(self, language: str, sender: str = "") -> None:
        super().__init__(format="A4")
        self.sender = sender or settings.CORPORATION_NAME
        self.set_lang("en-GB" if language == "en" else "nl-NL")
        self.set_margins(MARGIN, 20, MARGIN)
        self.set_auto_page_break(True, margin=20)
        self.add_font(FONT, "", FONTS / "atkinson-regular.ttf")
        self.add_font(FONT, "B", FONTS / "atkinson-bold.ttf")
        for font in self.fonts.values():
            # What the files say is right, and to draw each letter again takes long.
            font.ttfont.recalcBBoxes = False  # type: ignore[union-attr]  # a font of a file, as none is a core font
        self.set_font(FONT, "", 11)
        self.set_author(self.sender)
        self.alias_nb_pages(PAGES)

    def head(self, address: Iterable[str], written: str, *, sender: str = "", from_address: Iterable[str] = ()) -> None:
        """Who writes (when it is not whose letter it is), to whom, and when."""
        self.set_font(FONT, "B", 14)
        self._write(sender or self.sender, height=8)
        self.set_font(FONT, "", 11)
        for line in from_address:
            self._write(line)
        self.set_y(ADDRESS_TOP)
        for line in address:
            self._write(line, width=ADDRESS_WIDTH)
        self.set_y(max(ADDRESS_TOP + 7 * LINE, self.get_y() + LINE))
        self.paragraph(written)

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font(FONT, "", 9)
        text = _("%(corporation)s · page %(page)s of %(pages)s")
        told = {"corporation": self.printable(self.sender), "page": self.page_no(), "pages": PAGES}
        self.cell(text=text % told, w=0, align="C")

    def printable(self, text: str) -> str:
        """What the font cannot draw (emoji, other scripts) as [?]: the words themselves are kept in the portal.

        So is what is reserved, or somebody's words would be a number of pages.
        """
        drawn = self.fonts[FONT.lower()].cmap  # type: ignore[union-attr]  # a font of a file, as none is a core font
        return "".join(
            sign if ord(sign) in drawn and sign != RESERVED else "[?]" if sign.isprintable() else " " for sign in text
        )

    def heading(self, text: str) -> None:
        if self.will_page_break(2.5 * LINE):  # with the first line below it
            self.add_page()
        self.ln(LINE / 2)
        self.set_font(FONT, "B", 12)
        self._write(text)
        self.set_font(FONT, "", 11)

    def main_heading(self, text: str) -> None:
        self.set_font(FONT, "B", 16)
        self._write(text, height=9)
        self.set_font(FONT, "", 11)

    def fact(self, label: str, value: str) -> None:
        """The label beside what it says: that is half as high as below each other."""
        self.set_font(FONT, "B", 11)
        labels = self._lines(label, LABELS)
        self.set_font(FONT, "", 11)
        values = self._lines(value, self.epw - LABELS)
        if self.will_page_break(max(len(labels), len(values)) * LINE):
            self.add_page()
        page, top = self.page, self.get_y()
        self.set_font(FONT, "B", 11)
        self._put(labels)
        end = self.get_y()
        self.set_y(top)
        self.set_font(FONT, "", 11)
        self._put(values, indent=LABELS)
        self.set_y((max(end, self.get_y()) if self.page == page else self.get_y()) + 1)

    def paragraph(self, text: str) -> None:
        self._write(text)
        self.ln(1.5)

    def block(self, text: str) -> None:
        """A paragraph whose lines stay lines."""
        for line in text.split("\n"):
            self._write(line)
        self.ln(2.5)

    def small(self, text: str) -> None:
        self.set_font(FONT, "", 9)
        self._write(text, height=5)
        self.set_font(FONT, "", 11)

    def _write(self, text: str, *, width: float = 0, height: float = LINE) -> None:
        self._put(self._lines(text, width or self.epw), height)

    def _put(self, lines: Iterable[str], height: float = LINE, *, indent: float = 0) -> None:
        for line in lines:
            self.set_x(self.l_margin + indent)
            self.cell(0, height, line, new_x="LMARGIN", new_y="NEXT")

    def _lines(self, text: str, width: float) -> list[str]:
        """Broken between words; within a word only where it is longer than a line, after a hyphen if it has one.

        In the font that is set.
        The library's own (`multi_cell`) measures a whole line again at each letter of it.
        """
        room, lines, line = width - 2 * self.c_margin, [], ""
        for word in self.printable(text).split(" "):
            longer = f"{line} {word}" if line else word
            if line and self._width(longer) > room:
                lines.append(line)
                longer = word
            while self._width(longer) > room:
                fits = next(n for n in count(1) if self._width(longer[: n + 1]) > room)
                cut = longer.rfind("-", 0, fits) + 1 or fits
                lines.append(longer[:cut])
                longer = longer[cut:]
            line = longer
        return [*lines, line]

    def _width(self, text: str) -> float:
        assert self.current_font
        return self.current_font.get_text_width(text, self.font_size_pt, None)[1] / self.k
