"""The open work of today, written by hand: every status, every reason to wait, every urgency, and what goes wrong."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from requests.models import Source, Verdict, Visit
from requests.promises import next_working_moment
from requests.workflow import DEFER, FINISH, PLAN, REVIEW, START, WAIT, WaitingReason

from . import clockwork, speech
from .case import Case
from .objections import to_be_decided
from .stage import Stage

UNDELIVERED = "inner_door_jams"  # the mail about this one came back
HALF_HOUR = timedelta(minutes=30)


def tell(stage: Stage) -> list[Case]:
    """All stories; each request stands as it would at `stage.at`."""
    cases = [case for story in STORIES for case in story(stage)]
    for case in cases:
        case.wait_until(stage.at)
    return cases


def just_in(stage: Stage) -> list[Case]:
    """Nobody has looked at these yet, and nobody has them."""
    burst = stage.open("water_pipe_burst", at=stage.at - timedelta(minutes=25), source=Source.PHONE)
    cold = stage.open(
        "no_hot_water",
        at=stage.at - timedelta(hours=2),
        text="Vanmorgen ineens geen warm water. Op de ketel staat F28, foto zit erbij. Ik heb hem één keer gereset.",
    )
    stage.photo(cold, "boiler")
    drip = stage.open("kitchen_tap_drips", at=stage.ago(1, 16, 42))
    stage.photo(drip, "tap")
    return [burst, cold, drip, stage.open("toilet_runs_on", at=stage.ago(1, 11, 5))]


def being_looked_at(stage: Stage) -> list[Case]:
    rot = stage.open("frame_rotten", at=stage.ago(4, 13, 20))
    stage.photo(rot, "window")
    stage.staff(rot, REVIEW, stage.ago(3, 9, 15), note="De opzichter komt het kozijn bekijken.")
    rot.assign(stage.planner, by=stage.planner, at=stage.ago(3, 9, 16))
    return [rot, _mould(stage)]


def _mould(stage: Stage) -> Case:
    """A tenant wrote, and nobody has answered yet."""
    case = stage.open("room_mould", at=stage.ago(3, 20, 9))
    reporter = case.reports[0].tenant
    stage.photo(case, "mould")
    stage.staff(case, REVIEW, stage.ago(2, 9, 30))
    case.assign(stage.planner, by=stage.planner, at=stage.ago(2, 9, 31))
    case.write_to_tenants(
        stage.planner, "Is de muur ook nat als u erop voelt, of alleen zwart?", at=stage.ago(2, 9, 34)
    )
    case.note(stage.planner, "Tweede melding op dit adres. Opzichter meenemen.", at=stage.ago(2, 9, 36))
    case.write_to_staff(
        reporter,
        "Nat, vooral in de hoek. En het ruikt muf. Wanneer komt er iemand kijken?",
        at=stage.at - timedelta(hours=3),
    )
    return case


def looking_for_a_craftsman(stage: Stage) -> list[Case]:
    """One is late, one is due today or tomorrow, and of one the tenant hears something within minutes."""
    late = stage.open("front_door_lock_worn", at=stage.received_so_that_fix_by("U", stage.at - timedelta(days=1)))
    stage.staff(late, PLAN, late.row.received_at + timedelta(hours=5))
    late.assign(stage.planner, by=stage.planner, at=late.row.received_at + timedelta(hours=5))
    asked = "Ik krijg mijn deur bijna niet meer open. Wanneer komt er nou iemand?"
    late.write_to_staff(late.reports[0].tenant, asked, at=stage.at - timedelta(hours=2))
    risk = stage.open("front_door_jams", at=stage.received_so_that_fix_by("N", stage.at + timedelta(days=1)))
    stage.photo(risk, "door")
    stage.staff(risk, PLAN, risk.row.received_at + timedelta(hours=4))
    soon = stage.open("socket_loose", at=stage.ago(4, 9, 50))
    stage.staff(soon, REVIEW, stage.ago(4, 15, 10))
    soon.wait_until(stage.at)
    soon.row.next_word_at = stage.at + timedelta(minutes=3)  # so that whoever looks sees a follow-up happen
    return [late, risk, soon]


def visits_planned(stage: Stage) -> list[Case]:
    next_visit = stage.open("kitchen_drain_blocked", at=stage.ago(2, 10, 12))
    stage.schedule(next_visit, stage.ago(1, 9, 5), stage.visit_after(stage.at + HALF_HOUR))
    moved = stage.open("bathroom_drain_blocked", at=stage.ago(3, 14, 30))
    reporter = moved.reports[0].tenant
    stage.schedule(moved, stage.ago(2, 9, 20), stage.visit_after(stage.at + timedelta(hours=4)))
    moved.write_to_staff(reporter, "Die dag moet ik werken. Kan het een dag later?", at=stage.ago(1, 12, 10))
    stage.schedule(moved, stage.ago(1, 13, 40), stage.visit_after(stage.at + timedelta(days=1)))
    return [next_visit, moved, _missed(stage)]


def _missed(stage: Stage) -> Case:
    """We did not come; the promise moved, with our apology."""
    case = stage.open("bathroom_extraction_weak", at=stage.received_so_that_fix_by("N", stage.at + timedelta(days=1)))
    received = case.row.received_at
    missed_on = stage.ago(1, 10, 0)
    stage.schedule(case, received + timedelta(hours=4), (missed_on, missed_on + timedelta(hours=2)))
    stage.schedule(
        case,
        stage.ago(1, 13, 25),
        stage.visit_after(stage.at + timedelta(days=3)),
        note="Onze vakman is niet gekomen. Dat spijt ons. Dit is de eerste nieuwe mogelijkheid.",
        visit=Visit.Outcome.MISSED,
    )
    return case


def being_worked_on(stage: Stage) -> list[Case]:
    """A lift that four households report, and a repair that turned out not to be one."""
    lift = stage.open("lift_stuck", at=stage.at - timedelta(hours=5))
    assert lift.row.communal_area
    theme = speech.about("lift_stuck")
    for hours in (4, 3, 2):
        neighbour = stage.household(lift.row.communal_area.complex.name).tenancies[0]
        words = theme.words(neighbour.tenant.language, stage.rng)
        lift.report(neighbour, words, at=stage.at - timedelta(hours=hours), source=Source.PORTAL)
    window = (stage.at - timedelta(hours=1), stage.at + timedelta(hours=1))
    stage.schedule(lift, stage.at - timedelta(hours=4, minutes=30), window)
    stage.staff(lift, START, stage.at - timedelta(minutes=40))
    return [lift, _not_solved(stage)]


def back_again(stage: Stage) -> list[Case]:
    """Mended in the autumn, and here it is again: it is ready only when we know why."""
    first = _finished(stage, "toilet_runs_on", stage.ago(60, 11, 30))
    first.answer(first.reports[0], Verdict.Answer.SOLVED, at=stage.ago(59, 19, 10))
    text = "De wc loopt alweer door, net als in het najaar. De spoelknop blijft hangen."
    again = stage.open("toilet_runs_on", at=stage.ago(1, 17, 20), text=text, tenancy=first.reports[0].tenancy)
    again.repeats = first
    stage.earlier.append(first)
    return [again]


def _not_solved(stage: Stage) -> Case:
    case = stage.open("radiator_leaks", at=stage.ago(3, 9, 20))
    stage.photo(case, "radiator")
    stage.schedule(case, stage.ago(3, 9, 50), (stage.ago(3, 13), stage.ago(3, 15)))
    stage.staff(case, FINISH, stage.ago(3, 14, 5), note="Radiatorkraan aangedraaid.")
    words = "Het lekt nog steeds. Vannacht was het bakje weer vol."
    case.answer(case.reports[0], Verdict.Answer.NOT_SOLVED, words, at=stage.at - timedelta(hours=3, minutes=12))
    return case


def waiting(stage: Stage) -> list[Case]:
    """One for every reason that needs no day."""
    what = {
        WaitingReason.TENANT: "kitchen_cupboard_broken",
        WaitingReason.PARTS: "heating_other",
        WaitingReason.CONTRACTOR: "window_misty",
        WaitingReason.QUOTE: "bathroom_tiles_loose",
        WaitingReason.OWNERS_ASSOCIATION: "stairwell_other",
        WaitingReason.WEATHER: "gutter_broken",
    }
    cases = []
    for days, (reason, problem) in enumerate(what.items(), 2):
        case = stage.open(problem, at=stage.ago(days + 1, 9 + days))
        note = speech.line("moves", f"waiting_{reason}", language=case.reports[0].tenant.language, rng=stage.rng)
        stage.staff(case, WAIT, stage.ago(min(days, 3), 14, days), waiting_reason=reason, note=note)
        case.assign(stage.planner, by=stage.planner, at=stage.ago(min(days, 3), 14, days))
        if reason == WaitingReason.PARTS:
            asked = "Is het onderdeel al binnen? Ik ben volgende week een paar dagen weg."
            case.write_to_staff(case.reports[0].tenant, asked, at=stage.at - timedelta(hours=18))
        cases.append(case)
    return cases


def put_off(stage: Stage) -> list[Case]:
    """Until next week, before the day that was promised: together with planned maintenance, and for the season."""
    next_week = next_working_moment(clockwork.local(timezone.localdate(stage.at) + timedelta(days=6), 0))
    what = {
        WaitingReason.PLANNED_WORK: "bathroom_extraction_weak",
        WaitingReason.SEASON: "frame_rotten",
    }
    cases = []
    for reason, problem in what.items():
        case = stage.open(problem, at=stage.ago(2, 11, 10))
        note = speech.line("moves", f"waiting_{reason}", language=case.reports[0].tenant.language, rng=stage.rng)
        stage.staff(case, DEFER, stage.ago(1, 15, 5), waiting_reason=reason, note=note, until=next_week)
        case.assign(stage.planner, by=stage.planner, at=stage.ago(1, 15, 5))
        cases.append(case)
    return cases


def ready(stage: Stage) -> list[Case]:
    """Is it solved? Asked yesterday; reminded; not known yet; and almost over."""
    fresh = _finished(stage, "toilet_blocked", stage.ago(1, 11, 30))
    reminded = _finished(stage, "window_does_not_close", stage.at - timedelta(days=9, hours=1))
    unsure = _finished(stage, "smoke_alarm_broken", stage.ago(3, 15, 10))
    unsure.answer(unsure.reports[0], Verdict.Answer.DONT_KNOW, at=stage.at - timedelta(hours=20))
    ending = _finished(stage, "toilet_seat_loose", stage.at - timedelta(days=14) + timedelta(minutes=12))
    return [fresh, reminded, unsure, ending]


def _finished(stage: Stage, problem: str, done: datetime) -> Case:
    case = stage.open(problem, at=done - timedelta(hours=22))
    stage.schedule(case, done - timedelta(hours=21), (done - timedelta(hours=2), done + timedelta(minutes=5)))
    stage.staff(case, FINISH, done, note=stage.rng.choice(speech.about(problem).done))
    return case


def unreachable(stage: Stage) -> list[Case]:
    """We look for a craftsman, and the tenant does not know."""
    case = stage.open(UNDELIVERED, at=stage.ago(2, 10, 25))
    stage.staff(case, PLAN, stage.ago(1, 15, 0))
    return [case]


STORIES = (
    just_in,
    being_looked_at,
    to_be_decided,
    looking_for_a_craftsman,
    visits_planned,
    being_worked_on,
    back_again,
    waiting,
    ready,
    unreachable,
    put_off,
)
