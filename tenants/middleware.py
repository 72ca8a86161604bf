"""What every request knows of the person: the tenant, their language, and staff's second factor."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve
from django.utils import translation
from django.utils.functional import SimpleLazyObject

from .access import tenant_of
from .models import Tenant

GetResponse = Callable[[HttpRequest], HttpResponse]


class Person:
    """Set `request.tenant` (lazily), and speak the language that this person prefers."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.tenant = SimpleLazyObject(lambda: _find_tenant(request))  # type: ignore[attr-defined]
        tenant = tenant_of(request)
        if tenant:
            translation.activate(tenant.language)
            request.LANGUAGE_CODE = tenant.language  # type: ignore[attr-defined]
        return self.get_response(request)


class StaffSecondFactor:
    """A staff session without a second factor may only enrol one, or leave."""

    open_to_all = ("mfa_", "account_", "usersessions_", "set_language", "theme", "healthz")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and request.user.is_staff and not self._may_pass(request):
            return redirect("mfa_index")
        return self.get_response(request)

    def _may_pass(self, request: HttpRequest) -> bool:
        try:
            name = resolve(request.path_info).url_name or ""
        except Resolver404:
            return False
        return name.startswith(self.open_to_all) or is_mfa_enabled(request.user)


def _find_tenant(request: HttpRequest) -> Tenant | None:
    if not request.user.is_authenticated:
        return None
    return Tenant.objects.filter(user=request.user).first()
