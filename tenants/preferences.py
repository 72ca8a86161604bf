"""What a craftsman must know to get in: kept with the person, told in words, asked again after a year."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext as _

from .models import AccessPreferences, Tenant

__all__ = ["FIELDS", "Offer", "Told", "come_with_two", "confirm", "keep", "of", "offer", "told", "write_by_letter"]

FIELDS = ("at_home", "not_on", "call_first", "key_with", "pet", "hearing")  # what the tenant says


@dataclass(frozen=True)
class Told:
    """What the craftsman of a visit knows. `two` is for staff: until when two people come, or nothing."""

    known: AccessPreferences | None = None
    two: date | None = None

    @property
    def lines(self) -> list[str]:
        """In the language of whoever reads it."""
        return _lines(self.known) if self.known else []

    def __bool__(self) -> bool:
        return bool(self.lines or self.two)


@dataclass(frozen=True)
class Offer:
    """What a page offers. `asks`: nothing was ever said; `is_old`: it is to be said again whether it is right."""

    lines: list[str]
    asks: bool
    is_old: bool


def of(tenant: Tenant) -> AccessPreferences | None:
    """The preferences of `tenant`; no query when they came along (`select_related("access_preferences")`)."""
    try:
        return tenant.access_preferences
    except ObjectDoesNotExist:
        return None


def offer(tenant: Tenant, *, at: datetime) -> Offer:
    """To show a tenant: ask once, and again when it has expired."""
    known = of(tenant)
    if known is None or known.saved_at is None:
        return Offer([], asks=True, is_old=False)
    return Offer(_lines(known), asks=False, is_old=not known.is_current(at=at))


def told(tenant: Tenant, *, at: datetime, on: date) -> Told:
    """What a craftsman who comes `on` that day is told; nothing that has expired."""
    known = of(tenant)
    if known is None:
        return Told()
    current = known if known.is_current(at=at) else None
    return Told(current, known.two_people_until if known.needs_two(on=on) else None)


@transaction.atomic
def keep(tenant: Tenant, said: dict[str, Any], *, language: str, at: datetime) -> None:
    """Write what the tenant said (FIELDS), which holds for a year, and in which language we write to them."""
    answers = {name: said[name] for name in FIELDS}
    kept = answers | {"saved_at": at, "expires_at": at + settings.ACCESS_KEPT}
    AccessPreferences.objects.update_or_create(tenant=tenant, defaults=kept)
    tenant.language = language
    tenant.save(update_fields=["language"])


def confirm(tenant: Tenant, *, at: datetime) -> bool:
    """It is still right, for another year; False when nothing was ever said."""
    said = AccessPreferences.objects.filter(tenant=tenant, saved_at__isnull=False)
    return bool(said.update(saved_at=at, expires_at=at + settings.ACCESS_KEPT))


def write_by_letter(tenant: Tenant, *, letters: bool) -> None:
    """From now on by post and not by e-mail, or the other way round. What was written already goes as it was."""
    tenant.wants_letters = letters
    tenant.save(update_fields=["wants_letters"])


def come_with_two(tenant: Tenant, *, until: date | None) -> None:
    """An instruction of staff, with the day on which it ends; empty to take it back."""
    if until is None:
        AccessPreferences.objects.filter(tenant=tenant).update(two_people_until=None)
    else:
        AccessPreferences.objects.update_or_create(tenant=tenant, defaults={"two_people_until": until})


def _lines(known: AccessPreferences) -> list[str]:
    """The tenant's own words are as they are."""
    parts = AccessPreferences.PartOfDay
    at_home: dict[frozenset[str], str] = {
        frozenset(): "",
        frozenset({parts.MORNING}): _("At home in the morning (8–12)"),
        frozenset({parts.AFTERNOON}): _("At home in the afternoon (12–18)"),
        frozenset({parts.MORNING, parts.AFTERNOON}): _("At home in the morning and in the afternoon"),
    }
    lines = [
        at_home[frozenset(known.at_home)],
        known.not_on and _("Better not: %(words)s") % {"words": known.not_on},
        known.call_first and _("Phone before you come"),
        known.key_with and _("The key is with: %(words)s") % {"words": known.key_with},
        known.pet and _("There is a pet"),
        known.hearing and _("Ring long or knock: the bell is not always heard"),
    ]
    return [line for line in lines if line]
