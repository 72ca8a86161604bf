"""What staff must know of a promise, once each: it is in danger, it is broken, nobody came, the six weeks run out."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext_lazy as _

from .service_request import ServiceRequest


class AlarmQuerySet(models.QuerySet["Alarm"]):
    def standing(self) -> AlarmQuerySet:
        """Still true, and nobody has settled it."""
        return self.filter(settled_at__isnull=True)

    def worst_first(self) -> AlarmQuerySet:
        order = (When(kind=kind, then=Value(number)) for number, kind in enumerate(Alarm.WORST_FIRST))
        return self.order_by(Case(*order), "pk")

    def untold(self) -> AlarmQuerySet:
        """The level that it is for did not get it in a daily mail."""
        return self.standing().filter(Q(told__isnull=True) | Q(told__lt=F("level")))

    def due_to_rise(self, *, at: datetime) -> AlarmQuerySet:
        """Nobody settled it in time: the next person up should know."""
        return self.filter(rises_at__lte=at)


class Alarm(models.Model):
    """Raised once for each thing that it is `of` (a promised day, a visit, the report); rises one level at a time."""

    class Kind(models.TextChoices):
        AT_RISK = "at_risk", _("the promise is in danger")
        BROKEN = "broken", _("the promise is broken")
        BADLY_BROKEN = "badly_broken", _("the promise is badly broken")
        VISIT_MISSED = "visit_missed", _("we did not come")
        DAY_28 = "day_28", _("day 28 of the six weeks")
        DAY_40 = "day_40", _("day 40 of the six weeks")
        SIX_WEEKS_OVER = "six_weeks", _("the six weeks are over")

    WORST_FIRST = (
        Kind.SIX_WEEKS_OVER,
        Kind.BADLY_BROKEN,
        Kind.VISIT_MISSED,
        Kind.BROKEN,
        Kind.DAY_40,
        Kind.DAY_28,
        Kind.AT_RISK,
    )
    WARNINGS = (Kind.AT_RISK, Kind.DAY_28, Kind.DAY_40)  # nothing is broken yet
    BREACHES = (Kind.BROKEN, Kind.BADLY_BROKEN, Kind.VISIT_MISSED, Kind.SIX_WEEKS_OVER)

    class Level(models.IntegerChoices):
        PLANNER = 0, _("planner")
        TEAM_LEAD = 1, _("team lead")
        MANAGER = 2, _("manager")

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="alarms")
    kind = models.CharField(_("what"), max_length=12, choices=Kind)
    of = models.CharField(_("of"), max_length=40, help_text=_("which promise, visit or report"))
    raised_at = models.DateTimeField(_("raised"))
    level = models.PositiveSmallIntegerField(_("for"), choices=Level, default=Level.PLANNER)
    told = models.PositiveSmallIntegerField(
        _("told"), choices=Level, null=True, blank=True, help_text=_("the highest level that got it in a daily mail")
    )
    rises_at = models.DateTimeField(_("goes one higher"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = AlarmQuerySet.as_manager()

    class Meta:
        verbose_name = _("alarm")
        verbose_name_plural = _("alarms")
        ordering = ["raised_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "kind", "of"], name="alarm_once"),
            models.CheckConstraint(
                name="alarm_kind_known",
                condition=Q(
                    kind__in=["at_risk", "broken", "badly_broken", "visit_missed", "day_28", "day_40", "six_weeks"]
                ),
            ),
            models.CheckConstraint(name="alarm_level_known", condition=Q(level__in=[0, 1, 2])),
            models.CheckConstraint(
                name="alarm_told_no_higher_than_it_is", condition=Q(told__isnull=True) | Q(told__lte=F("level"))
            ),
            models.CheckConstraint(
                name="alarm_settled_rises_no_more", condition=Q(settled_at__isnull=True) | Q(rises_at__isnull=True)
            ),
            models.CheckConstraint(
                name="alarm_in_order_of_time",
                condition=Q(settled_at__isnull=True) | Q(settled_at__gte=F("raised_at")),
            ),
        ]
        indexes = [
            models.Index(fields=["rises_at"], name="alarm_rises", condition=Q(rises_at__isnull=False)),
            models.Index(fields=["service_request"], name="alarm_standing", condition=Q(settled_at__isnull=True)),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.of}"
