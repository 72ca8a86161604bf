"""My requests: the list, and one page for each, with what its tenant can do now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tenants import preferences
from tenants.access import tenant_required
from tenants.models import Tenant

from .. import services, workflow
from ..followup import closes_at
from ..forms import MarkForm, MessageForm, VerdictForm
from ..intake import communal
from ..models import Report, ServiceRequest, StatusChange, Verdict, Visit
from ..models.service_request import ServiceRequestQuerySet
from ..proof import next_steps
from ..workflow import Actor, Outcome
from . import plain_words, questions
from .amends import amends
from .clocks import clock_words
from .draft import goes_on_as
from .ended import solved_rows
from .own import case_of, own_report, own_request
from .plain_words import Ready, Standing
from .questions import Questions, questions_of
from .timeline import timeline, words_of

__all__ = ["Row", "detail", "mark", "mine", "open_rows", "verdict", "withdraw", "write"]

PER_PAGE = 10
TALK = "talk"  # a notice for the messages of a request: shown there, not on top of the page

read_and_send = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, kw_only=True)
class Row:
    """A request in a list."""

    reference: str
    subject: str
    icon: str
    place: str
    standing: Standing
    received: str


def open_rows(tenant: Tenant) -> list[Row]:
    """The tenant's open requests: what waits for this reader's answer first, then the newest."""
    newest_first = _for_list(tenant).open().order_by("-received_at", "-pk")
    rows = [_row(service_request) for service_request in newest_first]
    return sorted(rows, key=lambda row: not row.standing.asks_tenant)


@require_safe
@tenant_required
def mine(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Open requests first; closed ones below, ten at a time, the next ten by the key of the last."""
    older = request.GET.get("older", "")
    closed = _for_list(tenant).closed().order_by("-closed_at", "-pk")
    if older:
        last = get_object_or_404(ServiceRequest.objects.of(tenant, on=timezone.localdate()).closed(), reference=older)
        closed = closed.filter(Q(closed_at__lt=last.closed_at) | Q(closed_at=last.closed_at, pk__lt=last.pk))
    page = list(closed[: PER_PAGE + 1])
    context = {
        "open": [] if older else open_rows(tenant),
        "solved": [] if older else solved_rows(tenant),
        "closed": [_row(service_request) for service_request in page[:PER_PAGE]],
        "older": page[PER_PAGE - 1].reference if len(page) > PER_PAGE else "",
        "first_page": not older,
    }
    return render(request, "requests/mine.html", context)


@require_safe
@tenant_required
def detail(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """The number of a case that their report was on leads to where it goes on now."""
    try:
        service_request = own_request(tenant, reference)
    except Http404:
        if later := goes_on_as(tenant, reference):
            return redirect("requests:detail", later)
        raise
    return _show(request, service_request, tenant, MessageForm())


@require_POST
@tenant_required
def write(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """A message to staff; sent twice, it is kept once."""
    service_request = own_request(tenant, reference)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return _show(request, service_request, tenant, form)
    services.write_to_staff(
        service_request.pk,
        tenant=tenant,
        body=form.cleaned_data["body"],
        key=form.cleaned_data["key"],
        at=timezone.now(),
    )
    said = _("Your message has been sent. You will have an answer within two working days.")
    messages.success(request, said, extra_tags=TALK)
    return redirect(reverse("requests:detail", args=[reference]) + "#messages")


@read_and_send
@tenant_required
def withdraw(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """Asks first: it cannot be undone."""
    service_request = own_request(tenant, reference)
    if request.method == "POST" and _may_withdraw(service_request):
        try:
            services.make_move(
                service_request.pk, workflow.WITHDRAW, actor=Actor.TENANT, by=tenant.user, at=timezone.now()
            )
        except services.MoveNotAllowed:
            service_request = own_request(tenant, reference)
        else:
            messages.success(request, _("Your request has been withdrawn. We will do nothing more with it."))
            return redirect("requests:detail", reference)
    if service_request.outcome == Outcome.WITHDRAWN:
        return redirect("requests:detail", reference)
    if not _may_withdraw(service_request):
        messages.error(
            request, _("This request cannot be withdrawn any more, so nothing was changed. Send us a message.")
        )
        return redirect("requests:detail", reference)
    context = {"service_request": service_request, "subject": plain_words.subject(service_request)}
    return render(request, "requests/withdraw.html", context)


@read_and_send
@tenant_required
def verdict(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """Is it solved? "No" reopens at once."""
    service_request = own_request(tenant, reference)
    report = own_report(service_request, tenant)
    initial = {"round": service_request.times_done, "answer": request.GET.get("answer", "")}
    form = VerdictForm(request.POST if request.method == "POST" else None, initial=initial)
    if form.is_valid():
        said = form.cleaned_data
        if questions.send_verdict(form, report, round=said["round"], by=tenant.user):
            return _thank(request, said["answer"], reference)
    if not form.is_bound and not _questions(service_request, report).asks_verdict:
        messages.info(request, _("We are not asking this question now."))
        return redirect("requests:detail", reference)
    context = {"service_request": service_request, "subject": plain_words.subject(service_request), "form": form}
    return render(request, "requests/verdict.html", context)


@read_and_send
@tenant_required
def mark(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """Which mark? An opinion, apart from the question whether it is solved."""
    service_request = own_request(tenant, reference)
    report = own_report(service_request, tenant)
    asked = _questions(service_request, report)
    form = MarkForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and questions.send_mark(form, report, asked):
        messages.success(request, _("Thank you for your mark. We will use it to do better."))
        return redirect("requests:detail", reference)
    if not form.is_bound and not asked.asks_mark:
        messages.info(request, _("We are not asking this question now."))
        return redirect("requests:detail", reference)
    context = {"service_request": service_request, "subject": plain_words.subject(service_request), "form": form}
    return render(request, "requests/mark.html", context)


def _thank(request: HttpRequest, answer: str, reference: str) -> HttpResponse:
    if answer == Verdict.Answer.SOLVED:
        messages.success(request, _("Good to hear that it is solved. What mark do you give us?"))
        return redirect("requests:mark_here", reference)
    if answer == Verdict.Answer.NOT_SOLVED:
        said = _("Thank you for telling us. We have opened your request again and are continuing with it.")
        messages.success(request, said)
    else:
        messages.success(request, _("Thank you. Tell us as soon as you know; we will remind you once."))
    return redirect("requests:detail", reference)


def _access(service_request: ServiceRequest, report: Report, *, at: datetime) -> preferences.Offer | None:
    """What the craftsman knows; nothing when nobody comes into this tenant's home."""
    if not service_request.is_open or report.tenancy.dwelling_id != service_request.dwelling_id:
        return None
    return preferences.offer(report.tenant, at=at)


def _show(request: HttpRequest, service_request: ServiceRequest, tenant: Tenant, form: MessageForm) -> HttpResponse:
    """The page of one request."""
    at = timezone.now()
    report = own_report(service_request, tenant)
    case = case_of(service_request, report)
    planned = next((visit for visit in case.visits if visit.outcome == Visit.Outcome.PLANNED), None)
    others: bool = report.has_others  # type: ignore[attr-defined]  # annotated by own_report
    alone = not others and not report.somebody_left  # type: ignore[attr-defined]  # annotated as well
    questions = _questions(service_request, report)
    ready = _ready(service_request, questions, at=at)
    notices = list(messages.get_messages(request))
    context = {
        "service_request": service_request,
        "report": report,
        "room": plain_words.room(service_request),
        "subject": plain_words.subject(service_request),
        "icon": plain_words.icon_of(service_request.category),
        "standing": plain_words.standing(
            service_request,
            visit=planned,
            note=_last_note(case.changes, report, alone=alone, since=case.since),
            at_home=_is_at_home(service_request, report),
            ready=ready,
            at=at,
        ),
        "amends": amends(service_request, at=at),
        "home": report.tenancy.dwelling,
        "access": _access(service_request, report, at=at),
        "goes_on_as": service_request.merged_into,
        "questions": questions,
        "may_withdraw": not others and _may_move(service_request, workflow.WITHDRAW),
        "entries": timeline(case, alone=alone, said_solved=ready.said_solved),
        "photos": list(report.photos.all()),
        "clock": clock_words(case, at=at),
        "case": case,
        "steps": next_steps(case, at=at),
        "talk": case.talk,
        "form": form,
        "notices": [notice for notice in notices if notice.extra_tags != TALK],
        "talk_notices": [notice for notice in notices if notice.extra_tags == TALK],
    }
    return render(request, "requests/detail.html", context)


def _last_note(changes: Sequence[StatusChange], report: Report, *, alone: bool, since: datetime) -> str:
    """What staff said with the last move."""
    last = changes[-1]
    return words_of(last, report, alone=alone, since=since) if last.actor == Actor.STAFF else ""


def _is_at_home(service_request: ServiceRequest, report: Report) -> bool:
    """Whether a craftsman comes to the reader's own home."""
    return service_request.dwelling_id == report.tenancy.dwelling_id


def _questions(service_request: ServiceRequest, report: Report) -> Questions:
    return questions_of(report, service_request, round=service_request.times_done, at=timezone.now())


def _ready(service_request: ServiceRequest, questions: Questions, *, at: datetime) -> Ready:
    said_solved = questions.verdict is not None and questions.verdict.answer == Verdict.Answer.SOLVED
    return Ready(said_solved=said_solved, closes_at=closes_at(service_request, at=at))


def _may_move(service_request: ServiceRequest, move: workflow.Move) -> bool:
    return move in workflow.moves_from(service_request.status, actor=Actor.TENANT)


def _may_withdraw(service_request: ServiceRequest) -> bool:
    """Not what others reported too: it is not one person's to take back."""
    return _may_move(service_request, workflow.WITHDRAW) and service_request.reports.count() == 1


def _for_list(tenant: Tenant) -> ServiceRequestQuerySet:
    planned = Prefetch("visits", queryset=Visit.objects.planned(), to_attr="planned_visits")
    own = Report.objects.filter(tenant=tenant).select_related("tenancy__dwelling")
    solved = Verdict.objects.filter(report__tenant=tenant, answer=Verdict.Answer.SOLVED)
    this_time = solved.filter(report__service_request=OuterRef("pk"), round=OuterRef("times_done"))
    return (
        ServiceRequest.objects.of(tenant, on=timezone.localdate())
        .annotate(said_solved=Exists(this_time))
        .select_related("communal_area__complex")
        .prefetch_related(planned, Prefetch("reports", queryset=own, to_attr="own_reports"))
    )


def _row(service_request: ServiceRequest) -> Row:
    visit = next(iter(service_request.planned_visits), None)  # type: ignore[attr-defined]  # prefetched
    ready = Ready(said_solved=service_request.said_solved)  # type: ignore[attr-defined]  # annotated
    return Row(
        reference=service_request.reference,
        subject=plain_words.subject(service_request),
        icon=plain_words.icon_of(service_request.category),
        place=_short_place(service_request),
        standing=plain_words.standing(service_request, visit=visit, ready=ready, at=timezone.now()),
        received=plain_words.day(service_request.received_at),
    )


def _short_place(service_request: ServiceRequest) -> str:
    """The area, or the reader's own home: never the home of a neighbour who reported the same."""
    if service_request.communal_area:
        return communal.name_of(service_request.communal_area)
    home = service_request.own_reports[0].tenancy.dwelling  # type: ignore[attr-defined]  # prefetched
    return f"{home.street} {home.house_number}"
