"""Danger comes before everything: who must call is told so before anything is typed, and staff see it at once."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dwellings.models import Dwelling
from tenants.access import tenant_of, tenant_required
from tenants.models import Tenant

from .. import services
from ..front_door import catalogues
from ..intake import dangers
from ..intake.catalogue import Problem, Step
from ..intake.dangers import DANGERS, Danger
from ..models import Draft, Emergency
from . import plain_words
from .draft import homes_of, read_and_send
from .report import start_report

__all__ = ["call_first", "danger", "emergency", "emergency_steps", "report", "throw_away"]

SIGNALLED_FOR = timedelta(hours=12)  # so long the page says that we know
MOST_UNFINISHED = 3
THROWN_AWAY = "thrown_away"  # in the session: the draft that went last


@dataclass(frozen=True, kw_only=True)
class Unfinished:
    """A report that was begun here or on another device, and where to go on with it."""

    key: uuid.UUID
    subject: str
    touched: str
    url: str


@read_and_send
@tenant_required
def report(request: HttpRequest, tenant: Tenant) -> HttpResponse:
    """Danger first: who must call must not begin to type. "No, none of these" begins the report."""
    homes = homes_of(tenant)
    if request.method == "POST" and homes:
        return start_report(tenant)
    context = {"homes": homes, "dangers": DANGERS, "unfinished": _unfinished_of(tenant)}
    return render(request, "requests/report.html", context)


@read_and_send
@tenant_required
def danger(request: HttpRequest, tenant: Tenant, key: str) -> HttpResponse:
    """Whom to call and what to do now. Chosen (POST), it is kept and staff see it; reading it again is not."""
    chosen, now, homes = _danger_or_404(key), timezone.now(), homes_of(tenant)
    if request.method == "POST":
        services.signal_emergency(tenant=tenant, danger=key, dwelling=_home(request, homes), at=now)
        return redirect("requests:danger", key)
    signalled = _signalled(tenant, key, at=now)
    context = _what_to_do(chosen) | {
        "signalled": signalled,
        "homes": homes,
        "asks_home": signalled is not None and signalled.dwelling is None and len(homes) > 1,
    }
    return render(request, "requests/danger.html", context)


@require_safe
@login_not_required
def emergency(request: HttpRequest) -> HttpResponse:
    """The same dangers for everybody; a tenant who is signed in chooses them where we see it."""
    if tenant_of(request):
        return redirect("requests:report")
    return render(request, "requests/emergency.html", {"dangers": DANGERS})


@require_safe
@login_not_required
def emergency_steps(request: HttpRequest, key: str) -> HttpResponse:
    """Whom to call and what to do, for who is not signed in. It leaves no trace."""
    chosen = _danger_or_404(key)
    if tenant_of(request):
        return redirect("requests:danger", key)
    context = _what_to_do(chosen) | {"signalled": None, "homes": [], "asks_home": False}
    return render(request, "requests/danger.html", context)


@read_and_send
@tenant_required
def throw_away(request: HttpRequest, tenant: Tenant, key: uuid.UUID) -> HttpResponse:
    """Asks first: what was written and the photos are gone for good."""
    if request.method == "POST" and request.session.get(THROWN_AWAY) == str(key):
        return redirect("requests:report")  # pressed once more
    draft = get_object_or_404(Draft.objects.of(tenant).unsent().select_related("catalogue"), pk=key)
    if request.method == "POST":
        return _thrown_away(request, draft)
    context = {"draft": draft, "subject": _subject(draft), "photos": draft.photos.count()}
    return render(request, "requests/throw_away.html", context)


def _thrown_away(request: HttpRequest, draft: Draft) -> HttpResponse:
    try:
        services.throw_away(draft.pk, tenant=draft.tenant)
    except Draft.DoesNotExist:  # at the same moment, by a double click
        return redirect("requests:report")
    except services.DraftSent:
        return redirect("requests:report_check", draft.pk)  # which shows what became of it
    request.session[THROWN_AWAY] = str(draft.pk)
    messages.success(request, _("Your report has been thrown away. We have kept nothing of it."))
    return redirect("requests:report")


def call_first(draft: Draft, problem: Problem) -> HttpResponse:
    """A problem was chosen that is for the telephone: staff see it, and the tenant reads whom to call."""
    signalled = services.signal_problem(problem, tenant=draft.tenant, dwelling=draft.dwelling, at=timezone.now())
    if signalled.danger == dangers.OTHER:
        return redirect("requests:report_call", draft.pk, problem.key)
    return redirect("requests:danger", signalled.danger)


def _danger_or_404(key: str) -> Danger:
    chosen = dangers.find(key)
    if chosen is None:
        raise Http404("No such danger.")
    return chosen


def _what_to_do(chosen: Danger) -> dict[str, object]:
    first, *then = chosen.calls
    return {"danger": chosen, "first": first, "then": then, "what_to_do": {"steps": _steps(chosen)}}


def _steps(chosen: Danger) -> list[Step]:
    """What the catalogue says; without a catalogue the numbers still stand."""
    try:
        return chosen.steps(catalogues.current())
    except catalogues.NothingPublished:
        return []


def _home(request: HttpRequest, homes: list[Dwelling]) -> Dwelling | None:
    """The only home, also beside a parking place or a storage room, or the one that was chosen."""
    lived_in = [home for home in homes if home.kind == Dwelling.Kind.HOME] or homes
    if "home" not in request.POST and len(lived_in) == 1:
        return lived_in[0]
    return {str(home.pk): home for home in homes}.get(request.POST.get("home", ""))


def _signalled(tenant: Tenant, key: str, *, at: datetime) -> Emergency | None:
    return Emergency.objects.of(tenant, key, since=at - SIGNALLED_FOR).first()


def _unfinished_of(tenant: Tenant) -> list[Unfinished]:
    """The newest reports that were begun, as far as they say what they are about."""
    newest = Draft.objects.of(tenant).unsent().exclude(place="").order_by("-touched_at", "pk")[:MOST_UNFINISHED]
    return [_unfinished(draft) for draft in newest]


def _unfinished(draft: Draft) -> Unfinished:
    """The last page leads back to the first answer that is missing."""
    url = reverse("requests:report_check", args=[draft.pk])
    return Unfinished(key=draft.pk, subject=_subject(draft), touched=plain_words.moment(draft.touched_at), url=url)


def _subject(draft: Draft) -> str:
    tree = catalogues.tree_of(draft)
    problem, place = tree.find(draft.problem), tree.place(draft.place)
    if problem:
        return problem.title
    return place.label if place else _("something that you did not choose yet")
