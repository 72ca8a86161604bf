"""Unfold comes without Dutch. What it shows is Django's catalogue or ours, and nothing in between."""

import ast
import re
from pathlib import Path

import django
import pytest
import unfold
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils.translation.template import templatize

UNFOLD = Path(unfold.__file__).parent
DJANGO = Path(django.__file__).parent
OURS = settings.BASE_DIR / "locale_unfold/nl/LC_MESSAGES/django.po"
SHOWN_CONTRIB = {"filters", "forms"}
STRING = r"""u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
CALL = re.compile(rf"\b(?:n?gettext(?:_lazy)?|_)\(\s*({STRING}(?:\s+{STRING})*)")


def messages_of(po: Path) -> dict[str, object]:
    with po.open("rb") as lines:
        return {
            (message.id if isinstance(message.id, str) else message.id[0]): message.string
            for message in read_po(lines, locale="nl")
            if message.id and not message.fuzzy
        }


def messages_shown_by_unfold() -> set[str]:
    found = set()
    for file in [*UNFOLD.rglob("*.html"), *UNFOLD.rglob("*.py")]:
        parts = file.relative_to(UNFOLD).parts
        if parts[0] == "contrib" and parts[1] not in SHOWN_CONTRIB:
            continue
        text = file.read_text(encoding="utf-8")
        source = templatize(text) if file.suffix == ".html" else text
        found |= {ast.literal_eval(f"({literal})") for literal in CALL.findall(source)}
    return found


@pytest.fixture(scope="module")
def in_django():
    catalogues = [
        DJANGO / "conf/locale/nl/LC_MESSAGES/django.po",
        *DJANGO.glob("contrib/*/locale/nl/LC_MESSAGES/django.po"),
    ]
    return {key for po in catalogues for key, text in messages_of(po).items() if text}


def test_no_text_of_unfold_is_left_in_english(in_django):
    shown = messages_shown_by_unfold()

    assert len(shown) > 100
    assert shown - in_django - messages_of(OURS).keys() == set()


def test_our_catalogue_for_unfold_is_complete_and_holds_nothing_else(in_django):
    ours = messages_of(OURS)

    assert [key for key, text in ours.items() if not text or text == ("", "")] == []
    assert ours.keys() - messages_shown_by_unfold() == set()


def test_our_catalogue_for_unfold_compiles(tmp_path):
    with OURS.open("rb") as source, (tmp_path / "django.mo").open("wb") as compiled:
        write_mo(compiled, read_po(source, locale="nl", abort_invalid=True))

    assert (tmp_path / "django.mo").stat().st_size > 1000


def test_the_catalogue_for_unfold_is_among_the_locale_paths():
    assert settings.BASE_DIR / "locale_unfold" in settings.LOCALE_PATHS
