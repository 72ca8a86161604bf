"""What the search looks in: every word of a version's problems, with its stem."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from .catalogue import CatalogueVersion


class SearchWord(models.Model):
    """A word of a version in one language, and the problems that it may mean; made when the version is published."""

    version = models.ForeignKey(CatalogueVersion, models.CASCADE, related_name="+")
    language = models.CharField(max_length=2)
    word = models.CharField(max_length=60)
    stem = models.CharField(max_length=60)
    problems = ArrayField(models.BigIntegerField())
    weights = ArrayField(models.FloatField(), help_text="how much the word says about each of the problems, 0 to 1")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "word", "language"], name="search_word_once"),
            models.CheckConstraint(
                name="search_word_weighs_each_problem", condition=Q(problems__len=models.F("weights__len"))
            ),
        ]
        indexes = [
            models.Index(fields=["version", "language", "stem"], name="search_word_by_stem"),
            GinIndex(fields=["word"], name="search_word_trigrams", opclasses=["gin_trgm_ops"], fastupdate=False),
        ]

    def __str__(self) -> str:
        return self.word
