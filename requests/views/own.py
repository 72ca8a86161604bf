"""A tenant's own request and report: what is not theirs does not exist."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone

from tenants.models import Tenant

from ..models import Report, ReportMove, ServiceRequest
from ..proof import Case, case_of
from .amends import with_recovery

__all__ = ["case_of", "own_case", "own_report", "own_request"]


_OTHERS = Report.objects.filter(service_request=OuterRef("service_request")).exclude(pk=OuterRef("pk"))
_LEFT = ReportMove.objects.filter(old=OuterRef("service_request")).exclude(report=OuterRef("pk"))


def own_request(tenant: Tenant, reference: str) -> ServiceRequest:
    """The request, if this person reported it; else it does not exist."""
    own = ServiceRequest.objects.of(tenant, on=timezone.localdate()).select_related(
        "dwelling", "communal_area__complex", "merged_into"
    )
    return get_object_or_404(with_recovery(own), reference=reference)


def own_report(service_request: ServiceRequest, tenant: Tenant) -> Report:
    report = (
        Report.objects.of(tenant, on=timezone.localdate())
        .filter(service_request=service_request)
        .select_related("tenant__access_preferences", "tenancy__dwelling", "objection")
        .annotate(has_others=Exists(_OTHERS), somebody_left=Exists(_LEFT))
        .prefetch_related("moves")
        .first()
    )
    if report is None:
        raise Http404("Not theirs.")
    return report


def own_case(tenant: Tenant, reference: str) -> Case:
    service_request = own_request(tenant, reference)
    return case_of(service_request, own_report(service_request, tenant))
