"""Norms and the calendar as the corporation keeps them. A change is a new row; what was promised stays.

Rows are never changed or removed (a trigger refuses it). One that has not begun on an earlier day can be taken
back, and stays to be seen. `requests.promises` says what the numbers mean.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..promises import BOUNDS, Holiday, Terms, Urgency
from .kinds import Category


class Weekday(models.IntegerChoices):
    MONDAY = 0, _("Monday")
    TUESDAY = 1, _("Tuesday")
    WEDNESDAY = 2, _("Wednesday")
    THURSDAY = 3, _("Thursday")
    FRIDAY = 4, _("Friday")
    SATURDAY = 5, _("Saturday")
    SUNDAY = 6, _("Sunday")


class RuleQuerySet(models.QuerySet[Any]):
    def standing(self) -> RuleQuerySet:
        """Not taken back."""
        return self.filter(taken_back_at__isnull=True)


class Rule(models.Model):
    """What somebody decided, from which day on. `made_by` is empty for what came with the software."""

    begins: ClassVar[str] = "valid_from"  # the field with the day from which it counts

    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    taken_back_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    taken_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken back by"),
    )

    objects = RuleQuerySet.as_manager()

    class Meta:
        abstract = True

    @property
    def stands(self) -> bool:
        return self.taken_back_at is None


def _of_every_rule(name: str, begins: str, *what: str) -> list[models.BaseConstraint]:
    """One at a time for the same thing and day, nothing about days that are over."""
    return [
        models.UniqueConstraint(fields=[*what, begins], name=f"{name}_once", condition=Q(taken_back_at__isnull=True)),
        models.CheckConstraint(
            name=f"{name}_not_from_the_past",
            condition=Q(made_by__isnull=True) | Q(made_at__date__lte=F(begins)),
        ),
        models.CheckConstraint(
            name=f"{name}_taken_back_by_somebody",
            condition=Q(taken_back_at__isnull=True, taken_back_by__isnull=True)
            | Q(taken_back_at__isnull=False, taken_back_by__isnull=False),
        ),
        models.CheckConstraint(
            name=f"{name}_taken_back_before_it_counted",
            condition=Q(taken_back_at__isnull=True) | Q(taken_back_at__date__lte=F(begins)),
        ),
    ]


def _between(name: str) -> Q:
    least, most = BOUNDS[name]
    return Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__gte": least, f"{name}__lte": most})


def _days(label: Any, **more: Any) -> Any:
    return models.PositiveSmallIntegerField(label, null=True, blank=True, **more)


class Norm(Rule):
    """What is promised for a class of urgency; with a category it is for that one only.

    Without numbers a category goes with all others again.
    """

    urgency = models.CharField(_("urgency"), max_length=1, choices=Urgency)
    category = models.CharField(
        _("category"), max_length=15, choices=Category, blank=True, help_text=_("empty: for all categories")
    )
    answer = _days(_("first answer within"), help_text=_("working days"))
    fix = _days(_("repaired within"), help_text=_("working days"))
    fix_hours = _days(_("or repaired within"), help_text=_("hours by the clock, day and night"))
    word = _days(_("news at least every"), help_text=_("working days"))
    valid_from = models.DateField(_("counts from"))

    class Meta:
        verbose_name = _("norm")
        verbose_name_plural = _("norms")
        ordering = ["urgency", "category", "-valid_from", "-pk"]
        constraints = [
            *_of_every_rule("norm", "valid_from", "urgency", "category"),
            models.CheckConstraint(name="norm_urgency_known", condition=Q(urgency__in=Urgency.values)),
            models.CheckConstraint(name="norm_category_known", condition=Q(category__in=["", *Category.values])),
            models.CheckConstraint(
                name="norm_all_terms_or_none",
                condition=Q(answer__isnull=False, word__isnull=False, fix__isnull=False, fix_hours__isnull=True)
                | Q(answer__isnull=False, word__isnull=False, fix__isnull=True, fix_hours__isnull=False)
                | (
                    ~Q(category="")
                    & Q(answer__isnull=True, word__isnull=True, fix__isnull=True, fix_hours__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="norm_within_bounds",
                condition=_between("answer") & _between("word") & _between("fix") & _between("fix_hours"),
            ),
            models.CheckConstraint(
                name="norm_answers_before_it_is_fixed", condition=Q(fix__isnull=True) | Q(answer__lte=F("fix"))
            ),
        ]

    def __str__(self) -> str:
        of = f", {self.get_category_display()}" if self.category else ""
        return f"{self.get_urgency_display()}{of}"

    @property
    def terms(self) -> Terms | None:
        if self.answer is None or self.word is None:
            return None
        return Terms(answer=self.answer, word=self.word, fix=self.fix, fix_hours=self.fix_hours)


class OpeningHours(Rule):
    """When the office is open on one day of the week; without times it is closed."""

    weekday = models.PositiveSmallIntegerField(_("day of the week"), choices=Weekday)
    opens = models.TimeField(_("opens"), null=True, blank=True)
    closes = models.TimeField(_("closes"), null=True, blank=True)
    valid_from = models.DateField(_("counts from"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["weekday", "-valid_from", "-pk"]
        constraints = [
            *_of_every_rule("opening_hours", "valid_from", "weekday"),
            models.CheckConstraint(name="opening_hours_weekday_known", condition=Q(weekday__in=Weekday.values)),
            models.CheckConstraint(
                name="opening_hours_end_after_they_begin",
                condition=Q(opens__isnull=True, closes__isnull=True)
                | Q(opens__isnull=False, closes__isnull=False, opens__lt=F("closes")),
            ),
        ]

    def __str__(self) -> str:
        if not self.opens or not self.closes:
            return f"{self.get_weekday_display()} {pgettext_lazy('office', 'closed')}"
        return f"{self.get_weekday_display()} {self.opens:%H:%M}–{self.closes:%H:%M}"


class HolidayRule(Rule):
    """Whether the office works on a public holiday; it does not on one without a rule."""

    holiday = models.CharField(_("public holiday"), max_length=20, choices=Holiday)
    worked = models.BooleanField(_("we work on this day"))
    valid_from = models.DateField(_("counts from"))

    class Meta:
        verbose_name = _("rule for a public holiday")
        verbose_name_plural = _("rules for public holidays")
        ordering = ["holiday", "-valid_from", "-pk"]
        constraints = [
            *_of_every_rule("holiday_rule", "valid_from", "holiday"),
            models.CheckConstraint(name="holiday_rule_holiday_known", condition=Q(holiday__in=Holiday.values)),
        ]

    def __str__(self) -> str:
        return f"{self.get_holiday_display()}: {_('we work') if self.worked else pgettext_lazy('office', 'closed')}"


class ClosingDay(Rule):
    """One day on which the office is closed besides holidays."""

    begins = "day"

    day = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=60, help_text=_("for example: company outing"))

    class Meta:
        verbose_name = _("closing day")
        verbose_name_plural = _("calendar")  # the page shows all of it
        ordering = ["day", "pk"]
        constraints = [
            *_of_every_rule("closing_day", "day"),
            models.CheckConstraint(name="closing_day_has_a_name", condition=~Q(name="")),
        ]

    def __str__(self) -> str:
        return f"{self.day:%d-%m-%Y} {self.name}"


RULES: tuple[type[Rule], ...] = (Norm, OpeningHours, HolidayRule, ClosingDay)
