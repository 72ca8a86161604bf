"""The outbox: one row per message to one person over one channel."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext_lazy as _

SILENT_AFTER = timedelta(seconds=90)  # a worker is heard of every ten seconds, the clock every thirty
LEASE = timedelta(seconds=60)  # longer than a mail takes; who comes later changes nothing any more


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    TEXT = "text", _("text message")


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, *, at: datetime) -> NotificationQuerySet:
        """What should leave now: queued and due, or claimed by a worker that never came back."""
        return self.filter(due_at__lte=at).order_by("due_at", "pk")

    def claim(self, pk: int, *, at: datetime) -> bool:
        """Take one due row for the length of the lease; True for exactly one caller."""
        taken = self.due(at=at).order_by().filter(pk=pk)
        lost = Case(
            When(state=Notification.State.SENDING, then=F("lost_workers") + 1),
            default=F("lost_workers"),
            output_field=models.PositiveSmallIntegerField(),
        )
        return bool(
            taken.update(
                state=Notification.State.SENDING, due_at=at + LEASE, attempts=F("attempts") + 1, lost_workers=lost
            )
        )

    def failed(self) -> NotificationQuerySet:
        return self.filter(state=Notification.State.FAILED)


class Notification(models.Model):
    """One message to one person, written in the transaction of the event it tells about.

    `due_at` is when a worker should look at it: when it may leave (queued), or when the lease of
    the worker that has it runs out (sending); empty once it is sent or has failed for good.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("waiting")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("sent")
        FAILED = "failed", _("not delivered")

    tenant = models.ForeignKey(
        "tenants.Tenant",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="notifications",
        verbose_name=_("tenant"),
    )
    channel = models.CharField(_("channel"), max_length=10, choices=Channel)
    address = models.CharField(_("address"), max_length=254, help_text=_("e-mail address or phone number"))
    kind = models.CharField(_("kind"), max_length=50)
    occasion = models.CharField(_("occasion"), max_length=100)
    about = models.CharField(_("about"), max_length=20, blank=True, help_text=_("reference of the request"))
    secret = models.BooleanField(_("secret"), default=False, help_text=_("erased once sent: sign-in codes"))
    attaches = models.CharField(
        _("attachment"), max_length=60, blank=True, help_text=_("what is made and attached when it is sent: kind:key")
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    html = models.TextField("HTML", blank=True)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lost_workers = models.PositiveSmallIntegerField(_("workers that died with it"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.CheckConstraint(name="notification_channel_known", condition=Q(channel__in=Channel.values)),
            models.CheckConstraint(
                name="notification_sent_iff_sent_at",
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="notification_due_until_settled",
                condition=Q(state__in=["queued", "sending"], due_at__isnull=False)
                | Q(state__in=["sent", "failed"], due_at__isnull=True),
            ),
            models.CheckConstraint(name="notification_has_an_address", condition=~Q(address="")),
            models.UniqueConstraint(
                fields=["occasion", "tenant", "channel"],
                name="notification_once_per_occasion",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], name="notification_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["about"], name="notification_about", condition=~Q(about="")),
            models.Index(fields=["queued_at"], name="notification_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occasion} ({self.state})"

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that mail systems drop a double."""
        return f"<notification-{self.pk}.{int(self.queued_at.timestamp())}@thuisbalie>"


class PulseQuerySet(models.QuerySet["Pulse"]):
    def silent(self, *, at: datetime) -> PulseQuerySet:
        """Who should have been heard of by now, and was not."""
        return self.filter(heard_at__lt=at - SILENT_AFTER)


class Pulse(models.Model):
    """A program of the engine was heard of. One that stops as it should takes its row away; one that dies leaves it."""

    class Kind(models.TextChoices):
        WORKER = "worker", _("worker")
        CLOCK = "clock", _("clock")

    name = models.CharField(_("name"), max_length=120, primary_key=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    started_at = models.DateTimeField(_("started"))
    heard_at = models.DateTimeField(_("last heard of"))
    missed_at = models.DateTimeField(_("missed since"), null=True, blank=True)

    objects = PulseQuerySet.as_manager()

    class Meta:
        verbose_name = _("sign of life")
        verbose_name_plural = _("signs of life")
        constraints = [
            models.CheckConstraint(name="pulse_kind_known", condition=Q(kind__in=["worker", "clock"])),
            models.CheckConstraint(name="pulse_heard_after_start", condition=Q(heard_at__gte=F("started_at"))),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.heard_at:%d-%m-%Y %H:%M:%S})"

    def is_alive(self, *, at: datetime) -> bool:
        return self.heard_at >= at - SILENT_AFTER
