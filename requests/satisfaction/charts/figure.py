"""What stands around the drawing: title, legend, and the table with the same figures."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .model import Chart


def figure(chart: Chart, body: SafeString) -> SafeString:
    return format_html(
        '<figure class="chart"><figcaption class="chart__title">{}</figcaption>{}{}{}</figure>',
        chart.title, _legend(chart), body, _table(chart),
    )  # fmt: skip


def nothing_to_show(chart: Chart) -> SafeString:
    """Instead of an empty axis."""
    return format_html(
        '<figure class="chart"><figcaption class="chart__title">{}</figcaption><p class="chart__empty">{}</p></figure>',
        chart.title, chart.why_empty or _("There are too few figures to draw this."),
    )  # fmt: skip


def spoken(chart: Chart) -> str:
    """What somebody hears who cannot see the chart."""
    known = [(point.value, point.tip) for point in chart.points if point.value is not None]
    return _("%(title)s. Lowest: %(lowest)s. Highest: %(highest)s. All figures are in the table below.") % {
        "title": chart.title, "lowest": min(known)[1], "highest": max(known)[1],
    }  # fmt: skip


def _legend(chart: Chart) -> SafeString:
    margin = _("95% margin") if any(point.low is not None for point in chart.points) else ""
    keys = [
        ("bar", chart.first_key),
        ("second", chart.second_key),
        ("whisker", margin),
        ("norm", chart.norm.label if chart.norm is not None else ""),
    ]
    shown = [key for key in keys if key[1]]
    if not shown:
        return SafeString("")
    items = format_html_join("", '<li><span class="chart__key chart__key--{}"></span>{}</li>', shown)
    return format_html('<ul class="chart__legend">{}</ul>', items)


def _table(chart: Chart) -> SafeString:
    return format_html(
        '<details class="chart__details"><summary>{}<span class="hidden-text">: {}</span></summary>{}</details>',
        _("Show as a table"),
        chart.title,
        table(chart.title, chart.headers, [(point.label, point.cells) for point in chart.points]),
    )


def table(title: str, headers: Iterable[str], rows: Iterable[tuple[str, Iterable[str]]]) -> SafeString:
    """Its first column stays where it is when the others do not fit; each row is what it is about, and its cells."""
    head = format_html_join("", '<th scope="col">{}</th>', ((header,) for header in headers))
    body = format_html_join(
        "",
        '<tr><th scope="row">{}</th>{}</tr>',
        ((label, format_html_join("", "<td>{}</td>", ((cell,) for cell in cells))) for label, cells in rows),
    )
    return format_html(
        '<div class="chart__scroll" role="region" tabindex="0" aria-label="{}"><table class="chart__table">'
        "<thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>",
        title, head, body,
    )  # fmt: skip
