"""What happened to a case. Rows are appended; the database refuses to change or remove them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from ..workflow import DEFER, MOVES, Actor, Outcome, Status, WaitingReason
from .report import Report
from .service_request import ServiceRequest


class StatusChange(models.Model):
    """One line of a request's history: the first is its receipt, every other a move of the workflow."""

    RECEIPT = "receive"

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="history")
    move = models.CharField(_("move"), max_length=12)
    old_status = models.CharField(_("from"), max_length=12, choices=Status, blank=True)
    new_status = models.CharField(_("to"), max_length=12, choices=Status)
    waiting_reason = models.CharField(_("waiting for"), max_length=12, choices=WaitingReason, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    actor = models.CharField(_("by"), max_length=10, choices=Actor)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("at"))
    until = models.DateTimeField(_("put off until"), null=True, blank=True)
    note = models.TextField(_("note"), blank=True, help_text=_("the tenant reads this"))

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("history")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="status_change_move_known",
                condition=Q(move__in=["receive", *(move.name for move in MOVES)]),
            ),
            models.CheckConstraint(
                name="status_change_from_somewhere_unless_receipt",
                condition=Q(move="receive", old_status="") | (~Q(move="receive") & Q(old_status__in=Status.values)),
            ),
            models.CheckConstraint(
                name="status_change_by_nobody_iff_clock",
                condition=Q(actor="clock", by__isnull=True) | Q(actor="tenant") | Q(actor="staff", by__isnull=False),
            ),
            models.CheckConstraint(
                name="status_change_has_a_day_iff_put_off",
                condition=Q(move=DEFER.name, until__isnull=False) | (~Q(move=DEFER.name) & Q(until__isnull=True)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_status} → {self.new_status}"


class PromiseMoveQuerySet(models.QuerySet["PromiseMove"]):
    def count_from(self) -> models.QuerySet[PromiseMove, datetime]:
        """When each term began, the last one first: of what was put off, on the day on which it comes back."""
        put_off = StatusChange.objects.filter(
            service_request=OuterRef("service_request"), at=OuterRef("at"), until__isnull=False
        )
        begins = Coalesce(Subquery(put_off.values("until")[:1]), "at")
        return self.order_by("-pk").values_list(begins, flat=True)


class PromiseMove(models.Model):
    """The promised day moved: who did it and why. The database refuses a move without this row."""

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="promise_moves")
    old_fix_by = models.DateTimeField(_("from"))
    new_fix_by = models.DateTimeField(_("to"))
    actor = models.CharField(_("by"), max_length=10, choices=Actor)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    at = models.DateTimeField(_("at"))
    reason = models.TextField(_("why"), max_length=500)

    objects = PromiseMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("moved promise")
        verbose_name_plural = _("moved promises")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="promise_move_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="promise_move_moves", condition=~Q(old_fix_by=F("new_fix_by"))),
        ]

    def __str__(self) -> str:
        return f"{self.old_fix_by:%d-%m-%Y} → {self.new_fix_by:%d-%m-%Y}"


class ReportMove(models.Model):
    """A household's report went on with another case: staff split it off, or merged its case into another."""

    report = models.ForeignKey(Report, models.PROTECT, related_name="moves", verbose_name=_("report"))
    old = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="reports_left", verbose_name=_("from"))
    new = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="reports_taken_over", verbose_name=_("to"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("moved report")
        verbose_name_plural = _("moved reports")
        ordering = ["at", "pk"]
        constraints = [models.CheckConstraint(name="report_move_moves", condition=~Q(old=F("new")))]

    def __str__(self) -> str:
        return f"{self.old_id} → {self.new_id}"
