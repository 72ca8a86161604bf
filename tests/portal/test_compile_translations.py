"""Texts that are compiled count at once, also for the process that compiled them."""

from django.core.management import call_command
from django.utils import translation
from django.utils.translation import gettext

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "a text that nobody else has"
msgstr "een tekst die niemand anders heeft"
"""


def test_a_text_that_was_not_there_yet_is_read_after_it_was_compiled(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    folder = tmp_path / "nl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(CATALOGUE)

    with translation.override("nl"):
        before = gettext("a text that nobody else has")
        call_command("compile_translations")
        translation.activate("nl")
        after = gettext("a text that nobody else has")

    assert (before, after) == ("a text that nobody else has", "een tekst die niemand anders heeft")
