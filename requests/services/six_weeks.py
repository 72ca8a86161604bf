"""From when the six weeks of the law count for a case: its first report, if the corporation has to repair it."""

from __future__ import annotations

from django.db.models import Min

from ..models import ServiceRequest
from ..promises import statutory

__all__ = ["count_again"]


def count_again(service_request: ServiceRequest) -> None:
    """After reports came or went, or somebody else pays; the caller, who locked it, saves `statutory_since`."""
    first = service_request.reports.aggregate(first=Min("at"))["first"]
    service_request.statutory_since = first if statutory.counts(service_request.payer) else None
