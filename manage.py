#!/usr/bin/env python
"""Run Django's commands for Thuisbalie."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    if sys.argv[1:2] == ["demo"]:  # makes the environment that the settings read, so it runs without them
        from portal.management.commands.demo import Command  # noqa: PLC0415 -- only for this command

        return Command().run_from_argv(sys.argv)
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- settings must be named first

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
