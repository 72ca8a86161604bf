"""The proof of a report, for whoever made it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from tenants.access import tenant_required
from tenants.models import Tenant

from ..models import Report
from ..proof import as_download, proof_of


@require_safe
@tenant_required
def proof(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    report = _report(tenant, reference)
    context = {"proof": proof_of(report, language=get_language() or ""), "report": report}
    return render(request, "requests/proof.html", context)


@require_safe
@tenant_required
def proof_pdf(request: HttpRequest, tenant: Tenant, reference: str) -> HttpResponse:
    return as_download(_report(tenant, reference), language=get_language() or "")


def _report(tenant: Tenant, reference: str) -> Report:
    related = ("service_request__communal_area__complex", "tenancy__dwelling", "tenant")
    mine = Report.objects.of(tenant, on=timezone.localdate()).select_related(*related).prefetch_related("photos")
    return get_object_or_404(mine, service_request__reference=reference)
