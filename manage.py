#!/usr/bin/env python
"""Run Django's commands for Thuisbalie."""

import importlib
import os
import sys

WITHOUT_SETTINGS = {"bench", "demo"}  # these make the environment that the settings read


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    name = sys.argv[1] if len(sys.argv) > 1 else ""
    if name in WITHOUT_SETTINGS:
        importlib.import_module(f"portal.management.commands.{name}").Command().run_from_argv(sys.argv)
        return
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings must be named first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
