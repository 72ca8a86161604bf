"""From a chart to SVG: columns, dots with a margin, and rows.

The SVG element is exactly the plot: x runs from 0 to 100 %, heights from 0 (floor) to 1 (top).
Labels hang outside it, in the margins that CSS keeps free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from .figure import figure, nothing_to_show, spoken
from .model import Chart, Point

# How many characters fit beside each other, a space after each label, on a telephone and on paper.
NARROW, WIDE = 33, 62
WIDE_VALUES = 50  # of the values above columns, which are larger
# A tick this near to the norm (as a fraction of the height) would run through the norm's own label.
NORM_NEEDS = 0.11
NOTHING = SafeString("")


def columns(chart: Chart) -> SafeString:
    """Columns with their values on top; two beside each other when the points have a second value."""
    if chart.is_empty:
        return nothing_to_show(chart)

    width = 100 / len(chart.points)
    paired = any(point.second is not None for point in chart.points)
    drawn: list[SafeString] = []
    for index, point in enumerate(chart.points):
        left = index * width
        if paired:
            drawn.append(_column(chart, point, point.value, left + 0.14 * width, 0.34 * width, "chart__bar"))
            drawn.append(
                _column(chart, point, point.second, left + 0.52 * width, 0.34 * width, "chart__bar chart__bar--second")
            )
        else:
            drawn.append(
                _column(
                    chart, point, point.value, left + 0.17 * width, 0.66 * width, f"chart__bar chart__bar--{point.tone}"
                )
            )
    return figure(chart, _plot(chart, [*drawn, _norm_line(chart), NOTHING if paired else _values(chart)]))


def dots(chart: Chart) -> SafeString:
    """Dots with the margin as a whisker, joined by a line where neighbours are both known."""
    if chart.is_empty:
        return nothing_to_show(chart)

    places = list(zip(chart.points, _centres(chart), strict=True))
    joins = [
        _line("chart__join", before_x, chart.at(before.value), x, chart.at(point.value))
        for (before, before_x), (point, x) in pairwise(places)
        if before.value is not None and point.value is not None
    ]
    marks = [_dot(chart, point, point.value, x) for point, x in places if point.value is not None]
    return figure(chart, _plot(chart, [_norm_line(chart), *joins, *marks, _values(chart)]))


def rows(chart: Chart) -> SafeString:
    """A list of names with a bar or, when the axis does not start at zero, a dot on a track.

    The list is text that everybody reads, so its bars are hidden from screen readers.
    """
    if chart.is_empty:
        return nothing_to_show(chart)

    shown = chart.points[: chart.most_rows]
    items = format_html_join("", "{}", ((_row(chart, point),) for point in shown))
    scale = format_html_join("", "<span>{}</span>", ((chart.write(end),) for end in (chart.floor, chart.top)))
    body = format_html('<p class="chart__ends" aria-hidden="true">{}</p><ol class="chart__rows">{}</ol>', scale, items)
    return figure(chart, body + _rest(len(chart.points) - len(shown)) + left_out(chart.left_out))


def gauge(chart: Chart) -> SafeString:
    """The lane of a chart's only point by itself, beside a figure that is written out; nothing without a value."""
    (point,) = chart.points
    return NOTHING if point.value is None else _lane(chart, point, point.value)


def _rest(number: int) -> SafeString:
    if number == 0:
        return NOTHING
    words = ngettext("%(number)d more complex in the table.", "%(number)d more complexes in the table.", number) % {
        "number": number
    }
    return format_html('<p class="chart__rest">{}</p>', words)


def left_out(number: int) -> SafeString:
    if number == 0:
        return NOTHING
    words = ngettext(
        "%(number)d more complex is not in the table. Choose it at the top of the page to see its figures.",
        "%(number)d more complexes are not in the table. Choose one at the top of the page to see its figures.",
        number,
    ) % {"number": number}
    return format_html('<p class="chart__rest">{}</p>', words)


def _column(chart: Chart, point: Point, value: float | None, x: float, width: float, css: str) -> SafeString:
    if value is None:
        return NOTHING
    height = chart.at(value)
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}"><title>{}</title></rect>',
        css, _percent(x), _down(height), _percent(width), _percent(100 * height), point.tip,
    )  # fmt: skip


def _dot(chart: Chart, point: Point, value: float, x: float) -> SafeString:
    return format_html(
        '<g class="chart__mark"><title>{}</title>{}'
        '<circle class="chart__dot chart__dot--{}" cx="{}" cy="{}" r="5"/></g>',
        point.tip, _whisker(chart, point, x), point.tone, _percent(x), _down(chart.at(value)),
    )  # fmt: skip


def _whisker(chart: Chart, point: Point, x: float) -> SafeString:
    if point.low is None or point.high is None:
        return NOTHING
    low, high = chart.at(point.low), chart.at(point.high)
    feet = [_line("chart__whisker", x - 0.8, y, x + 0.8, y) for y in (low, high)]
    return _together([_line("chart__whisker", x, low, x, high), *feet])


def _row(chart: Chart, point: Point) -> SafeString:
    words = format_html(
        '<span class="chart__name">{}</span><span class="chart__text">{}</span>', point.label, point.text
    )
    note = format_html('<span class="chart__note">{}</span>', point.note) if point.note else NOTHING
    lane = NOTHING if point.value is None else _lane(chart, point, point.value)
    return format_html(
        '<li class="chart__row chart__row--{}">{}{}{}</li>',
        "hidden" if point.value is None else point.tone, words, note, lane,
    )  # fmt: skip


def _lane(chart: Chart, point: Point, value: float) -> SafeString:
    across = _percent(100 * chart.at(value))
    bar = format_html('<rect class="chart__bar chart__bar--{}" width="{}" height="100%"/>', point.tone, across)
    dot = format_html('<circle class="chart__dot chart__dot--{}" cx="{}" cy="50%" r="5"/>', point.tone, across)
    norm = (
        NOTHING
        if chart.norm is None
        else _norm(100 * chart.at(chart.norm.value), 0, 100 * chart.at(chart.norm.value), 1)
    )
    span = _span(chart, point)
    return format_html(
        '<svg class="chart__lane" aria-hidden="true" focusable="false">'
        '<rect class="chart__track" width="100%" height="100%"/>{}{}{}</svg>',
        *((bar, norm, span) if chart.floor == 0 else (norm, span, dot)),
    )


def _span(chart: Chart, point: Point) -> SafeString:
    """The margin of a row: a whisker lying down."""
    if point.low is None or point.high is None:
        return NOTHING
    left, right = 100 * chart.at(point.low), 100 * chart.at(point.high)
    feet = [_line("chart__whisker", x, 0.2, x, 0.8) for x in (left, right)]
    return _together([_line("chart__whisker", left, 0.5, right, 0.5), *feet])


def _plot(chart: Chart, drawn: Sequence[SafeString]) -> SafeString:
    return format_html(
        '<svg class="chart__plot" role="img" aria-label="{}" focusable="false">{}{}{}</svg>',
        spoken(chart), _grid(chart), _together(drawn), _names(chart),
    )  # fmt: skip


def _grid(chart: Chart) -> SafeString:
    """Lines with their values in the gutter; the norm's value stands there too, and has right of way."""
    norm_at = None if chart.norm is None else chart.at(chart.norm.value)
    parts = []
    for tick in chart.ticks:
        y = chart.at(tick)
        parts.append(_line("chart__grid", 0, y, 100, y))
        if norm_at is None or abs(y - norm_at) > NORM_NEEDS:
            parts.append(_in_gutter("chart__tick", y, chart.write(tick)))
    if chart.norm is not None:
        parts.append(
            _in_gutter("chart__tick chart__tick--norm", chart.at(chart.norm.value), chart.write(chart.norm.value))
        )
    return _together(parts)


def _names(chart: Chart) -> SafeString:
    """The labels under the axis, the last one first: as many as there is room for.

    A last one that is wider than its column ends where the plot does, as beyond it the card ends; a first one that is,
    where its column does, as its neighbour is there.
    """
    texts = [point.short or point.label for point in chart.points]
    wide = _every(texts, WIDE)
    narrow = wide * _every(texts[::-wide], NARROW)
    last = len(texts) - 1
    labels = [
        (" chart__extra" if (last - index) % narrow else "", _percent(x), text)
        for index, (text, x) in enumerate(zip(texts, _centres(chart), strict=True))
        if (last - index) % wide == 0
    ]
    if last % wide == 0 and len(texts) * len(texts[0]) > NARROW:
        labels[0] = (f"{labels[0][0]} chart__label--first", _percent(100 / len(texts)), texts[0])
    if len(texts) * len(texts[-1]) > NARROW:
        labels[-1] = (" chart__label--last", _percent(100), texts[-1])
    return format_html_join("", '<text class="chart__label{}" x="{}" y="100%" dy="1.45em">{}</text>', labels)


def _every(texts: Sequence[str], room: int) -> int:
    """Show one label in so many, to stay within `room` characters."""
    return max(ceil(sum(len(text) + 1 for text in texts) / room), 1)


def _values(chart: Chart) -> SafeString:
    """What each column or dot says, above it; on narrow screens only the latest and the extremes.

    Where there is no room for all, not again what the one before it says.
    """
    kept = _kept_values(chart.points)
    texts = [point.text for point in chart.points]
    is_crowded = len(texts) * max(map(len, texts)) > WIDE_VALUES
    return format_html_join(
        "",
        '<text class="chart__value{}" x="{}" y="{}" dy="-0.6em">{}</text>',
        (
            ("" if index in kept else " chart__extra", _percent(x), _down(chart.at(max(point.heights))), point.text)
            for index, (point, x) in enumerate(zip(chart.points, _centres(chart), strict=True))
            if point.value is not None and not (is_crowded and index and texts[index - 1] == texts[index])
        ),
    )


def _kept_values(points: Sequence[Point]) -> set[int]:
    """The points whose value stays on a narrow screen: all, or else the last, lowest and highest.

    Never neighbours, whose values would overlap, nor the first, which would touch the axis.
    """
    known = [index for index, point in enumerate(points) if point.value is not None]
    if not known or _every([points[index].text for index in known], NARROW) == 1:
        return set(known)
    by_value = sorted(known, key=lambda index: points[index].value or 0)
    kept: set[int] = set()
    for index in (known[-1], by_value[0], by_value[-1]):
        if index and all(abs(index - other) > 1 for other in kept):
            kept.add(index)
    return kept


def _norm_line(chart: Chart) -> SafeString:
    if chart.norm is None:
        return NOTHING
    y = chart.at(chart.norm.value)
    return _norm(0, y, 100, y)


def _norm(x1: float, y1: float, x2: float, y2: float) -> SafeString:
    """A dashed line on a halo of paper: visible across a column of any colour."""
    return _together([_line("chart__halo", x1, y1, x2, y2), _line("chart__norm", x1, y1, x2, y2)])


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    return format_html(
        '<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', css, _percent(x1), _down(y1), _percent(x2), _down(y2)
    )


def _in_gutter(css: str, height: float, text: str) -> SafeString:
    return format_html('<text class="{}" x="0" dx="-0.6em" y="{}" dy="0.35em">{}</text>', css, _down(height), text)


def _centres(chart: Chart) -> list[float]:
    return [100 * (index + 0.5) / len(chart.points) for index in range(len(chart.points))]


def _together(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def _percent(value: float) -> SafeString:
    """A coordinate: digits with a point in every language, so there is nothing to escape."""
    return SafeString(f"{value:.2f}%")


def _down(height: float) -> SafeString:
    return _percent(100 * (1 - height))
