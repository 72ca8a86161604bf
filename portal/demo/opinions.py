"""What the people who reported a repair say about it: is it solved, and which mark does it get."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from dwellings.models import Tenancy
from requests.models import Verdict
from requests.workflow import Status

from . import marks
from .case import Case
from .clockwork import by_day, hours
from .speech import line

Step = tuple[datetime, Callable[[], None]]

DECIDES_WITH_MARK, DECIDES_WITHOUT = 0.8, 0.3  # says whether it is solved
DOES_NOT_KNOW = 0.07
GIVES_REASON = 0.45
LATEST_VERDICT, LATEST_MARK = timedelta(days=12), timedelta(days=19)
SENIOR = 65


@dataclass(frozen=True)
class Voice:
    """One household that reports: in which words, and how strict they are."""

    tenancy: Tenancy
    text: str
    strictness: float


def steps(
    case: Case, number: int, voice: Voice, experience: marks.Experience, *, done: datetime, round: int, rng: Random
) -> list[Step]:
    """What the `number`-th reporter answers after it was ready at `done`; people without an account say nothing."""
    tenant = voice.tenancy.tenant
    if tenant.user is None:
        return []
    given = marks.mark(experience, resident=voice.strictness, rng=rng)
    gives_mark = rng.random() < marks.response(given, age=done.year - (tenant.birth_year or 1975))
    decides = rng.random() < (DECIDES_WITH_MARK if gives_mark else DECIDES_WITHOUT)
    answer = Verdict.Answer.DONT_KNOW if rng.random() < DOES_NOT_KNOW else Verdict.Answer.SOLVED
    at = by_day(done + timedelta(minutes=9) + hours(45, rng))
    reason = _reason(given, tenant.language, rng) if rng.random() < GIVES_REASON else ""

    planned: list[Step] = []
    if decides:
        verdict_at = min(at, done + LATEST_VERDICT)
        planned.append((verdict_at, lambda: _answer(case, number, answer, round=round, at=verdict_at)))
    if gives_mark:
        mark_at = min(at, done + LATEST_MARK) + timedelta(minutes=rng.randint(1, 4))
        planned.append((mark_at, lambda: case.mark(case.reports[number], given, reason, at=mark_at)))
    return planned


def _answer(case: Case, number: int, answer: str, *, round: int, at: datetime) -> None:
    """Unless the question is not open any more: somebody else said that it is not solved."""
    case.wait_until(at)
    if case.row.status == Status.DONE and case.row.times_done == round:
        case.answer(case.reports[number], answer, at=at)


def _reason(mark: int, language: str, rng: Random) -> str:
    band = "low" if mark <= 5 else "middle" if mark <= 7 else "high"
    return str(line("reasons", band, language=language, rng=rng))
