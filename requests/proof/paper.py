"""A letter on paper: fits a window envelope, and is read by a screen reader too."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from django.conf import settings
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import MethodReturnValue

__all__ = ["FONT", "LINE", "Letter"]

FONTS = Path(__file__).parent / "fonts"
FONT = "Atkinson"
MARGIN = 25  # mm
LINE = 6  # mm
ADDRESS_TOP = 48  # mm: the window of a Dutch envelope, at the left
ADDRESS_WIDTH = 85  # mm: what lies beside the window is not read by the post
LABELS = 45  # mm: the column of what a fact is called


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
        self.set_font(FONT, "", 11)
        self.set_author(self.sender)

    def head(self, address: Iterable[str], written: str, *, sender: str = "", from_address: Iterable[str] = ()) -> None:
        """Who writes (when it is not whose letter it is), to whom, and when."""
        self.set_font(FONT, "B", 14)
        self.multi_cell(0, 8, self.printable(sender or self.sender), new_x="LMARGIN", new_y="NEXT", align="L")
        self.set_font(FONT, "", 11)
        self._lines(from_address)
        self.set_y(ADDRESS_TOP)
        self._lines(address, width=ADDRESS_WIDTH)
        self.set_y(max(ADDRESS_TOP + 7 * LINE, self.get_y() + LINE))
        self.paragraph(written)

    def _lines(self, lines: Iterable[str], *, width: float = 0) -> None:
        """What is too long goes on on the next line."""
        for line in lines:
            self.multi_cell(width, LINE, self.printable(line), new_x="LMARGIN", new_y="NEXT", align="L")

    def footer(self) -> None:
        self.set_y(-16)
        self.set_font(FONT, "", 9)
        text = _("%(corporation)s · page %(page)s of %(pages)s")
        told = {"corporation": self.printable(self.sender), "page": self.page_no(), "pages": "{nb}"}
        self.cell(text=text % told, w=0, align="C")

    def printable(self, text: str) -> str:
        """What the font cannot draw (emoji, other scripts) as [?]: the words themselves are kept in the portal."""
        drawn = self.fonts[FONT.lower()].cmap  # type: ignore[union-attr]  # a font of a file, as none is a core font
        return "".join(sign if ord(sign) in drawn else "[?]" if sign.isprintable() else " " for sign in text)

    def heading(self, text: str) -> None:
        if self.will_page_break(2.5 * LINE):  # with the first line below it
            self.add_page()
        self.ln(LINE / 2)
        self.set_font(FONT, "B", 12)
        self.multi_cell(0, LINE, self.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.set_font(FONT, "", 11)

    def main_heading(self, text: str) -> None:
        self.set_font(FONT, "B", 16)
        self.multi_cell(0, 9, self.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.set_font(FONT, "", 11)

    def fact(self, label: str, value: str) -> None:
        """The label beside what it says: that is half as high as below each other."""
        said = [(LABELS, "B", self.printable(label)), (0.0, "", self.printable(value))]
        if not self._surely_fit(said) and self.will_page_break(max(self._height(*cell) for cell in said)):
            self.add_page()
        top, ends = self.get_y(), []
        for width, style, text in said:
            self.set_xy(self.l_margin + (0 if width else LABELS), top)
            self.set_font(FONT, style, 11)
            self.multi_cell(width, LINE, text, new_x="LMARGIN", new_y="NEXT", align="L")
            ends.append(self.get_y())
        self.set_y(max(ends) + 1)

    def _surely_fit(self, said: list[tuple[float, str, str]]) -> bool:
        """On this page, even if every second line is nearly empty: to lay out a text only to measure it is slow."""
        lines = []
        for width, style, text in said:
            self.set_font(FONT, style, 11)
            room = (width or self.epw - LABELS) - 2 * self.c_margin
            lines.append(1 + text.count("\n") + 2 * self.get_string_width(text) / room)
        return not self.will_page_break(max(lines) * LINE)

    def _height(self, width: float, style: str, text: str) -> float:
        self.set_font(FONT, style, 11)
        self.set_x(self.l_margin + (0 if width else LABELS))
        height = self.multi_cell(width, LINE, text, align="L", dry_run=True, output=MethodReturnValue.HEIGHT)
        return cast(float, height)

    def paragraph(self, text: str) -> None:
        self.multi_cell(0, LINE, self.printable(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.ln(1.5)
