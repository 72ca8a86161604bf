"""Answers by the link in a mail, without signing in.

Reading the page changes nothing, so a mail scanner that follows links cannot vote. The page shows the
number and the subject of the request and nothing else: a forwarded link gives nobody away.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.views.decorators.http import require_http_methods

from .. import tokens
from ..forms import MarkForm, VerdictForm
from ..models import Report, Verdict
from ..workflow import Status
from . import plain_words, questions
from .questions import Questions, questions_of

__all__ = ["mark", "verdict"]

NOT_FOUND, GONE = 404, 410


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Who is asked what. `over`: the link is too old; `lives_there`: still, so an answer can open the work again."""

    report: Report
    round: int
    over: bool
    lives_there: bool
    questions: Questions

    @property
    def context(self) -> dict[str, object]:
        service_request = self.report.service_request
        return {"reference": service_request.reference, "subject": plain_words.subject(service_request)}


View = Callable[[HttpRequest, Asked], HttpResponse]


def question_required(purpose: str) -> Callable[[View], Callable[..., HttpResponse]]:
    """Hand the view what the link stands for; when that is nothing, a page that says so."""

    def decorator(view: View) -> Callable[..., HttpResponse]:
        @login_not_required
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def wrapped(request: HttpRequest, token: str) -> HttpResponse:
            try:
                asked = _asked(purpose, token)
            except (tokens.WrongToken, Report.DoesNotExist):
                return render(request, "requests/link_wrong.html", status=NOT_FOUND)
            if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
                translation.activate(asked.report.tenant.language)
            if asked.over:  # also for who answered in time: from then on only who signs in reads what they said
                return _over(request, asked, why="late")
            return view(request, asked)

        return wrapped

    return decorator


@question_required(tokens.VERDICT)
def verdict(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Is it solved?"""
    if request.method == "POST":
        return _take_verdict(request, asked)
    given = asked.questions.verdict
    if _is_decided(asked):
        return _verdict_given(request, asked)
    if not asked.questions.asks_verdict:
        return _over(request, asked, why="" if asked.lives_there else "left")
    form = VerdictForm(initial={"round": asked.round, "answer": request.GET.get("answer", "")})
    context = {"form": form, "unsure": given is not None and given.answer == Verdict.Answer.DONT_KNOW}
    return render(request, "requests/answer_verdict.html", asked.context | context)


@question_required(tokens.MARK)
def mark(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Which mark?"""
    if request.method == "POST":
        return _take_mark(request, asked)
    if asked.questions.mark is not None:
        return _mark_given(request, asked)
    if not asked.questions.asks_mark:
        return _over(request, asked)
    return render(request, "requests/answer_mark.html", asked.context | {"form": MarkForm()})


def _take_verdict(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The answer that was given already, sent again, is thanked for again."""
    form = VerdictForm(request.POST)
    if form.is_valid() and questions.send_verdict(form, asked.report, round=asked.round, by=asked.report.tenant.user):
        return redirect(request.path)
    if _is_decided(asked):
        return _verdict_given(request, asked)
    return render(request, "requests/answer_verdict.html", asked.context | {"form": form, "unsure": False})


def _take_mark(request: HttpRequest, asked: Asked) -> HttpResponse:
    """Likewise."""
    given = asked.questions.mark is not None
    if not given and not asked.questions.asks_mark:
        return _over(request, asked)
    form = MarkForm(request.POST)
    if form.is_valid() and questions.send_mark(form, asked.report, asked.questions):
        return redirect(request.path)
    if given:
        return _mark_given(request, asked)
    return render(request, "requests/answer_mark.html", asked.context | {"form": form})


def _over(request: HttpRequest, asked: Asked, *, why: str = "") -> HttpResponse:
    """`why`: "late", who "left", or else the request went on. What was typed is shown, to be copied."""
    context = asked.context | {"why": why, "typed": _typed(request)}
    return render(request, "requests/link_over.html", context, status=GONE)


def _is_decided(asked: Asked) -> bool:
    """Answered with yes or no; who did not know yet may still tell."""
    given = asked.questions.verdict
    return given is not None and given.answer in (Verdict.Answer.SOLVED, Verdict.Answer.NOT_SOLVED)


def _verdict_given(request: HttpRequest, asked: Asked) -> HttpResponse:
    """The answer that counts; and from a second tab, what was typed there, to be copied."""
    token = _mark_token(asked) if asked.questions.asks_mark else ""
    return _answered(request, asked, verdict=asked.questions.verdict, mark_token=token)


def _mark_given(request: HttpRequest, asked: Asked) -> HttpResponse:
    return _answered(request, asked, mark=asked.questions.mark)


def _answered(request: HttpRequest, asked: Asked, **answer: object) -> HttpResponse:
    is_closed = asked.report.service_request.status == Status.CLOSED
    context = {"again": request.method == "POST", "typed": _typed(request), "is_closed": is_closed}
    return render(request, "requests/answered.html", asked.context | context | answer)


def _typed(request: HttpRequest) -> str:
    return request.POST.get("words") or request.POST.get("reason") or ""


def _asked(purpose: str, token: str) -> Asked:
    """Raises WrongToken and Report.DoesNotExist."""
    at = timezone.now()
    question = tokens.read(purpose, token)
    reports = Report.objects.with_is_told(at=at).select_related("tenant", "service_request")
    report = reports.get(pk=question.report_id)
    lives_there: bool = report.is_told  # type: ignore[attr-defined]  # annotated by `with_is_told`
    return Asked(
        report=report,
        round=question.round,
        over=not question.is_open(at=at),
        lives_there=lives_there,
        questions=questions_of(report, report.service_request, round=question.round, at=at, lives_there=lives_there),
    )


def _mark_token(asked: Asked) -> str:
    """The other question, for somebody who has just answered this one."""
    assert asked.questions.survey is not None
    question = {"report_id": asked.report.pk, "round": asked.round}
    asked_at = asked.questions.survey.last_asked(closed_at=asked.report.service_request.closed_at)
    return tokens.make(tokens.MARK, **question, asked_at=asked_at)
