"""The tenant says whether it is solved, and gives a mark."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from tenants.models import User

from .. import workflow
from ..models import Report, ServiceRequest, Survey, Verdict
from ..workflow import Actor, Status
from .moves import Said, apply_move, lock


class AlreadyAnswered(Exception):
    """This question was answered before, in other words; the first answer stands."""


class TooLate(Exception):
    """The question is no longer open: the request moved on, the time to answer is over, or they live there no more."""


class WordsMissing(Exception):
    """ "Not solved" needs words: what is not right?"""


@transaction.atomic
def answer_verdict(
    report_id: int, *, round: int, answer: str, words: str = "", by: User | None, at: datetime
) -> Verdict:
    """Record a reporter's answer. "Not solved" reopens at once; the last "solved" closes. Said twice, it counts once.

    Raises AlreadyAnswered, TooLate and WordsMissing.
    """
    report = Report.objects.get(pk=report_id)
    service_request = lock(report.service_request_id)
    verdict = Verdict.objects.get(report=report, round=round)
    if verdict.answer in (Verdict.Answer.SOLVED, Verdict.Answer.NOT_SOLVED):
        if (verdict.answer, verdict.words) != (answer, words.strip()):
            raise AlreadyAnswered
        return verdict
    if service_request.status != Status.DONE or service_request.times_done != round:
        raise TooLate
    if not service_request.reports.told(at=at).filter(pk=report.pk).exists():
        raise TooLate
    if answer == Verdict.Answer.NOT_SOLVED and not words.strip():
        raise WordsMissing

    verdict.answer, verdict.words, verdict.answered_at = answer, words.strip(), at
    verdict.save(update_fields=["answer", "words", "answered_at"])
    if answer == Verdict.Answer.NOT_SOLVED:
        said = Said(note=words)
        apply_move(service_request, workflow.REOPEN, actor=Actor.TENANT, by=by, at=at, said=said)
    elif answer == Verdict.Answer.SOLVED and _everybody_says_solved(service_request, round, at=at):
        apply_move(service_request, workflow.CONFIRM, actor=Actor.TENANT, by=by, at=at, said=Said())
    return verdict


@transaction.atomic
def give_mark(report_id: int, *, mark: int, reason: str = "", at: datetime) -> Survey:
    """Record the mark (1–10) for the way this was handled, once each time it is asked; given twice, it counts once.

    Raises AlreadyAnswered, TooLate, and ValueError for a mark outside 1–10.
    """
    if mark not in range(1, 11):
        raise ValueError(f"a mark is 1 to 10, not {mark}")
    surveys = Survey.objects.select_related("report__service_request").select_for_update(of=("self",))
    survey = surveys.get(report_id=report_id)
    if survey.answered_at and survey.answered_at >= survey.asked_at:
        if (survey.mark, survey.reason) != (mark, reason.strip()):
            raise AlreadyAnswered
        return survey
    last_asked = survey.last_asked(closed_at=survey.report.service_request.closed_at)
    if at > last_asked + settings.ANSWER_LINK_VALID:
        raise TooLate
    survey.mark, survey.reason, survey.answered_at = mark, reason.strip(), at
    survey.save(update_fields=["mark", "reason", "answered_at"])
    return survey


def _everybody_says_solved(service_request: ServiceRequest, round: int, *, at: datetime) -> bool:
    """Everybody who still lives there: who moved out is asked no more."""
    verdicts = Verdict.objects.filter(report__in=service_request.reports.told(at=at), round=round)
    return not verdicts.exclude(answer=Verdict.Answer.SOLVED).exists()
