"""A household's own words about a case."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils.translation import gettext_lazy as _

from dwellings.models import Tenancy
from tenants.models import Tenant

from .service_request import ServiceRequest, Source


class ReportQuerySet(models.QuerySet["Report"]):
    def of(self, tenant: Tenant, *, on: date) -> ReportQuerySet:
        """What this person reported about a home that they rent on that day."""
        return self.filter(tenant=tenant, tenancy__period__contains=on)


class Report(models.Model):
    """One household reports a case. Everyone who reported is told, and is asked whether it is solved."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="reports", verbose_name=_("request")
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="reports", verbose_name=_("tenant"))
    tenancy = models.ForeignKey(Tenancy, models.PROTECT, related_name="reports", verbose_name=_("tenancy"))
    text = models.TextField(_("in their own words"), max_length=2000)
    source = models.CharField(_("channel"), max_length=10, choices=Source)
    at = models.DateTimeField(_("reported"))

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "tenant"], name="report_once_per_person"),
            models.CheckConstraint(name="report_has_words", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.at:%d-%m-%Y}"
