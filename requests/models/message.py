"""What tenant and staff write to each other, and what staff note for themselves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant

from .report import Report
from .service_request import ServiceRequest


class MessageQuerySet(models.QuerySet["Message"]):
    def read_by(self, report: Report) -> MessageQuerySet:
        """What this tenant wrote, and what staff wrote to everybody while they were on the case; never a note.

        What staff wrote before they joined was to others.
        """
        read = Q(pk=None)
        for stay in report.stays():
            to_all = Q(tenant=None, at__gte=stay.since) & (Q(at__lt=stay.until) if stay.until else Q())
            read |= Q(service_request=stay.service_request_id) & (Q(tenant=report.tenant_id) | to_all)
        return self.filter(read, internal=False)


class Message(models.Model):
    """From a tenant (`tenant` set, `by` empty), from staff to the reporters, or an internal note."""

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="messages")
    tenant = models.ForeignKey(Tenant, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    internal = models.BooleanField(_("only for staff"), default=False)
    is_complaint = models.BooleanField(
        _("complaint"), default=False, db_default=False, help_text=_("about how we handle it, not about the defect")
    )
    body = models.TextField(_("text"), max_length=2000)
    at = models.DateTimeField(_("at"))
    key = models.UUIDField(_("form key"), null=True, blank=True, help_text=_("the same form counts once"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="message_from_tenant_or_staff",
                condition=Q(tenant__isnull=False, by__isnull=True, internal=False)
                | Q(tenant__isnull=True, by__isnull=False),
            ),
            models.CheckConstraint(
                name="message_complaint_from_a_tenant", condition=Q(is_complaint=False) | Q(tenant__isnull=False)
            ),
            models.CheckConstraint(name="message_has_words", condition=~Q(body="")),
            models.UniqueConstraint(fields=["key"], name="message_form_counts_once"),
        ]

    def __str__(self) -> str:
        return f"{self.body[:40]}"
