"""Compile the catalogues in LOCALE_PATHS with Babel, so that no machine needs gettext to run this."""

import os
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation.reloader import translation_file_changed


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
                target = source.with_suffix(".mo")
                compile_catalogue(source, target)
                # Whoever goes on in this process, as the demo does, reads what is new.
                translation_file_changed(sender=None, file_path=target)


def compile_catalogue(source: Path, target: Path) -> None:
    """Write `target` unless it is newer; whole or not at all, as a running process may read it meanwhile."""
    if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
        return
    fresh = target.with_suffix(f".{os.getpid()}.new")
    with source.open("rb") as catalogue, fresh.open("wb") as file:
        write_mo(file, read_po(catalogue, locale=source.parents[1].name))
    fresh.replace(target)
