"""A year of a small corporation, played in minutes by the real services with a clock that is set.

Everything happens in a database of its own that is removed afterwards; nobody gets a mail.
"""

from .figures import Figures, figures
from .scratch import scratch_database
from .silence import PUT_OFF, Silence
from .year import play

__all__ = ["PUT_OFF", "Figures", "Silence", "figures", "play", "scratch_database"]
