"""Outages and planned work: told in three answers, and over with one click. The services tell the tenants."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import models
from django.db.models import Case, Count, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy
from django.views.decorators.http import require_POST
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import INPUT_CLASSES, UnfoldAdminTextareaWidget

from dwellings.models import Dwelling, Outage

from .. import services
from ..front_door.outages import explained_by
from ..intake.outages import headline
from ..promises import add_working_days
from .due import moment_of
from .who import colleague_of

__all__ = ["OutageAdmin"]

OVER, LATE, NOW, PLANNED = "over", "late", "now", "planned"
LONGEST = timedelta(days=366)
UNTIL = pgettext_lazy("moment", "until")


class MomentInput(forms.DateTimeInput):
    """The browser's own picker: one field, by keyboard and on a phone, too."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(attrs={"class": " ".join(INPUT_CLASSES)}, format="%Y-%m-%dT%H:%M")


class OutageForm(forms.ModelForm):  # type: ignore[type-arg]  # of the admin, which makes it at run time
    """What, where, until when. Without a start it began now."""

    class Meta:
        model = Outage
        fields = ("what", "complex", "stack", "until", "planned", "starts_at", "words")
        labels = {"until": capfirst(UNTIL)}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "what" in self.fields:  # nothing is out until somebody says what
            what, complex_field = self.fields["what"], self.fields["complex"]
            assert isinstance(what, forms.ChoiceField)
            what.choices = [("", _("Choose what is out of order")), *Outage.What.choices]
            for related in ("add", "change", "delete", "view"):
                setattr(complex_field.widget, f"can_{related}_related", False)
        if "starts_at" in self.fields:
            self.fields["starts_at"].required = False
            self.fields["starts_at"].help_text = _("Empty: it goes on already.")

    def clean_starts_at(self) -> datetime:
        now = timezone.now()
        starts_at: datetime = self.cleaned_data.get("starts_at") or now
        if starts_at < now - LONGEST:
            raise ValidationError(_("This is more than a year ago. Choose a later moment."))
        return starts_at

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until <= timezone.now():
            raise ValidationError(_("This is in the past. When do you think that it is over?"))
        if until > timezone.now() + LONGEST:
            raise ValidationError(_("This is more than a year away. Choose an earlier moment."))
        return until

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        until, starts_at = cleaned.get("until"), cleaned.get("starts_at", self.instance.starts_at)
        if until and starts_at and until <= starts_at:
            self.add_error("until", _("It cannot be over before it begins. Choose a later moment."))
        if (stack := cleaned.get("stack")) and cleaned.get("complex"):
            known = _stacks(cleaned["complex"].pk)
            if stack not in known:
                there_are = ", ".join(known) or pgettext("stacks", "none")
                said = _("This complex has no stack with this name. There are: %(stacks)s.")
                self.add_error("stack", said % {"stacks": there_are})
        return cleaned


def _stacks(complex_id: int) -> list[str]:
    stacks = Dwelling.objects.filter(complex=complex_id).exclude(stack="").values_list("stack", flat=True)
    return sorted(set(stacks))


@admin.register(Outage)
class OutageAdmin(ModelAdmin):
    """What goes on first. Made in a minute, extended or ended when it is known."""

    form = OutageForm
    formfield_overrides = {models.DateTimeField: {"form_class": forms.DateTimeField, "widget": MomentInput()}}
    change_form_show_cancel_button = True
    list_display = ("what_it_is", "where", "since", "till", "state", "waiting", "end")
    list_display_links = ("what_it_is",)
    list_select_related = ("complex",)
    list_per_page = 50
    list_filter = ("what",)
    search_fields = ("complex__name", "words")
    search_help_text = gettext_lazy("Complex, or a word of the explanation")
    show_full_result_count = False
    actions = None
    fieldsets = (
        (None, {"fields": ("what", "complex", "until")}),
        (gettext_lazy("If need be"), {"fields": ("words", "stack", "planned", "starts_at")}),
    )
    change_form_template = "admin/dwellings/outage/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        over = self.admin_site.admin_view(require_POST(self.end_it))
        return [path("<int:pk>/over/", over, name="dwellings_outage_over"), *super().get_urls()]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Outage]:
        first = Case(
            When(ended_at=None, starts_at__lte=timezone.now(), then=Value(0)),
            When(ended_at=None, then=Value(1)),
            default=Value(2),
        )
        return Outage.objects.annotate(first=first, follow=Count("followers")).order_by(*self.get_ordering(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("first", "-starts_at", "-pk")

    def get_list_display(self, request: HttpRequest) -> tuple[str, ...]:
        """The button only for who may press it."""
        columns = self.list_display
        return columns if self.has_change_permission(request) else tuple(name for name in columns if name != "end")

    def get_readonly_fields(self, request: HttpRequest, obj: Outage | None = None) -> tuple[str, ...]:
        """What tenants were told does not change; only until when, and the explanation."""
        if obj is None:
            return ()
        fixed = ("what", "complex", "stack", "planned", "starts_at")
        return fixed if obj.ended_at is None else (*fixed, "until", "words")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """From a request's page the complex and what is out can be given along."""
        return {"until": add_working_days(timezone.now(), 1), **super().get_changeform_initial_data(request)}

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Of who saves what somebody ended meanwhile nothing is saved, and the words are shown once more."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except services.OutageIsOver:
            outage = get_object_or_404(Outage.objects.select_related("complex"), pk=object_id)
        written = request.POST.get("words", "")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(outage),
            "said": _said_over(),
            "kept": written if written != outage.words else "",
        }
        return TemplateResponse(request, "admin/dwellings/outage/over.html", context, status=409)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context |= {"show_save_and_add_another": False, "show_save_and_continue": False}
        return super().render_change_form(request, context, *args, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "words":
            kwargs["widget"] = UnfoldAdminTextareaWidget(attrs={"rows": 2, "maxlength": 300})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Outage, form: Any, change: bool) -> None:
        now = timezone.now()
        if not change:
            services.announce_outage(obj, by=colleague_of(request), at=now)
            count = len(explained_by(obj)) if obj.starts_at <= now else 0
            self.message_user(request, _("Open requests that this explains: %(count)s.") % {"count": count})
            return
        services.extend_outage(obj.pk, until=obj.until, words=obj.words, at=now)

    def end_it(self, request: HttpRequest, pk: int) -> HttpResponse:
        """It is over: told to everybody who waits for it. A second click changes nothing."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        outage = get_object_or_404(Outage.objects.select_related("complex"), pk=pk)
        try:
            services.end_outage(outage.pk, at=timezone.now())
        except services.OutageIsOver:
            self.message_user(request, _said_over(), messages.INFO)
        else:
            said = _("Over: %(outage)s. Whoever reported or follows it gets a message.")
            self.message_user(request, said % {"outage": outage}, messages.SUCCESS)
        return redirect("admin:dwellings_outage_changelist")

    @display(description=gettext_lazy("what"))
    def what_it_is(self, outage: Outage) -> str:
        return str(headline(outage))

    @display(description=gettext_lazy("where"))
    def where(self, outage: Outage) -> str:
        return f"{outage.complex}, {outage.stack}" if outage.stack else str(outage.complex)

    @display(description=gettext_lazy("from"))
    def since(self, outage: Outage) -> str:
        return moment_of(outage.starts_at)

    @display(description=UNTIL)
    def till(self, outage: Outage) -> str:
        return moment_of(outage.ended_at or outage.until)

    @display(
        description=gettext_lazy("state"), label={OVER: "success", LATE: "danger", NOW: "warning", PLANNED: "info"}
    )
    def state(self, outage: Outage) -> tuple[str, str]:
        return state_of(outage, at=timezone.now())

    @display(description=gettext_lazy("follow it"))
    def waiting(self, outage: Any) -> int:
        return int(outage.follow)

    @display(description="")
    def end(self, outage: Outage) -> str:
        """A button of the list's own form, which has the token that a POST needs."""
        if outage.ended_at:
            return ""
        url = reverse("admin:dwellings_outage_over", args=[outage.pk])
        button = '<button type="submit" class="q-button" formaction="{}">{}</button>'
        return format_html(button, url, _("Called off") if outage.starts_at > timezone.now() else _("It is over"))


def state_of(outage: Outage, *, at: datetime) -> tuple[str, str]:
    """A key and a word. Late: we said that it would be over by now, so somebody has to extend or end it."""
    if outage.ended_at:
        return OVER, _("over")
    if outage.starts_at > at:
        return PLANNED, _("announced")
    return (LATE, _("longer than we said")) if outage.until <= at else (NOW, pgettext("outage", "goes on"))


def _said_over() -> str:
    return _("This was over already, so nothing was changed and nobody was told.")
