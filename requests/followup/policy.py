"""The follow-up policy: what happens, who is told and how, what staff see, and what comes next. One table.

`words` and `watch` do what stands here, by `row(occasion)`; the admin shows it to staff, and docs/promises.md is
made from it (`policy_in_words`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..models import Alarm
from ..promises import Urgency

__all__ = [
    "AT_ONCE", "EMERGENCIES", "POLICY", "Group", "Occasion", "Row", "days_at", "first_level",
    "is_made_up_for", "of_alarm", "row",
]  # fmt: skip

Words = str | Promise
Level = Alarm.Level


class Group(TextChoices):
    """The parts of the table, in its order."""

    WORDS = "words", _("What tenants hear")
    PROMISES = "promises", _("When a promise is in danger, or broken")
    SIX_WEEKS = "six_weeks", _("The six weeks of the law")
    DEFERRED = "deferred", _("What was put off")


class Occasion(StrEnum):
    """What can happen. Those that raise an alarm are called as their `Alarm.Kind`."""

    TAKEN_UP = "taken_up"
    SILENCE = "silence"
    VISIT_FAR = "visit_far"
    SOLVED = "solved"
    VERDICT_DUE = "verdict_due"
    NO_VERDICT = "no_verdict"
    NO_REPLY = "no_reply"
    AT_RISK = "at_risk"
    BROKEN = "broken"
    BADLY_BROKEN = "badly_broken"
    VISIT_MISSED = "visit_missed"
    EMERGENCY = "emergency"
    GESTURE = "gesture"
    UNDELIVERED = "undelivered"
    UNPRINTED = "unprinted"
    DAY_28 = "day_28"
    DAY_40 = "day_40"
    SIX_WEEKS_OVER = "six_weeks"
    PUT_OFF = "put_off"
    COMES_BACK = "comes_back"


@dataclass(frozen=True, kw_only=True, eq=False)  # words compare and hash differently in every language
class Row:
    """One line of the table.

    `mail` is the text of templates/notifications that `told` get: as an e-mail, or as a letter when they have no
    address or want letters. `level` is who of staff hears of it first, in the daily mail or `at_once`; `rises` are the
    working days that each level has before the next one hears of it. A row without `level` raises no alarm.
    """

    occasion: Occasion
    group: Group
    when: Words
    told: Words = ""
    mail: str = ""
    staff_see: Words = ""
    next: Words = ""
    level: Alarm.Level | None = None
    rises: tuple[int, ...] = ()
    at_once: bool = False


POLICY = (
    # What tenants hear
    Row(
        occasion=Occasion.TAKEN_UP,
        group=Group.WORDS,
        when=_("Staff look into a new request, or look for a craftsman, and write nothing with it"),
        told=_("Nobody: it is on their page, and a mail with nothing to do or to know is noise"),
        staff_see=_("“The tenant gets no message”, before they do it"),
        next=_("What was promised to be heard stays due"),
    ),
    Row(
        occasion=Occasion.SILENCE,
        group=Group.WORDS,
        when=_("The tenant should hear something, and nobody of us said anything"),
        told=_("Everybody who reported it"),
        mail="request_holding",
        staff_see=_("Stands higher in the queue"),
        next=_("Again after the norm of its class, until staff say something"),
    ),
    Row(
        occasion=Occasion.VISIT_FAR,
        group=Group.WORDS,
        when=_("A visit is planned later than the norm of its class"),
        told=_(
            "Everybody who reported it: the visit goes on; one or two working days before it as a reminder, "
            "which would come too late by post"
        ),
        mail="request_visit",
        staff_see=_("Higher in the queue when somebody gets letters and so no reminder: phone them"),
        next=_("After the visit, by the end of the next working day"),
    ),
    Row(
        occasion=Occasion.SOLVED,
        group=Group.WORDS,
        when=_("Everybody who reported it said that it is solved"),
        told=_("Who has no account; the others saw on their screen that it is closed, and were asked for a mark"),
        mail="request_confirmed",
        staff_see=_("Closed: solved"),
    ),
    Row(
        occasion=Occasion.VERDICT_DUE,
        group=Group.WORDS,
        when=_("A week after the repair was ready, nobody said if it is solved"),
        told=_("Whoever did not answer"),
        mail="request_reminder",
        next=_("Closes a week later; not when we could not reach somebody"),
    ),
    Row(
        occasion=Occasion.NO_VERDICT,
        group=Group.WORDS,
        when=_("Two weeks after the repair was ready, still no answer"),
        told=_("Everybody who reported it"),
        mail="request_lapsed",
        staff_see=_("Closed without an answer, counted apart"),
    ),
    Row(
        occasion=Occasion.NO_REPLY,
        group=Group.WORDS,
        when=_("A tenant wrote, also about what is closed, and nobody answered within two working days"),
        told=_("As for a word that is due, as long as the request is open"),
        staff_see=_("Tab “Messages”, and in the daily mail of who has it, or of the team leads"),
        next=_("In the daily mail until somebody answers, or notes that no reply is needed"),
    ),
    # When a promise is in danger, or broken
    Row(
        occasion=Occasion.AT_RISK,
        group=Group.PROMISES,
        when=_(
            "Less than a quarter of the time is left, or two working days before the promised day, "
            "and no visit is planned in time"
        ),
        staff_see=_("Tab “In danger”, with the reason"),
        next=_("Settled by a visit in time or a new day; broken when the promised day is over"),
        level=Level.PLANNER,
    ),
    Row(
        occasion=Occasion.BROKEN,
        group=Group.PROMISES,
        when=_("The promised day is over, and it is not ready"),
        told=_(
            "Everybody who reported it, once; not while we wait for their answer, "
            "nor when there is a new day or it is ready before the mail leaves"
        ),
        mail="recovery_broken",
        staff_see=_("Tab “Broken”, on top of the queue until there is a new day"),
        next=_("The tenant hears a new day before the end of the next working day"),
        level=Level.PLANNER,
        rises=(1, 3),
    ),
    Row(
        occasion=Occasion.BADLY_BROKEN,
        group=Group.PROMISES,
        when=_("Three times the first term is over, and there is no new day"),
        told=_("As for a broken promise"),
        mail="recovery_broken",
        staff_see=_("Tab “Broken”, with the reason"),
        next=_("As for a broken promise, one level higher"),
        level=Level.TEAM_LEAD,
        rises=(2,),
    ),
    Row(
        occasion=Occasion.VISIT_MISSED,
        group=Group.PROMISES,
        when=_("A visit ended an hour ago, and nobody said what became of it; or staff say that nobody came"),
        told=_(
            "Everybody who reported it, once; not when we hear that the craftsman came, or there is a new day, "
            "before the mail leaves; in the mail of the step when staff say that nobody came"
        ),
        mail="recovery_visit",
        staff_see=_("Tab “Broken”, on top of the queue until there is a new day, or we hear that the craftsman came"),
        next=_("The tenant hears a new day before the end of the next working day"),
        level=Level.PLANNER,
        rises=(1, 3),
    ),
    Row(
        occasion=Occasion.EMERGENCY,
        group=Group.PROMISES,
        when=_("One of the three above, of a request that is an emergency or was promised within 24 hours"),
        told=_("As above"),
        staff_see=_("As above; whoever has it and the team leads hear of it at once, also at night and at weekends"),
        next=_("When it is the eleventh within an hour, in the daily mail"),
        level=Level.TEAM_LEAD,
        rises=(1,),
        at_once=True,
    ),
    Row(
        occasion=Occasion.GESTURE,
        group=Group.PROMISES,
        when=_("Staff decide on the gesture of the class, after a broken promise"),
        told=_("Everybody who reported it"),
        mail="recovery_gesture",
        staff_see=_("Who decided it, and when, on the page of the request"),
    ),
    Row(
        occasion=Occasion.UNDELIVERED,
        group=Group.PROMISES,
        when=_("A message could not be delivered"),
        staff_see=_("On the request and under “Not delivered”; team leads in the daily mail"),
        next=_("Send it again, or phone or write; in the daily mail for a week, and in the first one after days off"),
    ),
    Row(
        occasion=Occasion.UNPRINTED,
        group=Group.PROMISES,
        when=_("Nobody printed a letter within two working days"),
        staff_see=_("Under “Letters to print”; team leads in the daily mail"),
        next=_("In the daily mail until it is printed"),
    ),
    # The six weeks of the law
    Row(
        occasion=Occasion.DAY_28,
        group=Group.SIX_WEEKS,
        when=_(
            "Day 28 after the written report of a defect, or the last working day before it, "
            "and no visit is planned within the six weeks"
        ),
        staff_see=_("On the request and in the daily mail"),
        next=_("Day 40"),
        level=Level.PLANNER,
        rises=(3,),
    ),
    Row(
        occasion=Occasion.DAY_40,
        group=Group.SIX_WEEKS,
        when=_("Day 40, or the last working day before it, and no visit is planned within the six weeks"),
        staff_see=_("On the request and in the daily mail"),
        next=_("The six weeks are over"),
        level=Level.TEAM_LEAD,
        rises=(1,),
    ),
    Row(
        occasion=Occasion.SIX_WEEKS_OVER,
        group=Group.SIX_WEEKS,
        when=_("The six weeks are over, and it is not repaired"),
        told=_("Each household once, when their own six weeks are over"),
        mail="request_six_weeks",
        staff_see=_("On the request and in the daily mail"),
        next=_("The tenant can take the steps that the mail and their page name, each with a letter; we go on with it"),
        level=Level.MANAGER,
    ),
    # What was put off
    Row(
        occasion=Occasion.PUT_OFF,
        group=Group.DEFERRED,
        when=_("Staff put a request off until a day"),
        told=_("Everybody who reported it: why, until when, and by when it is repaired then"),
        mail="request_deferred",
        staff_see=_("Under “Waiting”, with the day"),
        next=_("A word every four weeks, and on the day itself"),
    ),
    Row(
        occasion=Occasion.COMES_BACK,
        group=Group.DEFERRED,
        when=_("The day has come to which a request was put off"),
        told=_("Everybody who reported it and still lives there; who moved out hears nothing more"),
        mail="request_back",
        staff_see=_("Under “In review”, higher in the queue; with a warning when nobody is left"),
        next=_("As for any request that is open"),
    ),
)

EMERGENCIES = frozenset({Urgency.ACUTE, Urgency.RUSH})  # promised by the hour, day and night
AT_ONCE = frozenset({Occasion.BROKEN, Occasion.BADLY_BROKEN, Occasion.VISIT_MISSED})
_BY_OCCASION = {line.occasion: line for line in POLICY}


def row(occasion: str) -> Row:
    """Raises KeyError for what is not in the table."""
    return _BY_OCCASION[Occasion(occasion)]


def is_made_up_for(kind: str) -> bool:
    """Whether it begins a recovery: an apology, and a new day."""
    line = row(kind)
    return bool(line.mail) and line.group == Group.PROMISES


def of_alarm(kind: str, urgency: str) -> Row:
    """What counts for an alarm of this kind about a request of this class."""
    return row(Occasion.EMERGENCY if kind in AT_ONCE and urgency in EMERGENCIES else kind)


def first_level(kind: str, urgency: str) -> int:
    """Who hears of an alarm of this kind first."""
    level = of_alarm(kind, urgency).level
    assert level is not None, kind
    return level


def days_at(kind: str, urgency: str, level: int) -> int | None:
    """The working days that this level has; None for the last one that hears of it."""
    days = of_alarm(kind, urgency).rises[max(level - first_level(kind, urgency), 0) :]
    return days[0] if days else None
