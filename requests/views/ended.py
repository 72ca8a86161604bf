"""A report that did not become a request, and need not: what was done instead, and the way back."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from tenants.access import tenant_required
from tenants.models import Tenant

from .. import services
from ..front_door import catalogues
from ..models import Draft, Ended, SelfHelp
from ..models.intake import REOPEN_WITHIN
from ..services import self_help
from . import plain_words
from .way import Way

__all__ = ["SolvedRow", "ended", "resume", "solved_rows"]

MOST_ROWS = 3


@dataclass(frozen=True, kw_only=True)
class SolvedRow:
    """Something that the tenant solved by themselves not long ago."""

    draft: uuid.UUID
    subject: str
    day: str


PAGES = {
    Ended.SOLVED: "requests/report_solved.html",
    Ended.OWN_JOB: "requests/report_own_job.html",
    Ended.OUTAGE: "requests/report_outage.html",
    Ended.ELSEWHERE: "requests/report_elsewhere.html",
}


@require_safe
@tenant_required
def ended(request: HttpRequest, tenant: Tenant, key: uuid.UUID) -> HttpResponse:
    draft = get_object_or_404(Draft.objects.of(tenant).select_related("self_help", "dwelling"), pk=key)
    if not draft.ended:
        return redirect("requests:report_check", draft.pk)  # which leads to what is missing, or what was sent
    problem = catalogues.tree_of(draft).find(draft.problem)
    row = getattr(draft, "self_help", None)
    context = {
        "draft": draft,
        "problem": problem,
        "solved": row if draft.ended == Ended.SOLVED else None,
    }
    return render(request, PAGES[Ended(draft.ended)], context)


@require_POST
@tenant_required
def resume(request: HttpRequest, tenant: Tenant, key: uuid.UUID) -> HttpResponse:
    """Report it after all: what was answered is still there."""
    draft = get_object_or_404(Draft.objects.of(tenant), pk=key)
    row = SelfHelp.objects.filter(draft=draft, tenant=tenant).first()
    if draft.ended == Ended.SOLVED and row:
        return _reopen(request, row.pk, tenant)
    draft = services.resume_draft(draft.pk, tenant=tenant, at=timezone.now())
    way = Way(draft, at=timezone.now())
    return redirect(way.url(way.missing_before("report_check") or "report_check"))


def _reopen(request: HttpRequest, pk: int, tenant: Tenant) -> HttpResponse:
    try:
        draft = self_help.reopen(pk, tenant=tenant, at=timezone.now())
    except self_help.CannotReopen:
        messages.info(request, _("That was too long ago, or you already continued with it. Report it again here."))
        return redirect("requests:report")
    way = Way(draft, at=timezone.now())
    return redirect(way.url(way.missing_before("report_words") or "report_words"))


def solved_rows(tenant: Tenant) -> list[SolvedRow]:
    """What the tenant solved with a guide and can still say is back."""
    recent = SelfHelp.objects.solved().filter(tenant=tenant, at__gt=timezone.now() - REOPEN_WITHIN, draft__isnull=False)
    rows = recent.select_related("draft").order_by("-at")[:MOST_ROWS]
    return [row for one in rows if (row := _solved_row(one))]


def _solved_row(row: SelfHelp) -> SolvedRow | None:
    assert row.draft is not None
    problem = catalogues.tree_of(row.draft).find(row.problem)
    return SolvedRow(draft=row.draft.pk, subject=problem.title, day=plain_words.day(row.at)) if problem else None
