"""What can happen to a service request. The only code that writes one.

Every function locks, checks, changes, records and tells, in that order and in one transaction;
they take the clock as `at` and the person as `by`.
"""

from .catalogue_rows import KeyTaken, RowChanged, RowGone, add_row, change_row, move_row, remove_row, row_model
from .catalogues import (
    DraftChanged,
    DraftExists,
    NotADraft,
    discard,
    fill,
    import_upload,
    keep_upload,
    make_version,
    publish,
    publish_shipped,
)
from .conversation import EmptyMessage, NobodyLeft, note, settle_message, write_to_staff, write_to_tenants
from .drafts import (
    DraftFull,
    DraftSent,
    add_photo,
    end_draft,
    forget_drafts,
    keep_answers,
    make_thumbnails,
    remove_photo,
    resume_draft,
    start_draft,
    throw_away,
)
from .emergencies import see_emergency, signal_emergency, signal_problem
from .handing_out import assign
from .joining import CannotJoin, CannotMerge, CannotSplit, WhyNot, check_merge, join, merge, split_off
from .later_date import CannotMovePromise, move_promise, preview_later_date
from .moves import ChangedMeanwhile, MoveNotAllowed, NeedsMore, Said, make_move, preview
from .norms import (
    DayIsOver,
    NeverOpen,
    close_on,
    first_norms,
    set_holiday,
    set_norm,
    set_opening_hours,
    take_back,
)
from .objections import AlreadyDecided, AnswerMissing, decide_objection
from .outages import OutageIsOver, announce_outage, end_outage, extend_outage, follow_outage
from .photo_files import remove_lost_files
from .recovery import GestureDecided, NoGesture, give_gesture
from .satisfaction import AlreadyAnswered, TooLate, WordsMissing, answer_verdict, give_mark
from .submission import DraftIncomplete, NotYourHome, intake_of, submit
from .taking_down import take_down, taken_down
from .taking_in import Intake

__all__ = [
    "AlreadyAnswered",
    "AlreadyDecided",
    "AnswerMissing",
    "CannotJoin",
    "CannotMerge",
    "CannotMovePromise",
    "CannotSplit",
    "ChangedMeanwhile",
    "DayIsOver",
    "DraftChanged",
    "DraftExists",
    "DraftFull",
    "DraftIncomplete",
    "DraftSent",
    "EmptyMessage",
    "GestureDecided",
    "Intake",
    "KeyTaken",
    "MoveNotAllowed",
    "NeedsMore",
    "NeverOpen",
    "NoGesture",
    "NobodyLeft",
    "NotADraft",
    "NotYourHome",
    "OutageIsOver",
    "RowChanged",
    "RowGone",
    "Said",
    "TooLate",
    "WhyNot",
    "WordsMissing",
    "add_photo",
    "add_row",
    "announce_outage",
    "answer_verdict",
    "assign",
    "change_row",
    "check_merge",
    "close_on",
    "decide_objection",
    "discard",
    "end_draft",
    "end_outage",
    "extend_outage",
    "fill",
    "first_norms",
    "follow_outage",
    "forget_drafts",
    "give_gesture",
    "give_mark",
    "import_upload",
    "intake_of",
    "join",
    "keep_answers",
    "keep_upload",
    "make_move",
    "make_thumbnails",
    "make_version",
    "merge",
    "move_promise",
    "move_row",
    "note",
    "preview",
    "preview_later_date",
    "publish",
    "publish_shipped",
    "remove_lost_files",
    "remove_photo",
    "remove_row",
    "resume_draft",
    "row_model",
    "see_emergency",
    "set_holiday",
    "set_norm",
    "set_opening_hours",
    "settle_message",
    "signal_emergency",
    "signal_problem",
    "split_off",
    "start_draft",
    "submit",
    "take_back",
    "take_down",
    "taken_down",
    "throw_away",
    "write_to_staff",
    "write_to_tenants",
]
