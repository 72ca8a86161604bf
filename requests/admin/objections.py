"""What tenants do not agree with: the form that decides it, and per rule how often they were right."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.admin import ModelAdmin
from unfold.decorators import display

from dwellings.admin import ReadOnly

from ..intake.payer import reason_of
from ..models import Objection
from .due import moment_of
from .forms import NOTE_LENGTH

__all__ = ["ObjectionAdmin", "ObjectionForm"]


class ObjectionForm(forms.Form):
    """Who is right about who pays, and why."""

    upheld = forms.TypedChoiceField(
        label=gettext_lazy("Who pays?"),
        choices=[("yes", gettext_lazy("The tenant is right: we pay")), ("no", gettext_lazy("The tenant pays"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(("required", "invalid_choice"), gettext_lazy("Choose who pays.")),
    )
    words = forms.CharField(
        label=gettext_lazy("Answer to the tenant"),
        help_text=gettext_lazy("Say why. The tenant reads it in the message."),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("There is no answer yet. Write to the tenant why you decide this.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs |= {"label_suffix": "", "prefix": "objection"}
        super().__init__(*args, **kwargs)


@admin.register(Objection)
class ObjectionAdmin(ReadOnly, ModelAdmin):
    """What waits for a decision first. It is decided on the page of the request."""

    list_display = ("number", "rule_in_words", "sent", "decided", "outcome")
    list_display_links = None
    list_filter = ("upheld",)
    list_select_related = ("service_request", "decided_by")
    list_before_template = "admin/requests/objection/_per_rule.html"
    ordering = ("-decided_at", "-at", "-pk")  # NULL is first: nobody has decided
    search_fields = ("service_request__reference", "words")
    search_help_text = gettext_lazy("Number of the request, or a word of the tenant")
    show_full_result_count = False
    fields = ("number", "words", "rule_in_words", "sent", "outcome", "answer", "decided", "decided_by")
    readonly_fields = ("number", "rule_in_words", "sent", "decided", "outcome")

    @display(description=gettext_lazy("Request"))
    def number(self, objection: Objection) -> str:
        address = reverse("admin:requests_servicerequest_change", args=[objection.service_request_id])
        return format_html('<a class="q-link" href="{}#objection">{}</a>', address, objection.service_request.reference)

    @display(description=gettext_lazy("What the portal said"))
    def rule_in_words(self, objection: Objection) -> str:
        return reason_of(objection.rule) or objection.rule

    @display(description=gettext_lazy("Sent"))
    def sent(self, objection: Objection) -> str:
        return moment_of(objection.at)

    @display(description=gettext_lazy("Decided"))
    def decided(self, objection: Objection) -> str:
        return moment_of(objection.decided_at) if objection.decided_at else "–"

    @display(
        description=gettext_lazy("Who is right"),
        label={gettext_lazy("to be decided"): "warning"},
    )
    def outcome(self, objection: Objection) -> str:
        if objection.upheld is None:
            return _("to be decided")
        return _("the tenant") if objection.upheld else _("the portal")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With a row for each rule."""
        rules = [{**row, "reason": reason_of(row["rule"]) or row["rule"]} for row in Objection.objects.per_rule()]
        return super().changelist_view(request, {**(extra_context or {}), "rules": rules})
