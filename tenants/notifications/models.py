"""The outbox: one row per message to one person over one channel."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.db import connections, models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _

from .claiming import SETTLE, TAKE_NEXT

SILENT_AFTER = timedelta(seconds=90)  # a worker is heard of every ten seconds, the clock every thirty
TRIED_FOR_HALF_AN_HOUR = 6  # times: the pauses between them double from half a minute on
LEASE = timedelta(seconds=45)  # longer than a mail takes; with the sweep, what a dead worker had leaves in a minute


class Channel(models.TextChoices):
    EMAIL = "email", _("e-mail")
    TEXT = "text", _("text message")
    LETTER = "letter", _("letter")


LEAVE_BY_THEMSELVES = (Channel.EMAIL, Channel.TEXT)  # letters leave when staff print them


class Part(TypedDict):
    """What a message says, without greeting and signature: its part of a mail that says several things."""

    words: str
    label: str
    url: str


class NotificationQuerySet(models.QuerySet["Notification"]):
    def due(self, *, at: datetime) -> NotificationQuerySet:
        """What should leave now: queued and due, or claimed by a worker that never came back."""
        return self.filter(due_at__lte=at, goes_with__isnull=True).order_by("due_at", "pk")

    def claim(self, *, at: datetime, channels: Sequence[str] = LEAVE_BY_THEMSELVES) -> Mail:
        """Take what is due first, and what leaves in its mail, for the length of the lease.

        Nothing when nothing is due that others do not have.
        """
        values: dict[str, Any] = {"at": at, "until": at + LEASE, "channels": list(channels)}
        with connections[self.db].cursor() as cursor:
            cursor.execute(TAKE_NEXT, values)
            names = [column.name for column in cursor.description]
            mail = [self._of(dict(zip(names, row, strict=True))) for row in cursor.fetchall()]
        return sorted(mail, key=lambda row: (row.goes_with_id is not None, row.pk))

    def _of(self, values: dict[str, Any]) -> Notification:
        values["part"] = values["part"] and json.loads(values["part"])
        names = [field.attname for field in self.model._meta.concrete_fields]
        return self.model.from_db(self.db, names, [values[name] for name in names])

    def settle(self, mail: Mail, *, at: datetime) -> None:
        """It left. Codes are erased. Nothing happens to what another worker took after the lease."""
        pks, attempts = [row.pk for row in mail], mail[0].attempts
        with connections[self.db].cursor() as cursor:
            cursor.execute(SETTLE, {"at": at, "pks": pks, "attempts": attempts})

    def in_the_mail_of(self, pk: int) -> NotificationQuerySet:
        """The row and what goes with it."""
        return self.filter(Q(pk=pk) | Q(goes_with=pk))

    def letters_to_print(self) -> NotificationQuerySet:
        """In the order in which they were written, those to one person about one request beside each other."""
        return self.filter(channel=Channel.LETTER, state=Notification.State.QUEUED)

    def failed(self) -> NotificationQuerySet:
        return self.filter(state=Notification.State.FAILED)

    def undelivered(self) -> NotificationQuerySet:
        """What was given up, and what was refused for half an hour and is still tried. Codes are shown to nobody."""
        refused = Q(state=Notification.State.QUEUED, due_at__isnull=False, attempts__gte=TRIED_FOR_HALF_AN_HOUR)
        return self.filter(Q(state=Notification.State.FAILED) | refused, secret=False)

    def unseen(self) -> NotificationQuerySet:
        """What failed, and nobody of staff has looked at. Codes are of no use any more, and shown to nobody."""
        return self.failed().filter(secret=False, seen_at=None)


class Notification(models.Model):
    """One message to one person, written in the transaction of the event it tells about.

    `due_at` is when a worker should look at it: when it may leave (queued), or when the lease of
    the worker that has it runs out (sending); empty once it is sent or has failed for good. A letter
    is never due: it is queued until staff print it.
    What happens soon after something else leaves as one mail: `goes_with` is the row that all of it
    leaves with, under its Message-ID, and from then on they have the same fate. What has no `part`
    always leaves alone.
    Most rows have their words. What has not says what it `writes` (see `late`): the words are written when it leaves,
    before it is handed over for the first time, and then it is a row as any other.
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
    writes = models.CharField(
        _("to write"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text=_("what is written when it is sent: kind:key"),
    )
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"))
    html = models.TextField("HTML", blank=True)
    part = models.JSONField(
        _("its part of a mail that says several things"), null=True, blank=True, help_text=_("empty: it leaves alone")
    )
    goes_with = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="takes_along",
        db_index=False,  # few rows have it, and those are in an index of their own
        verbose_name=_("in the mail of"),
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.QUEUED)
    queued_at = models.DateTimeField(_("written"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    lost_workers = models.PositiveSmallIntegerField(_("workers that died with it"), default=0)
    error = models.CharField(_("error"), max_length=200, blank=True)
    seen_at = models.DateTimeField(_("seen by staff"), null=True, blank=True, help_text=_("that it was not delivered"))

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
                condition=Q(~Q(channel="letter"), state__in=["queued", "sending"], due_at__isnull=False)
                | Q(state__in=["sent", "failed"], due_at__isnull=True)
                | Q(channel="letter", state="queued", due_at__isnull=True),
            ),
            models.CheckConstraint(
                name="notification_goes_with_another",
                condition=Q(goes_with__isnull=True) | (~Q(goes_with=F("id")) & Q(channel="email", part__isnull=False)),
            ),
            models.CheckConstraint(name="notification_has_an_address", condition=~Q(address="")),
            models.CheckConstraint(
                name="notification_has_words_or_writes_them",
                condition=Q(~Q(body=""), writes="")
                | Q(secret=True, writes="")
                | Q(~Q(writes="") & ~Q(state="sent"), subject="", body="", html="", secret=False, channel="email"),
            ),
            models.CheckConstraint(
                name="notification_seen_is_not_delivered", condition=Q(seen_at__isnull=True) | Q(state="failed")
            ),
            models.UniqueConstraint(
                fields=["occasion", "tenant", "channel"],
                name="notification_once_per_occasion",
                nulls_distinct=False,
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], name="notification_due", condition=Q(due_at__isnull=False)),
            models.Index(
                fields=["due_at", "id"], name="notification_code_due", condition=Q(secret=True, due_at__isnull=False)
            ),
            models.Index(
                F("about"), Coalesce("sent_at", "queued_at"), name="notification_about", condition=~Q(about="")
            ),
            models.Index(fields=["queued_at"], name="notification_failed", condition=Q(state="failed")),
            models.Index(fields=["goes_with"], name="notification_goes_with", condition=Q(goes_with__isnull=False)),
            models.Index(
                fields=["queued_at", "id"],
                name="notification_to_print",
                condition=Q(channel="letter", state="queued"),
            ),
            models.Index(fields=["sent_at", "id"], name="notification_printed", condition=Q(channel="letter")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.occasion} ({self.state})"

    @property
    def is_refused(self) -> bool:
        """It could not be handed over the last time, and is tried again."""
        return self.state == self.State.QUEUED and bool(self.error)

    @property
    def message_id(self) -> str:
        """The same for every attempt, so that mail systems drop a double."""
        first = self.goes_with or self
        return f"<notification-{first.pk}.{int(first.queued_at.timestamp())}@thuisbalie>"

    @property
    def title(self) -> str:
        """What it is called on a page: its subject, if it has one already."""
        if self.writes:
            return gettext("Message that is written when it leaves")
        return self.subject or pgettext("a text message", "Text message")


Mail = list[Notification]  # what leaves as one; the first is the row that the others go with


class Letter(Notification):
    """What goes by post, as staff see it."""

    class Meta:
        proxy = True
        default_permissions = ()  # whoever changes requests prints letters
        verbose_name = _("letter")
        verbose_name_plural = _("letters")


class PulseQuerySet(models.QuerySet["Pulse"]):
    def silent(self, *, at: datetime) -> PulseQuerySet:
        """Who should have been heard of by now, and was not; also who was last heard of by a clock that was ahead."""
        return self.exclude(heard_at__range=(at - SILENT_AFTER, at + SILENT_AFTER))


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
        return abs(at - self.heard_at) <= SILENT_AFTER
