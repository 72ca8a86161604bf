"""When the office is open: hours, public holidays and closing days, for this year and the next."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_safe
from unfold.admin import ModelAdmin

from ... import services
from ...models import ClosingDay, HolidayRule, OpeningHours
from ...models.norms import Rule, Weekday
from ...promises import Calendar, Holiday, in_force
from ..who import colleague_of
from .forms import ClosingDayForm, HolidayForm, HoursForm
from .wording import Line, day_in_words, line_of

__all__ = ["CalendarAdmin"]


@dataclass(frozen=True)
class Off:
    """A day off by its name; `closed_anyway`: it is one by its day of the week. `line`: it was added by somebody."""

    day: str
    name: str
    closed_anyway: bool
    line: Line | None


@dataclass(frozen=True)
class HolidayRow:
    key: str
    name: str
    worked: bool


@admin.register(ClosingDay)
class CalendarAdmin(ModelAdmin):
    """The whole calendar stands on the page of its closing days."""

    def get_urls(self) -> list[URLPattern]:
        wrap, both = self.admin_site.admin_view, require_http_methods(["GET", "HEAD", "POST"])
        return [
            path("", wrap(require_safe(self.calendar)), name="requests_closingday_changelist"),
            path("add/", wrap(both(self.add)), name="requests_closingday_add"),
            path("hours/", wrap(both(self.hours)), name="requests_openinghours_add"),
            path("holiday/", wrap(both(self.holiday)), name="requests_holidayrule_add"),
        ]

    def calendar(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        today, now = timezone.localdate(), in_force().calendar
        closing = {rule.day: line_of(rule, "closing-day", rule.name, today=today) for rule in _standing(ClosingDay)}
        coming = [*_coming(OpeningHours, "hours", today=today), *_coming(HolidayRule, "holiday", today=today)]
        context = {
            "week": list(zip(Weekday.labels, map(_hours_in_words, now.week_on(today)), strict=True)),
            "holidays": [HolidayRow(key, str(label), now.is_worked(key, on=today)) for key, label in Holiday.choices],
            "coming": coming,
            "years": [(year, list(_days_off(now, year, closing))) for year in (today.year, today.year + 1)],
            "may_add": self.has_add_permission(request),
            "may_set_hours": request.user.has_perm("requests.add_openinghours"),
            "may_set_holidays": request.user.has_perm("requests.add_holidayrule"),
            "may_take_back": self.has_change_permission(request),
        }
        return self._show(request, "calendar.html", _("Calendar"), context)

    def add(self, request: HttpRequest) -> HttpResponse:
        def keep(form: forms.Form, **who: Any) -> str:
            row = services.close_on(form.cleaned_data["day"], form.cleaned_data["name"], **who)
            said = _("The office is closed on %(day)s: %(name)s.")
            return said % {"day": day_in_words(row.day), "name": row.name}

        return self._form(request, "requests.add_closingday", ClosingDayForm, _("Add a closing day"), keep)

    def hours(self, request: HttpRequest) -> HttpResponse:
        def keep(form: HoursForm, **who: Any) -> str:
            data = form.cleaned_data
            services.set_opening_hours(data["weekdays"], form.hours, valid_from=data["valid_from"], **who)
            said = _("From %(day)s these opening hours count. Promises that were made do not move.")
            return said % {"day": day_in_words(data["valid_from"])}

        return self._form(request, "requests.add_openinghours", HoursForm, _("Change the opening hours"), keep)

    def holiday(self, request: HttpRequest) -> HttpResponse:
        def keep(form: forms.Form, **who: Any) -> str:
            data = form.cleaned_data
            rule = services.set_holiday(data["holiday"], worked=data["worked"], valid_from=data["valid_from"], **who)
            return _("From %(day)s: %(rule)s.") % {"day": day_in_words(data["valid_from"]), "rule": rule}

        asked = request.GET.get("holiday", "")
        first = {
            "holiday": asked,
            "worked": "no" if in_force().calendar.is_worked(asked, on=timezone.localdate()) else "yes",
        }
        given = first if asked in Holiday.values else {}
        return self._form(request, "requests.add_holidayrule", HolidayForm, _("Work on a holiday or not"), keep, given)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _form(
        self,
        request: HttpRequest,
        permission: str,
        form_class: Callable[..., Any],
        title: str,
        keep: Callable[..., str],
        initial: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if not request.user.has_perm(permission):
            raise PermissionDenied
        now, sent = timezone.now(), request.POST if request.method == "POST" else None
        form = form_class(sent, today=timezone.localdate(now), initial=initial or {})
        if form.is_valid():
            try:
                messages.success(request, keep(form, by=colleague_of(request), at=now))
            except services.NeverOpen:
                form.add_error(None, _("Then the office would never be open, and nothing could be promised."))
            else:
                return redirect("admin:requests_closingday_changelist")
        return self._show(request, "form.html", title, {"form": form})

    def _show(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/requests/calendar/{template}", whole)


def _standing(model: type[Rule]) -> QuerySet[Any]:
    return model.objects.standing().select_related("made_by", "taken_back_by")


def _coming(model: type[Rule], kind: str, *, today: date) -> list[Line]:
    """What was set and can still be taken back."""
    rules = _standing(model).filter(valid_from__gte=today).order_by("valid_from", "pk")
    return [line_of(rule, kind, str(rule), today=today) for rule in rules]


def _days_off(calendar: Calendar, year: int, closing: dict[date, Line]) -> Iterable[Off]:
    names = dict(Holiday.choices)
    for off in calendar.days_off(year):
        line = closing.get(off.day)
        yield Off(
            day=date_format(off.day, "l j F"),
            name=str(names.get(off.name, off.name)),
            closed_anyway=calendar.week_on(off.day)[off.day.weekday()] is None,
            line=line if line and line.what == off.name else None,
        )


def _hours_in_words(hours: tuple[Any, Any] | None) -> str:
    return f"{hours[0]:%H:%M}–{hours[1]:%H:%M}" if hours else pgettext("office", "closed")
