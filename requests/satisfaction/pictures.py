"""The dashboard's charts: which figures, in which order, against which norm."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor
from typing import TypedDict

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from . import norms, statistics, wording
from .charts import Chart, Norm, Point, Tone, columns, dots, rows
from .figures import ENOUGH, ComplexFigures, Figures, Group, Marks, Part
from .period import Step
from .statistics import Mean, Share

MOST_ROWS = 12
MOST_IN_TABLE = 60
# An axis of marks shows at least these; an axis of shares begins at a half, or lower when somebody is.
MARKS_SHOWN = (6, 9)
SHARES_SHOWN_FROM = 0.5


def over_time(figures: Figures) -> list[SafeString]:
    step = figures.parts[0].slice.step
    return [_marks_over_time(figures, step), _kept_over_time(figures, step), _work_over_time(figures, step)]


def distribution(marks: Marks) -> SafeString:
    """All marks; the low ones in the colour of warning, groups that would be too small joined."""
    return columns(
        Chart(
            title=_("All marks that were given"),
            points=[_group(group) for group in marks.groups],
            headers=(_("Mark"), _("Answers"), _("Share")),
            write=wording.percent,
            why_empty=wording.no_mark(marks),
        )
    )


def per_complex(figures: Figures) -> list[SafeString]:
    """Lowest first, with what is too small to say anything at the end."""
    return [_marks_per_complex(figures), _kept_per_complex(figures)]


def lower_than_most(figures: Figures) -> list[ComplexFigures]:
    """Complexes of which chance cannot well explain that they lie under the overall mean; lowest first."""
    return [complex_ for complex_ in by_mark(figures) if _is_lower(complex_.answers.mean, figures)]


def _marks_over_time(figures: Figures, step: Step) -> SafeString:
    bottom, top = _axis(part.marks.mean for part in figures.parts)
    return dots(
        Chart(
            title=_title(step, _("Mark per week"), _("Mark per month"), _("Mark per quarter"), _("Mark per year")),
            points=[_marks_of(part) for part in figures.parts],
            headers=(_("Period"), _("Mark"), _("Margin"), _("Answers"), _("Asked")),
            write=wording.axis_mark,
            norm=Norm(norms.SECTOR_MARK, _("sector %(mark)s") % {"mark": wording.mark(norms.SECTOR_MARK)}),
            why_empty=wording.no_mark(figures.marks),
            floor=bottom,
            ceiling=top,
        )
    )


def _kept_over_time(figures: Figures, step: Step) -> SafeString:
    return columns(
        Chart(
            title=_title(
                step, _("On time per week"), _("On time per month"), _("On time per quarter"), _("On time per year")
            ),
            points=[_kept_of(part) for part in figures.parts],
            headers=(_("Period"), _("On time"), _("95% certain"), pgettext("repair", "Ready"), _("Open and late")),
            write=wording.percent,
            norm=_norm_on_time(),
            ceiling=1,
        )
    )


def _work_over_time(figures: Figures, step: Step) -> SafeString:
    return columns(
        Chart(
            title=_title(
                step,
                _("Received and ready per week"),
                _("Received and ready per month"),
                _("Received and ready per quarter"),
                _("Received and ready per year"),
            ),
            points=[_work_of(part) for part in figures.parts],
            headers=(_("Period"), pgettext("repair", "Received"), pgettext("repair", "Ready")),
            write=wording.count,
            least_step=1,
            first_key=pgettext("repair", "received"),
            second_key=pgettext("repair", "ready"),
        )
    )


def _marks_per_complex(figures: Figures) -> SafeString:
    overall = figures.marks.mean
    ordered = by_mark(figures)
    bottom, top = _axis(complex_.answers.mean for complex_ in ordered[:MOST_ROWS])
    return rows(
        Chart(
            title=_("Mark per complex"),
            points=[_marks_at(complex_, figures) for complex_ in ordered[:MOST_IN_TABLE]],
            headers=(_("Complex"), _("Mark"), _("Margin"), _("Answers")),
            write=wording.axis_mark,
            norm=Norm(overall.value, _("mean %(mark)s") % {"mark": wording.mean(overall)}) if overall else None,
            floor=bottom,
            ceiling=top,
            most_rows=MOST_ROWS,
            left_out=len(ordered[MOST_IN_TABLE:]),
            why_empty=wording.no_mark(figures.marks),
        )
    )


def _kept_per_complex(figures: Figures) -> SafeString:
    ordered = sorted(figures.complexes, key=lambda complex_: (_order(complex_.kept), complex_.name))
    lowest = min((complex_.kept.low for complex_ in ordered[:MOST_ROWS] if complex_.kept), default=1.0)
    return rows(
        Chart(
            title=_("On time per complex"),
            points=[_kept_at(complex_, figures) for complex_ in ordered[:MOST_IN_TABLE]],
            headers=(_("Complex"), _("On time"), _("95% certain"), pgettext("repair", "Ready"), _("Open and late")),
            write=wording.percent,
            norm=_norm_on_time(),
            floor=min(floor(10 * lowest) / 10, SHARES_SHOWN_FROM),
            ceiling=1,
            most_rows=MOST_ROWS,
            left_out=len(ordered[MOST_IN_TABLE:]),
        )
    )


def _marks_of(part: Part) -> Point:
    mean = part.marks.mean
    return Point(
        label=wording.slice_name(part.slice),
        short=wording.slice_label(part.slice),
        text=wording.mean(mean) if mean else _unseen(part.marks.protects_others),
        **span(mean),
        cells=(*_mark_cells(mean), wording.answers(part.marks.answered), wording.count(part.marks.asked)),
    )


def _kept_of(part: Part) -> Point:
    kept = part.promises.kept
    return Point(
        label=wording.slice_name(part.slice),
        short=wording.slice_label(part.slice),
        value=kept.value if kept else None,
        text=wording.percent(kept.value) if kept else wording.UNKNOWN,
        cells=(*_share_cells(kept), wording.count(part.promises.done), wording.count(part.promises.overdue)),
    )


def _work_of(part: Part) -> Point:
    received, ready = wording.count(part.received), wording.count(part.promises.done)
    return Point(
        label=wording.slice_name(part.slice),
        short=wording.slice_label(part.slice),
        value=part.received,
        second=part.promises.done,
        text=_("%(received)s received, %(ready)s ready") % {"received": received, "ready": ready},
        cells=(received, ready),
    )


def _group(group: Group) -> Point:
    label = str(group.first) if group.first == group.last else f"{group.first}{wording.EN_DASH}{group.last}"
    share = wording.percent(group.share.value)
    low, high = group.last <= norms.DISSATISFIED_FROM, group.first > norms.DISSATISFIED_FROM + 1
    return Point(
        label=label,
        value=group.share.value,
        text=share,
        cells=(wording.count(group.share.count), share),
        tone=Tone.BAD if low else Tone.GOOD if high else Tone.MIDDLE,
    )


def _marks_at(complex_: ComplexFigures, figures: Figures) -> Point:
    mean = complex_.answers.mean
    lower = _is_lower(mean, figures)
    return Point(
        label=complex_.name,
        text=f"{wording.mean(mean)} {wording.margin(mean)}"
        if mean
        else _unseen(complex_.answers.is_withheld and complex_.answers.n >= ENOUGH),
        **span(mean),
        tone=Tone.BAD if lower else Tone.PLAIN,
        note=_("Very probably lower than the mean") if lower else "",
        cells=(*_mark_cells(mean), wording.answers(complex_.answers.n)),
    )


def _kept_at(complex_: ComplexFigures, figures: Figures) -> Point:
    kept = complex_.kept
    below = _is_below_norm(kept, figures)
    return Point(
        label=complex_.name,
        text=wording.share(kept) if kept else _("too few requests"),
        **span(kept),
        tone=Tone.BAD if below else Tone.PLAIN,
        note=_("Very probably below the norm") if below else "",
        cells=(*_share_cells(kept), wording.count(complex_.promises.done), wording.count(complex_.promises.overdue)),
    )


def _unseen(is_enough: bool) -> str:
    return _("not shown: others would lose their anonymity") if is_enough else _("too few answers")


class Span(TypedDict):
    value: float | None
    low: float | None
    high: float | None


def span(figure: Mean | Share | None) -> Span:
    """Where a figure and its margin are drawn."""
    if figure is None:
        return {"value": None, "low": None, "high": None}
    return {"value": figure.value, "low": figure.low, "high": figure.high}


def _mark_cells(mean: Mean | None) -> tuple[str, str]:
    return (wording.mean(mean), wording.margin(mean)) if mean else (wording.UNKNOWN, wording.UNKNOWN)


def _share_cells(share: Share | None) -> tuple[str, str]:
    return (wording.share(share), wording.between(share)) if share else (wording.UNKNOWN, wording.UNKNOWN)


def by_mark(figures: Figures) -> list[ComplexFigures]:
    """Drawn towards the mean as far as there are few answers: a few chance marks put nobody on top."""
    overall = figures.marks.mean
    centre = overall.value if overall else 0

    def place(complex_: ComplexFigures) -> tuple[bool, float, str]:
        known = complex_.answers.mean is not None
        return (not known, complex_.answers.towards(centre) if known else 0, complex_.name)

    return sorted(figures.complexes, key=place)


def _order(share: Share | None) -> float:
    """As it is written beside the bar; unknown at the end."""
    return 2 if share is None else share.value


def _is_lower(mean: Mean | None, figures: Figures) -> bool:
    """Not by chance, although this is the lowest of many."""
    overall = figures.marks.mean
    if mean is None or mean.margin is None or overall is None:
        return False
    return mean.value + mean.margin * statistics.widened(figures.compared_by_mark) < overall.value


def _is_below_norm(kept: Share | None, figures: Figures) -> bool:
    if kept is None:
        return False
    above = (kept.high - kept.value) * statistics.widened(figures.compared_by_promises)
    return kept.value + above < norms.LEAST_ON_TIME


def _axis(means: Iterable[Mean | None]) -> tuple[int, int]:
    """Whole marks below and above every margin, within 1 to 10."""
    known = [mean for mean in means if mean is not None]
    lowest, highest = MARKS_SHOWN
    low = floor(min((mean.value if mean.low is None else mean.low for mean in known), default=lowest))
    high = ceil(max((mean.value if mean.high is None else mean.high for mean in known), default=highest))
    return max(min(low, lowest), 1), min(max(high, highest), 10)


def _norm_on_time() -> Norm:
    return Norm(norms.LEAST_ON_TIME, _("norm %(share)s") % {"share": wording.percent(norms.LEAST_ON_TIME)})


def _title(step: Step, week: str, month: str, quarter: str, year: str) -> str:
    return {Step.WEEK: week, Step.MONTH: month, Step.QUARTER: quarter, Step.YEAR: year}[step]
