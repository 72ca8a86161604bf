"""What a report asks and offers between the problem and the tenant's own words."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Prefetch, prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from .. import services
from ..forms import CostsForm, DetailsForm
from ..front_door.known import HOME, KnownCase
from ..models import Draft, Ended, PayerAnswer, SelfHelp, ServiceRequest, Visit
from ..services import self_help
from . import plain_words
from .draft import answer_first, draft_required, filled_in, keep, onwards, page, read_and_send, way_of
from .outages import notice_of
from .plain_words import Standing
from .way import Way

__all__ = ["costs", "details", "help_yourself", "known_already"]


@dataclass(frozen=True, kw_only=True)
class KnownRow:
    """A case as the page shows it: never by whom, nor in which words."""

    service_request: ServiceRequest
    reported: str
    others: str
    comes: str  # when somebody comes, or by when it is fixed
    standing: Standing
    own: bool  # of the reader


@read_and_send
@draft_required
def details(request: HttpRequest, draft: Draft) -> HttpResponse:
    way = way_of(draft)
    if missing := way.missing_before("report_details"):
        return answer_first(request, way, missing, lost=_in_words(request))
    if way.problem is None or not way.has("report_details"):
        return redirect(way.url(way.after("report_details")))
    form = DetailsForm(filled_in(request), problem=way.problem, draft=draft)
    if request.method == "POST" and form.is_valid():
        return onwards(draft, "report_details", form.answers)
    return render(request, "requests/report_details.html", page(way, "report_details") | {"form": form})


def _in_words(request: HttpRequest) -> str:
    """What was typed in answer to the questions of a problem."""
    return "".join(request.POST[name] for name in request.POST if name.endswith("-words"))


@read_and_send
@draft_required
def known_already(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Outages, and what neighbours reported: follow, join, or "mine is something else"."""
    way = way_of(draft)
    if missing := way.missing_before("report_known"):
        return redirect(way.url(missing))
    if request.method == "POST":
        return _known_answer(request, way)
    if not way.known:
        return redirect(way.url(way.after("report_known")))
    context = {
        "outages": [(outage, notice_of(outage, at=way.at)) for outage in way.known.outages],
        "cases": _rows(way),
        "automatic": way.known.automatic,
        "since": plain_words.day(way.known.automatic.received_at) if way.known.automatic else "",
    }
    return render(request, "requests/report_known.html", page(way, "report_known") | context)


@read_and_send
@draft_required
def help_yourself(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What the tenant can do now, step by step. Solved: no request is needed."""
    way = way_of(draft)
    if missing := way.missing_before("report_help"):
        return redirect(way.url(missing))
    if way.problem is None or not way.has("report_help"):
        return redirect(way.url(way.after("report_help")))
    result = request.POST.get("result")
    if request.method == "POST" and result in SelfHelp.Result.values:
        self_help.record(draft, result, at=timezone.now())
        if result == SelfHelp.Result.SOLVED:
            return redirect("requests:report_ended", draft.pk)
        return redirect(way.url(way.after("report_help")))
    context = {"guide": way.problem.guide, "asks_again": request.method == "POST"}
    return render(request, "requests/report_help.html", page(way, "report_help") | context)


@read_and_send
@draft_required
def costs(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Who pays, why, and where that is written; and what the tenant says to it. Nobody is refused."""
    way = way_of(draft)
    form = CostsForm(filled_in(request), initial={"objection": draft.objection})
    if missing := way.missing_before("report_costs"):
        return answer_first(request, way, missing, lost=_keep_objection(draft, form))
    if not way.has("report_costs"):
        return redirect(way.url(way.after("report_costs")))
    if request.method == "POST" and form.is_valid():
        answered = _costs_answer(draft, way, form.cleaned_data)
        if answered:
            return answered
        form.add_error("answer", _("We do not offer to do this job for a price. Choose one of these."))
    context = {"form": form, "decision": way.decision, "problem": way.problem}
    return render(request, "requests/report_costs.html", page(way, "report_costs") | context)


def _keep_objection(draft: Draft, form: CostsForm) -> str:
    """Keep what was typed, if anything; returns what could not be kept."""
    typed = str(form.data.get("objection", ""))
    form.full_clean()
    if not typed.strip() or "objection" in form.errors:
        return typed
    keep(draft, {"objection": form.cleaned_data["objection"]})
    return ""


def _costs_answer(draft: Draft, way: Way, said: dict[str, str]) -> HttpResponse | None:
    """None for a job that is not offered."""
    assert way.decision is not None
    answer = said["answer"]
    if answer == PayerAnswer.DISAGREE:
        return onwards(draft, "report_costs", {"payer_answer": answer, "objection": said["objection"]})
    if answer == PayerAnswer.PAID:
        if way.decision.price is None:
            return None
        return onwards(draft, "report_costs", {"payer_answer": answer, "agreed_price": way.decision.price})
    how = Ended.OWN_JOB if way.decision.payer == "tenant" else Ended.ELSEWHERE
    services.end_draft(
        draft.pk, tenant=draft.tenant, at=timezone.now(), how=how, payer_answer=answer, agreed_price=None
    )
    return redirect("requests:report_ended", draft.pk)


def _known_answer(request: HttpRequest, way: Way) -> HttpResponse:
    draft, known = way.draft, way.known
    outage = next((one for one in known.outages if str(one.pk) == request.POST.get("outage")), None)
    if outage:
        services.follow_outage(draft.tenant, outage, timezone.now())
        services.end_draft(draft.pk, tenant=draft.tenant, at=timezone.now(), how=Ended.OUTAGE)
        return redirect("requests:report_ended", draft.pk)
    candidates = [case.service_request for case in known.cases] + ([known.automatic] if known.automatic else [])
    asked = request.POST.get("joins", "")
    joins = next((one for one in candidates if one.reference == asked), None)
    if asked and joins is None:
        messages.info(request, _("That report was finished in the meantime, so yours continues as one of its own."))
    return onwards(draft, "report_known", {"joins": joins, "known_seen": True})


def _rows(way: Way) -> list[KnownRow]:
    cases = [case.service_request for case in way.known.cases]
    prefetch_related_objects(cases, Prefetch("visits", queryset=Visit.objects.planned(), to_attr="planned_visits"))
    own = set(
        ServiceRequest.objects.of(way.draft.tenant, on=timezone.localdate(way.at))
        .filter(pk__in=[case.pk for case in cases])
        .values_list("pk", flat=True)
    )
    return [_row(case, own=case.service_request.pk in own, way=way) for case in way.known.cases]


def _row(case: KnownCase, *, own: bool, way: Way) -> KnownRow:
    day = {"day": plain_words.day(case.since)}
    if own:
        reported = _("You reported this on %(day)s.") % day
    elif case.where == HOME or case.mine:
        reported = _("Somebody in your home reported this on %(day)s.") % day
    else:
        reported = _("A neighbour reported this on %(day)s.") % day
    others = ngettext("%(n)d household reported it.", "%(n)d households reported it.", case.joined) % {"n": case.joined}
    return KnownRow(
        service_request=case.service_request,
        reported=reported,
        others=others if case.joined > 1 else "",
        comes=_comes(case.service_request),
        standing=plain_words.standing(case.service_request, visit=None, at=way.at),
        own=own,
    )


def _comes(service_request: ServiceRequest) -> str:
    visit = next(iter(service_request.planned_visits), None)  # type: ignore[attr-defined]  # prefetched
    if visit:
        return _("A craftsman is coming on %(window)s.") % {"window": plain_words.window(visit)}
    return _("Fixed by %(day)s at the latest.") % {"day": plain_words.day(service_request.fix_by)}
