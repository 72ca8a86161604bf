"""Pages of the whole portal."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "home.html")


@require_safe
@login_not_required
@cache_control(public=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:
    """The corporation's three tokens. A stylesheet of its own, so that no page needs an inline style."""
    brand = settings.BRAND
    css = f":root{{--brand:{brand['brand']};--brand-ink:{brand['brand_ink']};--radius:{brand['radius']}}}\n"
    return HttpResponse(css, content_type="text/css; charset=utf-8")


@require_safe
@login_not_required
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when this process serves pages and reaches the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"ok": True})


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an old page (signed out meanwhile, cookie gone): nothing was done; say how to go on."""
    return render(request, "403_csrf.html", status=403)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that is too large or not readable."""
    return render(request, "400.html", status=400)
