"""Staff take down a report for a tenant: who it is, what is wrong, and what to tell them."""

from .aloud import Aloud, after_saving
from .pages import urls

__all__ = ["Aloud", "after_saving", "urls"]
