"""The catalogue of problems as the corporation keeps it: versions, and a row per line of each sheet.

`requests.intake.catalogue` says what the columns mean. Rows of a version that is not a draft never change
(a trigger refuses it): a report that is being written keeps the texts and rules it began with.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ..intake import catalogue
from ..intake.spelling import LONGEST_PHRASE, plain

KEY = "key"


class CatalogueVersion(models.Model):
    """One state of the whole catalogue. There is at most one draft and at most one that is published."""

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("catalogue", "draft")
        PUBLISHED = "published", pgettext_lazy("catalogue", "published")
        RETIRED = "retired", pgettext_lazy("catalogue", "replaced")

    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.DRAFT)
    note = models.CharField(_("what changed"), max_length=200, blank=True)
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("made by")
    )
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )

    class Meta:
        verbose_name = _("version of the catalogue")
        verbose_name_plural = _("catalogue of problems")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["status"], name="catalogue_one_draft", condition=Q(status="draft")),
            models.UniqueConstraint(fields=["status"], name="catalogue_one_published", condition=Q(status="published")),
            models.CheckConstraint(
                name="catalogue_published_at_unless_draft",
                condition=Q(status="draft", published_at__isnull=True)
                | Q(status__in=["published", "retired"], published_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} ({self.get_status_display()})"

    @property
    def is_draft(self) -> bool:
        return self.status == self.Status.DRAFT


class SheetRow(models.Model):
    """A line of a sheet, as text: what it means is for `requests.intake`, what it may be for its checks."""

    sheet: ClassVar[str]

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="+", editable=False)
    position = models.PositiveIntegerField(_("order"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]

    @property
    def cells(self) -> catalogue.Row:
        """The row as a sheet has it."""
        return {column: getattr(self, column) for column in catalogue.SHEETS[self.sheet]}


YES_NO = [("yes", _("yes")), ("no", _("no"))]


def _key() -> models.CharField[str, str]:
    return models.CharField(_("key"), max_length=60, help_text=_("never shown; letters, digits and _"), db_index=False)


def _text(name: object, length: int = 600, *, empty: bool = False) -> models.CharField[str, str]:
    return models.CharField(name, max_length=length, blank=empty, default="")  # type: ignore[arg-type]  # a lazy text; the stubs want str


class CataloguePlace(SheetRow):
    sheet = "places"

    key = _key()
    communal = models.CharField(_("shared"), max_length=3, choices=YES_NO, default="no")
    for_storage = models.CharField(_("also at a storage room"), max_length=3, choices=YES_NO, default="no")
    icon = _text(_("icon"), 40)
    name_nl = _text(_("name (Dutch)"), 60)
    name_en = _text(_("name (English)"), 60)

    class Meta(SheetRow.Meta):
        verbose_name = pgettext_lazy("catalogue", "place")
        verbose_name_plural = pgettext_lazy("catalogue", "places")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="catalogue_place_once")]

    def __str__(self) -> str:
        return self.name_nl


class CatalogueThing(SheetRow):
    sheet = "things"

    key = _key()
    icon = _text(_("icon"), 40)
    name_nl = _text(_("name (Dutch)"), 60)
    name_en = _text(_("name (English)"), 60)

    class Meta(SheetRow.Meta):
        verbose_name = pgettext_lazy("catalogue", "thing")
        verbose_name_plural = pgettext_lazy("catalogue", "things")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="catalogue_thing_once")]

    def __str__(self) -> str:
        return self.name_nl


class CatalogueQuestion(SheetRow):
    sheet = "questions"

    KINDS = [("yes_no", _("yes or no")), ("choice", _("one of a list")), ("text", _("in words"))]

    key = _key()
    kind = models.CharField(_("kind"), max_length=10, choices=KINDS, default="yes_no")
    question_nl = _text(_("question (Dutch)"), 200)
    question_en = _text(_("question (English)"), 200)
    options_nl = models.CharField(
        _("answers (Dutch)"), max_length=600, blank=True, help_text=_("separated by |; only for a list")
    )
    options_en = _text(_("answers (English)"), empty=True)
    raises = models.CharField(
        _("more urgent when"), max_length=10, blank=True, help_text=_("yes, no, or the number of the answer")
    )
    required = models.CharField(_("must be answered"), max_length=3, choices=YES_NO, default="no")

    class Meta(SheetRow.Meta):
        verbose_name = pgettext_lazy("catalogue", "extra question")
        verbose_name_plural = pgettext_lazy("catalogue", "extra questions")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="catalogue_question_once")]

    def __str__(self) -> str:
        return self.question_nl


class CatalogueGuide(SheetRow):
    sheet = "guides"

    key = _key()
    title_nl = _text(_("title (Dutch)"), 100)
    title_en = _text(_("title (English)"), 100)

    class Meta(SheetRow.Meta):
        verbose_name = pgettext_lazy("catalogue", "guide")
        verbose_name_plural = pgettext_lazy("catalogue", "guides")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="catalogue_guide_once")]

    def __str__(self) -> str:
        return self.title_nl


class CatalogueStep(SheetRow):
    sheet = "steps"

    guide = models.CharField(_("guide"), max_length=60)
    number = models.CharField(_("number"), max_length=2)
    picture = _text(_("picture"), 40)
    text_nl = _text(_("text (Dutch)"))
    text_en = _text(_("text (English)"))

    class Meta(SheetRow.Meta):
        verbose_name = pgettext_lazy("catalogue", "step of a guide")
        verbose_name_plural = pgettext_lazy("catalogue", "steps of guides")
        constraints = [models.UniqueConstraint(fields=["version", "guide", "number"], name="catalogue_step_once")]

    def __str__(self) -> str:
        return f"{self.guide} {self.number}"


class CatalogueProblem(SheetRow):
    """A leaf."""

    sheet = "problems"

    key = _key()
    place = models.CharField(_("place"), max_length=60)
    thing = models.CharField(_("thing"), max_length=60)
    location_code = models.CharField(_("location"), max_length=3)
    element_code = models.CharField(_("element"), max_length=3)
    defect_code = models.CharField(_("defect"), max_length=3)
    category = models.CharField(_("category"), max_length=15)
    trade = models.CharField(_("trade"), max_length=3)
    urgency = models.CharField(_("urgency"), max_length=1)
    paid_by = models.CharField(_("who pays"), max_length=20, default="corporation")
    cover = models.CharField(_("bought off by"), max_length=10, blank=True)
    price = models.CharField(
        _("price of the paid job"), max_length=5, blank=True, help_text=_("whole euros; empty: we do not offer it")
    )
    causes = models.CharField(_("causes to ask about"), max_length=60, blank=True, help_text=_("VERA codes"))
    questions = models.CharField(_("extra questions"), max_length=200, blank=True, help_text=_("keys"))
    guide = models.CharField(_("guide"), max_length=60, blank=True)
    shared = models.CharField(_("neighbours have it too"), max_length=10, default="no")
    problem_nl = _text(_("problem (Dutch)"), 100)
    problem_en = _text(_("problem (English)"), 100)
    hint_nl = _text(_("what to do now (Dutch)"))
    hint_en = _text(_("what to do now (English)"))
    words_nl = _text(_("search words (Dutch)"), empty=True)
    words_en = _text(_("search words (English)"), empty=True)
    abc = models.CharField(_("rows of the maintenance ABC"), max_length=60, blank=True)

    class Meta(SheetRow.Meta):
        verbose_name = pgettext_lazy("catalogue", "problem")
        verbose_name_plural = pgettext_lazy("catalogue", "problems")
        constraints = [models.UniqueConstraint(fields=["version", "key"], name="catalogue_problem_once")]

    def __str__(self) -> str:
        return self.problem_nl


class SearchSynonym(models.Model):
    """What people type, and what the catalogue calls it; used from the next search on."""

    class Language(models.TextChoices):
        DUTCH = "nl", _("Dutch")
        ENGLISH = "en", _("English")

    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.DUTCH)
    word = models.CharField(_("word"), max_length=60, help_text=_("as people type it"))
    means = models.CharField(_("means"), max_length=120, help_text=_("as the catalogue says it"))

    class Meta:
        verbose_name = _("synonym")
        verbose_name_plural = _("synonyms")
        ordering = ["language", "word"]
        constraints = [
            models.UniqueConstraint(fields=["language", "word", "means"], name="synonym_once"),
            models.CheckConstraint(name="synonym_language_known", condition=Q(language__in=["nl", "en"])),
            models.CheckConstraint(name="synonym_has_words", condition=~Q(word="") & ~Q(means="")),
        ]
        indexes = [
            GinIndex(fields=["word"], name="synonym_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return f"{self.word} → {self.means}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps the word as the search reads it: lower case, without accents and signs."""
        self.word = plain(self.word)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        self.word = plain(self.word)
        if not 1 <= len(self.word.split()) <= LONGEST_PHRASE:
            raise ValidationError({"word": _("Give one to %(most)d words.") % {"most": LONGEST_PHRASE}})


class CatalogueUpload(models.Model):
    """The rows of a file without faults, until somebody has seen what they would change and says yes."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="uploads", verbose_name=_("version"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("sent by"))
    at = models.DateTimeField(_("sent"))
    name = models.CharField(_("file"), max_length=100)
    sheets = models.JSONField(_("rows"))

    class Meta:
        verbose_name = _("file with a catalogue")
        verbose_name_plural = _("files with a catalogue")
        constraints = [models.UniqueConstraint(fields=["version", "by"], name="catalogue_upload_one_each")]

    def __str__(self) -> str:
        return self.name


SHEET_MODELS: tuple[type[SheetRow], ...] = (
    CataloguePlace, CatalogueThing, CatalogueQuestion, CatalogueGuide, CatalogueStep, CatalogueProblem,
)  # fmt: skip
