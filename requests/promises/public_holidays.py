"""The public holidays of the Netherlands: when they are, and what they are called."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache

import holidays
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Holiday(TextChoices):
    """Each by its Dutch name. Liberation Day is public once in five years, as the government has it."""

    NEW_YEAR = "Nieuwjaarsdag", _("New Year's Day")
    GOOD_FRIDAY = "Goede vrijdag", _("Good Friday")
    EASTER = "Eerste paasdag", _("Easter Sunday")
    EASTER_MONDAY = "Tweede paasdag", _("Easter Monday")
    KINGS_DAY = "Koningsdag", _("King's Day")
    LIBERATION_DAY = "Bevrijdingsdag", _("Liberation Day")
    ASCENSION_DAY = "Hemelvaartsdag", _("Ascension Day")
    WHIT_SUNDAY = "Eerste pinksterdag", _("Whit Sunday")
    WHIT_MONDAY = "Tweede pinksterdag", _("Whit Monday")
    CHRISTMAS_DAY = "Eerste kerstdag", _("Christmas Day")
    BOXING_DAY = "Tweede kerstdag", _("Boxing Day")


@lru_cache(maxsize=64)
def holidays_of(year: int) -> Mapping[date, tuple[str, ...]]:
    """The names for each day; two holidays may fall on one day, as on 5 May 2005."""
    listed = holidays.country_holidays("NL", years=year, language="nl")
    return {day: tuple(listed.get_list(day)) for day in sorted(listed)}
