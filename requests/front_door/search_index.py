"""The words of a version, written down once, before it is published."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import Q, QuerySet

from ..intake.spelling import telling
from ..models import CataloguePlace, CatalogueProblem, CatalogueThing, CatalogueVersion, Draft, SearchWord
from .stems import stem

__all__ = ["index"]

LANGUAGES = ("nl", "en")
# How much a word says about a problem, by where it stands.
PROBLEM, OTHER_WORDS, THING, PLACE = 1.0, 0.95, 0.6, 0.5
SHORT = 0.3  # more for the only word of a problem, shared by all when there are more
PART = 0.7  # of what a whole word says: "ketel" when it is "ketel" in "cv-ketel"
SHORTEST_PART, SHORTEST_HEAD = 4, 3

Weights = dict[int, float]  # by problem
Vocabulary = dict[tuple[str, str], Weights]  # by language and word

_STEMS = f"""
SELECT {stem("language", "word")}
FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS known(language, word, number) ORDER BY number
"""


def index(version: int) -> None:
    """Make a version findable, by the words that its sheets have now; forget versions in which nobody reports."""
    SearchWord.objects.filter(Q(version=version) | Q(version__in=_left_behind())).delete()
    vocabulary = _whole_words(version)
    _add_parts(vocabulary)
    with connection.cursor() as cursor:
        cursor.execute(_STEMS, [[language for language, _ in vocabulary], [word for _, word in vocabulary]])
        stems = [found for (found,) in cursor.fetchall()]
    SearchWord.objects.bulk_create(
        SearchWord(
            version_id=version, language=language, word=word, stem=root, problems=[*found], weights=[*found.values()]
        )
        for ((language, word), found), root in zip(vocabulary.items(), stems, strict=True)
    )
    with connection.cursor() as cursor:  # otherwise searching takes ten times as long until the database does it itself
        cursor.execute(f"ANALYZE {SearchWord._meta.db_table}")


def _left_behind() -> QuerySet[CatalogueVersion]:
    going_on = Draft.objects.unsent().filter(catalogue__isnull=False).values("catalogue")
    return CatalogueVersion.objects.filter(status="retired").exclude(pk__in=going_on)


def _whole_words(version: int) -> Vocabulary:
    names = {
        model: {row.key: row for row in model._default_manager.filter(version=version)}
        for model in (CataloguePlace, CatalogueThing)
    }
    vocabulary: Vocabulary = defaultdict(dict)
    for leaf in CatalogueProblem.objects.filter(version=version):
        place, thing = names[CataloguePlace][leaf.place], names[CatalogueThing][leaf.thing]
        for language in LANGUAGES:
            for source, column, weight in (
                (leaf, "problem", PROBLEM), (leaf, "words", OTHER_WORDS),
                (thing, "name", THING), (place, "name", PLACE),
            ):  # fmt: skip
                words = telling(getattr(source, f"{column}_{language}"))
                more = SHORT / len(words) if column == "problem" and words else 0.0
                for word in words:
                    _weigh(vocabulary[language, word], {leaf.pk: weight + more})
    return vocabulary


def _add_parts(vocabulary: Vocabulary) -> None:
    """Let "kraan" also stand where "keukenkraan" does: what is a word of its own is found inside a longer one."""
    for (language, word), weights in list(vocabulary.items()):
        for part in _parts(word):
            if (language, part) in vocabulary:
                _weigh(vocabulary[language, part], {leaf: weight * PART for leaf, weight in weights.items()})


def _parts(word: str) -> Iterable[str]:
    yield from (word[:end] for end in range(SHORTEST_PART, len(word) - 1))
    yield from (word[start:] for start in range(2, len(word) - SHORTEST_HEAD + 1))


def _weigh(weights: Weights, more: Weights) -> None:
    for leaf, weight in more.items():
        weights[leaf] = max(weight, weights.get(leaf, 0.0))
