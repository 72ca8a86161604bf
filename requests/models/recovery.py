"""What we do after a promise that we broke: an apology, somebody who looks after it, a new day, and maybe a gesture."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from ..intake.catalogue import in_language
from ..promises import Urgency
from .service_request import ServiceRequest
from .visit import Visit

_NO_GESTURE = Q(gesture_nl="", gesture_en="", gesture_at__isnull=True, gesture_by__isnull=True)
_GESTURE = ~Q(gesture_nl="") & ~Q(gesture_en="") & Q(gesture_at__isnull=False, gesture_by__isnull=False)


class RecoveryQuerySet(models.QuerySet["Recovery"]):
    def running(self) -> RecoveryQuerySet:
        """It is not repaired yet."""
        return self.filter(settled_at__isnull=True)

    def without_a_day(self) -> RecoveryQuerySet:
        """The tenant waits for a new day."""
        return self.running().filter(dated_at__isnull=True)


class Recovery(models.Model):
    """Begun once for each broken promise or missed visit; the apology is queued with it.

    It leaves as long as it is true: who has a new day before that, or a repair, gets no apology (`followup.late`).
    `hear_by` is by when the tenant was told to hear a new day, `new_day` is that day, `dated_at` when it was given.
    Settled when the repair is ready, the request is closed, or the craftsman turns out to have come. Its marks are
    those of the request.
    """

    class Why(models.TextChoices):
        BROKEN = "broken", _("the promised day was over")
        VISIT_MISSED = "visit_missed", _("nobody came")

    service_request = models.ForeignKey(ServiceRequest, models.PROTECT, related_name="recoveries")
    why = models.CharField(_("why"), max_length=12, choices=Why)
    of = models.CharField(_("of"), max_length=40, help_text=_("which promise or visit"))
    promised = models.DateTimeField(_("promised"))
    begun_at = models.DateTimeField(_("begun"))
    contact = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("looked after by"),
    )
    hear_by = models.DateTimeField(_("hears a new day by"))
    new_day = models.DateTimeField(_("new day"), null=True, blank=True)
    dated_at = models.DateTimeField(_("new day given"), null=True, blank=True)
    gesture_nl = models.CharField(_("gesture, in Dutch"), max_length=120, blank=True)
    gesture_en = models.CharField(_("gesture, in English"), max_length=120, blank=True)
    gesture_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("gesture decided by"),
    )
    gesture_at = models.DateTimeField(_("gesture decided"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = RecoveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery")
        verbose_name_plural = _("recoveries")
        ordering = ["begun_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["service_request", "of"], name="recovery_once"),
            models.UniqueConstraint(
                fields=["service_request"],
                name="recovery_one_waits_for_a_day",
                condition=Q(dated_at__isnull=True, settled_at__isnull=True),
            ),
            models.CheckConstraint(name="recovery_why_known", condition=Q(why__in=["broken", "visit_missed"])),
            models.CheckConstraint(
                name="recovery_dated_iff_new_day",
                condition=Q(new_day__isnull=True, dated_at__isnull=True)
                | Q(new_day__isnull=False, dated_at__isnull=False),
            ),
            models.CheckConstraint(name="recovery_gesture_by_somebody", condition=_NO_GESTURE | _GESTURE),
            models.CheckConstraint(
                name="recovery_in_order_of_time",
                condition=Q(hear_by__gt=F("begun_at"))
                & (Q(dated_at__isnull=True) | Q(dated_at__gte=F("begun_at")))
                & (Q(settled_at__isnull=True) | Q(settled_at__gte=F("begun_at"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_why_display()} {self.of}"

    @property
    def waits(self) -> bool:
        """The tenant waits for a new day."""
        return self.settled_at is None and self.dated_at is None

    @property
    def visit(self) -> Visit | None:
        """The one that was missed."""
        of, _, pk = self.of.partition("-")
        return Visit.objects.filter(pk=pk).first() if of == "visit" else None

    @property
    def gesture(self) -> str:
        """What we gave, in the language of whoever looks."""
        return in_language(nl=self.gesture_nl, en=self.gesture_en)


class Gesture(models.Model):
    """What staff may give after a broken promise of this class; a class without one has none."""

    urgency = models.CharField(_("urgency"), max_length=1, choices=Urgency, unique=True)
    what_nl = models.CharField(_("what, in Dutch"), max_length=120, help_text=_("such as: een bon van € 15"))
    what_en = models.CharField(_("what, in English"), max_length=120, help_text=_("such as: a voucher of € 15"))

    class Meta:
        verbose_name = _("gesture")
        verbose_name_plural = _("gestures")
        ordering = ["urgency"]
        constraints = [
            models.CheckConstraint(name="gesture_urgency_known", condition=Q(urgency__in=Urgency.values)),
            models.CheckConstraint(name="gesture_says_what", condition=~Q(what_nl="") & ~Q(what_en="")),
        ]

    def __str__(self) -> str:
        return in_language(nl=self.what_nl, en=self.what_en)


class DigestDay(models.Model):
    """On this day the daily mail was written: once, however many workers there are."""

    day = models.DateField(_("day"), primary_key=True)
    written_at = models.DateTimeField(_("written"))

    class Meta:
        verbose_name = _("daily mail")
        verbose_name_plural = _("daily mails")

    def __str__(self) -> str:
        return f"{self.day:%d-%m-%Y}"
