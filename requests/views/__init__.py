"""Pages about requests: the tenant's, and the dashboards.

Other packages use what is named here, and the addresses of `requests.urls`.
"""

from .ended import solved_rows
from .mine import open_rows
from .outages import outage_notices
from .timeline import Entry

__all__ = ["Entry", "open_rows", "outage_notices", "solved_rows"]
