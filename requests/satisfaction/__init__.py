"""Satisfaction and promises, measured honestly enough to steer by: figures, their margins, their charts.

What others may use. The marks themselves are asked and written by `requests.services`.
"""

from . import filters, key_figures, norms, pictures, reporting, tables, wording
from .figures import Figures
from .filters import Choice
from .period import PRESETS, Period, Preset
from .reporting import Scope

__all__ = [
    "PRESETS",
    "Choice",
    "Figures",
    "Period",
    "Preset",
    "Scope",
    "filters",
    "key_figures",
    "norms",
    "pictures",
    "reporting",
    "tables",
    "wording",
]
