"""One case or two: split a household's report off, or let a whole request go on as another. Always asked first."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Q, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from .. import services
from ..models import Report, ServiceRequest
from ..models.service_request import ServiceRequestQuerySet
from ..promises import next_word_after, promise
from ..services import WhyNot
from . import case, search
from .due import moment_of
from .forms import Seen
from .who import colleague_of

__all__ = ["urls"]

CANDIDATES = 8
FOLDER = "admin/requests/servicerequest"
Page = Callable[..., HttpResponse]

WHY_NOT_SPLIT = {
    WhyNot.NOT_OPEN: gettext_lazy("This request is ready or closed, so nothing can be split off any more."),
    WhyNot.LAST_REPORT: gettext_lazy("This is the only report of the request, so there is nothing to split off."),
    WhyNot.VISIT: gettext_lazy(
        "A visit to this very home is planned. Move or cancel the visit first; then split the report off."
    ),
}
WHY_NOT_MERGE = {
    WhyNot.SAME: gettext_lazy("That is this request itself. Choose another one."),
    WhyNot.NOT_OPEN: gettext_lazy("One of the two is ready or closed. Only two open requests can be merged."),
    WhyNot.ELSEWHERE: gettext_lazy("That request is about another complex, so it cannot be the same problem."),
    WhyNot.VISIT: gettext_lazy(
        "A visit is planned for this request, and somebody counts on it. Cancel it first, "
        "and plan it in the request that goes on."
    ),
    WhyNot.OBJECTION: gettext_lazy("The tenant does not agree with who pays. Answer that first."),
    WhyNot.EARLIER: gettext_lazy(
        "This request was promised for an earlier day than the other one, and we are measured by that first promise. "
        "Merge the other way around."
    ),
}


def urls(admin: Any) -> list[URLPattern]:
    """Below the request's own page."""

    def staff(page: Page) -> Page:
        def checked(request: HttpRequest, pk: int, **kwargs: Any) -> HttpResponse:
            if not admin.has_change_permission(request):
                raise PermissionDenied
            return page(admin, request, pk, **kwargs)

        return admin.admin_site.admin_view(require_http_methods(["GET", "POST"])(checked))

    return [
        path("<int:pk>/split/<int:report>/", staff(split_off), name="requests_servicerequest_split"),
        path("<int:pk>/merge/", staff(merge), name="requests_servicerequest_merge"),
    ]


class MergeForm(forms.Form):
    """Which request this one goes on as: its number, typed or chosen."""

    into = forms.CharField(
        label=gettext_lazy("Number of the other request"),
        label_suffix="",
        help_text=gettext_lazy("Such as 2026-004123."),
        max_length=20,
        error_messages={"required": gettext_lazy("Choose a request, or fill in its number.")},
    )

    def clean_into(self) -> ServiceRequest:
        typed = self.cleaned_data["into"].strip()
        found = search.find(_with_place(), typed).first() if search.REFERENCE.fullmatch(typed) else None
        if found is None:
            raise forms.ValidationError(_("There is no request with this number. Check the number."))
        return found


# --- split off --------------------------------------------------------------------------------------------------------


def split_off(admin: Any, request: HttpRequest, pk: int, report: int) -> HttpResponse:
    """Show what will happen; sent, do it. A second click leads to what the first one made."""
    service_request = case.find(pk)
    theirs = get_object_or_404(Report.objects.select_related("tenant", "tenancy__dwelling"), pk=report)
    if theirs.service_request_id != pk:
        get_object_or_404(theirs.moves, old=pk)
        messages.info(request, _("This was done already."))
        return _to(theirs.service_request_id)
    form = Seen(request.POST or None, initial={"seen": service_request.version})
    if form.is_valid():
        return _split(request, service_request, theirs, seen=form.cleaned_data["seen"])
    now = timezone.now()
    context = {
        "service_request": service_request,
        "report": theirs,
        "form": form,
        "first_fix_by": moment_of(promise(service_request.urgency, service_request.category, at=theirs.at).fix_by),
        "fix_by": moment_of(promise(service_request.urgency, service_request.category, at=now).fix_by),
        "next_word_at": moment_of(next_word_after(service_request.urgency, service_request.category, at=now)),
    }
    return _show(admin, request, "split.html", _("Split a report off"), context)


def _split(request: HttpRequest, service_request: ServiceRequest, report: Report, *, seen: int) -> HttpResponse:
    try:
        new = services.split_off(report, colleague_of(request), timezone.now(), seen=seen)
    except services.CannotSplit as cannot:
        messages.error(request, WHY_NOT_SPLIT[cannot.why])
    except services.ChangedMeanwhile:
        messages.warning(request, _changed())
    else:
        said = _("The report of %(name)s goes on as %(reference)s. They were told.")
        messages.success(request, said % {"name": report.tenant.name, "reference": new.reference})
        return _to(new.pk)
    return _to(service_request.pk)


# --- merge ------------------------------------------------------------------------------------------------------------


def merge(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Choose with which request this one goes on, look at both, and confirm."""
    service_request = case.find(pk)
    if request.method == "POST":
        return _merge(request, service_request)
    form = MergeForm(request.GET if "into" in request.GET else None)
    into = form.cleaned_data["into"] if form.is_valid() else None
    context = {
        "service_request": service_request,
        "form": form,
        "candidates": [] if into else list(_candidates(service_request)),
        "into": into,
        "why_not": _why_not(service_request, into) if into else "",
        "which_day": _which_day(service_request, into, at=timezone.now()) if into else "",
        "both": [_promised_to(service_request), _promised_to(into)] if into else [],
    }
    return _show(admin, request, "merge.html", _("Merge with another request"), context)


def _which_day(old: ServiceRequest, new: ServiceRequest, *, at: datetime) -> str:
    """By when it is promised to everybody then, and who reads that it is another day."""
    days = {"old": moment_of(old.fix_by), "new": moment_of(new.fix_by)}
    if new.fix_by > at and old.fix_by < new.fix_by:
        said = _("It stays promised for %(new)s. Who was promised %(old)s reads that it is later, with our apology.")
        return said % days
    if new.fix_by > at:
        return _("It stays promised for %(new)s.") % days
    if old.fix_by > at:
        return _("What was promised for %(new)s is late. Who waits for that reads that %(old)s is the new day.") % days
    return _("Both promised days are over. Everybody still waits for a new day.")


def _promised_to(service_request: ServiceRequest) -> tuple[ServiceRequest, str, int]:
    """It, by when it is promised, and to how many households."""
    return service_request, moment_of(service_request.fix_by), service_request.reports.told(at=timezone.now()).count()


def _merge(request: HttpRequest, service_request: ServiceRequest) -> HttpResponse:
    form, seen = MergeForm(request.POST), Seen(request.POST)
    if not form.is_valid() or not seen.is_valid():
        messages.error(request, _("There is no request with this number. Check the number."))
        return redirect("admin:requests_servicerequest_merge", service_request.pk)
    into, now = form.cleaned_data["into"], timezone.now()
    if service_request.merged_into_id == into.pk:
        messages.info(request, _("This was done already."))
        return _to(into.pk)
    try:
        services.merge(service_request, into, colleague_of(request), now, seen=seen.cleaned_data["seen"])
    except services.CannotMerge as cannot:
        messages.error(request, WHY_NOT_MERGE[cannot.why])
    except (services.ChangedMeanwhile, services.MoveNotAllowed):
        messages.warning(request, _changed())
    else:
        said = _("%(old)s goes on as %(new)s. Everybody who reported it was told.")
        messages.success(request, said % {"old": service_request.reference, "new": into.reference})
        return _to(into.pk)
    return _to(service_request.pk)


def _why_not(service_request: ServiceRequest, into: ServiceRequest) -> Any:
    try:
        services.check_merge(service_request, into)
    except services.CannotMerge as cannot:
        return WHY_NOT_MERGE[cannot.why]
    return ""


def _candidates(service_request: ServiceRequest) -> ServiceRequestQuerySet:
    """Open requests of the same complex that may be the same: the same problem first, then the same thing."""
    here = service_request.place.complex_id
    alike = Q(thing=service_request.thing) | Q(category=service_request.category)
    return (
        _with_place()
        .to_do()
        .filter(Q(dwelling__complex=here) | Q(communal_area__complex=here), alike)
        .exclude(pk=service_request.pk)
        .annotate(
            unlike=Case(
                When(problem=service_request.problem, then=Value(0)),
                When(thing=service_request.thing, then=Value(1)),
                default=Value(2),
            )
        )
        .order_by("unlike", "received_at", "pk")[:CANDIDATES]
    )


def _with_place() -> ServiceRequestQuerySet:
    return ServiceRequest.objects.select_related("dwelling__complex", "communal_area__complex")


def _show(admin: Any, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
    context |= {**admin.admin_site.each_context(request), "opts": admin.opts, "title": title}
    return TemplateResponse(request, f"{FOLDER}/{template}", context)


def _changed() -> str:
    return _("Somebody changed this request while you were busy. Read what is new first. Nothing was done.")


def _to(pk: int) -> HttpResponse:
    return redirect("admin:requests_servicerequest_change", pk)
