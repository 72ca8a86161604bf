"""Less time for collecting garbage, where very much is made that stays."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

OBJECTS_BETWEEN = 100_000  # Python's own 700 is for programs that make little at a time


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage less often, and not among what is there already."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(OBJECTS_BETWEEN, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()
