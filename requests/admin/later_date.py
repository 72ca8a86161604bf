"""Promise a later day, without a visit. Staff see the message to the tenant before they send it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from .. import services
from ..models import PromiseMove, ServiceRequest
from ..promises import add_working_days
from ..services import CannotMovePromise
from . import case
from .due import moment_of
from .forms import Seen
from .move_fields import is_near
from .who import colleague_of

__all__ = ["urls"]

FOLDER = "admin/requests/servicerequest"
Page = Callable[..., HttpResponse]

_REFUSALS = {
    CannotMovePromise.NOT_TO_DO: gettext_lazy("This request is ready or closed: nothing is promised any more."),
    CannotMovePromise.NOT_LATER: gettext_lazy("Choose a later day than what is promised now."),
    CannotMovePromise.TOO_LATE: gettext_lazy("This is more than a year away. Choose an earlier day."),
    CannotMovePromise.NO_REASON: gettext_lazy("Explain to the tenant why it takes longer."),
}


def urls(admin: Any) -> list[URLPattern]:
    """Below the request's own page."""

    def staff(page: Page, *methods: str) -> Page:
        def checked(request: HttpRequest, pk: int) -> HttpResponse:
            if not admin.has_change_permission(request):
                raise PermissionDenied
            return page(admin, request, pk)

        return admin.admin_site.admin_view(require_http_methods(methods)(checked))

    return [
        path("<int:pk>/later/", staff(later, "GET", "POST"), name="requests_servicerequest_later"),
        path("<int:pk>/later/preview/", staff(show_preview, "POST"), name="requests_servicerequest_later_preview"),
    ]


class LaterForm(Seen):
    """The new day, until the office closes, and why."""

    day = forms.DateField(
        label=gettext_lazy("New promised day"),
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=dict.fromkeys(("required", "invalid"), gettext_lazy("Choose a day.")),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why it takes longer, as the tenant reads it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _REFUSALS[CannotMovePromise.NO_REASON]},
    )

    def __init__(self, service_request: ServiceRequest, *args: Any, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.service_request, self.at = service_request, at
        self.fields["day"].help_text = _("Promised now: %(moment)s.") % {"moment": moment_of(service_request.fix_by)}

    def clean_day(self) -> datetime:
        """When the office closes on that day, or on the next working day."""
        day = self.cleaned_data["day"]
        if not is_near(day, at=self.at):
            too_far = CannotMovePromise.TOO_LATE if day > timezone.localdate(self.at) else CannotMovePromise.NOT_LATER
            raise ValidationError(_REFUSALS[too_far])
        midnight = timezone.make_aware(datetime.combine(day, time()))
        return add_working_days(midnight, 0)

    def clean(self) -> dict[str, Any]:
        """Of somebody who looked at an older version, the service says what became of it."""
        cleaned = super().clean() or {}
        to, now_promised = cleaned.get("day"), max(self.service_request.fix_by, self.at)
        if to and to <= now_promised and cleaned.get("seen") == self.service_request.version:
            self.add_error("day", str(_REFUSALS[CannotMovePromise.NOT_LATER]))
        return cleaned

    def missing(self) -> list[str]:
        """What the form still needs, in words."""
        form = self if self.is_bound else LaterForm(self.service_request, {"seen": 0}, at=self.at)
        return [str(error) for field, errors in form.errors.items() if field != "seen" for error in errors]


def later(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    service_request, now = case.find(pk), timezone.now()
    data = request.POST if request.method == "POST" else None
    form = LaterForm(service_request, data, at=now, initial={"seen": service_request.version})
    if data is None and not service_request.is_to_do:
        messages.warning(request, _REFUSALS[CannotMovePromise.NOT_TO_DO])
        return _to(pk)
    if not form.is_valid():
        return _show(admin, request, form)
    return _move(admin, request, form)


def _move(admin: Any, request: HttpRequest, form: LaterForm) -> HttpResponse:
    pk, said, me = form.service_request.pk, form.cleaned_data, colleague_of(request)
    try:
        services.move_promise(pk, to=said["day"], reason=said["reason"], by=me, at=form.at, seen=said["seen"])
    except CannotMovePromise as cannot:
        form.add_error(None, str(_REFUSALS[cannot.why]))
        return _show(admin, request, form)
    except services.ChangedMeanwhile:
        if _was_just_done(form, by=me.pk):
            messages.info(request, _("This was done already."))
            return _to(pk)
        return _changed_meanwhile(admin, request, pk)
    messages.success(request, _moved_to(said["day"], is_told=form.service_request.reports.told(at=form.at).exists()))
    return _to(pk)


def _moved_to(day: datetime, *, is_told: bool) -> str:
    said = _("The new promised day is %(moment)s. The tenant is told.")
    if not is_told:
        said = _("The new promised day is %(moment)s. Nobody is told: everybody who reported this has moved out.")
    return said % {"moment": moment_of(day)}


def show_preview(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """The message as it would be with what the form says now; changes nothing."""
    form = LaterForm(case.find(pk), request.POST, at=timezone.now())
    form.full_clean()
    return render(request, f"{FOLDER}/_preview.html", {"preview": _preview(form)})


def _preview(form: LaterForm) -> case.Preview:
    if missing := form.missing():
        return case.Preview(missing=missing)
    said = form.cleaned_data
    text = services.preview_later_date(form.service_request, to=said["day"], reason=said["reason"], at=form.at)
    return case.without_links(text)


def _changed_meanwhile(admin: Any, request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody was first: nothing was done, and what was filled in is still here."""
    current, data = case.find(pk), request.POST.copy()
    data["seen"] = str(current.version)
    form = LaterForm(current, data, at=timezone.now())
    said = _(
        "Somebody changed this request while you were busy, so nothing was done or sent. Look at what is promised now."
    )
    if not current.is_to_do:
        said = _(
            "Somebody reported this request ready or closed it while you were busy: nothing is promised any more. "
            "Nothing was done or sent. What you filled in is still here."
        )
    return _show(admin, request, form, conflict=said, status=409)


def _was_just_done(form: LaterForm, *, by: int) -> bool:
    last = PromiseMove.objects.filter(service_request=form.service_request).last()
    said = (by, form.cleaned_data["day"], form.cleaned_data["reason"].strip())
    return last is not None and (last.by_id, last.new_fix_by, last.reason) == said


def _show(admin: Any, request: HttpRequest, form: LaterForm, *, conflict: str = "", status: int = 200) -> HttpResponse:
    context = {
        **admin.admin_site.each_context(request),
        "opts": admin.opts,
        "title": _("Promise a later day"),
        "service_request": form.service_request,
        "form": form,
        "preview": _preview(form),
        "conflict": conflict,
    }
    return TemplateResponse(request, f"{FOLDER}/later.html", context, status=status)


def _to(pk: int) -> HttpResponse:
    return redirect("admin:requests_servicerequest_change", pk)
