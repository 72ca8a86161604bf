"""Words as people type them: split, and compared by how they sound. Knows nothing of the catalogue."""

from __future__ import annotations

import re
import unicodedata

__all__ = [
    "LONGEST_PHRASE", "STOP_WORDS", "WEAK_WORDS", "distance", "likeness", "plain", "sound", "telling", "words_of",
]  # fmt: skip

LONGEST_WORD = 40
LONGEST_PHRASE = 4  # words of a synonym

# Words that say nothing about what is wrong. "niet", "geen", "no" and "not" do.
STOP_WORDS = frozenset(
    """
    aan al alle alles als altijd ander andere anders bent beetje bij beste dag dan dat de deze die dit echt een eens
    eigen en er erg even ga graag had hallo hartelijk heb hebben hebt heeft heel hele help hem het hij hoe hoi hun iets
    ik in is ja jullie kan kom komt kun kunnen kunt maar me meer men met mij mijn moet na naar nog nou nu of om omdat
    ondanks ons onze ook op over paar probleem problemen sinds soms steeds te toch tot tussen uw van vanaf vandaag
    vanmorgen vannacht vanochtend veel vind volgens voor vraag waar wanneer wat we weer wel werd wij wil word wordt
    worden zeer zich zijn zit zitten zo zou gisteren week weken dagen alstublieft svp dank groet groeten
    about after again all already also am an and any are as at be been by can could day days do does doing for from
    get gets getting has have having hello help hi how if im in is it its ive just lot me much my of on or our please
    problem problems really seems since so some somebody someone something still than thank thanks that the their them
    then there these they this to today too up very was we week weeks were what when which while will with would yes
    yesterday you your
    """.split()  # noqa: SIM905 -- read by people
)

# Words that say little: they are in half of all complaints, whatever is wrong.
WEAK_WORDS = frozenset(
    """
    aan af appartement blijf blijft blijven doe doen doet ga gaan gaat geef geeft geven gebruik gebruiken ging goed
    groot grote hang hangen hangt hard helemaal huis komen komt krijg krijgen krijgt kwam laat laten lag lig liggen ligt
    loop loopt lopen maak maakt maken nieuw nieuwe oud oude slecht sta staan staat stond uit uur val vallen valt werk
    werken werkt woning zet zetten
    apartment bad come comes coming difficult each flat gives give go goes going gone good home house keep keeps make
    makes making new off old place put since stand stands take takes time turn turned turning turns use using work works
    working
    """.split()  # noqa: SIM905 -- read by people
)

_ENDING = re.compile("en|e?s|[tp]?jes?")
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = str.maketrans("", "", "'’‘`´")
# How Dutch and English spellings of one sound are written here, in this order.
_SOUNDS = [
    (re.compile(pattern), sound)
    for pattern, sound in (
        ("sch", "sg"), ("ch", "g"), ("ph", "f"), ("th", "t"), ("[ck]s", "x"), ("qu?", "kw"), ("ck|c", "k"),
        ("ij|ei|ey|y", "y"), ("[oa]uw?", "au"), ("ie", "i"), ("oe", "u"), ("dt", "t"), ("d$", "t"), ("z", "s"),
        ("v", "f"), (r"(.)\1+", r"\1"),
    )
]  # fmt: skip


def words_of(text: str) -> list[str]:
    """Lower case, without accents and signs: "De wc-bril, één" becomes de, wc, bril, een. Safe with any text."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_APOSTROPHES)
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return [word[:LONGEST_WORD] for word in _WORD.findall(plain)]


def plain(text: str) -> str:
    return " ".join(words_of(text))


def telling(text: str) -> list[str]:
    """The words that say something, in a text of the catalogue."""
    return [word for word in words_of(text) if len(word) > 1 and word not in STOP_WORDS]


def sound(word: str) -> str:
    """How it is pronounced, roughly: "kosein" is "kozijn"."""
    for pattern, written in _SOUNDS:
        word = pattern.sub(written, word)
    return word


def likeness(typed: str, meant: str) -> float:
    """How likely it is that `typed` was another form of `meant`, or a slip for it, from 0 to 1."""
    if len(meant) > 3 and typed.startswith(meant) and _ENDING.fullmatch(typed, len(meant)):
        return 0.9
    slips = min(distance(typed, meant), distance(sound(typed), sound(meant)))
    allowed = (max(len(typed), len(meant)) - 1) // 3
    return 0.9 - 0.6 * slips / (allowed + 1) if slips <= allowed else 0.0


def distance(one: str, other: str) -> int:
    """So many letters were added, left out, changed, or swapped with the next."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        row = [i]
        for j, other_letter in enumerate(other, start=1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != other_letter))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
