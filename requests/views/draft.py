"""What the pages of a report share: the draft they write in, how far one is, and the answers so far."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone

from dwellings.models import Dwelling
from tenants.access import tenant_required
from tenants.models import Tenant

from .. import services
from ..intake import catalogue, communal
from ..models import Draft

__all__ = ["Card", "draft_required", "homes_of", "page", "problem_of"]

STEPS = ("report_home", "report_place", "report_problem", "report_words", "report_check")


@dataclass(frozen=True, kw_only=True)
class Card:
    """One choice on a page."""

    value: str
    label: str
    icon: str = ""
    note: str = ""


def draft_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the tenant's own draft as its second argument; what was sent shows its confirmation.

    The browser may keep these pages, but asks before it shows one: "back" after a mistake must show the
    form again, which no-store makes impossible.
    """

    @tenant_required
    @wraps(view)
    def wrapped(request: HttpRequest, tenant: Tenant, key: uuid.UUID, **kwargs: object) -> HttpResponse:
        related = Draft.objects.of(tenant).select_related("tenant", "dwelling", "communal_area", "sent_as")
        draft = get_object_or_404(related, pk=key)
        if draft.sent_as:
            return redirect("requests:sent", draft.sent_as.reference)
        try:
            response = view(request, draft, **kwargs)
        except services.DraftSent:  # from another tab, a moment ago
            response = redirect(request.path)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return wrapped


def page(draft: Draft, name: str, homes: list[Dwelling]) -> dict[str, object]:
    """What every page of the form shows: how far one is, the way back, and the answers so far."""
    steps = STEPS if len(homes) > 1 else STEPS[1:]
    step = steps.index(name) if name in steps else 0
    return {
        "draft": draft,
        "step": step + 1,
        "total": len(steps),
        "steps": [number <= step for number in range(len(steps))],
        "back": steps[step - 1] if step else "",
        "several_homes": len(steps) == len(STEPS),
        "place": _place_label(draft),
    }


def _place_label(draft: Draft) -> str:
    if draft.communal_area:
        return communal.name_of(draft.communal_area)
    return next((place.label for place in catalogue.places() if place.key == draft.place), "")


def problem_of(draft: Draft) -> catalogue.Problem | None:
    """The problem that was chosen, unless the catalogue dropped it since."""
    try:
        return catalogue.get(draft.problem)
    except KeyError:
        return None


def homes_of(tenant: Tenant) -> list[Dwelling]:
    return list(Dwelling.objects.of(tenant, on=timezone.localdate()))
