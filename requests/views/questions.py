"""The two questions after the work: is it solved, and which mark. The same in the portal and by link."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from tenants.models import User

from .. import services
from ..forms import MarkForm, VerdictForm
from ..models import Report, ServiceRequest, Survey, Verdict
from ..workflow import Status

__all__ = ["Questions", "questions_of", "send_mark", "send_verdict"]


@dataclass(frozen=True, kw_only=True)
class Questions:
    """What one reporter was asked, and what they can answer now."""

    verdict: Verdict | None
    survey: Survey | None
    asks_verdict: bool
    asks_mark: bool

    @property
    def mark(self) -> int | None:
        """The mark that was given since the question was last asked."""
        return self.survey.mark if self.survey and _is_answered(self.survey) else None


def questions_of(
    report: Report, service_request: ServiceRequest, *, round: int, at: datetime, lives_there: bool = True
) -> Questions:
    """The mark is asked after the answer "solved" or when all is closed: not of somebody who still waits for us.

    Who left may still give it, but opens no work again in what is somebody else's home.
    """
    verdict = Verdict.objects.filter(report=report, round=round).first()
    survey = Survey.objects.filter(report=report).first()
    answer = verdict.answer if verdict else None
    return Questions(
        verdict=verdict,
        survey=survey,
        asks_verdict=(
            lives_there
            and answer in ("", Verdict.Answer.DONT_KNOW)
            and service_request.status == Status.DONE
            and service_request.times_done == round
        ),
        asks_mark=(
            survey is not None
            and not _is_answered(survey)
            and at <= survey.last_asked(closed_at=service_request.closed_at) + settings.ANSWER_LINK_VALID
            and (answer == Verdict.Answer.SOLVED or service_request.status == Status.CLOSED)
        ),
    )


def send_verdict(form: VerdictForm, report: Report, *, round: int, by: User | None) -> bool:
    """Hand over the answers of a valid form; False, with the reason in the form, when they do not count."""
    said = form.cleaned_data
    try:
        services.answer_verdict(
            report.pk, round=round, answer=said["answer"], words=said["words"], by=by, at=timezone.now()
        )
    except services.AlreadyAnswered:
        form.add_error(None, _("You answered this question before. Your earlier answer counts."))
    except (services.TooLate, Verdict.DoesNotExist):
        form.add_error(
            None,
            _(
                "Your answer was not saved: something happened with your request after you opened this page. "
                "Is it not solved? Copy your text and send it to us as a message, or call us."
            ),
        )
    return not form.errors


def send_mark(form: MarkForm, report: Report, asked: Questions) -> bool:
    """Hand over the mark of a valid form; False, with the reason in the form, when it does not count."""
    said = form.cleaned_data
    try:
        if asked.mark is None and not asked.asks_mark:
            raise services.TooLate
        services.give_mark(report.pk, mark=said["mark"], reason=said["reason"], at=timezone.now())
    except services.AlreadyAnswered:
        form.add_error(None, _("You gave a mark before. That mark counts."))
    except services.TooLate:
        form.add_error(None, _("You can no longer give a mark for this request. Your answer was not saved."))
    return not form.errors


def _is_answered(survey: Survey) -> bool:
    """Answered since it was last asked."""
    return survey.answered_at is not None and survey.answered_at >= survey.asked_at
