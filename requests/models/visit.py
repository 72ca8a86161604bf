"""A craftsman comes by, in a window the tenant was told."""

from __future__ import annotations

from datetime import datetime

from django.contrib.postgres.fields import DateTimeRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .service_request import ServiceRequest


class VisitQuerySet(models.QuerySet["Visit"]):
    def planned(self) -> VisitQuerySet:
        return self.filter(outcome=Visit.Outcome.PLANNED)

    def upcoming(self, *, at: datetime) -> VisitQuerySet:
        return self.planned().filter(window__endswith__gt=at).order_by("window")


class Visit(models.Model):
    """`window` is what the tenant was promised: the craftsman arrives in it."""

    class Outcome(models.TextChoices):
        PLANNED = "planned", _("planned")
        DONE = "done", _("done")
        NO_ACCESS = "no_access", _("nobody was at home")
        NOT_FINISHED = "not_finished", _("not finished")
        MISSED = "missed", _("we did not come")
        MOVED = "moved", _("moved to another time")
        CANCELLED = "cancelled", _("cancelled")

    DROPPED = (Outcome.CANCELLED, Outcome.MOVED)  # somebody counted on it, and nobody came
    CAME = (Outcome.DONE, Outcome.NO_ACCESS, Outcome.NOT_FINISHED)  # the craftsman was there

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="visits")
    window = DateTimeRangeField(_("between"))
    craftsman = models.CharField(_("craftsman"), max_length=80)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.PLANNED)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = VisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["window", "pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_outcome_known",
                condition=Q(
                    outcome__in=[
                        "planned",
                        "done",
                        "no_access",
                        "not_finished",
                        "missed",
                        "moved",
                        "cancelled",
                    ]
                ),
            ),
            models.CheckConstraint(
                name="visit_settled_iff_not_planned",
                condition=Q(outcome="planned", settled_at__isnull=True)
                | (~Q(outcome="planned") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="visit_has_a_window",
                condition=Q(window__isempty=False, window__startswith__isnull=False, window__endswith__isnull=False),
            ),
            models.CheckConstraint(name="visit_by_somebody", condition=~Q(craftsman="")),
            models.UniqueConstraint(
                fields=["service_request"],
                name="visit_one_planned_per_request",
                condition=Q(outcome="planned"),
            ),
        ]
        indexes = [
            # The dashboard counts from the index alone which took place and which we missed.
            models.Index(fields=["settled_at"], include=["outcome", "service_request"], name="visit_by_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.craftsman}, {self.window.lower:%d-%m-%Y %H:%M}"
