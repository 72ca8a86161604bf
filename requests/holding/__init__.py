"""The holding message: still open and nothing new. True, and in other words each time."""

from .message import Holding, holding_of

__all__ = ["Holding", "holding_of"]
