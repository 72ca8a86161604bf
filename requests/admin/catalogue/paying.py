"""Who pays for a problem, in every situation that a tenant may tell: what its row leads to, said beforehand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ...intake import causes, payer, vera
from ...intake.catalogue import COVERS, PAID_BY, URGENCIES, Place, Problem, Thing

__all__ = ["Sentence", "decisions", "sentences"]


@dataclass(frozen=True)
class Sentence:
    """When, who pays then, the reason as the tenant reads it, where that is written, and what we ask for the job."""

    when: str
    payer: str
    reason: str
    source: str
    price: int | None
    free: bool


def sentences(cells: Mapping[str, str]) -> list[Sentence]:
    """Of what a form says now; nothing while it says no rule that there is."""
    if cells.get("paid_by") not in PAID_BY or cells.get("urgency", "N") not in ("", *URGENCIES):
        return []
    nowhere = Place("", False, False, "", "", "")
    price = cells.get("price", "")
    blank = dict.fromkeys(("location_code", "element_code", "defect_code", "category", "trade", "shared"), "")
    texts = dict.fromkeys(("problem_nl", "problem_en", "hint_nl", "hint_en", "words_nl", "words_en"), "")
    problem = Problem(
        key="",
        place=nowhere,
        thing=Thing(cells.get("thing", ""), "", "", ""),
        urgency=cells.get("urgency") or "N",
        paid_by=cells["paid_by"],
        cover=cells["cover"] if cells.get("cover") in COVERS else "",
        price=int(price) if price.isascii() and price.isdigit() and len(price) < 6 else None,
        causes=tuple(code for code in cells.get("causes", "").split() if code in vera.codes(vera.CAUSE)),
        questions=(),
        guide=None,
        **blank,
        **texts,
    )
    return decisions(problem)


def decisions(problem: Problem) -> list[Sentence]:
    """One for each thing that a tenant may say, but those that end as the first one does."""
    first, *others = _situations(problem)
    return [_sentence(*first)] + [_sentence(*one) for one in others if one[1] != first[1]]


def _situations(problem: Problem) -> Iterable[tuple[str, payer.Decision]]:
    yield _("Ordinary use"), payer.decide(problem)
    if problem.phone_only:
        return
    if problem.cover:
        plan = payer.decide(problem, covers=[problem.cover])
        yield _("The tenant pays for this every month"), plan
    if payer.asks_reach(problem):
        yield _("The tenant cannot reach it"), payer.decide(problem, reachable=False)
    if payer.asks_own_property(problem):
        yield _("It is the tenant's own"), payer.decide(problem, own_property=True)
    for cause in problem.causes:
        yield causes.in_words(cause), payer.decide(problem, cause=cause)


def _sentence(when: str, decision: payer.Decision) -> Sentence:
    return Sentence(when, str(decision.payer.label), decision.reason, decision.source, decision.price, decision.free)
