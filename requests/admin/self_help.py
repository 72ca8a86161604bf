"""What guides did: which repairs tenants could do themselves, and what came back."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from dwellings.admin import ReadOnly

from ..front_door import catalogues
from ..intake.catalogue import in_language
from ..models import CatalogueGuide, CatalogueProblem, SelfHelp
from .due import moment_of

__all__ = ["SelfHelpAdmin"]


@admin.register(SelfHelp)
class SelfHelpAdmin(ReadOnly, ModelAdmin):
    """The newest first, and per guide what came of it."""

    list_display = ("guide_in_words", "problem_in_words", "result", "moment", "back")
    list_filter = ("result",)
    list_before_template = "admin/requests/selfhelp/_per_guide.html"
    ordering = ("-at", "-pk")
    search_fields = ("=guide", "problem")
    search_help_text = gettext_lazy("Key of the guide or of the problem")
    show_full_result_count = False
    fields = ("guide_in_words", "problem_in_words", "dwelling", "result", "moment", "back")
    readonly_fields = ("guide_in_words", "problem_in_words", "moment", "back")

    @display(description=gettext_lazy("Guide"), ordering="guide")
    def guide_in_words(self, row: SelfHelp) -> str:
        return str(row.guide_name)  # type: ignore[attr-defined]  # annotated

    @display(description=gettext_lazy("Problem"), ordering="problem")
    def problem_in_words(self, row: SelfHelp) -> str:
        return str(row.problem_name)  # type: ignore[attr-defined]  # annotated

    @display(description=gettext_lazy("When"), ordering="at")
    def moment(self, row: SelfHelp) -> str:
        return moment_of(row.at)

    @display(description=gettext_lazy("Came back"), ordering="reopened_at")
    def back(self, row: SelfHelp) -> str:
        return moment_of(row.reopened_at) if row.reopened_at else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[SelfHelp]:
        """As the catalogue calls guide and problem now; by their keys when they are gone from there."""
        rows: QuerySet[SelfHelp] = super().get_queryset(request)
        guide = CatalogueGuide.objects.filter(version__status="published", key=OuterRef("guide"))
        problem = CatalogueProblem.objects.filter(version__status="published", key=OuterRef("problem"))
        return rows.annotate(
            guide_name=Coalesce(guide.values(in_language(nl="title_nl", en="title_en"))[:1], "guide"),
            problem_name=Coalesce(problem.values(in_language(nl="problem_nl", en="problem_en"))[:1], "problem"),
        )

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With a row for each guide."""
        known = catalogues.current().guides
        names = {key: guide.label for key, guide in known.items()}
        rows = [{**row, "name": names.get(row["guide"], row["guide"])} for row in SelfHelp.objects.per_guide()]
        context = {"guides": rows, "avoided": sum(row["avoided"] for row in rows)}
        return super().changelist_view(request, {**(extra_context or {}), **context})
