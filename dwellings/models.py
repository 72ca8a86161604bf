"""What is rented: complexes, dwellings and communal areas, and who rents which from when till when."""

from __future__ import annotations

from datetime import date, datetime

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tenants.models import Tenant

__all__ = ["CommunalArea", "Complex", "Dwelling", "Outage", "ServiceCover", "Tenancy"]


class Complex(models.Model):
    """A group of dwellings that were built and are maintained together."""

    class Kind(models.TextChoices):
        HOUSES = "houses", _("houses")
        LOW_RISE = "low_rise", _("flats without lift")
        LIFT = "lift", _("flats with lift")
        HIGH_RISE = "high_rise", _("high-rise")

    name = models.CharField(_("name"), max_length=80, unique=True)
    city = models.CharField(_("city"), max_length=80)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HOUSES)
    built_in = models.PositiveSmallIntegerField(_("built in"), null=True, blank=True)

    class Meta:
        verbose_name = _("complex")
        verbose_name_plural = _("complexes")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class DwellingQuerySet(models.QuerySet["Dwelling"]):
    def of(self, tenant: Tenant, *, on: date) -> DwellingQuerySet:
        """The homes this person rents on that day, and nothing else."""
        return self.filter(pk__in=Tenancy.objects.of(tenant).current(on=on).values("dwelling_id")).order_by(
            "kind", "pk"
        )


class Dwelling(models.Model):
    """One rental unit: a home, or something rented beside it."""

    class Kind(models.TextChoices):
        HOME = "home", _("home")
        STORAGE = "storage", _("storage room")
        PARKING = "parking", _("parking place")

    complex = models.ForeignKey(Complex, models.PROTECT, related_name="dwellings", verbose_name=_("complex"))
    reference = models.CharField(_("number"), max_length=20, unique=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.HOME)
    street = models.CharField(_("street"), max_length=120)
    house_number = models.CharField(_("house number"), max_length=20)
    postcode = models.CharField(_("postcode"), max_length=7)
    city = models.CharField(_("city"), max_length=80)
    floor = models.SmallIntegerField(_("floor"), default=0)
    stack = models.CharField(
        _("stack"),
        max_length=20,
        blank=True,
        help_text=_("homes above each other on the same pipes, such as “B-2”; empty for a house"),
    )

    objects = DwellingQuerySet.as_manager()

    class Meta:
        verbose_name = _("dwelling")
        verbose_name_plural = _("dwellings")
        constraints = [
            models.CheckConstraint(name="dwelling_kind_known", condition=Q(kind__in=["home", "storage", "parking"]))
        ]
        indexes = [
            models.Index(fields=["street", "house_number"], name="dwelling_by_street"),
            models.Index(fields=["postcode"], name="dwelling_by_postcode"),
            models.Index(fields=["complex", "stack"], name="dwelling_by_stack", condition=~Q(stack="")),
        ]

    def __str__(self) -> str:
        return self.address

    @property
    def address(self) -> str:
        return f"{self.street} {self.house_number}, {self.city}"


class CommunalArea(models.Model):
    """A part of a complex that its tenants share: entrance, stairwell, lift."""

    complex = models.ForeignKey(Complex, models.PROTECT, related_name="communal_areas", verbose_name=_("complex"))
    name = models.CharField(_("name"), max_length=80)
    location_code = models.CharField(_("VERA location"), max_length=3, help_text=_("code of DEFECTLOCATIE"))

    class Meta:
        verbose_name = _("communal area")
        verbose_name_plural = _("communal areas")
        constraints = [models.UniqueConstraint(fields=["complex", "name"], name="communal_area_once_per_complex")]

    def __str__(self) -> str:
        return f"{self.name}, {self.complex}"


class TenancyQuerySet(models.QuerySet["Tenancy"]):
    def of(self, tenant: Tenant) -> TenancyQuerySet:
        return self.filter(tenant=tenant)

    def current(self, *, on: date) -> TenancyQuerySet:
        return self.filter(period__contains=on)


class Tenancy(models.Model):
    """Who rents which dwelling, from which day till which day (open end: still). Access follows it."""

    class Role(models.TextChoices):
        PRIMARY = "primary", _("tenant")
        CO_TENANT = "co_tenant", _("co-tenant")

    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="tenancies", verbose_name=_("tenant"))
    dwelling = models.ForeignKey(Dwelling, models.PROTECT, related_name="tenancies", verbose_name=_("dwelling"))
    role = models.CharField(_("role"), max_length=10, choices=Role, default=Role.PRIMARY)
    period = DateRangeField(_("period"), help_text=_("first day, and the day after the last"))

    objects = TenancyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tenancy")
        verbose_name_plural = _("tenancies")
        constraints = [
            ExclusionConstraint(
                name="tenancy_one_contract_at_a_time",
                expressions=[("dwelling", RangeOperators.EQUAL), ("period", RangeOperators.OVERLAPS)],
                condition=Q(role="primary"),
                violation_error_message=_("This dwelling is let to somebody else in that period."),
            ),
            ExclusionConstraint(
                name="tenancy_person_once_at_a_time",
                expressions=[
                    ("dwelling", RangeOperators.EQUAL),
                    ("tenant", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="tenancy_role_known", condition=Q(role__in=["primary", "co_tenant"])),
            models.CheckConstraint(
                name="tenancy_has_a_first_day", condition=Q(period__isempty=False, period__startswith__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tenant}, {self.dwelling}"


class ServiceCoverQuerySet(models.QuerySet["ServiceCover"]):
    def current(self, *, on: date) -> ServiceCoverQuerySet:
        return self.filter(period__contains=on)


class ServiceCover(models.Model):
    """What a tenancy pays for every month, so that it pays nothing when it breaks (VERA PRIJSCOMPONENTDETAILSOORT)."""

    class Kind(models.TextChoices):
        PLAN = "plan", _("service plan")  # OND
        GLASS = "glass", _("glass fund")  # GLF
        DRAIN = "drain", _("drain fund")  # RIO

    tenancy = models.ForeignKey(Tenancy, models.CASCADE, related_name="covers", verbose_name=_("tenancy"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    period = DateRangeField(_("period"), help_text=_("first day, and the day after the last"))

    objects = ServiceCoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("service cover")
        verbose_name_plural = _("service covers")
        constraints = [
            ExclusionConstraint(
                name="cover_once_at_a_time",
                expressions=[
                    ("tenancy", RangeOperators.EQUAL),
                    ("kind", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(name="cover_kind_known", condition=Q(kind__in=["plan", "glass", "drain"])),
            models.CheckConstraint(
                name="cover_has_a_first_day", condition=Q(period__isempty=False, period__startswith__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.tenancy}"


class OutageQuerySet(models.QuerySet["Outage"]):
    def current(self, *, at: datetime) -> OutageQuerySet:
        """What is going on: started, and not over. One that lasts longer than was said is still going on."""
        return self.filter(starts_at__lte=at, ended_at__isnull=True)

    def announced(self, *, at: datetime) -> OutageQuerySet:
        """What is going on, or will be."""
        return self.filter(ended_at__isnull=True)

    def at_dwelling(self, dwelling: Dwelling) -> OutageQuerySet:
        """What concerns this home: its whole complex, or its own stack."""
        return self.filter(complex=dwelling.complex_id).filter(Q(stack="") | Q(stack=dwelling.stack))

    def of(self, tenant: Tenant, *, on: date) -> OutageQuerySet:
        """What concerns the homes this person rents on that day."""
        homes = Dwelling.objects.of(tenant, on=on).order_by().filter(complex=models.OuterRef("complex"))
        same_stack = homes.filter(stack=models.OuterRef("stack"))
        return self.filter(Q(models.Exists(homes), stack="") | models.Exists(same_stack))


class Outage(models.Model):
    """Something that is out for many at once, or planned work that will be; everyone concerned sees it."""

    class What(models.TextChoices):
        HEATING = "heating", _("heating")
        WATER = "water", _("water")
        HOT_WATER = "hot_water", _("hot water")
        POWER = "power", _("power")
        LIFT = "lift", _("lift")
        DRAINS = "drains", _("drains")
        ENTRANCE = "entrance", _("front door or intercom")
        LIGHTING = "lighting", _("lighting of shared areas")
        OTHER = "other", _("something else")

    what = models.CharField(_("what"), max_length=10, choices=What)
    planned = models.BooleanField(_("planned work"), default=False)
    complex = models.ForeignKey(Complex, models.PROTECT, related_name="outages", verbose_name=_("complex"))
    stack = models.CharField(_("only this stack"), max_length=20, blank=True)
    words = models.CharField(
        _("explanation"), max_length=300, blank=True, help_text=_("tenants read this; one or two short sentences")
    )
    starts_at = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"), help_text=_("when we think it is over"))
    ended_at = models.DateTimeField(_("over"), null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made"))

    objects = OutageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outage")
        verbose_name_plural = _("outages")
        ordering = ["-starts_at"]
        constraints = [
            models.CheckConstraint(name="outage_ends_after_it_starts", condition=Q(until__gt=models.F("starts_at"))),
            models.CheckConstraint(
                name="outage_what_known",
                condition=Q(
                    what__in=[
                        "heating",
                        "water",
                        "hot_water",
                        "power",
                        "lift",
                        "drains",
                        "entrance",
                        "lighting",
                        "other",
                    ]
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["complex", "starts_at"], name="outage_going_on", condition=Q(ended_at__isnull=True))
        ]

    def __str__(self) -> str:
        return f"{self.get_what_display()}, {self.complex}"
