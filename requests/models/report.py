"""A household's own words about a case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from dwellings.models import Tenancy
from tenants.models import Tenant

from ..intake.catalogue import in_language
from .kinds import Source
from .service_request import ServiceRequest


class ReportQuerySet(models.QuerySet["Report"]):
    def of(self, tenant: Tenant, *, on: date) -> ReportQuerySet:
        """What this person reported about a home that they rent on that day."""
        return self.filter(_rents_it(on), tenant=tenant)

    def told(self, *, at: datetime) -> ReportQuerySet:
        """Those of people who still live there: access ends with the tenancy, and so does what we tell."""
        return self.filter(_rents_it(timezone.localdate(at)))

    def with_is_told(self, *, at: datetime) -> ReportQuerySet:
        return self.annotate(is_told=_rents_it(timezone.localdate(at)))

    def once_on(self, reference: str) -> ReportQuerySet:
        """Those that were on this case and went on with another, the one that left last on top."""
        return self.filter(moves__old__reference=reference).order_by("-moves__at")


def _rents_it(on: date) -> Exists:
    """By any contract: of the home from which it was reported or, for what neighbours share, of one in that complex."""
    home = Q(dwelling=OuterRef("tenancy__dwelling"))
    building = Q(dwelling__complex=OuterRef("service_request__communal_area__complex"))
    return Exists(Tenancy.objects.current(on=on).filter(home | building, tenant=OuterRef("tenant")))


@dataclass(frozen=True)
class Stay:
    """A household was on this case from then on, and until it went on with another."""

    service_request_id: int
    since: datetime
    until: datetime | None


class Report(models.Model):
    """One household reports a case. Everyone who reported is told, and is asked whether it is solved."""

    service_request = models.ForeignKey(
        ServiceRequest, models.PROTECT, related_name="reports", verbose_name=_("request")
    )
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="reports", verbose_name=_("tenant"))
    tenancy = models.ForeignKey(Tenancy, models.PROTECT, related_name="reports", verbose_name=_("tenancy"))
    text = models.TextField(_("in their own words"), max_length=2000)
    source = models.CharField(_("channel"), max_length=10, choices=Source)
    answers = models.JSONField(
        _("extra questions"), default=list, blank=True, help_text=_("question and answer, each in Dutch and in English")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken down by"),
        help_text=_("staff who reported for the tenant"),
    )
    at = models.DateTimeField(_("reported"))
    key = models.UUIDField(_("form key"), null=True, blank=True, help_text=_("the same form counts once"))
    left_at = models.DateTimeField(
        _("moved out"), null=True, blank=True, help_text=_("found when there was something to tell")
    )

    objects = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "tenant"], name="report_once_per_person"),
            models.UniqueConstraint(fields=["key"], name="report_form_counts_once"),
            models.CheckConstraint(name="report_has_words", condition=~models.Q(text="")),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.at:%d-%m-%Y}"

    @property
    def answered(self) -> list[tuple[str, str]]:
        """The extra questions and what was said, in the language of whoever looks."""
        return [
            tuple(in_language(nl=said[f"{part}_nl"], en=said[f"{part}_en"]) for part in ("question", "answer"))  # type: ignore[misc]  # two of them, which mypy does not count
            for said in self.answers
        ]

    def stays(self) -> list[Stay]:
        """The cases that this report was on, the present one last. One query."""
        moves = list(self.moves.all())
        cases = [*(move.old_id for move in moves), self.service_request_id]
        begins = [self.at, *(move.at for move in moves)]
        return [Stay(*stay) for stay in zip(cases, begins, [*begins[1:], None], strict=True)]
