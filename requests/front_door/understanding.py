"""What each word that was typed may mean in the catalogue.

A word is looked up by its stem, in both languages. One that nobody knows may be misspelt, or a piece of a longer one.
It may also be a compound of known words, be written apart from the next one, or be a synonym.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from django.db import connection

from ..intake.spelling import LONGEST_PHRASE, STOP_WORDS, WEAK_WORDS, likeness, telling, words_of
from ..models import SearchSynonym
from .search_index import LANGUAGES, SHORTEST_HEAD, SHORTEST_PART
from .stems import stem

__all__ = ["Likely", "understood"]

LONGEST_TEXT = 300  # more is a letter; what matters stands at its beginning
MOST_WORDS = 12
# How sure it is that a word of the catalogue is meant, when it is not the same word.
SAME_STEM = 0.95
SYNONYM = 0.9
COMPOUND = 0.9
PIECE = 0.6
WEAK = 0.5  # for a word that says little
OTHER_LANGUAGE = 0.8
SURE_SLIP = 0.7  # for a synonym
NEARLY_AS_LIKELY = 0.1

_LOOK_UP = f"""
WITH typed AS (
    SELECT word, language, {stem("language", "word")} AS stem
    FROM unnest(%(words)s::text[]) AS word, (VALUES ('nl'), ('en')) AS either(language)
), same AS (
    SELECT typed.word AS typed, known.id, known.language, known.word
    FROM typed JOIN requests_searchword known ON known.version_id = %(version)s
     AND known.language = typed.language AND known.stem = typed.stem
), unknown AS (
    SELECT word FROM unnest(%(may_be_slips)s::text[]) AS word WHERE word NOT IN (SELECT typed FROM same)
)
SELECT 'same', typed, id, language, word FROM same
UNION ALL
SELECT 'part', '', id, language, word FROM requests_searchword
WHERE version_id = %(version)s AND word = ANY(%(parts)s)
UNION ALL
SELECT 'alike', unknown.word, known.id, known.language, known.word
FROM unknown, LATERAL (SELECT * FROM requests_searchword WHERE word %% unknown.word OFFSET 0) AS known
WHERE known.version_id = %(version)s
UNION ALL
SELECT 'synonym', unknown.word, synonym.id, synonym.means, synonym.word
FROM unknown, LATERAL (SELECT * FROM requests_searchsynonym WHERE word %% unknown.word OFFSET 0) AS synonym
"""

Words = list[str]


class Known(NamedTuple):
    """A word of the catalogue (or a synonym, with its meaning instead of a language)."""

    how: str  # it was found: the "same" stem, a "part" of what was typed, "alike", or a "synonym" that is alike
    typed: str
    id: int
    language: str
    word: str


class Asked(NamedTuple):
    """A word that was typed, and other ways to say it, each in words that together mean it."""

    word: str
    meanings: list[Words]
    joined: bool = False  # of two: "deur bel"


class Likely(NamedTuple):
    """How likely it is that the word with this number means this word of the catalogue.

    There are several ways to understand a word; one way may have parts, of which the chances add up.
    """

    number: int
    way: int
    part: int
    id: int
    chance: float


def understood(text: str, *, version: int, language: str) -> list[Likely]:
    """Every chance worth counting, for each word of a text; any text is safe, only its beginning is read."""
    asked = _asked(words_of(text[:LONGEST_TEXT]))
    if not asked:
        return []
    known = _look_up(asked, version)
    if slips := _slips(asked, known):
        asked = [one._replace(meanings=[*one.meanings, *slips.get(one.word, [])]) for one in asked]
        known += _look_up([Asked("", means) for means in slips.values()], version)
    spoken = _spoken(known, language)
    return [row for number, one in enumerate(asked) for row in _ways(number, one, known, spoken)]


# --- what is asked ----------------------------------------------------------------------------------------------------


def _asked(typed: Sequence[str]) -> list[Asked]:
    """The words that say something, with their synonyms; and each two next to each other as one."""
    places = [place for place, word in enumerate(typed) if len(word) > 1 and word not in STOP_WORDS][:MOST_WORDS]
    typed = typed[: places[-1] + LONGEST_PHRASE] if places else []
    phrases, pairs = list(_phrases(typed)), list(dict.fromkeys(one + other for one, other in pairwise(typed)))
    synonyms = _synonyms([*(phrase for _, phrase in phrases), *pairs])
    asked = {place: Asked(typed[place], synonyms.get(typed[place], [])) for place in places}
    taken: set[int] = set()
    for start, phrase in sorted(phrases, key=lambda found: -found[1].count(" ")):
        words = phrase.split()
        inside = range(start, start + len(words))
        if len(words) > 1 and phrase in synonyms and taken.isdisjoint(inside):
            taken.update(inside)
            asked = {place: one for place, one in asked.items() if place not in inside}
            asked[start] = Asked("", [[word for word in words if word not in STOP_WORDS], *synonyms[phrase]])
    return [*asked.values(), *(Asked(pair, synonyms.get(pair, []), joined=True) for pair in pairs)]


def _phrases(typed: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Each run of words that may be a synonym, and where it begins."""
    for start in range(len(typed)):
        for end in range(start + 1, min(start + LONGEST_PHRASE, len(typed)) + 1):
            yield start, " ".join(typed[start:end])


def _synonyms(phrases: Collection[str]) -> dict[str, list[Words]]:
    synonyms = defaultdict(list)
    for word, means in SearchSynonym.objects.filter(word__in=set(phrases)).values_list("word", "means"):
        synonyms[word].append(telling(means))
    return dict(synonyms)


# --- what the catalogue knows of it -----------------------------------------------------------------------------------


def _look_up(asked: Iterable[Asked], version: int) -> list[Known]:
    typed = {one.word for one in asked if one.word}
    single = {one.word for one in asked if one.word and not one.joined}
    meant = {word for one in asked for means in one.meanings for word in means}
    parts = {part for word in single for part in (*_beginnings(word), *_ends(word))}
    with connection.cursor() as cursor:
        cursor.execute(
            _LOOK_UP,
            {"version": version, "words": [*typed | meant], "parts": [*parts], "may_be_slips": [*single]},
        )
        return [Known(*row) for row in cursor.fetchall()]


def _slips(asked: Iterable[Asked], known: Iterable[Known]) -> dict[str, list[Words]]:
    """What words may also mean that nobody knows, but that look much like a synonym."""
    alone = {one.word for one in asked if not one.meanings}
    chances = [(likeness(row.typed, row.word), row) for row in known if row.how == "synonym" and row.typed in alone]
    best: dict[str, float] = {}
    for chance, row in chances:
        best[row.typed] = max(chance, best.get(row.typed, SURE_SLIP))
    slips = defaultdict(list)
    for chance, row in chances:
        if chance >= best[row.typed]:
            slips[row.typed].append(telling(row.language))
    return dict(slips)


def _beginnings(word: str) -> Words:
    """Longest first."""
    return [word[:end] for end in range(len(word) - 2, SHORTEST_PART - 1, -1)]


def _ends(word: str) -> Words:
    """Longest first."""
    return [word[start:] for start in range(2, len(word) - SHORTEST_HEAD + 1)]


def _spoken(known: Iterable[Known], language: str) -> str:
    """The language of most of the words; that of the page when it is a draw."""
    words = {one: {row.typed for row in known if row.how == "same" and row.language == one} for one in LANGUAGES}
    return max(words, key=lambda one: (len(words[one]), one == language))


# --- the ways to understand it ----------------------------------------------------------------------------------------


def _ways(number: int, asked: Asked, known: Sequence[Known], language: str) -> Iterator[Likely]:
    same = _same(asked.word, known, language)
    found = same or _alike(asked.word, known)
    strength = WEAK if asked.word in WEAK_WORDS else 1.0
    yield from (Likely(number, 0, 0, id, strength * chance) for id, chance in found.items())
    if not same and not asked.joined:
        for part, row in enumerate(_halves(asked.word, known)):
            yield Likely(number, 1, part, row.id, COMPOUND * len(row.word) / len(asked.word))
    for way, means in enumerate(asked.meanings, start=2):
        for part, word in enumerate(means):
            for id, chance in _same(word, known, language).items():
                yield Likely(number, way, part, id, SYNONYM * chance / len(means))


def _same(word: str, known: Iterable[Known], language: str) -> dict[int, float]:
    return {
        row.id: (1.0 if row.word == word else SAME_STEM) * (1.0 if row.language == language else OTHER_LANGUAGE)
        for row in known
        if row.how == "same" and row.typed == word
    }


def _alike(word: str, known: Iterable[Known]) -> dict[int, float]:
    """The words that an unknown one may be a slip for, or a piece of."""
    chances = {
        row.id: max(likeness(word, row.word), PIECE if row.word.startswith(word) or row.word.endswith(word) else 0.0)
        for row in known
        if row.how == "alike" and row.typed == word
    }
    best = max(chances.values(), default=0.0)
    return {id: chance for id, chance in chances.items() if chance and chance >= best - NEARLY_AS_LIKELY}


def _halves(word: str, known: Iterable[Known]) -> list[Known]:
    """The longest known beginning and end of a compound, which do not overlap."""
    parts = {row.word: row for row in known if row.how == "part"}
    begin = next((part for part in _beginnings(word) if part in parts), "")
    end = next((part for part in _ends(word) if part in parts and len(part) + len(begin) <= len(word)), "")
    return [parts[part] for part in (begin, end) if part]
