"""The life of a service request: every status, and every way from one to the next.

Nothing else in the code base decides what may follow what. `models` turns these sets into
database constraints, `services` makes the moves, the admin and the templates ask `moves_from`
which buttons to show, and the tests read the table.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

__all__ = [
    "FINAL",
    "MOVES",
    "OPEN",
    "TO_DO",
    "WITH_A_DAY",
    "Actor",
    "Move",
    "MoveNotAllowed",
    "Need",
    "Outcome",
    "Status",
    "WaitingReason",
    "check",
    "move_named",
    "moves_from",
    "vera_status",
]


class Status(TextChoices):
    RECEIVED = "received", _("Received")
    IN_REVIEW = "in_review", _("We look at it")
    PLANNED = "planned", _("Looking for a craftsman")
    SCHEDULED = "scheduled", _("Visit planned")
    IN_PROGRESS = "in_progress", _("Being worked on")
    WAITING = "waiting", pgettext_lazy("status", "Waiting")
    DONE = "done", _("Ready: is it solved?")
    CLOSED = "closed", pgettext_lazy("status", "Closed")


class WaitingReason(TextChoices):
    TENANT = "tenant", _("an answer from the tenant")
    PARTS = "parts", _("parts")
    CONTRACTOR = "contractor", _("the contractor")
    QUOTE = "quote", _("a quote")
    OWNERS_ASSOCIATION = "owners", _("the owners' association")
    WEATHER = "weather", _("better weather")
    PLANNED_WORK = "planned_work", _("planned maintenance")
    SEASON = "season", _("the right season")


WITH_A_DAY = frozenset({WaitingReason.PLANNED_WORK, WaitingReason.SEASON})  # nobody waits for these without a day


class Outcome(TextChoices):
    SOLVED = "solved", _("Solved, says the tenant")
    UNANSWERED = "unanswered", _("Ready, no answer from the tenant")
    DECLINED = "declined", _("Declined")
    TENANT_JOB = "tenant_job", _("For the tenant to repair")
    FORWARDED = "forwarded", _("Passed on")
    WITHDRAWN = "withdrawn", _("Withdrawn by the tenant")
    DUPLICATE = "duplicate", _("Already reported")


class Actor(TextChoices):
    TENANT = "tenant", _("tenant")
    STAFF = "staff", _("staff")
    CLOCK = "clock", _("the clock")


class Need(StrEnum):
    """What must be said to make a move."""

    NOTE = "note"  # words for the tenant: why
    WORDS = "words"  # the tenant's own words: what is not right
    REASON = "reason"  # one of the move's reasons
    DAY = "day"  # when it comes back
    WINDOW = "window"  # the start and end of a visit
    OUTCOME = "outcome"  # one of the move's outcomes
    CAUSE = "cause"  # why it happened; only when it came back: reopened before, or a repeat of another request


OPEN = frozenset(set(Status) - {Status.CLOSED})  # somebody hears something at `next_word_at`
TO_DO = frozenset(OPEN - {Status.DONE})  # the corporation has work to do
READY = frozenset({Status.DONE})
FINAL = frozenset({Status.CLOSED})
OUTCOMES_AFTER_DONE = frozenset({Outcome.SOLVED, Outcome.UNANSWERED})


@dataclass(frozen=True, kw_only=True, eq=False)  # a label compares and hashes differently in every language
class Move:
    """One way from a status to the next: who may make it, and what they must say."""

    name: str
    label: str | Promise
    sources: frozenset[Status]
    target: Status
    actors: frozenset[Actor]
    needs: frozenset[Need] = frozenset()
    outcomes: tuple[Outcome, ...] = ()
    reasons: frozenset[WaitingReason] = frozenset()

    def __str__(self) -> str:
        return self.name


class MoveNotAllowed(Exception):
    """The request is in a status from which this actor cannot make this move."""

    def __init__(self, move: Move, status: str, actor: Actor) -> None:
        super().__init__(f"{actor.value} cannot {move.name} from {status}")
        self.move, self.status, self.actor = move, Status(status), actor


def _move(
    name: str,
    label: str | Promise,
    sources: set[Status] | frozenset[Status],
    target: Status,
    *actors: Actor,
    needs: set[Need] = frozenset(),  # type: ignore[assignment]  # the empty set that nobody can change
    outcomes: tuple[Outcome, ...] = (),
    reasons: Iterable[WaitingReason] = (),
) -> Move:
    return Move(
        name=name,
        label=label,
        sources=frozenset(sources),
        target=target,
        actors=frozenset(actors),
        needs=frozenset(needs),
        outcomes=outcomes,
        reasons=frozenset(reasons),
    )


S = Status
REVIEW = _move("review", _("Look into it"), {S.RECEIVED}, S.IN_REVIEW, Actor.STAFF)
PLAN = _move(
    "plan",
    _("Look for a craftsman"),
    {S.RECEIVED, S.IN_REVIEW, S.WAITING, S.IN_PROGRESS},
    S.PLANNED,
    Actor.STAFF,
)
SCHEDULE = _move(
    "schedule",
    _("Plan a visit"),
    {S.RECEIVED, S.IN_REVIEW, S.PLANNED, S.SCHEDULED, S.WAITING, S.IN_PROGRESS},
    S.SCHEDULED,
    Actor.STAFF,
    needs={Need.WINDOW},
)
START = _move(
    "start",
    _("Start the work"),
    {S.IN_REVIEW, S.PLANNED, S.SCHEDULED, S.WAITING},
    S.IN_PROGRESS,
    Actor.STAFF,
)
WAIT = _move(
    "wait",
    _("Wait for something"),
    TO_DO - {S.WAITING},
    S.WAITING,
    Actor.STAFF,
    needs={Need.REASON},
    reasons=set(WaitingReason) - WITH_A_DAY,
)
DEFER = _move(
    "defer",
    _("Put off until a day"),
    TO_DO,
    S.WAITING,
    Actor.STAFF,
    needs={Need.NOTE, Need.REASON, Need.DAY},
    reasons=set(WaitingReason) - {WaitingReason.TENANT},
)
# They wrote while we waited for their answer: from then on we wait for nothing, and somebody looks at what they wrote.
ANSWER = _move("answer", _("Answer our question"), {S.WAITING}, S.IN_REVIEW, Actor.TENANT)
# On the day to which it was put off.
COME_BACK = _move("come_back", _("Take it up again"), {S.WAITING}, S.IN_REVIEW, Actor.CLOCK)
FINISH = _move(
    "finish",
    _("Ready"),
    {S.IN_REVIEW, S.PLANNED, S.SCHEDULED, S.IN_PROGRESS, S.WAITING},
    S.DONE,
    Actor.STAFF,
    needs={Need.CAUSE},
)
CONFIRM = _move("confirm", _("It is solved"), {S.DONE}, S.CLOSED, Actor.TENANT, outcomes=(Outcome.SOLVED,))
CONFIRM_BY_PHONE = _move(
    "confirm_call",
    _("Solved, says the tenant"),
    {S.DONE},
    S.CLOSED,
    Actor.STAFF,
    needs={Need.NOTE},
    outcomes=(Outcome.SOLVED,),
)
REOPEN = _move("reopen", _("It is not solved"), {S.DONE}, S.IN_PROGRESS, Actor.TENANT, Actor.STAFF, needs={Need.WORDS})
LAPSE = _move("lapse", _("Close without an answer"), {S.DONE}, S.CLOSED, Actor.CLOCK, outcomes=(Outcome.UNANSWERED,))
WITHDRAW = _move(
    "withdraw", _("Withdraw"), TO_DO - {S.IN_PROGRESS}, S.CLOSED, Actor.TENANT, outcomes=(Outcome.WITHDRAWN,)
)
DECLINE = _move(
    "decline",
    _("Close without repair"),
    TO_DO,
    S.CLOSED,
    Actor.STAFF,
    needs={Need.NOTE, Need.OUTCOME},
    outcomes=(Outcome.DECLINED, Outcome.TENANT_JOB, Outcome.FORWARDED, Outcome.DUPLICATE),
)

MOVES = (
    REVIEW, PLAN, SCHEDULE, START, WAIT, ANSWER, DEFER, COME_BACK, FINISH, CONFIRM, CONFIRM_BY_PHONE, REOPEN, LAPSE,
    WITHDRAW, DECLINE,
)  # fmt: skip

# ONDERHOUDSVERZOEKSTATUS of VERA 4.3. FIN is for the corporation's own books; we do not settle costs.
_VERA_STATUS = {
    S.RECEIVED: "REG",
    S.IN_REVIEW: "BEO",
    S.PLANNED: "INB",
    S.SCHEDULED: "INB",
    S.IN_PROGRESS: "INB",
    S.WAITING: "INB",
    S.DONE: "TEC",
    S.CLOSED: "AFG",
}
_VERA_CANCELLED = "GEA"


def moves_from(status: str, *, actor: Actor) -> list[Move]:
    """The moves that this actor may make now, in the order in which they are offered."""
    return [move for move in MOVES if status in move.sources and actor in move.actors]


def move_named(name: str) -> Move:
    """Raises KeyError for a name that is not in the table."""
    return {move.name: move for move in MOVES}[name]


def check(move: Move, *, status: str, actor: Actor) -> None:
    if move not in moves_from(status, actor=actor):
        raise MoveNotAllowed(move, status, actor)


def vera_status(status: str, outcome: str = "") -> str:
    """The status that VERA has for this one; what was closed without repair is cancelled there."""
    if status == Status.CLOSED and outcome not in OUTCOMES_AFTER_DONE:
        return _VERA_CANCELLED
    return _VERA_STATUS[Status(status)]
