"""Run the whole portal on this machine, with a corporation that does not exist."""

import argparse
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from portal.local import run_demo, stage


class Command(BaseCommand):
    help = __doc__
    requires_system_checks = ()

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--port", default=os.environ.get("PORT") or "8000", help="also PORT=; 8000 when not given")
        parser.add_argument(
            "--data",
            type=Path,
            default=os.environ.get("DATA") or stage.PROJECT / ".local" / "demo",
            help="the folder that keeps everything; also DATA=",
        )
        parser.add_argument(
            "--dwellings",
            type=int,
            default=os.environ.get("DWELLINGS") or None,
            help="how large the corporation is made the first time",
        )

    def handle(self, *args: Any, port: str, data: Path, dwellings: int | None, **options: Any) -> None:
        raise SystemExit(run_demo.run(port=port, data=data, dwellings=dwellings))
