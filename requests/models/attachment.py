"""Photos: re-encoded before they are stored, found only through the report they belong to."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from django.core.files.base import File
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant

from .draft import Draft
from .report import Report


def photo_path(attachment: Attachment, filename: str) -> str:
    """A random name: what a person called the file is not kept."""
    return f"photos/{attachment.id.hex[:2]}/{attachment.id.hex}.jpg"


def thumbnail_path(attachment: Attachment, filename: str) -> str:
    return f"photos/{attachment.id.hex[:2]}/{attachment.id.hex}-small.jpg"


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def of(self, tenant: Tenant, *, on: date) -> AttachmentQuerySet:
        """The photos this person sent about a home they rent on that day, or is about to send."""
        sent = Q(report__in=Report.objects.of(tenant, on=on))
        return self.filter(sent | Q(draft__tenant=tenant))

    def without_thumbnail(self) -> AttachmentQuerySet:
        return self.filter(thumbnail="").order_by("pk")


class Attachment(models.Model):
    """One photo of a draft or of a report: pixels only, no EXIF."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, models.CASCADE, null=True, blank=True, related_name="photos")
    report = models.ForeignKey(Report, models.PROTECT, null=True, blank=True, related_name="photos")
    image = models.FileField(upload_to=photo_path, max_length=120)
    thumbnail = models.FileField(upload_to=thumbnail_path, max_length=120, blank=True)
    width = models.PositiveIntegerField(_("width in pixels"))
    height = models.PositiveIntegerField(_("height in pixels"))
    bytes = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(max_length=64)  # of what is kept: it stands on the proof
    # Of the file as it was sent, which may come out differently with another version of a decoder; empty: not known.
    upload_sha256 = models.CharField(max_length=64, blank=True, default="", db_default="")
    thumbnail_attempts = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField(_("sent"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="photo_of_a_draft_or_a_report",
                condition=Q(draft__isnull=False, report__isnull=True) | Q(draft__isnull=True, report__isnull=False),
            ),
            models.UniqueConstraint(
                name="photo_of_a_draft_once", fields=["draft", "upload_sha256"], condition=~Q(upload_sha256="")
            ),
        ]
        indexes = [models.Index(fields=["at"], name="photo_without_thumbnail", condition=Q(thumbnail=""))]

    def __str__(self) -> str:
        return str(self.id)

    def keep(self, photo: File[Any]) -> None:
        """Write the file, then the row; without the row there is no file either. OSError: no room, or no disk."""
        try:
            self.image.save("photo.jpg", photo, save=False)
            self.save(force_insert=True)
        except BaseException:
            self.image.storage.delete(photo_path(self, ""))  # also half of it, when the disk was full
            raise
