"""What can happen to a service request. The only code that writes one.

Every function locks, checks, changes, records and tells, in that order and in one transaction;
they take the clock as `at` and the person as `by`.
"""

from .conversation import EmptyMessage, note, settle_message, write_to_staff, write_to_tenants
from .drafts import (
    DraftFull,
    DraftSent,
    add_photo,
    forget_drafts,
    keep_answers,
    make_thumbnails,
    remove_photo,
    start_draft,
)
from .handing_out import assign
from .moves import ChangedMeanwhile, MoveNotAllowed, NeedsMore, Said, make_move, preview
from .satisfaction import AlreadyAnswered, TooLate, WordsMissing, answer_verdict, give_mark
from .submission import DraftIncomplete, NotYourHome, submit

__all__ = [
    "AlreadyAnswered",
    "ChangedMeanwhile",
    "DraftFull",
    "DraftIncomplete",
    "DraftSent",
    "EmptyMessage",
    "MoveNotAllowed",
    "NeedsMore",
    "NotYourHome",
    "Said",
    "TooLate",
    "WordsMissing",
    "add_photo",
    "answer_verdict",
    "assign",
    "forget_drafts",
    "give_mark",
    "keep_answers",
    "make_move",
    "make_thumbnails",
    "note",
    "preview",
    "remove_photo",
    "settle_message",
    "start_draft",
    "submit",
    "write_to_staff",
    "write_to_tenants",
]
