"""The holding message: still open and nothing new. True, and in other words each time."""

from .message import Holding, holding_of
from .repeats import MOST, masked, sentences

__all__ = ["MOST", "Holding", "holding_of", "masked", "sentences"]
