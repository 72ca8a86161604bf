"""People: who may sign in (User), and who rents (Tenant, with or without an account)."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right
from django.utils.translation import gettext_lazy as _

from .notifications.models import Letter, Notification

__all__ = ["AccessPreferences", "Attempts", "Language", "Letter", "Notification", "Tenant", "User"]


class Language(models.TextChoices):
    """Languages we write to people in; ISO 639-1."""

    DUTCH = "nl", _("Dutch")
    ENGLISH = "en", _("English")


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A person who signs in with a code by e-mail; a password is for emergencies by operators."""
        user = self.model(email=self.normalize_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def with_address(self, email: str) -> User | None:
        """Who signs in with this address, however its capitals are. A letter that only looks like one is another."""
        user = self.alias(address=Lower("email")).filter(address=email.lower()).first()
        return user if user and (email.isascii() or email == user.email) else None

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who can sign in: a tenant with an account, or staff."""

    username = None  # type: ignore[assignment]  # as Django's docs take it away
    email = models.EmailField(_("e-mail address"))

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[assignment,misc]  # as above: ours needs no username

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_once",
                violation_error_message=_("Somebody already signs in with this e-mail address."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_full_name() or self.email


# What 06-12345678, 06 1234 5678 and +31 6 12345678 have in common; the index is on this very expression.
PHONE_END = 9
_END_OF_PHONE = Right(
    Func(
        F("phone"),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=models.CharField(),
    ),
    PHONE_END,
)


class TenantQuerySet(models.QuerySet["Tenant"]):
    def with_phone(self, number: str) -> TenantQuerySet:
        """Whose number this is, however either was written; nobody's when it is too short to be one."""
        end = re.sub(r"\D", "", number)[-PHONE_END:]
        if len(end) < PHONE_END:
            return self.none()
        return self.alias(end_of_phone=_END_OF_PHONE).filter(end_of_phone=end)


class Tenant(models.Model):
    """A person who rents. People who only phone or write are tenants too: `user` is empty then."""

    user = models.OneToOneField(User, models.SET_NULL, null=True, blank=True, verbose_name=_("account"))
    name = models.CharField(_("name"), max_length=120)
    email = models.EmailField(_("e-mail address"), blank=True)
    phone = models.CharField(_("phone number"), max_length=20, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.DUTCH)
    wants_texts = models.BooleanField(_("wants text messages about visits"), default=False)
    wants_letters = models.BooleanField(
        _("wants letters"), default=False, db_default=False, help_text=_("by post, and no e-mails")
    )
    birth_year = models.PositiveSmallIntegerField(_("year of birth"), null=True, blank=True)

    objects = TenantQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenant")
        verbose_name_plural = _("tenants")
        constraints = [
            models.CheckConstraint(name="tenant_language_known", condition=Q(language__in=Language.values)),
            models.CheckConstraint(
                name="tenant_with_an_account_has_an_address", condition=Q(user__isnull=True) | ~Q(email="")
            ),
            models.CheckConstraint(name="tenant_texts_need_a_phone", condition=Q(wants_texts=False) | ~Q(phone="")),
        ]
        indexes = [
            models.Index(fields=["name"], name="tenant_by_name"),
            models.Index(_END_OF_PHONE, name="tenant_by_phone"),
        ]

    def __str__(self) -> str:
        return self.name


class AccessPreferencesQuerySet(models.QuerySet["AccessPreferences"]):
    def current(self, *, at: datetime) -> AccessPreferencesQuerySet:
        return self.filter(expires_at__gt=at)


class AccessPreferences(models.Model):
    """What a craftsman must know to get in: asked once, kept with the person, asked again when it has expired.

    Never why: no health, no reasons. "Come with two" is an instruction of staff, until a day; a tenant neither
    sees nor sets it, and it may be there before the tenant ever said anything (`saved_at` is empty then).
    """

    class PartOfDay(models.TextChoices):
        """VERA DAGDEEL, as far as craftsmen come by."""

        MORNING = "OCH", _("in the morning (8–12)")
        AFTERNOON = "MID", _("in the afternoon (12–18)")

    tenant = models.OneToOneField(Tenant, models.CASCADE, related_name="access_preferences", verbose_name=_("tenant"))
    at_home = ArrayField(
        models.CharField(max_length=3, choices=PartOfDay), verbose_name=_("at home"), default=list, blank=True
    )
    not_on = models.CharField(_("better not"), max_length=120, blank=True)
    call_first = models.BooleanField(_("phone before you come"), default=False)
    key_with = models.CharField(_("somebody else has the key"), max_length=120, blank=True)
    pet = models.BooleanField(_("there is a pet"), default=False)
    hearing = models.BooleanField(_("ring long or knock: the bell is not always heard"), default=False)
    two_people_until = models.DateField(_("come with two, until"), null=True, blank=True)
    saved_at = models.DateTimeField(_("saved"), null=True, blank=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)

    objects = AccessPreferencesQuerySet.as_manager()

    class Meta:
        verbose_name = _("access preferences")
        verbose_name_plural = _("access preferences")
        constraints = [
            models.CheckConstraint(
                name="access_preferences_expire",
                condition=Q(saved_at__isnull=True, expires_at__isnull=True)
                | Q(saved_at__isnull=False, expires_at__isnull=False, expires_at__gt=F("saved_at")),
            ),
            models.CheckConstraint(
                name="access_preferences_parts_known", condition=Q(at_home__contained_by=["OCH", "MID"])
            ),
        ]

    def __str__(self) -> str:
        return str(self.tenant)

    def is_current(self, *, at: datetime) -> bool:
        return self.expires_at is not None and self.expires_at > at

    def needs_two(self, *, on: date) -> bool:
        return self.two_people_until is not None and self.two_people_until >= on


class Attempts(models.Model):
    """When somebody asked for codes or guessed at them; the key says nothing about anybody (see `attempts`)."""

    key = models.CharField(_("key"), max_length=64, primary_key=True)
    moments = ArrayField(models.DateTimeField(), verbose_name=_("moments"))
    forget_at = models.DateTimeField(_("forgotten after"))

    class Meta:
        verbose_name = _("attempts to sign in")
        verbose_name_plural = _("attempts to sign in")

    def __str__(self) -> str:
        return f"{self.key[:8]} ({len(self.moments)})"
