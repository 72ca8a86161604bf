"""The figures that no chart shows, for whoever wants to read or copy them: per part of the period, and per complex."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import pictures, wording
from .charts import left_out, table
from .figures import (
    ENOUGH,
    LEAST_CELL,
    Answers,
    Became,
    Figures,
    LeadTime,
    Marks,
    Promises,
    counted_out,
    dissatisfied_of,
)
from .period import Step
from .statistics import Mean, Share

__all__ = ["Table", "by_promise", "in_full"]


@dataclass(frozen=True)
class Table:
    title: str
    body: SafeString


def by_promise(figures: Figures) -> Table | None:
    """Marks by what became of the promise; None when they are not divided, or there are none."""
    names = {
        Became.KEPT: _("Kept"),
        Became.LATER: _("Later, without an apology"),
        Became.MADE_UP_FOR: _("Broken, and made up for"),
    }
    if not any(answers.n for answers in figures.by_promise.values()):
        return None
    title = _("The mark, by what became of the promise")
    given = [(name, figures.by_promise.get(became, Answers(n=0, total=0, squares=0))) for became, name in names.items()]
    rows = [(name, (_mark(answers.mean), wording.answers(answers.n))) for name, answers in given]
    headers = (_("What became of the promise"), _("Mark"), _("Answers"))
    return Table(title, table(title, headers, rows))


def in_full(figures: Figures) -> Iterator[Table]:
    yield _per_slice(figures)
    if figures.complexes:
        yield _per_complex(figures)


def _per_slice(figures: Figures) -> Table:
    step = figures.parts[0].slice.step
    title = {
        Step.WEEK: _("All figures per week"),
        Step.MONTH: _("All figures per month"),
        Step.QUARTER: _("All figures per quarter"),
        Step.YEAR: _("All figures per year"),
    }[step]
    low = _low([part.marks for part in figures.parts], figures)
    rows = [
        (
            wording.slice_name(part.slice),
            (
                _mark(part.marks.mean),
                wording.answers(part.marks.answered),
                _percent(part.marks.response),
                said,
                *_promise_cells(part.promises, part.promises.kept, part.lead_time),
            ),
        )
        for part, said in zip(figures.parts, low, strict=True)
    ]
    headers = (_("Period"), _("Mark"), _("Answers"), _("Response"), *_headers())
    return Table(title, table(title, headers, rows))


def _per_complex(figures: Figures) -> Table:
    title = _("All figures per complex")
    ordered = pictures.by_mark(figures)
    low = _low([complex_.answers for complex_ in ordered], figures)
    rows = [
        (
            complex_.name,
            (
                _mark(complex_.answers.mean),
                wording.answers(complex_.answers.n),
                _percent(complex_.response),
                said,
                *_promise_cells(complex_.promises, complex_.kept, complex_.lead_time),
            ),
        )
        for complex_, said in zip(ordered[: pictures.MOST_IN_TABLE], low, strict=False)
    ]
    headers = (_("Complex"), _("Mark"), _("Answers"), _("Response"), *_headers())
    more = left_out(len(ordered[pictures.MOST_IN_TABLE :]))
    return Table(title, table(title, headers, rows) + more)


def _headers() -> tuple[str, ...]:
    return (
        _("5 or lower"),
        pgettext("repair", "Ready"),
        _("On time"),
        _("Half within (days)"),
        _("9 of 10 within (days)"),
        _("Reopened"),
    )


def _mark(mean: Mean | None) -> str:
    return f"{wording.mean(mean)} {wording.margin(mean)}" if mean else wording.UNKNOWN


def _promise_cells(promises: Promises, kept: Share | None, lead_time: LeadTime) -> tuple[str, ...]:
    """Nine of ten, and a share of what was reopened, of fewer than ENOUGH is chance."""
    enough = promises.done >= ENOUGH
    return (
        wording.count(promises.done),
        wording.share(kept) if kept else wording.UNKNOWN,
        _days(lead_time.median),
        _days(lead_time.p90 if enough else None),
        _share(promises.reopened_share if enough else None),
    )


def _percent(share: Share | None) -> str:
    """Without a margin: everybody who was asked is counted."""
    return wording.percent(share.value) if share else wording.UNKNOWN


def _days(number: int | None) -> str:
    return wording.UNKNOWN if number is None else wording.count(number)


def _share(share: Share | None) -> str:
    return wording.share(share) if share else wording.UNKNOWN


def _low(parts: Sequence[Marks | Answers], figures: Figures) -> list[str]:
    """The share of 5 or lower of each part, where nobody can be worked out from it.

    With one complex chosen never: its months beside those of all would tell of its only neighbour.
    """
    if not figures.complexes or figures.marks.mean is None:
        return [wording.UNKNOWN for _part in parts]
    known = [(index, part) for index, part in enumerate(parts) if _answered(part)]
    shown = [part.low if part.mean else None for _index, part in known]
    exact = {known[place][0] for place in counted_out(shown, figures.marks.low)}
    return [_low_cell(part, is_exact=index in exact) for index, part in enumerate(parts)]


def _low_cell(part: Marks | Answers, *, is_exact: bool) -> str:
    share = dissatisfied_of(part.low, _answered(part)) if part.mean else None
    if share and part.low < LEAST_CELL:
        return _("at most %(share)s") % {"share": wording.share(share)}
    return wording.share(share) if share and is_exact else wording.UNKNOWN


def _answered(part: Marks | Answers) -> int:
    return part.n if isinstance(part, Answers) else part.answered
