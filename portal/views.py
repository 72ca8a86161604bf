"""Pages of the whole portal."""

import errno
import sys

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import RequestDataTooBig, TooManyFilesSent
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language

from requests.views import open_rows, outage_notices, solved_rows
from tenants.access import tenant_of
from tenants.models import Language, Notification
from tenants.notifications import pulse

from .context import corporation
from .stale import form_page

NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}  # of a disk


@require_safe
@login_not_required
def home(request: HttpRequest) -> HttpResponse:
    """Where everybody begins: a tenant's outages and open requests, staff's way to work, or a welcome."""
    tenant = tenant_of(request)
    context = {
        "tenant": tenant,
        "open": open_rows(tenant) if tenant else [],
        "outages": outage_notices(tenant, at=timezone.now()) if tenant else [],
        "solved": solved_rows(tenant) if tenant else [],
    }
    return render(request, "home.html", context)


@require_safe
def work(request: HttpRequest) -> HttpResponse:
    """Where staff begin: the queue, or the figures for who does not work in it."""
    reads_figures = request.user.has_perm("requests.view_dashboard")
    works_in_the_queue = request.user.has_perm("requests.change_servicerequest")
    if reads_figures and not works_in_the_queue:
        return redirect("requests:dashboard")
    return redirect("admin:requests_servicerequest_changelist")


@require_POST
@login_not_required
def choose_language(request: HttpRequest) -> HttpResponse:
    """Show the pages in another language; a tenant's mails follow."""
    language = request.POST.get("language")
    tenant = tenant_of(request)
    if tenant and language in Language.values:
        tenant.language = language
        tenant.save(update_fields=["language"])
    return set_language(request)


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


@require_safe
@login_not_required
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when pages can be served: the database is there and has every migration.

    How the engine is stands beside it and changes nothing: pages that say the truth beat no pages at all.
    """
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return JsonResponse({"ready": False, "why": "migrations are waiting"}, status=503)
    engine = pulse.look(at=timezone.now())
    told = {"works": engine.works, "workers": engine.workers, "silent": len(engine.silent)}
    return JsonResponse({"ready": True, "engine": told})


@require_safe
@login_not_required
def health(request: HttpRequest) -> JsonResponse:
    """200 when the engine does its work, 503 and what is wrong when it does not. For monitors: it names nobody."""
    now = timezone.now()
    engine, unseen = pulse.look(at=now), Notification.objects.unseen().count()
    found = {
        "no worker is heard of": not engine.workers,
        "a worker went silent": any(name != pulse.CLOCK for name in engine.silent),
        "beat is silent": not engine.beats,
        "messages wait to leave": engine.waiting_since is not None,
        "messages were not delivered, and staff have not seen it": bool(unseen),
    }
    wrong = [what for what, is_so in found.items() if is_so]
    waiting = int((now - engine.waiting_since).total_seconds()) if engine.waiting_since else 0
    told = {"ok": not wrong, "wrong": wrong, "workers": engine.workers, "waiting_seconds": waiting, "unseen": unseen}
    return JsonResponse(told, status=503 if wrong else 200)


def no_passwords(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
    raise Http404("Nobody signs in with a password here.")


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A form that is too large or not readable. Nothing of it can be shown again: say what is kept and what is not."""
    if isinstance(exception, RequestDataTooBig | TooManyFilesSent):
        too_many_files = isinstance(exception, TooManyFilesSent)
        context = {"too_many_files": too_many_files, "page": form_page(request)}
        return render(request, "413.html", context, status=413)
    return render(request, "400.html", status=400)


def busy(request: HttpRequest) -> HttpResponse:
    """No room just now; asked again in a moment it works."""
    page = render_to_string("busy.html", corporation(request))
    return HttpResponse(page, status=503, headers={"Retry-After": "10"})


def server_error(request: HttpRequest) -> HttpResponse:
    """Our mistake, or there is no room or no database. Rendered without the request: it may be what broke."""
    failure = sys.exc_info()[1]
    if isinstance(failure, OperationalError | InterfaceError) or getattr(failure, "errno", None) in NO_ROOM:
        return busy(request)
    return HttpResponseServerError(render_to_string("500.html", corporation(request)))
