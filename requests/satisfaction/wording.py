"""Figures as people write them: a decimal comma in Dutch, no more digits than are sure."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from .figures import ENOUGH, LEAST_CELL, Marks
from .period import Period, Slice, Step
from .statistics import Mean, Share

EN_DASH = "\N{EN DASH}"
UNKNOWN = EN_DASH


def count(number: float) -> str:
    """1234 → "1.234" in Dutch."""
    return number_format(number, decimal_pos=0, use_l10n=True, force_grouping=True)


def answers(number: int) -> str:
    """A count of answers; a handful is not counted out."""
    return _("fewer than %(number)d") % {"number": LEAST_CELL} if 0 < number < LEAST_CELL else count(number)


def no_mark(marks: Marks) -> str:
    """Why there is no figure about these marks."""
    return _("Not shown: others would lose their anonymity.") if marks.protects_others else enough()


def enough() -> str:
    return _("We show marks from %(number)d answers on: fewer say little, and tenants must stay anonymous.") % {
        "number": ENOUGH
    }


def mark(value: float, decimals: int = 1) -> str:
    """7.674 → "7,7" in Dutch."""
    return number_format(_rounded(value, decimals), decimal_pos=decimals, use_l10n=True)


def axis_mark(value: float) -> str:
    """A mark at an axis: "8", but "7,7"."""
    return mark(value, 0 if value == int(value) else 1)


def percent(fraction: float, decimals: int = 0) -> str:
    """0.113 → "11%"."""
    return number_format(_rounded(fraction * 100, decimals), decimal_pos=decimals, use_l10n=True) + "%"


def mean(figure: Mean) -> str:
    """The mean alone: "7,7", and a second digit once the margin has earned it."""
    return mark(figure.value, _digits(figure))


def margin(figure: Mean) -> str:
    """ "± 0,1", or nothing when there is no margin."""
    return "" if figure.margin is None else f"± {mark(figure.margin, _digits(figure))}"


def share(figure: Share) -> str:
    """The share alone: "11%", and a decimal once the margin has earned it."""
    return percent(figure.value, _share_digits(figure))


def between(figure: Share) -> str:
    """ "9–14%": where the share lies with 95 % certainty."""
    digits = _share_digits(figure)
    low = percent(figure.low, digits).removesuffix("%")
    return f"{low}{EN_DASH}{percent(figure.high, digits)}"


def out_of(part: int, whole: int) -> str:
    """ "81 of 412" """
    return _("%(part)s of %(whole)s") % {"part": count(part), "whole": count(whole)}


def days(number: int) -> str:
    return ngettext("%(number)s day", "%(number)s days", number) % {"number": count(number)}


def days_of(period: Period) -> str:
    """ "1 december 2025 tot en met 23 november 2026" """
    words = {"first": date_format(period.first, "j F Y"), "last": date_format(period.last, "j F Y")}
    if period.first == period.last:
        return words["first"]
    return _("%(first)s up to and including %(last)s") % words


def slice_name(piece: Slice) -> str:
    """The whole name, for a table: "november 2026"; of what is cut off "25–30 november 2026"."""
    if piece.step is Step.MONTH:
        return date_format(piece.first, "F Y") if piece.is_whole else f"{_days(piece, 'F')} {piece.first.year}"
    name = _("week %(number)d, %(year)d") % _week(piece) if piece.step is Step.WEEK else _quarter_or_year(piece)
    return name if piece.is_whole else f"{name} ({_days(piece, 'F')})"


def slice_label(piece: Slice) -> str:
    """The short name, under a column: "nov", or "25–30 nov"."""
    month = pgettext("format of a month in three letters", "M")
    if piece.step in (Step.QUARTER, Step.YEAR):
        name = _quarter_or_year(piece)
        return name if piece.is_whole else _("part of %(period)s") % {"period": name}
    if not piece.is_whole:
        return _days(piece, month)
    return _("wk %(number)d") % _week(piece) if piece.step is Step.WEEK else date_format(piece.first, month)


def _quarter_or_year(piece: Slice) -> str:
    if piece.step is Step.YEAR:
        return str(piece.first.year)
    return _("Q%(quarter)d %(year)d") % {"quarter": (piece.first.month + 2) // 3, "year": piece.first.year}


def _days(piece: Slice, month: str) -> str:
    """ "25–30 november", "29 november–5 december", "30 november" """
    last = date_format(piece.last, f"j {month}")
    if piece.first == piece.last:
        return last
    is_one_month = piece.first.month == piece.last.month
    return date_format(piece.first, "j" if is_one_month else f"j {month}") + EN_DASH + last


def _rounded(value: float, decimals: int) -> Decimal:
    """A half goes up, as everybody learns at school: 7.25 is 7.3."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP)


def _week(piece: Slice) -> dict[str, int]:
    year, number, _weekday = piece.first.isocalendar()
    return {"number": number, "year": year}


def _digits(figure: Mean) -> int:
    return 2 if figure.margin is not None and 0 < figure.margin < 0.05 else 1


def _share_digits(figure: Share) -> int:
    return 0 if figure.high - figure.low >= 0.02 else 1
