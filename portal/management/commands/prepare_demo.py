"""Make the database of the demo ready: translations, tables, and a corporation when there is none yet."""

import argparse
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--dwellings", type=int, default=1200)

    def handle(self, *args: Any, dwellings: int, **options: Any) -> None:
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        call_command("compile_translations")
        call_command("migrate", verbosity=0)
        call_command("seed_demo", dwellings=dwellings, if_empty=True)
