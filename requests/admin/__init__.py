"""What staff see and do: the queue, and the page of one request."""

from .queue import ServiceRequestAdmin

__all__ = ["ServiceRequestAdmin"]
