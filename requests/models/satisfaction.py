"""Two different questions: is it solved (a fact, per time it was ready), and which mark (an opinion)."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .report import Report


class Verdict(models.Model):
    """Is it solved? Asked of every reporter each time the request is ready; drives the workflow."""

    class Answer(models.TextChoices):
        SOLVED = "solved", _("Yes, it is solved")
        NOT_SOLVED = "not_solved", _("No, it is not solved")
        DONT_KNOW = "dont_know", _("I do not know yet")

    report = models.ForeignKey(Report, models.PROTECT, related_name="verdicts")
    round = models.PositiveSmallIntegerField(help_text=_("which time the request was ready"))
    asked_at = models.DateTimeField(_("asked"))
    reminded_at = models.DateTimeField(_("reminded"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=12, choices=Answer, blank=True)
    words = models.TextField(_("what is not right"), blank=True, max_length=2000)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    class Meta:
        verbose_name = _("verdict")
        verbose_name_plural = _("verdicts")
        constraints = [
            models.UniqueConstraint(fields=["report", "round"], name="verdict_once_per_round"),
            models.CheckConstraint(
                name="verdict_answer_iff_answered",
                condition=Q(answer="", answered_at__isnull=True)
                | Q(answer__in=["solved", "not_solved", "dont_know"], answered_at__isnull=False),
            ),
            models.CheckConstraint(name="verdict_no_requires_words", condition=~Q(answer="not_solved") | ~Q(words="")),
        ]

    def __str__(self) -> str:
        return f"{self.report_id}/{self.round}: {self.answer or '-'}"


class SurveyQuerySet(models.QuerySet["Survey"]):
    def answered(self) -> SurveyQuerySet:
        return self.filter(answered_at__isnull=False)

    def asked_between(self, start: datetime, end: datetime) -> SurveyQuerySet:
        return self.filter(asked_at__gte=start, asked_at__lt=end)


class Survey(models.Model):
    """The mark, 1 to 10 as on a Dutch school report, and the reason. One per report; the last answer counts.

    Anonymous to those who did the work: no page for staff shows it beside a name.
    """

    report = models.OneToOneField(Report, models.PROTECT, related_name="survey")
    asked_at = models.DateTimeField(_("asked"))
    mark = models.PositiveSmallIntegerField(_("mark"), null=True, blank=True)
    reason = models.TextField(_("why this mark"), blank=True, max_length=2000)
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)

    objects = SurveyQuerySet.as_manager()

    class Meta:
        verbose_name = _("survey")
        verbose_name_plural = _("surveys")
        constraints = [
            models.CheckConstraint(
                name="survey_mark_iff_answered",
                condition=Q(mark__isnull=True, answered_at__isnull=True)
                | Q(mark__isnull=False, mark__range=(1, 10), answered_at__isnull=False),
            ),
            models.CheckConstraint(
                name="survey_reason_only_with_a_mark", condition=Q(reason="") | Q(mark__isnull=False)
            ),
        ]
        indexes = [
            # The dashboard counts marks from the index alone.
            models.Index(fields=["asked_at"], include=["mark", "answered_at", "report"], name="survey_by_question")
        ]

    def __str__(self) -> str:
        return f"{self.report_id}: {self.mark or '-'}"

    def last_asked(self, *, closed_at: datetime | None) -> datetime:
        """The mail that says that we closed it asks once more."""
        return max(self.asked_at, closed_at or self.asked_at)
