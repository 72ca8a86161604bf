"""Where somebody lives. Who rents what is not known here: whoever knows says how it is found."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..models import Tenant

__all__ = ["found_by", "of", "of_each"]

Find = Callable[[Collection[int], datetime], dict[int, str]]

_finder: list[Find] = []


def found_by(find: Find) -> None:
    """Let `find` say it, from now on: the lines below the name on an envelope, of each tenant with that key.

    Of whom it is not known, nothing.
    """
    _finder[:] = [find]


def of(tenant: "Tenant", *, at: datetime) -> str:
    """The lines below the name; empty when nobody knows."""
    return of_each([tenant.pk], at=at).get(tenant.pk, "")


def of_each(tenants: Collection[int], *, at: datetime) -> dict[int, str]:
    """The same for many, in one question."""
    return next((find(tenants, at) for find in _finder), {})
