"""A report that is being written, kept on the server from the first answer on."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from dwellings.models import CommunalArea, Dwelling, Tenancy
from tenants.models import Tenant

from .catalogue import CatalogueVersion
from .service_request import ServiceRequest


class DraftQuerySet(models.QuerySet["Draft"]):
    def of(self, tenant: Tenant) -> DraftQuerySet:
        return self.filter(tenant=tenant)

    def with_is_rented(self, *, on: date) -> DraftQuerySet:
        """With `is_rented`: whether its tenant rents its home on that day."""
        theirs = Tenancy.objects.current(on=on).filter(tenant=OuterRef("tenant"), dwelling=OuterRef("dwelling"))
        return self.annotate(is_rented=Exists(theirs))

    def unsent(self) -> DraftQuerySet:
        """Still being written."""
        return self.filter(sent_as__isnull=True, ended="")

    def forgotten(self, *, at: datetime) -> DraftQuerySet:
        """Not touched for the kept time; what ended stays as long as it may be opened again."""
        unsent = self.filter(sent_as__isnull=True)
        kept = Q(ended="", touched_at__lt=at - settings.DRAFT_KEPT)
        return unsent.filter(kept | Q(ended_at__lt=at - settings.ENDED_DRAFT_KEPT))


class PayerAnswer(models.TextChoices):
    """What the tenant says to "this is yours to pay"."""

    MYSELF = "myself", _("I do it myself")
    PAID = "paid", _("do it for me, I pay")
    DISAGREE = "disagree", _("I do not agree")


class Ended(models.TextChoices):
    """A report that did not become a request, and need not."""

    SOLVED = "solved", _("solved with the guide")
    OWN_JOB = "own_job", _("the tenant does it")
    OUTAGE = "outage", _("a known outage")
    ELSEWHERE = "elsewhere", _("for somebody else")


class Draft(models.Model):
    """The answers so far. Its id is also the form's key: one draft becomes one request, once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="drafts")
    dwelling = models.ForeignKey(Dwelling, models.CASCADE, null=True, blank=True, related_name="+")
    communal_area = models.ForeignKey(CommunalArea, models.CASCADE, null=True, blank=True, related_name="+")
    catalogue = models.ForeignKey(
        CatalogueVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("the version in which the answers mean something; empty: older than versions"),
    )
    place = models.CharField(max_length=60, blank=True, help_text=_("key of the place in the catalogue"))
    thing = models.CharField(max_length=60, blank=True, help_text=_("key of the thing in the catalogue"))
    problem = models.CharField(max_length=60, blank=True, help_text=_("key of the problem in the catalogue"))
    cause_code = models.CharField(max_length=3, blank=True, help_text=_("VERA DEFECTOORZAAK; empty: ordinary use"))
    reachable = models.BooleanField(null=True, blank=True)
    own_property = models.BooleanField(null=True, blank=True)
    extra_hard = models.BooleanField(default=False)
    answers = models.JSONField(default=dict, blank=True, help_text=_("key of each extra question: the answer"))
    details_given = models.BooleanField(default=False)
    payer_answer = models.CharField(max_length=10, choices=PayerAnswer, blank=True)
    objection = models.TextField(blank=True, max_length=2000)
    agreed_price = models.PositiveIntegerField(null=True, blank=True)
    joins = models.ForeignKey(ServiceRequest, models.SET_NULL, null=True, blank=True, related_name="+")
    known_seen = models.BooleanField(default=False, help_text=_("the tenant saw what is known already"))
    text = models.TextField(blank=True, max_length=2000)
    ended = models.CharField(max_length=12, choices=Ended, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    started_at = models.DateTimeField()
    touched_at = models.DateTimeField()
    sent_as = models.ForeignKey(
        ServiceRequest,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="drafts",
        help_text=_("the request it became, or was added to"),
    )

    objects = DraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft")
        verbose_name_plural = _("drafts")
        constraints = [
            models.CheckConstraint(
                name="draft_sent_is_complete",
                condition=Q(sent_as__isnull=True) | (Q(dwelling__isnull=False) & ~Q(problem="") & ~Q(text="")),
            ),
            models.CheckConstraint(name="draft_sent_or_ended", condition=Q(sent_as__isnull=True) | Q(ended="")),
            models.CheckConstraint(
                name="draft_ended_at_iff_ended",
                condition=Q(ended="", ended_at__isnull=True) | (~Q(ended="") & Q(ended_at__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["touched_at"], name="draft_unsent", condition=Q(sent_as__isnull=True))]

    def __str__(self) -> str:
        return str(self.id)
