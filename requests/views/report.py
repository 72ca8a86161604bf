"""A report begins, is told in the tenant's own words, checked, sent and confirmed.

Every answer is kept on the server. The draft's id is in the address. It is the form's key too: however often
the last page is sent, by a double click, by going back or from two tabs, it becomes one request.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_safe

from tenants import preferences
from tenants.access import tenant_required
from tenants.models import Tenant
from tenants.notifications.models import Channel
from tenants.notifications.outbox import channel_of

from .. import services
from ..forms import WordsForm
from ..front_door import repeats
from ..intake import causes
from ..intake.urgency import asks_extra_hard, urgency_of
from ..models import Draft, Objection, PayerAnswer, Report, ServiceRequest
from ..photos import PhotoRefused
from ..promises import promise
from ..workflow import Status
from . import plain_words
from .draft import (
    answer_first,
    draft_required,
    forget_home,
    goes_on_as,
    homes_of,
    keep,
    page,
    read_and_send,
    way_of,
)
from .way import Way

__all__ = ["check", "sent", "start_report", "words"]

CONFIRMED_FOR = timedelta(days=1)
LOOKED_AT = 2 * settings.PHOTOS_PER_REPORT  # of the files of one form
INCOMPLETE = {
    "home": ("report_home", gettext_noop("Choose for which home this is.")),
    "area": ("report_area", gettext_noop("Choose which part of the building it is.")),
    "problem": ("report_problem", gettext_noop("Choose what is wrong.")),
    "details": ("report_details", gettext_noop("Answer these questions.")),
    "costs": ("report_costs", gettext_noop("Tell us what you choose: it matters for who pays.")),
    "words": ("report_words", gettext_noop("Write what is wrong. One sentence is enough.")),
}


def start_report(tenant: Tenant) -> HttpResponse:
    """A new draft, and its first page. Only for somebody who rents a home today."""
    homes = homes_of(tenant)
    draft = services.start_draft(tenant=tenant, at=timezone.now())
    if len(homes) == 1:
        keep(draft, {"dwelling": homes[0]})
    return redirect("requests:report_home" if len(homes) > 1 else "requests:report_place", draft.pk)


@read_and_send
@draft_required
def words(request: HttpRequest, draft: Draft) -> HttpResponse:
    """The tenant's own words and photos, and what was answered and is promised: to be sent, or read again first."""
    way = way_of(draft)
    if request.method == "POST":
        return _words_sent(request, way)
    if missing := way.missing_before("report_words"):
        return answer_first(request, way, missing)
    initial = {"text": draft.text, "extra_hard": draft.extra_hard}
    return _show_words(request, way, WordsForm(problem=way.problem, initial=initial))


def _words_sent(request: HttpRequest, way: Way) -> HttpResponse:
    """What is right is kept, also when something else is not, or is missing before this page."""
    draft, missing = way.draft, way.missing_before("report_words")
    if "remove" in request.POST:
        _remove_photo(draft, request.POST["remove"])
    form = WordsForm(request.POST, request.FILES, problem=way.problem)
    form.is_valid()
    for refusal in _keep_photos(draft, form.cleaned_data.get("photos", [])):
        form.add_error("photos", refusal)
    way = way_of(keep(draft, form.answers))
    if missing:
        for sentence in form.errors.get("photos", []):
            messages.error(request, str(sentence))
        return answer_first(request, way, missing, lost=request.POST.get("text", "") if "text" in form.errors else "")
    if form.errors:
        return _show_words(request, way, form)
    if "remove" in request.POST:
        return redirect(way.url("report_words"))
    return _send(request, draft) if "send" in request.POST else redirect(way.url("report_check"))


@read_and_send
@draft_required
def check(request: HttpRequest, draft: Draft) -> HttpResponse:
    """Everything on one page, what is promised, and the button that sends it."""
    way = way_of(draft)
    missing = way.missing_before("report_check")
    if missing == "report_home":  # of which `forget_home` told why
        return redirect(way.url(missing))
    if request.method == "POST":
        return _send(request, draft)
    if missing:
        return redirect(way.url(missing))
    access = None if draft.communal_area else preferences.offer(draft.tenant, at=way.at)
    context = _answers(way) | _promised(way) | {"photos": list(draft.photos.all()), "access": access}
    return render(request, "requests/report_check.html", page(way, "report_check") | context)


@require_safe
@tenant_required
def sent(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    """The confirmation; as often as it is asked for, until something happens, or a day long for what was joined.

    Of a case that their report was on, the confirmation of the one where it is now.
    """
    now = timezone.now()
    theirs = ServiceRequest.objects.of(tenant, on=timezone.localdate())
    try:
        service_request = get_object_or_404(theirs, reference=reference)
    except Http404:
        if later := goes_on_as(tenant, reference):
            return redirect("requests:sent", later)
        raise
    report = get_object_or_404(Report, service_request=service_request, tenant=tenant)
    joined = service_request.reports.filter(at__lt=report.at).exists()
    objects = Objection.objects.filter(report=report, decided_at=None).exists()
    if not (service_request.is_open and _is_new(service_request, report, joined=joined, objects=objects, at=now)):
        return redirect("requests:detail", reference)
    context = {
        "service_request": service_request,
        "subject": plain_words.subject(service_request),
        "joined": joined,
        "objects": objects,
        "heard_by": service_request.next_word_at,
        "by_letter": channel_of(tenant) == Channel.LETTER,
        "access": preferences.offer(tenant, at=now) if service_request.dwelling_id else None,
        "sent_from": Draft.objects.filter(sent_as=service_request, tenant=tenant),
    }
    return render(request, "requests/sent.html", context)


def _is_new(service_request: ServiceRequest, report: Report, *, joined: bool, objects: bool, at: datetime) -> bool:
    """Nothing happened since it was reported."""
    if joined:
        return report.at > at - CONFIRMED_FOR
    return service_request.status == (Status.IN_REVIEW if objects else Status.RECEIVED)


def _answers(way: Way) -> dict[str, object]:
    """What was answered, as the tenant reads it."""
    draft, problem = way.draft, way.problem
    assert problem is not None
    yes_no = {True: _("Yes"), False: _("No")}
    details = []
    for question in problem.questions:
        if answer := draft.answers.get(question.key):
            details.append((question.label, dict(question.choices).get(answer, answer)))
    if problem.causes:
        details.append((_("How did it happen?"), causes.in_words(draft.cause_code)))
    if draft.reachable is not None:
        details.append((_("Can you reach it safely?"), yes_no[draft.reachable]))
    if draft.own_property is not None:
        details.append((_("Did you put it in yourself?"), yes_no[draft.own_property]))
    return {
        "problem": problem,
        "details": details,
        "several_homes": len(way.homes) > 1,
        "problem_url": way.url("report_problem" if way.has("report_problem") else "report_thing"),
        "extra_hard_url": _extra_hard_url(way),
    }


def _extra_hard_url(way: Way) -> str:
    """Where it was asked; nothing when it was not."""
    if way.problem is None or not asks_extra_hard(way.problem):
        return ""
    return way.url("report_details" if way.has("report_details") else "report_words")


def _promised(way: Way) -> dict[str, object]:
    """By when, by whom, and who pays."""
    draft, problem = way.draft, way.problem
    assert problem is not None
    assert draft.dwelling is not None
    before = None
    fix_by = draft.joins.fix_by if draft.joins else None
    if fix_by is None:
        before = repeats.before(draft.dwelling, draft.communal_area, problem, way.at)
        urgency = urgency_of(problem, answers=draft.answers, extra_hard=draft.extra_hard, repeat=before is not None)
        fix_by = promise(urgency, problem.category, at=way.at).fix_by
    return {
        "joins": draft.joins,
        "before": before,
        "fix_by": fix_by,
        "craft": plain_words.craft(problem.trade),
        "decision": way.decision,
        "disagrees": way.costs_something and draft.payer_answer == PayerAnswer.DISAGREE,
        "pays": way.costs_something and draft.payer_answer == PayerAnswer.PAID,
    }


def _send(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        service_request = services.submit(draft.pk, tenant=draft.tenant, at=timezone.now())
    except services.NotYourHome:
        forget_home(request, draft)
        return redirect("requests:report_home", draft.pk)
    except services.CannotJoin:
        way = way_of(keep(draft, {"joins": None, "known_seen": False}))
        messages.info(
            request,
            _("The report you wanted to add yours to was finished in the meantime. Your answers are still here."),
        )
        return redirect(way.url(way.missing_before("report_check") or "report_check"))
    except services.DraftIncomplete as incomplete:
        name, what = INCOMPLETE[incomplete.missing]
        refusal = _("We did not send your report yet: something is missing. Your answers are still here.")
        messages.error(request, f"{refusal} {_(what)}")
        return redirect(f"requests:{name}", draft.pk)
    return redirect("requests:sent", service_request.reference)


def _keep_photos(draft: Draft, uploads: list[UploadedFile[bytes]]) -> list[str]:
    """Keep what can be kept; say what could not. No more than the first ten are looked at: that takes long."""
    refused, is_full = [], len(uploads) > LOOKED_AT
    for upload in uploads[:LOOKED_AT]:
        try:
            services.add_photo(draft.pk, upload, tenant=draft.tenant, at=timezone.now())
        except PhotoRefused as refusal:
            refused.append(f"{upload.name}: {refusal.message}" if len(uploads) > 1 else str(refusal.message))
        except services.DraftFull:
            is_full = True
    if is_full:
        said = _("You can send 5 photos with a request. We have saved %(count)d now, and not the others.")
        refused.append(said % {"count": draft.photos.count()})
    return refused


def _remove_photo(draft: Draft, photo: str) -> None:
    with suppress(ValueError):  # of what is no photo
        services.remove_photo(draft.pk, uuid.UUID(photo), tenant=draft.tenant)


def _show_words(request: HttpRequest, way: Way, form: WordsForm) -> HttpResponse:
    draft = way.draft
    photos = list(draft.photos.all())
    context = {"form": form, "photos": photos, "room": settings.PHOTOS_PER_REPORT - len(photos)}
    context |= _answers(way) | _promised(way)
    return render(request, "requests/report_words.html", page(way, "report_words") | context)
