"""What the pages of a report share: the draft they write in, how far one is, and the answers so far."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from dwellings.models import Dwelling
from tenants.access import tenant_required
from tenants.models import Tenant

from .. import services
from ..intake import communal
from ..models import Draft, Report
from .way import PAGES, STEPS, Way

__all__ = [
    "Card", "answer_first", "draft_required", "filled_in", "forget_home", "goes_on_as", "homes_of", "keep", "onwards",
    "page", "read_and_send", "way_of",
]  # fmt: skip

STEP_NAMES = {
    1: gettext_lazy("where it is"),
    2: gettext_lazy("what is wrong"),
    3: gettext_lazy("more about it"),
    4: gettext_lazy("check and send"),
}

read_and_send = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, kw_only=True)
class Card:
    """One choice on a page."""

    value: str
    label: str
    icon: str = ""
    note: str = ""


def draft_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the tenant's own draft as its second argument; what was sent or ended shows what became of it.

    The browser may keep these pages, but asks before it shows one: "back" after a mistake must show the
    form again, which no-store makes impossible.
    """

    @tenant_required
    @wraps(view)
    def wrapped(request: HttpRequest, tenant: Tenant, key: uuid.UUID, **kwargs: object) -> HttpResponse:
        theirs = Draft.objects.of(tenant).with_is_rented(on=timezone.localdate())
        related = theirs.select_related("tenant", "dwelling", "communal_area", "sent_as", "joins")
        draft = get_object_or_404(related, pk=key)
        if draft.sent_as:
            return redirect("requests:sent", draft.sent_as.reference)  # which knows where it went on
        if draft.ended:
            return redirect("requests:report_ended", draft.pk)
        try:
            if draft.dwelling and not draft.is_rented:  # type: ignore[attr-defined]  # annotated
                draft = forget_home(request, draft)
            response = view(request, draft, **kwargs)
        except services.DraftSent:  # from another tab or device, a moment ago
            response = redirect(request.path)
        response.headers["Cache-Control"] = "private, no-cache"
        return response

    return wrapped


def filled_in(request: HttpRequest) -> QueryDict | None:
    """What was sent: also when that is nothing."""
    return request.POST if request.method == "POST" else None


def way_of(draft: Draft) -> Way:
    return Way(draft, at=timezone.now())


def keep(draft: Draft, answers: dict[str, object]) -> Draft:
    return services.keep_answers(draft.pk, tenant=draft.tenant, at=timezone.now(), **answers)


def forget_home(request: HttpRequest, draft: Draft) -> Draft:
    """Say that its tenant left the home, and keep what they wrote: what happens there is for who lives there now."""
    said = _(
        "You no longer rent %(home)s, so you cannot report anything there now. "
        "What you wrote and your photos are still here."
    )
    messages.error(request, said % {"home": draft.dwelling})
    return keep(draft, {"dwelling": None})


def answer_first(request: HttpRequest, way: Way, missing: str, *, lost: str = "") -> HttpResponse:
    """To what is missing before this page. Words that could not be kept are shown, as of a form that is gone."""
    if lost.strip():
        raise Http404("There is no page now for these words.")
    if request.method == "POST" and missing != "report_home":  # of that one `forget_home` told already
        messages.info(request, _("What you filled in is kept. Please answer this question first."))
    return redirect(way.url(missing))


def onwards(draft: Draft, name: str, answers: dict[str, object]) -> HttpResponse:
    """Keep the answers of this page, and show the next one."""
    way = way_of(keep(draft, answers))
    return redirect(way.url(way.after(name)))


def page(way: Way, name: str) -> dict[str, object]:
    """What every page of the form shows: how far one is, the way back, and the answers so far."""
    step = STEPS[name]
    back = way.before(name)
    place = _place_label(way) if step > 1 else ""
    told = way.problem and PAGES.index(name) > PAGES.index("report_problem")
    problem = way.problem.label if way.problem and told else ""
    return {
        "draft": way.draft,
        "step": step,
        "total": len(STEP_NAMES),
        "step_name": STEP_NAMES[step],
        "steps": [number <= step for number in STEP_NAMES],
        "back": way.url(back) if back else reverse("requests:report"),
        "place": place,
        "problem_label": problem,
        "so_far": " · ".join(filter(None, (place, problem))),
    }


def _place_label(way: Way) -> str:
    if way.draft.communal_area:
        return communal.name_of(way.draft.communal_area)
    place = way.tree.place(way.draft.place)
    return place.label if place else ""


def homes_of(tenant: Tenant) -> list[Dwelling]:
    return list(Dwelling.objects.of(tenant, on=timezone.localdate()))


def goes_on_as(tenant: Tenant, reference: str) -> str | None:
    """The number of the case that this tenant's report went on with from this one; None when it did not."""
    theirs = Report.objects.of(tenant, on=timezone.localdate()).once_on(reference)
    return theirs.values_list("service_request__reference", flat=True).first()
