"""What a tenant can do when we do not do what we promised: each step with a letter that is filled in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tenants.access import tenant_required
from tenants.models import Tenant

from .. import services
from ..forms import ComplaintForm
from ..proof import Case, NextStep, OwnLetter, Where, letter_of, next_steps, pdf_of_letters
from . import plain_words
from .own import own_case

__all__ = ["letter", "letter_pdf", "overview"]

TALK = "talk"


@require_safe
@tenant_required
def overview(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    case = own_case(tenant, reference)
    steps = next_steps(case, at=timezone.now())
    if not steps:
        said = _(
            "Those steps are for when we do not do what we promised. Do you think that is so now? Send us a message."
        )
        messages.info(request, said)
        return redirect("requests:detail", reference)
    context = {"steps": steps, "complaint": case.complaint, "has_ended": case.has_ended, **_about(case)}
    return render(request, "requests/next_steps.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@tenant_required
def letter(request: HttpRequest, tenant: Tenant, reference: str, where: str) -> HttpResponse:
    """The letter to read, print or copy; a complaint to us can be sent from here. Too early: to the overview."""
    case = own_case(tenant, reference)
    step = _open_step(case, where)
    if step is None:
        if request.POST.get("words", "").strip():
            raise Http404("Not open any more: what was typed is shown.")
        return redirect("requests:next_steps", reference)
    text = letter_of(step.where, case, at=timezone.now())
    is_ours = step.where == Where.COMPLAINT
    form = ComplaintForm(request.POST if is_ours and request.method == "POST" else None)
    if form.is_valid():
        return _send(request, tenant, case, text, form)
    asks = is_ours and (case.complaint is None or form.is_bound)
    context = {"letter": text, "step": step, "form": form if asks else None, **_about(case)}
    return render(request, "requests/next_step.html", context)


@require_safe
@tenant_required
def letter_pdf(request: HttpRequest, tenant: Tenant, reference: str, where: str) -> HttpResponse:
    case, at = own_case(tenant, reference), timezone.now()
    step = _open_step(case, where)
    if step is None:
        return redirect("requests:next_steps", reference)
    text = letter_of(step.where, case, at=at)
    headers = {"Content-Disposition": f'attachment; filename="{text.filename}"', "Cache-Control": "private, no-store"}
    return HttpResponse(pdf_of_letters([text], at=at), content_type="application/pdf", headers=headers)


def _send(request: HttpRequest, tenant: Tenant, case: Case, text: OwnLetter, form: ComplaintForm) -> HttpResponse:
    said = form.cleaned_data
    services.write_to_staff(
        case.service_request.pk,
        tenant=tenant,
        body="\n\n".join(filter(None, (text.body, said["words"]))),
        key=said["key"],
        at=timezone.now(),
        is_complaint=True,
    )
    promise = _("Your complaint has been sent. You will have an answer within two working days.")
    messages.success(request, promise, extra_tags=TALK)
    return redirect(reverse("requests:detail", args=[case.service_request.reference]) + "#messages")


def _open_step(case: Case, where: str) -> NextStep | None:
    steps = next_steps(case, at=timezone.now())
    return next((step for step in steps if step.where == where and step.is_open), None)


def _about(case: Case) -> dict[str, object]:
    return {"service_request": case.service_request, "subject": plain_words.subject(case.service_request)}
