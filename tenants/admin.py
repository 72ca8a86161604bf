"""Tenants and accounts for staff. What a tenant prefers is theirs to change; accounts are for administrators."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin, messages
from django.contrib.admin import RelatedFieldListFilter
from django.contrib.admin.models import LogEntry
from django.contrib.auth import admin as _auth_admin  # noqa: F401 -- registers what is unregistered here
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.urls.resolvers import URLPattern
from django.utils import timezone
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods
from unfold.admin import ModelAdmin
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from . import preferences
from .models import Tenant, User
from .preference_forms import StaffAccessForm

admin.site.unregister(Group)  # roles come with the software; people are put in them on their own page
for model in (EmailAddress, Authenticator, UserSession):  # keys to accounts: nobody reads or edits those here
    admin.site.unregister(model)


@admin.register(Tenant)
class TenantAdmin(ModelAdmin):
    """To find a tenant and see how to reach them."""

    list_display = ("name", "email", "phone", "language", "has_account")
    list_filter = ("language", "wants_texts", "wants_letters")
    list_select_related = ("user", "access_preferences")
    ordering = ("name", "pk")
    search_fields = ("name", "email", "phone")
    search_help_text = _("Name, e-mail address or phone number")
    show_full_result_count = False
    fields = readonly_fields = (
        "name", "email", "phone", "language", "wants_texts", "wants_letters", "has_account"
    )  # fmt: skip
    change_form_after_template = "admin/tenants/tenant/_access.html"

    @display(description=_("has an account"), boolean=True)
    def has_account(self, tenant: Tenant) -> bool:
        return tenant.user is not None and tenant.user.is_active

    def get_urls(self) -> list[URLPattern]:
        page = self.admin_site.admin_view(require_http_methods(["GET", "HEAD", "POST"])(self.change_access))
        return [path("<int:pk>/access/", page, name="tenants_tenant_access"), *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """With what whoever comes must know, for who may see that."""
        sees = request.user.has_perm("tenants.view_accesspreferences")
        tenant = self.get_object(request, object_id) if sees else None
        context = {
            "access": tenant and preferences.offer(tenant, at=timezone.now()),
            "two": tenant and preferences.told(tenant, at=timezone.now(), on=timezone.localdate()).two,
            "may_change_access": request.user.has_perm("tenants.change_accesspreferences"),
            **(extra_context or {}),
        }
        return super().change_view(request, object_id, form_url, context)

    def change_access(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What a tenant says by telephone, and "come with two", which only staff set."""
        if not request.user.has_perm("tenants.change_accesspreferences"):
            raise PermissionDenied
        tenant = get_object_or_404(Tenant.objects.select_related("access_preferences"), pk=pk)
        form = StaffAccessForm(
            request.POST if request.method == "POST" else None, tenant=tenant, today=timezone.localdate()
        )
        if form.is_valid():
            form.save(at=timezone.now())
            messages.success(request, gettext("Saved. Whoever comes knows this from now on."))
            return redirect("admin:tenants_tenant_change", pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "original": tenant,
            "title": tenant.name,
            "form": form,
        }
        return TemplateResponse(request, "admin/tenants/tenant/access.html", context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


ROLES = (  # in the database in English
    gettext_noop("Contact centre"), gettext_noop("Planner"), gettext_noop("Team lead"), gettext_noop("Manager"),
)  # fmt: skip


class RoleFilter(RelatedFieldListFilter):
    """Roles by the names that people here use."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return [(pk, gettext(str(name))) for pk, name in super().field_choices(field, request, model_admin)]


@admin.register(User)
class UserAdmin(ModelAdmin):
    """Colleagues who sign in; an administrator adds them and gives them roles.

    A person leaves by losing `is_active`: what they did stays under their name.
    """

    list_display = ("full_name", "email", "is_staff", "is_active", "last_login")
    list_filter = ("is_staff", "is_active", ("groups", RoleFilter))
    ordering = ("-is_staff", "last_name", "first_name", "pk")
    search_fields = ("first_name", "last_name", "email")
    show_full_result_count = False
    fields = ("first_name", "last_name", "email", "is_active", "is_staff", "groups", "last_login")
    actions = ["forget_second_factor"]
    readonly_fields = ("email", "last_login")  # the address is how a person signs in: it is changed by confirming it

    @display(description=_("name"), ordering="last_name")
    def full_name(self, user: User) -> str:
        return user.get_full_name() or "–"

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        roles = super().formfield_for_manytomany(
            db_field, request, **{"widget": UnfoldAdminCheckboxSelectMultipleWidget, **kwargs}
        )
        if roles is not None:
            roles.label, roles.help_text = _("Roles"), ""
            roles.label_from_instance = lambda group: gettext(group.name)
        return roles

    def get_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return self.fields if obj else ("email", "first_name", "last_name", "groups")

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        return self.readonly_fields if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Who is added here is staff, and signs in with a code by e-mail like everybody."""
        if not change:
            obj.email, obj.is_staff = obj.email.lower(), True
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """As for changing: to add somebody is to give them rights."""
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Roles are rights: only an administrator gives them."""
        return bool(request.user.is_superuser)

    def log_addition(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        return _without_address(super().log_addition(request, obj, message), obj)

    def log_change(self, request: HttpRequest, obj: User, message: Any) -> LogEntry:
        return _without_address(super().log_change(request, obj, message), obj)

    @admin.action(description=_("Forget the second factor (telephone lost)"), permissions=["change"])
    def forget_second_factor(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        """They are told, are signed out everywhere, and set up a new one when they sign in."""
        for user in queryset:
            Authenticator.objects.filter(user=user).delete()
            for session in UserSession.objects.filter(user=user):
                session.end()
            get_adapter().send_mail("second_factor_forgotten", user.email, {})
            self.log_change(request, user, "Forgot the second factor.")
        self.message_user(request, _("They set up a new second factor when they sign in again."))


def _without_address(entry: LogEntry, user: User) -> LogEntry:
    """Who has no name is called by an address, which outlives them in the log."""
    if entry.object_repr == user.email:
        entry.object_repr = f"#{user.pk}"
        entry.save(update_fields=["object_repr"])
    return entry
