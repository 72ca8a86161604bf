"""Homes and tenancies for staff: to find and to look up. Where they change is the corporation's own system."""

import re
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext
from unfold.admin import ModelAdmin, TabularInline
from unfold.decorators import display

from .models import CommunalArea, Complex, Dwelling, Tenancy

POSTCODE = re.compile(r"\b(\d{4})\s?([A-Za-z]{2})\b")


class ReadOnly:
    """Nothing is added, changed or removed here."""

    def has_add_permission(self, request: HttpRequest, *args: Any) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class FindsPostcodes:
    """Django's search takes every word apart; a postcode is one word, with or without a space."""

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = POSTCODE.sub(lambda match: f'"{match[1]} {match[2].upper()}"', search_term)
        return super().get_search_results(request, queryset, term)  # type: ignore[misc]  # the mixins have no types


class CommunalAreaInline(ReadOnly, TabularInline):
    model = CommunalArea
    hide_title = True
    fields = ("name", "location_code")


class TenancyInline(ReadOnly, TabularInline):
    """Who rents and rented this home, the last one first."""

    model = Tenancy
    hide_title = True
    fields = readonly_fields = ("tenant", "role", "from_day", "till_day")
    ordering = ("-period",)
    extra = 0

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tenancy]:
        return super().get_queryset(request).select_related("tenant", "dwelling")

    @display(description=_("from"))
    def from_day(self, tenancy: Tenancy) -> str:
        return first_day(tenancy)

    @display(description=_("until"))
    def till_day(self, tenancy: Tenancy) -> str:
        return last_day(tenancy)


@admin.register(Complex)
class ComplexAdmin(ReadOnly, ModelAdmin):
    list_display = ("name", "city", "kind", "built_in")
    list_filter = ("kind", "city")
    search_fields = ("name", "city")
    show_full_result_count = False
    inlines = [CommunalAreaInline]


@admin.register(Dwelling)
class DwellingAdmin(FindsPostcodes, ReadOnly, ModelAdmin):
    list_display = ("address", "postcode", "kind", "complex", "reference")
    list_filter = ("kind", "complex")
    list_select_related = ("complex",)
    ordering = ("street", "house_number", "pk")
    search_fields = ("street", "=house_number", "^postcode", "=reference")
    search_help_text = _("Street, house number, postcode or number of the home")
    show_full_result_count = False
    inlines = [TenancyInline]

    @display(description=_("address"), ordering="street")
    def address(self, dwelling: Dwelling) -> str:
        return dwelling.address


class IsCurrent(admin.SimpleListFilter):
    """Only who rents today, or everybody who ever did."""

    title = _("when")
    parameter_name = "current"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("today"))]

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        return queryset.current(on=timezone.localdate()) if self.value() else queryset


@admin.register(Tenancy)
class TenancyAdmin(FindsPostcodes, ReadOnly, ModelAdmin):
    list_display = ("dwelling", "tenant", "role", "from_day", "till_day")
    list_filter = (IsCurrent, "role")
    list_select_related = ("dwelling", "tenant")
    ordering = ("dwelling__street", "dwelling__house_number", "-period")
    search_fields = ("tenant__name", "dwelling__street", "=dwelling__house_number", "^dwelling__postcode")
    search_help_text = _("Name, street, house number or postcode")
    show_full_result_count = False

    @display(description=_("from"), ordering="period")
    def from_day(self, tenancy: Tenancy) -> str:
        return first_day(tenancy)

    @display(description=_("until"))
    def till_day(self, tenancy: Tenancy) -> str:
        return last_day(tenancy)


def first_day(tenancy: Tenancy) -> str:
    return date_format(tenancy.period.lower, "j N Y")


def last_day(tenancy: Tenancy) -> str:
    """The last day of the tenancy; it has none while the person still rents."""
    if tenancy.period.upper is None:
        return pgettext("tenancy", "still")
    return date_format(tenancy.period.upper - timedelta(days=1), "j N Y")
