"""The SQL that brings the forms of a word together."""

from __future__ import annotations

__all__ = ["stem"]


def stem(language: str, word: str) -> str:
    """An SQL expression, of two others. PostgreSQL's Dutch stemmer knows no verbs: "lekt", "gelekt" and "lekken" are
    brought together by leaving out ge-, -t and doubled letters."""
    dutch = f"coalesce((ts_lexize('dutch_stem', {word}))[1], {word})"
    for pattern, instead in (
        ("^ge(?=.{4,}[dt]$)", ""), ("^(.*..[^aeo])[dt]$", r"\1"), (r"([^aeiou])\1$", r"\1"),
        (r"([aeou])\1([^aeiou])$", r"\1\2"),
    ):  # fmt: skip
        dutch = f"regexp_replace({dutch}, '{pattern}', '{instead}')"
    english = f"coalesce((ts_lexize('english_stem', {word}))[1], {word})"
    return f"CASE {language} WHEN 'nl' THEN {dutch} ELSE {english} END"
