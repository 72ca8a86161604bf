"""Letters that a tenant can send when we did not do what we promised, filled in from the case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ..models import Report, Visit
from ..promises import statutory
from .content import Proof, day, facts, proof_of
from .next_steps import REFUSED, Case, Where, case_of, steps_of

__all__ = ["OwnLetter", "letter_of", "letters_of"]


@dataclass(frozen=True, kw_only=True)
class OwnLetter:
    """In one language. `happened`: day and what, oldest first; `asks`: what the tenant wants."""

    where: Where
    language: str
    sender: str
    address: tuple[str, ...]
    to: tuple[str, ...]
    written: str
    subject: str
    intro: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    words: str
    happened: tuple[tuple[str, str], ...]
    asks: tuple[str, ...]
    proof: Proof

    @property
    def filename(self) -> str:
        return f"{self.where}-{self.proof.reference}.pdf"

    @property
    def body(self) -> str:
        """As one text, for a message."""
        happened = [f"{when}: {what}" for when, what in self.happened]
        return "\n\n".join([self.subject, *self.intro, "\n".join(happened), *self.asks])


def letter_of(where: Where, case: Case, *, at: datetime) -> OwnLetter:
    """To us in the language that the tenant reads; to the others in Dutch, as they ask. `at`: the day on the letter."""
    report = case.report
    language = (translation.get_language() or "nl") if where == Where.COMPLAINT else "nl"
    with translation.override(language):
        proof = proof_of(report, language=language)
        return OwnLetter(
            where=where,
            language=language,
            sender=report.tenant.name,
            address=proof.address[1:],
            to=_to(where),
            written=day(timezone.localdate(at)),
            subject=_subject(where) % {"reference": case.service_request.reference},
            intro=tuple(_intro(where, case)),
            facts=tuple(facts(case.service_request, report)),
            words=report.text,
            happened=tuple((day(timezone.localdate(when)), what) for when, what in sorted(_happened(case, at=at))),
            asks=tuple(_asks(where, case)),
            proof=proof,
        )


def letters_of(report: Report, *, at: datetime) -> list[OwnLetter]:
    """One for each step that was open at `at` and that they had not taken, as the case was then."""
    case = case_of(report.service_request, report).then(at)
    steps = steps_of(case, at=at)
    return [letter_of(step.where, case, at=at) for step in steps if step.is_open and step.done_at is None]


def _to(where: Where) -> tuple[str, ...]:
    return {
        Where.COMPLAINT: (settings.CORPORATION_NAME,),
        Where.COMMITTEE: (*settings.COMPLAINTS_COMMITTEE,),
        Where.TRIBUNAL: (_("Huurcommissie (rent tribunal)"),),
    }[where]


def _subject(where: Where) -> str:
    return {
        Where.COMPLAINT: _("Complaint about how you handle my request %(reference)s"),
        Where.COMMITTEE: _("Complaint about how my request %(reference)s is handled"),
        Where.TRIBUNAL: _("Request for a lower rent because of a defect (request %(reference)s)"),
    }[where]


def _intro(where: Where, case: Case) -> Iterator[str]:
    told = {"corporation": settings.CORPORATION_NAME, "day": day(timezone.localdate(case.report.at))}
    if where == Where.COMPLAINT:
        yield _("On %(day)s I reported something to you that is broken. You did not do what you promised me.") % told
        return
    yield _("I rent a home from %(corporation)s. On %(day)s I reported a defect to them.") % told
    if where == Where.TRIBUNAL:
        over = {"day": day(statutory.ends_on(case.report.at))}
        yield _("They had six weeks to repair it: until %(day)s. It is not repaired.") % over
    elif case.complaint:
        said = {"day": day(timezone.localdate(case.complaint.at)), "corporation": settings.CORPORATION_NAME}
        yield _("On %(day)s I complained to %(corporation)s about how they handle it.") % said
        if case.answer:
            yield _("They answered on %(day)s. I do not agree with that answer.") % {
                "day": day(timezone.localdate(case.answer.at))
            }
        else:
            yield _("After six weeks I have had no answer.")


def _happened(case: Case, *, at: datetime) -> Iterator[tuple[datetime, str]]:
    """The promises and what became of them."""
    service_request, report = case.service_request, case.report
    promised = {"day": day(timezone.localdate(max(service_request.first_fix_by, report.at)))}
    yield report.at, _("Reported. Promised: repaired on %(day)s at the latest.") % promised
    for move in case.promise_moves:
        new = {"day": day(timezone.localdate(move.new_fix_by))}
        reason = f" “{move.reason}”" if move.at >= case.since else ""
        yield move.at, _("The promised day became %(day)s.") % new + reason
    for visit in case.visits:
        if visit.outcome in _VISITS and visit.settled_at and visit.settled_at >= case.since:
            yield visit.settled_at, _visit(visit)
    for change in case.changes:
        if change.outcome in REFUSED:
            yield change.at, _("Closed without a repair.")
    if not case.has_ended:
        yield at, _("Not repaired yet.")
    elif service_request.done_at:
        yield service_request.done_at, _("Ready, as the landlord says.")


_VISITS = {Visit.Outcome.MISSED, Visit.Outcome.NOT_FINISHED, Visit.Outcome.CANCELLED}


def _visit(visit: Visit) -> str:
    agreed = {"day": day(timezone.localdate(visit.window.lower))}
    return {
        Visit.Outcome.MISSED: _("The visit of %(day)s was missed: nobody came.") % agreed,
        Visit.Outcome.NOT_FINISHED: _("At the visit of %(day)s the work was not finished.") % agreed,
        Visit.Outcome.CANCELLED: _("The visit of %(day)s was cancelled.") % agreed,
    }[Visit.Outcome(visit.outcome)]


def _asks(where: Where, case: Case) -> Iterator[str]:
    if where == Where.COMPLAINT and case.has_ended:
        yield _("Please answer this complaint in writing.")
    elif where == Where.COMPLAINT:
        yield _("Please repair it, and tell me when you will do so. Please answer this complaint in writing.")
    elif where == Where.COMMITTEE:
        yield _("I ask the committee to judge my complaint. The proof of my report is with this letter.")
    else:
        yield _(
            "I ask the Huurcommissie to lower my rent for as long as the defect is there. "
            "The proof of my report is with this letter."
        )
