"""Tenants who do not agree to pay: some who got an answer in the past months, and two who wait for one today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from requests.models import Verdict
from requests.workflow import DECLINE, FINISH, Outcome

from .case import Case
from .stage import Stage


@dataclass(frozen=True)
class Disagreement:
    problem: str
    days: int  # working days ago
    words: str
    upheld: bool
    answer: str


ANSWERED = (
    Disagreement(
        "kitchen_tap_drips",
        140,
        "De kraan is van 2003 en zit vol kalk. Dat is slijtage, geen klein onderhoud.",
        True,
        "U hebt gelijk. De kraan is ouder dan vijftien jaar. Wij vervangen hem en wij betalen.",
    ),
    Disagreement(
        "toilet_blocked",
        118,
        "Het borrelt bij de buren ook. De verstopping zit dus niet bij mij.",
        True,
        "U hebt gelijk. De verstopping zat in de standleiding van het gebouw. Die is van ons. U betaalt niets.",
    ),
    Disagreement(
        "key_lost",
        96,
        "Het slot ging al maanden stroef. Ik vind dat u de nieuwe sleutel moet betalen.",
        False,
        "Onze vakman heeft het slot bekeken. Het loopt goed. Een nieuwe sleutel betaalt de huurder zelf.",
    ),
    Disagreement(
        "inner_door_jams",
        71,
        "De deur klemt sinds u het nieuwe kozijn hebt geplaatst.",
        True,
        "U hebt gelijk. Wij hebben het kozijn vorig jaar geplaatst en komen het goed afhangen.",
    ),
    Disagreement(
        "toilet_seat_loose",
        33,
        "De bril zat er al in toen ik hier kwam wonen. Dan is hij van u.",
        False,
        "Een toiletbril is een kleine reparatie, ook als hij er al zat. Zo staat het in de wet.",
    ),
)  # fmt: skip


def answered(stage: Stage) -> list[Case]:
    """Right: we came and paid. Not right: the tenant does it."""
    return [_answered(stage, one) for one in ANSWERED]


def _answered(stage: Stage, one: Disagreement) -> Case:
    case = stage.open(one.problem, at=stage.ago(one.days, 10, 35), objection=one.words)
    case.decide(one.upheld, one.answer, by=stage.planner, at=stage.ago(one.days - 1, 9, 20))
    if not one.upheld:
        note = "U regelt dit zelf. Lukt dat niet? Bel ons, dan denken wij mee."
        stage.staff(case, DECLINE, stage.ago(one.days - 1, 9, 25), outcome=Outcome.TENANT_JOB, note=note)
        return case
    window = (stage.ago(one.days - 3, 13), stage.ago(one.days - 3, 15))
    stage.schedule(case, stage.ago(one.days - 1, 9, 30), window)
    stage.staff(case, FINISH, window[1] - timedelta(minutes=20))
    case.answer(case.reports[0], Verdict.Answer.SOLVED, at=stage.ago(one.days - 4, 19, 5))
    return case


def to_be_decided(stage: Stage) -> list[Case]:
    """Nobody has looked at these yet."""
    return [
        stage.open(
            "kitchen_pests",
            at=stage.ago(1, 15, 20),
            text="Er lopen muizen in de keuken. Ze komen langs de leidingen achter het fornuis omhoog.",
            objection="De muizen zitten in het hele gebouw, ook bij de buren.",
        ),
        stage.open(
            "bathroom_shower_broken",
            at=stage.at - timedelta(hours=3, minutes=20),
            text="De douchestang is van de muur gevallen.",
            objection="De stang kwam los omdat de tegel los zit. Dat heb ik niet gedaan.",
        ),
    ]
