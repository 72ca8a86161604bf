"""What a manager must see in five seconds: six figures, what they are held against, and how sure they are."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import norms, pictures, wording
from .charts import Chart, Norm, Point, gauge
from .figures import ENOUGH, Figures, Marks, Promises, Visits
from .norms import Signal
from .statistics import Mean, Share

__all__ = ["Finding", "KeyFigure", "finding", "key_figures"]


@dataclass(frozen=True)
class KeyFigure:
    """A figure on its tile. `judged` says in words what `signal` says in colour; `meaning` what counts.

    `is_judged`: it is held against a norm, also when there is too little to say how it stands (no signal).
    """

    name: str
    label: str
    value: str
    beside: str
    lines: tuple[str, ...]
    meaning: tuple[str, ...]
    is_judged: bool = False
    signal: Signal | None = None
    judged: str = ""
    picture: SafeString = SafeString("")  # noqa: RUF009  # immutable


@dataclass(frozen=True)
class Finding:
    """The first sentence of the page. `low` are complexes with clearly lower marks: key and words."""

    tone: str
    title: str
    sentences: tuple[str, ...]
    low: tuple[tuple[int, str], ...]


def key_figures(figures: Figures) -> list[KeyFigure]:
    return [
        _mark(figures.marks),
        _dissatisfied(figures.marks),
        _on_time(figures.promises, figures.visits),
        _lead_time(figures),
        _reopened(figures),
        _work(figures),
    ]


def finding(figures: Figures, tiles: list[KeyFigure]) -> Finding:
    """What the judged tiles say together."""
    judged = [tile for tile in tiles if tile.signal]
    unjudged = [tile.label for tile in tiles if tile.is_judged and not tile.signal]
    said = {signal: [tile.label for tile in judged if tile.signal is signal] for signal in Signal}
    low = tuple(
        (complex_.pk, f"{complex_.name} ({wording.mean(complex_.answers.mean)})")
        for complex_ in pictures.lower_than_most(figures)[:3]
        if complex_.answers.mean
    )
    sentences = [
        sentence % {"figures": _list(said[signal])}
        for signal, sentence in (
            (Signal.UNSURE, _("Not clear: %(figures)s.")),
            (Signal.GOOD, _("In order: %(figures)s.")),
        )
        if said[signal]
    ]
    if unjudged:
        sentences.append(_("Too little to judge: %(figures)s.") % {"figures": _list(unjudged)})
    if said[Signal.BAD]:
        return Finding(
            "err", _("Not in order: %(figures)s") % {"figures": _list(said[Signal.BAD])}, tuple(sentences), low
        )
    if said[Signal.UNSURE]:
        return Finding("info", _("No figure is clearly worse than the norm"), tuple(sentences), low)
    if judged:
        return Finding("ok", _("It goes well"), tuple(sentences), low)
    return Finding("info", _("There are too few figures to say how it goes"), (wording.enough(),), low)


def _mark(marks: Marks) -> KeyFigure:
    mean = marks.mean
    signal = norms.at_least(norms.SECTOR_MARK, **_ends(mean)) if mean else None
    judged = _judged(
        signal,
        _("Higher than the sector (%(mark)s)"),
        _("Lower than the sector (%(mark)s)"),
        _("Not clearly different from the sector (%(mark)s)"),
    )
    return KeyFigure(
        name="mark",
        label=_("Report mark"),
        value=wording.mean(mean) if mean else wording.UNKNOWN,
        beside=wording.margin(mean) if mean else "",
        lines=(_answered(marks),) if mean else (_answered(marks), wording.no_mark(marks)),
        is_judged=not marks.protects_others,
        signal=signal,
        judged=judged % {"mark": wording.mark(norms.SECTOR_MARK)},
        picture=_gauge(mean, norms.SECTOR_MARK, 5, 10),
        meaning=(
            _("The mean of the marks, from 1 to 10, that tenants gave when their repair was ready."),
            _("A mark counts in the period in which we asked for it. Of each report only the last answer counts."),
            _(
                "When a repair is ready for the second time, we ask again. The mark then counts in the period of that "
                "second question; until there is a new mark, the one from before stands."
            ),
            _(
                "The number after ± is the margin: with 95% certainty the mark lies within it. "
                "Tenants who did not answer may think otherwise."
            ),
        ),
    )


def _dissatisfied(marks: Marks) -> KeyFigure:
    share = marks.dissatisfied
    few = share is not None and marks.dissatisfied_are_few
    signal = norms.at_most(norms.MOST_DISSATISFIED, low=share.low, high=share.high) if share else None
    judged = _judged(
        signal,
        _("Under the limit of %(share)s"),
        _("Over the limit of %(share)s"),
        _("Not clearly under or over %(share)s"),
    )
    value = wording.share(share) if share else wording.UNKNOWN
    return KeyFigure(
        name="dissatisfied",
        label=_("Dissatisfied tenants"),
        value=_("at most %(share)s") % {"share": value} if few else value,
        beside=wording.between(share) if share and not few else "",
        lines=(_dissatisfied_line(marks, share),) if share else (wording.no_mark(marks),),
        is_judged=not marks.protects_others,
        signal=signal,
        judged=judged % {"share": wording.percent(norms.MOST_DISSATISFIED)},
        picture=_gauge(share, norms.MOST_DISSATISFIED, 0, 0.3),
        meaning=(
            _("The share of the answers with a 5 or a lower mark."),
            _("Over 15% means, says the sector's benchmark (Aedes), that the basic work is not in order."),
            _("The percentages beside it are the margin: with 95% certainty the share lies between them."),
        ),
    )


def _on_time(promises: Promises, visits: Visits) -> KeyFigure:
    kept = promises.kept
    signal = norms.at_least(norms.LEAST_ON_TIME, low=kept.low, high=kept.high) if kept and kept.n >= ENOUGH else None
    judged = _judged(
        signal,
        _("Above the norm of %(share)s"),
        _("Below the norm of %(share)s"),
        _("Not clearly below or above %(share)s"),
    )
    return KeyFigure(
        name="on-time",
        label=_("Ready on time"),
        value=wording.share(kept) if kept else wording.UNKNOWN,
        beside=wording.between(kept) if kept else "",
        lines=(*_kept_lines(kept, promises.kept_moved), *_missed_lines(visits)),
        is_judged=True,
        signal=signal,
        judged=judged % {"share": wording.percent(norms.LEAST_ON_TIME)},
        picture=_gauge(kept, norms.LEAST_ON_TIME, 0.5, 1),
        meaning=(
            _("The share of the requests that were ready on or before the day we promised first."),
            _(
                "Counted: what became ready in this period. Also what was still open at the end of it "
                "with that day already past: that counts as too late."
            ),
            _("Not counted: what was closed without a repair, such as withdrawn or passed on."),
            _(
                "By the date after it was moved: the same requests, held against the day that we promised last. "
                "A day that is moved has a reason, which the tenant read. The norm is for the first day."
            ),
            _(
                "A visit that we missed counts in the period in which somebody wrote that down, "
                "also when the repair was ready in time after all."
            ),
        ),
    )


def _kept_lines(kept: Share | None, moved: Share | None) -> tuple[str, ...]:
    if kept is None:
        return (_("Nothing became ready in this period."),)
    by_moved = wording.share(moved) if moved else wording.UNKNOWN
    return (
        _of_requests(kept),
        _("By the date after it was moved: %(share)s") % {"share": by_moved},
    )


def _missed_lines(visits: Visits) -> tuple[str, ...]:
    share = visits.missed_share
    if share is None:
        return ()
    return (
        _("Visits that we missed: %(number)s (%(share)s)")
        % {"number": wording.out_of(share.count, share.n), "share": wording.share(share)},
    )


def _lead_time(figures: Figures) -> KeyFigure:
    median, p90 = figures.lead_time.median, figures.lead_time.p90
    return KeyFigure(
        name="lead-time",
        label=_("Lead time"),
        value=wording.UNKNOWN if median is None else wording.days(median),
        beside="",
        lines=_lead_time_lines(figures.promises.done, p90),
        meaning=(
            _("From received to ready, in calendar days: ready on the same day is 0 days."),
            _("Weekends count, and so does waiting for the tenant or for parts."),
            _("Only what became ready in this period."),
        ),
    )


def _lead_time_lines(ready: int, p90: int | None) -> tuple[str, ...]:
    if p90 is None:
        return ()
    half = _("Half were ready within this time (the median).")
    if ready < ENOUGH:  # 9 of 10 of fewer than 10 is chance
        return (half,)
    return (half, _("9 of 10 within %(days)s (P90).") % {"days": wording.days(p90)})


def _of_requests(share: Share) -> str:
    return ngettext("%(number)s request", "%(number)s requests", share.n) % {
        "number": wording.out_of(share.count, share.n)
    }


def _reopened(figures: Figures) -> KeyFigure:
    share = figures.promises.reopened_share
    return KeyFigure(
        name="reopened",
        label=_("Reopened"),
        value=wording.share(share) if share else wording.UNKNOWN,
        beside=wording.between(share) if share else "",
        lines=(
            *((_of_requests(share),) if share else ()),
            _("Reopened and open now: %(number)s") % {"number": wording.count(figures.open_now.reopened)},
        ),
        meaning=(
            _("The share of the requests that became ready in this period, but not at the first attempt:"),
            _("somebody said it was not solved, and we had to come back."),
        ),
    )


def _work(figures: Figures) -> KeyFigure:
    return KeyFigure(
        name="work",
        label=_("Open now"),
        value=wording.count(figures.open_now.total),
        beside=_("%(number)s too late") % {"number": wording.count(figures.open_now.late)},
        lines=(
            _("Received in this period: %(number)s") % {"number": wording.count(figures.received)},
            _("Ready in this period: %(number)s") % {"number": wording.count(figures.promises.done)},
        ),
        meaning=(
            _("Open is how it stands at this moment, whatever the period: there is still work for us to do."),
            _("Too late: the day that was promised first has passed."),
        ),
    )


def _ends(mean: Mean) -> dict[str, float]:
    """Where the margin ends; ENOUGH answers always have one."""
    margin = mean.margin or 0
    return {"low": mean.value - margin, "high": mean.value + margin}


def _judged(signal: Signal | None, good: str, bad: str, unsure: str) -> str:
    return {Signal.GOOD: good, Signal.BAD: bad, Signal.UNSURE: unsure, None: ""}[signal]


def _answered(marks: Marks) -> str:
    if marks.response is None:
        return _("Answers: %(answers)s of %(asked)s") % {
            "answers": wording.answers(marks.answered), "asked": wording.count(marks.asked),
        }  # fmt: skip
    return _("%(share)s gave a mark: %(number)s") % {
        "number": wording.out_of(marks.answered, marks.asked), "share": wording.percent(marks.response.value),
    }  # fmt: skip


def _dissatisfied_line(marks: Marks, share: Share) -> str:
    if marks.dissatisfied_are_few:
        return _("Fewer than 5 of %(number)s gave a 5 or lower") % {"number": wording.count(marks.answered)}
    return _("%(number)s gave a 5 or lower") % {"number": wording.out_of(share.count, share.n)}


def _gauge(figure: Mean | Share | None, norm: float, floor: float, top: float) -> SafeString:
    point = Point(label="", text="", cells=(), **pictures.span(figure))
    return gauge(Chart(title="", points=[point], headers=(), write=str, norm=Norm(norm, ""), floor=floor, ceiling=top))


def _list(labels: list[str]) -> str:
    return ", ".join(label[:1].lower() + label[1:] for label in labels)
