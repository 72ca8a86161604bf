"""Of which kind a request is, and how it came in."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    REPAIR = "repair", _("repair")


class Category(models.TextChoices):
    """What staff and figures group by."""

    WATER = "water", _("Water, taps and leaks")
    DRAINS = "drains", _("Drains and toilet")
    HEATING = "heating", _("Heating and hot water")
    DOORS_WINDOWS = "doors_windows", _("Doors, windows and locks")
    ELECTRICITY = "electricity", _("Electricity and lighting")
    INTERIOR = "interior", _("Kitchen, stairs, floors and walls")
    ROOF_FACADE = "roof_facade", _("Roof, gutter and outside walls")
    VENTILATION = "ventilation", _("Ventilation")
    DAMP = "damp", _("Damp and mould")
    COMMUNAL = "communal", _("Lift and communal areas")
    OTHER = "other", _("Something else")


class Repeat(models.TextChoices):
    """Why a request is said to be "not again"."""

    SAME_HOME = "same_home", _("the same thing in the same home within a year")
    STACK_LEAKS = "stack_leaks", _("the third leak in this stack")


class Source(models.TextChoices):
    """How a report came in; VERA's COMMUNICATIEKANAAL at the edge."""

    PORTAL = "portal", _("portal")
    PHONE = "phone", _("telephone")
    EMAIL = "email", _("e-mail")
    WHATSAPP = "whatsapp", "WhatsApp"
    DESK = "desk", _("desk")
    LETTER = "letter", _("letter")
