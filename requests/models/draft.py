"""A report that is being written, kept on the server from the first answer on."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from dwellings.models import CommunalArea, Dwelling
from tenants.models import Tenant

from .service_request import ServiceRequest


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, tenant: Tenant) -> DraftQuerySet:
        return self.filter(tenant=tenant)

    def unsent(self) -> DraftQuerySet:
        return self.filter(sent_as__isnull=True)

    def forgotten(self, *, at: datetime) -> DraftQuerySet:
        return self.unsent().filter(touched_at__lt=at - settings.DRAFT_KEPT)


class Draft(models.Model):
    """The answers so far. Its id is also the form's key: one draft becomes one request, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="drafts")
    dwelling = models.ForeignKey(Dwelling, models.CASCADE, null=True, blank=True, related_name="+")
    communal_area = models.ForeignKey(CommunalArea, models.CASCADE, null=True, blank=True, related_name="+")
    place = models.CharField(max_length=60, blank=True, help_text=_("key of the place in the catalogue"))
    problem = models.CharField(max_length=60, blank=True, help_text=_("key of the problem in the catalogue"))
    text = models.TextField(blank=True, max_length=2000)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    sent_as = models.OneToOneField(ServiceRequest, models.CASCADE, null=True, blank=True, related_name="draft")

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.CheckConstraint(
                name="draft_sent_is_complete",
                condition=models.Q(sent_as__isnull=True)
                | (models.Q(dwelling__isnull=False) & ~models.Q(problem="") & ~models.Q(text="")),
            )
        ]
        indexes = [models.Index(fields=["touched_at"], name="draft_unsent", condition=models.Q(sent_as__isnull=True))]

    def __str__(self) -> str:
        return str(self.id)
