"""Norms and the calendar: everybody reads them, a manager says what counts from which day on."""

from .calendar import CalendarAdmin
from .table import NormAdmin

__all__ = ["CalendarAdmin", "NormAdmin"]
