"""The problems that somebody may mean with their own words, from the words of the catalogue and the synonyms.

What each word may mean comes from `understanding`. Rare words count for more than common ones, the best sum wins,
and equals stay in the order of the catalogue.
"""

from __future__ import annotations

import csv
from collections.abc import Collection
from pathlib import Path
from typing import Any

from django.db import connection

from ..intake import catalogue
from ..models import SearchSynonym
from .search_index import index
from .understanding import Likely, understood

__all__ = ["find", "index", "shipped_synonyms"]

FAR_BEHIND = 0.3  # of the best: not shown

_RANK = """
WITH chance AS (
    SELECT * FROM unnest(%(number)s::int[], %(way)s::int[], %(part)s::int[], %(id)s::bigint[], %(chance)s::float[])
    AS row(number, way, part, id, chance)
), part AS (
    SELECT number, way, part, problem, max(chance * weight) AS score
    FROM chance JOIN requests_searchword USING (id), unnest(problems, weights) AS at(problem, weight)
    GROUP BY 1, 2, 3, 4
), way AS (
    SELECT number, problem, sum(score) AS score FROM part GROUP BY 1, 2, way
), word AS (
    SELECT number, problem, max(score) AS score FROM way GROUP BY 1, 2
), rarity AS (
    SELECT number, ln(1 + (SELECT count(*) FROM requests_catalogueproblem WHERE version_id = %(version)s)
                          / sum((score / best) ^ 2)) AS worth
    FROM (SELECT *, max(score) OVER (PARTITION BY number) AS best FROM word) AS compared GROUP BY 1
), total AS (
    SELECT problem, sum(score * worth) AS score FROM word JOIN rarity USING (number) GROUP BY 1
)
SELECT leaf.key, total.score FROM total JOIN requests_catalogueproblem leaf ON leaf.id = total.problem
WHERE %(anywhere)s OR leaf.place = ANY(%(places)s)
ORDER BY (total.score * 1000)::int DESC, leaf.position
LIMIT %(limit)s
"""


def find(
    words: str, *, version: int, places: Collection[str] | None = None, language: str, limit: int = 8
) -> list[str]:
    """Keys of the problems that these words may mean, best first. Any text is safe; only its beginning is read."""
    chances = understood(words, version=version, language=language)
    if not chances:
        return []
    columns: dict[str, Any] = dict(zip(Likely._fields, map(list, zip(*chances, strict=True)), strict=True))
    where = {"version": version, "anywhere": places is None, "places": list(places or ())}
    with connection.cursor() as cursor:
        cursor.execute(_RANK, columns | where | {"limit": limit})
        found = cursor.fetchall()
    return [key for key, score in found if score >= FAR_BEHIND * found[0][1]]


def shipped_synonyms() -> list[SearchSynonym]:
    """What everybody calls things; a corporation adds its own."""
    file = Path(catalogue.__file__).parent / "shipped" / "synonyms.csv"
    with file.open(encoding="utf-8", newline="") as lines:
        return [SearchSynonym(**row) for row in csv.DictReader(lines, delimiter=";", strict=True)]
