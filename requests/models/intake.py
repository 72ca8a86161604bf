"""What a report leads to besides a request: danger signalled, helped oneself, "I disagree", and an outage followed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _

from dwellings.models import Dwelling, Outage
from tenants.models import Tenant

from ..intake.dangers import NAMES, OTHER
from .draft import Draft
from .report import Report
from .service_request import ServiceRequest

REOPEN_WITHIN = timedelta(days=30)


class EmergencyQuerySet(models.QuerySet["Emergency"]):
    def unseen(self) -> EmergencyQuerySet:
        return self.filter(seen_at__isnull=True)

    def with_whom_and_where(self) -> EmergencyQuerySet:
        return self.select_related("tenant", "dwelling", "seen_by")

    def of(self, tenant: Tenant, danger: str, *, since: datetime) -> EmergencyQuerySet:
        """What this person signalled of this danger, the newest first."""
        return self.filter(tenant=tenant, danger=danger, at__gte=since).order_by("-at")


class Emergency(models.Model):
    """A tenant said that there is danger and was told whom to call. Staff see it at once, and say that they did."""

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="emergencies", verbose_name=_("tenant"))
    dwelling = models.ForeignKey(
        Dwelling, models.PROTECT, null=True, blank=True, related_name="emergencies", verbose_name=_("dwelling")
    )
    danger = models.CharField(_("danger"), max_length=20, choices=NAMES)
    about = models.CharField(
        _("problem"), max_length=200, blank=True, help_text=_("as the catalogue calls it, when it was chosen there")
    )
    at = models.DateTimeField(_("signalled"))
    seen_at = models.DateTimeField(_("seen"), null=True, blank=True)
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("seen by")
    )
    note = models.TextField(_("what was done"), max_length=2000, blank=True)

    objects = EmergencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("signalled emergency")
        verbose_name_plural = _("signalled emergencies")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                name="emergency_seen_by_somebody",
                condition=Q(seen_at__isnull=True, seen_by__isnull=True)
                | Q(seen_at__isnull=False, seen_by__isnull=False),
            ),
            models.CheckConstraint(
                name="emergency_note_of_somebody_who_saw_it", condition=Q(note="") | Q(seen_at__isnull=False)
            ),
            models.CheckConstraint(
                name="emergency_danger_known", condition=Q(danger__in=[key for key, _name in NAMES])
            ),
            models.CheckConstraint(name="emergency_other_says_what", condition=~Q(danger=OTHER) | ~Q(about="")),
        ]
        indexes = [models.Index(fields=["at"], name="emergency_unseen", condition=Q(seen_at__isnull=True))]

    def __str__(self) -> str:
        return self.what

    @property
    def what(self) -> str:
        """What is the matter, in the words of the table or of the catalogue."""
        return self.about or self.get_danger_display()


class SelfHelpQuerySet(models.QuerySet["SelfHelp"]):
    def solved(self) -> SelfHelpQuerySet:
        """Requests that were avoided; what came back within the month was not."""
        return self.filter(result=SelfHelp.Result.SOLVED, reopened_at__isnull=True)

    def per_guide(self) -> Iterable[Mapping[str, Any]]:
        """Of each guide what came of it; what helps most first. Each offer is in one of the four."""
        came_back = Q(reopened_at__isnull=False)
        counted = self.order_by().values("guide").annotate(avoided=Count("pk", Q(result="solved") & ~came_back))
        return counted.annotate(
            came_back=Count("pk", came_back),
            not_solved=Count("pk", Q(result="not_solved")),
            skipped=Count("pk", Q(result="skipped")),
            offered=Count("pk"),
        ).order_by("-avoided", "-offered", "guide")


class SelfHelp(models.Model):
    """A guide was offered, and this came of it; it outlives the draft."""

    class Result(models.TextChoices):
        SOLVED = "solved", _("solved")
        NOT_SOLVED = "not_solved", _("not solved")
        SKIPPED = "skipped", _("skipped")

    draft = models.OneToOneField(Draft, models.SET_NULL, null=True, blank=True, related_name="self_help")
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="self_help", verbose_name=_("tenant"))
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="+", verbose_name=_("dwelling"))
    problem = models.CharField(_("problem"), max_length=60)
    guide = models.CharField(_("guide"), max_length=60)
    result = models.CharField(_("result"), max_length=10, choices=Result)
    at = models.DateTimeField(_("at"))
    reopened_at = models.DateTimeField(_("came back"), null=True, blank=True)

    objects = SelfHelpQuerySet.as_manager()

    class Meta:
        verbose_name = _("self-help")
        verbose_name_plural = _("self-help")
        constraints = [
            models.CheckConstraint(
                name="self_help_result_known", condition=Q(result__in=["solved", "not_solved", "skipped"])
            ),
            models.CheckConstraint(
                name="self_help_came_back_only_if_solved", condition=Q(reopened_at__isnull=True) | Q(result="solved")
            ),
        ]
        indexes = [models.Index(fields=["at"], name="self_help_by_time")]

    def __str__(self) -> str:
        return f"{self.guide}: {self.get_result_display()}"

    def may_reopen(self, *, at: datetime) -> bool:
        return self.result == self.Result.SOLVED and self.reopened_at is None and at < self.at + REOPEN_WITHIN


class ObjectionQuerySet(models.QuerySet["Objection"]):
    def per_rule(self) -> Iterable[Mapping[str, Any]]:
        """Of each rule how many do not agree, and how many of them are right; what is doubted most first."""
        counted = self.order_by().values("rule").annotate(total=Count("pk"), right=Count("pk", Q(upheld=True)))
        return counted.annotate(waiting=Count("pk", Q(decided_at__isnull=True))).order_by("-total", "rule")


class Objection(models.Model):
    """The tenant does not agree that they pay. Somebody looks at it; counted per rule."""

    service_request = models.OneToOneField(
        ServiceRequest, models.PROTECT, related_name="objection", verbose_name=_("request")
    )
    report = models.OneToOneField(
        Report, models.PROTECT, related_name="objection", verbose_name=_("report"), help_text=_("of whoever disagrees")
    )
    rule = models.CharField(_("rule"), max_length=20, help_text=_("key of requests.intake.payer"))
    words = models.TextField(_("why"), max_length=2000)
    at = models.DateTimeField(_("at"))
    upheld = models.BooleanField(_("the tenant is right"), null=True, blank=True)
    answer = models.TextField(_("answer to the tenant"), max_length=2000, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        constraints = [
            models.CheckConstraint(name="objection_has_words", condition=~Q(words="")),
            models.CheckConstraint(
                name="objection_decided_by_somebody_with_an_answer",
                condition=Q(upheld__isnull=True, decided_at__isnull=True, decided_by__isnull=True, answer="")
                | (Q(upheld__isnull=False, decided_at__isnull=False, decided_by__isnull=False) & ~Q(answer="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_request_id}: {self.rule}"


class OutageFollower(models.Model):
    """A tenant said that an outage is theirs too, and hears when it is over or takes longer."""

    outage = models.ForeignKey(Outage, models.CASCADE, related_name="followers", verbose_name=_("outage"))
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+", verbose_name=_("tenant"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("follower of an outage")
        verbose_name_plural = _("followers of outages")
        constraints = [models.UniqueConstraint(fields=["outage", "tenant"], name="outage_followed_once")]

    def __str__(self) -> str:
        return f"{self.tenant}: {self.outage}"
