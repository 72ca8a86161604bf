"""Who is looking: the way to a view is to be handed the person it is for."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from .models import Tenant


def tenant_of(request: HttpRequest) -> Tenant | None:
    """The Tenant who is signed in, or None for staff and strangers; one query at most per request."""
    tenant: Tenant | None = getattr(request, "tenant", None)
    return tenant or None  # a lazy None is not None, but it is false


def tenant_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand the view the signed-in person's Tenant as its second argument; 404 for anybody else."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        tenant = tenant_of(request)
        if tenant is None:
            raise Http404("This account is not a tenant's.")
        return view(request, tenant, *args, **kwargs)

    return wrapped


def permission_required(
    permission: str,
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """404 for all but staff with `permission` ("app.codename"): what is not theirs does not exist.

    Rights are for staff only: they alone must have a second factor, and lose all rights with `is_staff`.
    """

    def decorator(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not (request.user.is_staff and request.user.has_perm(permission)):
                raise Http404(f"This account lacks {permission}.")
            return view(request, *args, **kwargs)

        return wrapped

    return decorator
