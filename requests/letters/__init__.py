"""Letters: what people get by post, put in envelopes, printed as one document, and from then on sent."""

from .document import document_of
from .envelopes import (
    AT_MOST,
    Batch,
    Envelope,
    batch_of,
    batches,
    left_lying,
    number_of,
    print_letters,
    put_aside,
    to_print,
    waiting,
)

__all__ = [
    "AT_MOST", "Batch", "Envelope", "batch_of", "batches", "document_of", "left_lying", "number_of",
    "print_letters", "put_aside", "to_print", "waiting",
]  # fmt: skip
