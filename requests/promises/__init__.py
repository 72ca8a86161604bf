"""What is promised, and when: working days and norms per urgency class."""

from .calendar import add_working_days, is_working_day, next_working_moment
from .norms import NORMS, Norm, Promise, Urgency, next_word_after, promise

__all__ = [
    "NORMS",
    "Norm",
    "Promise",
    "Urgency",
    "add_working_days",
    "is_working_day",
    "next_word_after",
    "next_working_moment",
    "promise",
]
