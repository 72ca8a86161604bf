"""Ways to narrow the queue. All choices together cost one small query."""

from typing import Any, cast

from django.contrib.admin import SimpleListFilter
from django.db.models import F, Q, QuerySet, Value
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import DropdownFilter
from unfold.contrib.filters.forms import DropdownForm
from unfold.widgets import UnfoldAdminSelectWidget

from dwellings.models import Complex
from tenants.models import User

from ..models import Category, ServiceRequest, Source
from ..promises import Urgency
from ..workflow import Status
from .who import colleague_of

__all__ = ["FILTERS"]

ME, NOBODY = "me", "nobody"
COMPLEX, COLLEAGUE = "complex", "colleague"


class _ManyOptions(UnfoldAdminSelectWidget):
    """Looks like Unfold's; with that one, three templates per option took most of the page with many complexes."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        return render_to_string("admin/requests/servicerequest/_select.html", self.get_context(name, value, attrs))


class _Choice(DropdownForm):
    widget = _ManyOptions(attrs=DropdownForm.widget.attrs)


class _OneOf(DropdownFilter):
    """A field that has one of the chosen value; what is not on offer is passed over."""

    form_class = _Choice
    field: str

    def queryset(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
        offered = {str(value) for value, label in self.lookup_choices}
        return queryset.filter(**{self.field: self.value()}) if self.value() in offered else queryset


class StatusFilter(_OneOf):
    title, parameter_name, field = pgettext_lazy("filter", "status"), "status", "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Status.choices)


class UrgencyFilter(_OneOf):
    title, parameter_name, field = _("urgency"), "urgency", "urgency"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Urgency.choices)


class CategoryFilter(_OneOf):
    title, parameter_name, field = _("category"), "category", "category"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Category.choices)


class SourceFilter(_OneOf):
    title, parameter_name, field = pgettext_lazy("how a report came in", "channel"), "channel", "source"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Source.choices)


class ComplexFilter(_OneOf):
    """Homes and communal areas of one complex."""

    title, parameter_name = _("complex"), "complex"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return _offered(request)[COMPLEX]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
        if self.value() not in {value for value, label in self.lookup_choices}:
            return queryset
        return queryset.filter(Q(dwelling__complex=self.value()) | Q(communal_area__complex=self.value()))


class AssigneeFilter(_OneOf):
    title, parameter_name, field = _("assigned to"), "assignee", "assignee"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [(ME, _("me")), (NOBODY, _("nobody")), *_offered(request)[COLLEAGUE]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[ServiceRequest]) -> QuerySet[ServiceRequest]:
        if self.value() == ME:
            return queryset.filter(assignee=colleague_of(request))
        if self.value() == NOBODY:
            return queryset.filter(assignee__isnull=True)
        return super().queryset(request, queryset)


def _offered(request: HttpRequest) -> dict[str, list[tuple[str, str]]]:
    """The complexes and the colleagues, in one statement for both filters."""
    kept = vars(request)
    if "offered_by_filters" not in kept:
        offered: dict[str, list[tuple[str, str]]] = {COMPLEX: [], COLLEAGUE: []}
        complexes = Complex.objects.order_by().values(
            of=Value(COMPLEX), key=F("pk"), first=F("name"), last=Value(""), mail=Value("")
        )
        people = (
            colleagues()
            .order_by()
            .values(of=Value(COLLEAGUE), key=F("pk"), first=F("first_name"), last=F("last_name"), mail=F("email"))
        )
        for one in complexes.union(people, all=True).order_by("first", "last", "key"):
            name = str(User(first_name=one["first"], last_name=one["last"], email=one["mail"]))
            offered[one["of"]].append((str(one["key"]), name))
        kept["offered_by_filters"] = offered
    return cast(dict[str, list[tuple[str, str]]], kept["offered_by_filters"])


def colleagues() -> QuerySet[User]:
    """Whom a request can be given to."""
    return User.objects.filter(is_staff=True, is_active=True).order_by("first_name", "last_name", "pk")


FILTERS: tuple[type[SimpleListFilter], ...] = (
    StatusFilter,
    UrgencyFilter,
    CategoryFilter,
    ComplexFilter,
    AssigneeFilter,
    SourceFilter,
)
