"""Emergencies that tenants signalled: on top of the queue until somebody has seen them, and a list of all."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe
from unfold.admin import ModelAdmin
from unfold.decorators import display

from tenants.models import User

from .. import services
from ..models import Emergency
from . import menu
from .due import moment_of
from .who import colleague_of

__all__ = ["EmergencyAdmin", "unseen_emergencies"]

MOST_ON_TOP = 5  # on the queue; the list has the others


class SeenForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("What did you do?"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": gettext_lazy("Make it shorter: there is room for 2,000 characters.")},
    )


def unseen_emergencies() -> list[Emergency]:
    """The newest that nobody has seen, one more than the queue shows: then there are others."""
    newest = Emergency.objects.unseen().with_whom_and_where().order_by("-at", "-pk")
    return list(newest[: MOST_ON_TOP + 1])


@admin.register(Emergency)
class EmergencyAdmin(ModelAdmin):
    """What nobody has seen stands first. Only "I have seen it" changes something, and nothing is ever removed."""

    list_display = ("what", "who", "phone", "where", "moment", "seen")
    list_filter = ("danger",)
    list_select_related = ("tenant", "dwelling", "seen_by")
    ordering = (F("seen_at").asc(nulls_first=True), "-at", "-pk")
    search_fields = ("tenant__name", "dwelling__street", "dwelling__postcode")
    search_help_text = gettext_lazy("Name, street or postcode")
    show_full_result_count = False
    actions = None

    @display(description=gettext_lazy("What"))
    def what(self, emergency: Emergency) -> str:
        return str(emergency.what)

    @display(description=gettext_lazy("Who"))
    def who(self, emergency: Emergency) -> str:
        return str(emergency.tenant.name)

    @display(description=gettext_lazy("Phone"))
    def phone(self, emergency: Emergency) -> str:
        number = emergency.tenant.phone
        return format_html('<a class="q-emergency__phone" href="tel:{}">{}</a>', number, number) if number else "–"

    @display(description=gettext_lazy("Where"))
    def where(self, emergency: Emergency) -> str:
        return emergency.dwelling.address if emergency.dwelling else _("not known: ask when you call")

    @display(description=gettext_lazy("When"))
    def moment(self, emergency: Emergency) -> str:
        return moment_of(emergency.at)

    @display(
        description=gettext_lazy("Seen"),
        label={gettext_lazy("nobody yet"): "danger"},
    )
    def seen(self, emergency: Emergency) -> str:
        return str(emergency.seen_by) if emergency.seen_by else _("nobody yet")

    def get_urls(self) -> list[URLPattern]:
        site = self.admin_site
        return [
            path("on-top/", site.admin_view(require_safe(self.on_top)), name="requests_emergency_on_top"),
            path("<int:pk>/seen/", site.admin_view(require_POST(self.see)), name="requests_emergency_seen"),
            *super().get_urls(),
        ]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The emergency, and the form by which somebody says that they have seen it."""
        if not object_id.isdecimal():
            raise Http404
        if not self.has_view_permission(request):
            raise PermissionDenied
        return self._page(request, self._find(int(object_id)), SeenForm())

    def see(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Once by whoever is first; what a second person writes is added."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        form, emergency = SeenForm(request.POST), self._find(pk)
        if not form.is_valid():
            return self._page(request, emergency, form)
        note, me = form.cleaned_data["note"], colleague_of(request)
        if services.see_emergency(pk, by=me, note=note, at=timezone.now()):
            messages.success(request, _("Thank you: the others see that you have seen it."))
        else:
            messages.info(request, _had_been_seen(by=self._find(pk).seen_by, me=me, note=note))
        return redirect(_back(request) or "admin:requests_servicerequest_changelist")

    def on_top(self, request: HttpRequest) -> HttpResponse:
        """What the queue shows on top, for a page that stays open."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return render(request, "admin/requests/emergency/_on_top.html", on_top_of_the_queue(request))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _find(self, pk: int) -> Emergency:
        return get_object_or_404(Emergency.objects.with_whom_and_where(), pk=pk)

    def _page(self, request: HttpRequest, emergency: Emergency, form: SeenForm) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": emergency,
            "title": emergency.what,
            "emergency": emergency,
            "form": form,
            "may_change": self.has_change_permission(request),
        }
        return TemplateResponse(request, "admin/requests/emergency/page.html", context)


def on_top_of_the_queue(request: HttpRequest) -> dict[str, Any]:
    """For `_on_top.html`: at most MOST_ON_TOP, and whether there are others."""
    if not request.user.has_perm("requests.view_emergency"):
        return {"emergencies": [], "has_others": False, "may_change": False, "form": SeenForm()}
    unseen = unseen_emergencies()
    if len(unseen) <= MOST_ON_TOP:
        menu.note(request, emergencies=len(unseen))
    return {
        "emergencies": unseen[:MOST_ON_TOP],
        "has_others": len(unseen) > MOST_ON_TOP,
        "may_change": request.user.has_perm("requests.change_emergency"),
        "form": SeenForm(),
    }


def _had_been_seen(*, by: User | None, me: User, note: str) -> str:
    """By me or by somebody else; whose note it is, it is kept."""
    if by == me:
        return _("You had seen it already. Your note is kept with it.") if note else _("This was done already.")
    said = _("%(name)s had seen it already. Your note is kept with it.") if note else _("%(name)s had seen it already.")
    return said % {"name": by}


def _back(request: HttpRequest) -> str:
    """To the list, if it came from there."""
    given = request.POST.get("back", "")
    return given if given.startswith("/admin/") and url_has_allowed_host_and_scheme(given, allowed_hosts=None) else ""
