"""People: who may sign in (User), and who rents (Tenant, with or without an account)."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Lower, Right
from django.utils.translation import gettext_lazy as _

from .notifications.models import Notification

__all__ = ["Language", "Notification", "Tenant", "User"]


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

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractUser):
    """Somebody who can sign in: a tenant with an account, or staff."""

    username = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail address"))

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = []

    objects = UserManager()  # type: ignore[assignment,misc]

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
    def with_account(self) -> TenantQuerySet:
        return self.filter(user__is_active=True)

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
