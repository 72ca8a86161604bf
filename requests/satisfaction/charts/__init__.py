"""Charts as server-side SVG, each with its figures in a real table behind it.

Only classes and presentation attributes (a strict CSP allows no style attributes). Everything
across is a percentage and the text has the page's own size, so a chart is as legible on a
telephone as on paper; the height, the colours and what is left out on narrow screens are
CSS's (`static/css/dashboard.css`).
"""

from .drawing import columns, dots, gauge, left_out, rows
from .figure import table
from .model import Chart, Norm, Point, Tone

__all__ = ["Chart", "Norm", "Point", "Tone", "columns", "dots", "gauge", "left_out", "rows", "table"]
