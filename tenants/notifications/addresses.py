"""Where somebody lives. Who rents what is not known here: whoever knows says how it is found."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models import Tenant

__all__ = ["found_by", "of"]

Find = Callable[["Tenant", datetime], str]

_finder: list[Find] = []


def found_by(find: Find) -> None:
    """Let `find` say it, from now on: the lines below the name on an envelope, or nothing when it is not known."""
    _finder[:] = [find]


def of(tenant: "Tenant", *, at: datetime) -> str:
    """The lines below the name; empty when nobody knows."""
    return next((find(tenant, at) for find in _finder), "")
