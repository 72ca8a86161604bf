"""What one household says about one problem, and what a case keeps of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils import timezone, translation

from dwellings.models import CommunalArea, Tenancy
from tenants.models import User

from ..intake import payer
from ..intake.catalogue import Problem
from ..models import Source

__all__ = ["Intake", "answers_in_words", "naming", "next_reference"]


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Everything one household says about one problem, from whichever form it came."""

    tenancy: Tenancy
    problem: Problem
    text: str
    area: CommunalArea | None = None  # shared with neighbours; otherwise it is in the home
    source: Source = Source.PORTAL
    by: User | None = None  # staff who took it down
    cause: str = ""
    reachable: bool | None = None
    own_property: bool = False
    extra_hard: bool = False
    answers: Mapping[str, str] = field(default_factory=dict)  # key of a question of the problem: its value, or words
    objection: str = ""
    agreed_price: int | None = None

    def decision(self, *, at: datetime) -> payer.Decision:
        """Who pays, with what the tenancy is covered for on that day."""
        covers = self.tenancy.covers.current(on=timezone.localdate(at)).values_list("kind", flat=True)
        return payer.decide(
            self.problem,
            covers=set(covers),
            cause=self.cause,
            reachable=self.reachable,
            own_property=self.own_property,
        )


def answers_in_words(intake: Intake) -> list[dict[str, str]]:
    """Each question that was answered, and the answer, as they read now: a later catalogue changes neither."""
    said = []
    for question in intake.problem.questions:
        answer = intake.answers.get(question.key, "")
        dutch, english = {value: (nl, en) for value, nl, en in question.answers}.get(answer, (answer, answer))
        if answer:
            said.append(
                {
                    "question_nl": question.question_nl,
                    "question_en": question.question_en,
                    "answer_nl": dutch,
                    "answer_en": english,
                }
            )
    return said


def naming(problem: Problem) -> dict[str, str]:
    """What a request keeps of the catalogue: which problem it is, and what that was called when it was reported."""
    with translation.override("nl"):
        subject = problem.title
    return {
        "problem": problem.key,
        "thing": problem.thing.key,
        "shared": problem.shared,
        "subject": subject,
        "title_nl": problem.problem_nl,
        "title_en": problem.problem_en,
        "room_nl": problem.place.name_nl,
        "room_en": problem.place.name_en,
    }


def next_reference(at: datetime) -> str:
    """The year and a number that never comes back, such as 2026-004123."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('requests_reference')")
        (number,) = cursor.fetchone()
    return f"{timezone.localtime(at).year}-{number:06d}"
