"""What is promised, class by class: now, from a later day on, and what was promised before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from unfold.admin import ModelAdmin

from ... import services
from ...models import ClosingDay, HolidayRule, Norm, OpeningHours
from ...models.norms import Rule
from ...promises import Calendar, InForce, NoNorm, Terms, Urgency, in_force
from ..who import colleague_of
from .forms import NormForm, first_values
from .wording import Example, Line, day_in_words, example, fix_of, line_of, terms_in_words, working_days

__all__ = ["NormAdmin"]

KINDS: dict[str, type[Rule]] = {
    "norm": Norm,
    "hours": OpeningHours,
    "holiday": HolidayRule,
    "closing-day": ClosingDay,
}


@dataclass(frozen=True)
class Row:
    """One class, or one category within it that has a norm of its own; `coming`: what counts from a later day on."""

    urgency: str
    category: str
    name: str
    answer: str
    fix: str
    word: str
    since: str
    example: Example
    coming: list[Line]


@admin.register(Norm)
class NormAdmin(ModelAdmin):
    """Nothing is edited here: a norm that counts from a day on is added, or taken back before that day."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(require_safe(self.table)), name="requests_norm_changelist"),
            path("add/", wrap(require_http_methods(["GET", "HEAD", "POST"])(self.add)), name="requests_norm_add"),
            path("<slug:kind>/<int:pk>/back/", wrap(require_POST(take_back)), name="requests_norm_take_back"),
        ]

    def table(self, request: HttpRequest) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        today = timezone.localdate()
        known = list(Norm.objects.select_related("made_by", "taken_back_by"))
        context = {
            "rows": list(_rows(known, in_force(), today=today)),
            "history": [line_of(norm, "norm", _said(norm), today=today) for norm in sorted(known, key=_newest)],
            "may_add": self.has_add_permission(request),
            "may_take_back": self.has_change_permission(request),
        }
        return self._show(request, "table.html", _("Norms"), context)

    def add(self, request: HttpRequest) -> HttpResponse:
        """First the example, if that was asked for; then it counts."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        now, sent = timezone.now(), request.POST if request.method == "POST" else None
        form = NormForm(sent, today=timezone.localdate(now), initial=_as_it_is(request.GET, on=timezone.localdate(now)))
        if form.is_valid() and "look" not in request.POST:
            data = form.cleaned_data
            norm = services.set_norm(
                data["urgency"],
                form.terms,
                category=data["category"],
                valid_from=data["valid_from"],
                by=colleague_of(request),
                at=now,
            )
            self.message_user(request, _set_in_words(norm), messages.SUCCESS)
            return redirect("admin:requests_norm_changelist")
        return self._show(request, "add.html", _("Change a norm"), {"form": form, "compared": _compared(form)})

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _show(self, request: HttpRequest, template: str, title: str, context: dict[str, Any]) -> HttpResponse:
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title, **context}
        return TemplateResponse(request, f"admin/requests/norm/{template}", whole)


def take_back(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """A second click changes nothing."""
    if kind not in KINDS:
        raise Http404("There is no such rule.")
    model = KINDS[kind]
    if not request.user.has_perm(f"requests.change_{model._meta.model_name}"):
        raise PermissionDenied
    rule = get_object_or_404(model.objects.select_related("made_by"), pk=pk)
    try:
        services.take_back(rule, by=colleague_of(request), at=timezone.now())
    except services.DayIsOver:
        messages.warning(request, _("This counts since an earlier day, so it stays. Add what has to count now."))
    except services.NeverOpen:
        messages.warning(request, _("Without this the office would never be open, so it stays."))
    else:
        messages.success(request, _("Taken back: %(rule)s.") % {"rule": rule})
    return redirect("admin:requests_norm_changelist" if model is Norm else "admin:requests_closingday_changelist")


def _rows(known: list[Norm], now: InForce, *, today: date) -> Iterable[Row]:
    """In the order of urgency; first all categories, then those with a norm of their own."""
    standing = [norm for norm in known if norm.stands]
    keys = sorted({(norm.urgency, norm.category) for norm in standing}, key=_in_order)
    for urgency, category in keys:
        of_key = [norm for norm in standing if (norm.urgency, norm.category) == (urgency, category)]
        begun = [norm for norm in of_key if norm.valid_from <= today]
        coming = sorted((norm for norm in of_key if norm.valid_from > today), key=lambda norm: norm.valid_from)
        current = max(begun, key=lambda norm: norm.valid_from) if begun else None
        if not coming and (current is None or current.terms is None):
            continue  # a category that goes with the others again
        own = current if current and current.terms else None
        terms = own.terms if own and own.terms else now.norms.of(urgency, category, on=today)
        yield _row(urgency, category, terms, own, coming, now.calendar, today=today)


def _row(
    urgency: str, category: str, terms: Terms, own: Norm | None, coming: list[Norm], calendar: Calendar, *, today: date
) -> Row:
    names = Norm(urgency=urgency, category=category)
    return Row(
        urgency=urgency,
        category=category,
        name=names.get_category_display() if category else names.get_urgency_display(),
        answer=working_days(terms.answer),
        fix=fix_of(terms),
        word=working_days(terms.word),
        since=day_in_words(own.valid_from) if own else "",
        example=example(terms, calendar, on=today),
        coming=[line_of(norm, "norm", terms_in_words(norm.terms), today=today) for norm in coming],
    )


def _in_order(key: tuple[str, str]) -> tuple[int, str]:
    urgency, category = key
    return Urgency.values.index(urgency), category


def _newest(norm: Norm) -> tuple[Any, ...]:
    return -norm.made_at.timestamp(), Urgency.values.index(norm.urgency), norm.category, -norm.pk


def _said(norm: Norm) -> str:
    return f"{norm}: {terms_in_words(norm.terms)}"


def _set_in_words(norm: Norm) -> str:
    return _("%(norm)s: from %(day)s this counts for new reports. Promises that were made do not move.") % {
        "norm": norm,
        "day": day_in_words(norm.valid_from),
    }


def _as_it_is(query: Any, *, on: date) -> dict[str, Any]:
    """The form begins with what counts now for the class and the category in the address."""
    urgency, category = query.get("urgency", Urgency.NORMAL), query.get("category", "")
    try:
        return first_values(urgency, category, in_force().norms.of(urgency, category, on=on))
    except NoNorm:
        return {}


def _compared(form: NormForm) -> list[tuple[str, str, Example]]:
    """As it is on that day, and as it would be; nothing as long as the form is not right."""
    if not form.is_bound or not form.is_valid():
        return []
    data, now = form.cleaned_data, in_force()
    day = data["valid_from"]
    as_it_is = now.norms.of(data["urgency"], data["category"], on=day)
    as_others = now.norms.of(data["urgency"], "", on=day)
    both = ((_("Without this change"), as_it_is), (_("With this change"), form.terms or as_others))
    return [(title, terms_in_words(terms), example(terms, now.calendar, on=day)) for title, terms in both]
