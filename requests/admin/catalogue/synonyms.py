"""What people call things. The search knows it from the next time on."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from ...models import SearchSynonym


@admin.register(SearchSynonym)
class SynonymAdmin(ModelAdmin):
    list_display = ("word", "means", "language")
    list_filter = ("language",)
    search_fields = ("word", "means")
    ordering = ("language", "word", "pk")
    list_per_page = 100
    show_full_result_count = False
    fields = ("language", "word", "means")
