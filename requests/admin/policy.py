"""The follow-up policy as staff read it, and what the corporation gives after a broken promise."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from ..followup import policy, policy_in_words
from ..models import Gesture

__all__ = ["GestureAdmin"]


@dataclass(frozen=True)
class Part:
    """One part of the table."""

    title: str
    lines: list[tuple[policy.Row, str]]  # with who of staff hears of it, and when


@admin.register(Gesture)
class GestureAdmin(ModelAdmin):
    """One per class at most; a class without one gives nothing."""

    list_display = ("for_class", "what_nl", "what_en")
    list_display_links = ("for_class",)
    fields = ("urgency", "what_nl", "what_en")
    show_full_result_count = False

    @display(description=gettext_lazy("urgency"))
    def for_class(self, gesture: Gesture) -> str:
        return gesture.get_urgency_display()

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(require_safe(self.policy))
        return [path("policy/", page, name="requests_gesture_policy"), *super().get_urls()]

    def policy(self, request: HttpRequest) -> HttpResponse:
        """What the software does by itself, in one table."""
        if not request.user.has_perm("requests.view_servicerequest"):
            raise PermissionDenied
        context: dict[str, Any] = {
            **self.admin_site.each_context(request),
            "title": _("Follow-up"),
            "parts": list(_parts()),
            "sees_gestures": self.has_view_permission(request),
        }
        return TemplateResponse(request, "admin/requests/policy/policy.html", context)


def _parts() -> Iterable[Part]:
    for group in policy.Group:
        lines = [(row, policy_in_words.levels_in_words(row)) for row in policy.POLICY if row.group == group]
        if lines:
            yield Part(str(group.label), lines)
